/**
 * How much memory hours of recordings take: makes a long WAV file by looping recordings, trains on it as the command line does with
 * --mini-batch, in a process of its own, and prints the most memory that this process had.
 *
 *     npm run bench:memory [-- [--json] [--hours 2] [--rates 16000,48000] [--threads n] [--data RECORDING ...]]
 *
 * Without --data the recordings of test/fixtures are looped. The file is on the disk of the folder for temporary files: 230 MB for
 * two hours at 16 kHz, 690 MB at 48 kHz. Ends with status 1 where the limit is passed.
 */
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeWav } from '../src/audio/wav.ts';
import { readAudio } from '../src/cli/audio-file.ts';
import { resampleAudio } from '../src/training/resample-audio.ts';
import { progress, report } from './report.ts';

const LIMIT_MEGABYTES = 500;
/** FFT size of a rate: 32 or 43 ms. */
const FFT_SIZES: Readonly<Record<number, number>> = { 16000: 512, 48000: 2048 };
const FIXTURES = ['speech.wav', 'speech-and-noise.wav', 'noise.wav'];
const HEADER_BYTES = 44;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean' },
    hours: { type: 'string', default: '2' },
    rates: { type: 'string', default: '16000,48000' },
    threads: { type: 'string', default: String(availableParallelism()) },
    data: { type: 'string', multiple: true },
  },
});
const hours = Number(values.hours);
if (!(hours > 0 && hours <= 10))
  throw new RangeError(`--hours is ${values.hours}; it must be above 0, up to 10.`);
const built = fileURLToPath(new URL('../dist/cli/sotto.js', import.meta.url));
if (!existsSync(built)) throw new Error('dist/cli/sotto.js is missing: run "npm run build" first.');

/** The recordings in a row, as 16-bit samples. */
async function loop(sampleRate: number): Promise<Uint8Array> {
  const files =
    values.data ??
    FIXTURES.map((name) => fileURLToPath(new URL(`../test/fixtures/${name}`, import.meta.url)));
  const parts: Uint8Array[] = [];
  for (const file of files) {
    const audio = await readAudio(file);
    const samples = resampleAudio(audio.channels[0]!, audio.sampleRate, sampleRate);
    const peak = samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1);
    const { bytes } = writeWav({
      channels: [samples.map((sample) => sample / peak)],
      sampleRate,
      format: 'pcm16',
    });
    parts.push(bytes.subarray(HEADER_BYTES));
  }
  return Buffer.concat(parts);
}

function header(sampleRate: number, bytes: number): Buffer {
  const buffer = Buffer.from(
    writeWav({ channels: [new Float32Array(1)], sampleRate, format: 'pcm16' }).bytes.subarray(
      0,
      HEADER_BYTES,
    ),
  );
  buffer.writeUInt32LE(bytes + HEADER_BYTES - 8, 4);
  buffer.writeUInt32LE(bytes, HEADER_BYTES - 4);
  return buffer;
}

async function writeLong(path: string, sampleRate: number): Promise<void> {
  const once = await loop(sampleRate);
  const bytes = 2 * Math.round(hours * 3600 * sampleRate);
  const file = openSync(path, 'w');
  writeSync(file, header(sampleRate, bytes));
  for (let left = bytes; left > 0; left -= once.length) writeSync(file, once, 0, Math.min(left, once.length));
  closeSync(file);
}

/** Bytes, as the kernel of the system counts them while the process is there; undefined where it does not say. */
function peakOf(pid: number): number | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    // A process that has ended but was not waited for has a status without it.
    const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1024;
  } catch {
    return undefined;
  }
}

interface Measured {
  readonly peak: number;
  readonly seconds: number;
}

/** Runs the command line; it prints its own peak at the end, from a hook that is loaded before it. */
async function train(recording: string, out: string, sampleRate: number, folder: string): Promise<Measured> {
  const hook = join(folder, 'peak.mjs');
  writeFileSync(
    hook,
    "process.on('exit', () => process.stderr.write(`\\npeak ${process.resourceUsage().maxRSS * 1024}\\n`));",
  );
  const start = performance.now();
  const options = {
    'sample-rate': sampleRate,
    'fft-size': FFT_SIZES[sampleRate] ?? 1024,
    threads: values.threads,
    source: `all=${recording}`,
    out,
  };
  const child = spawn(
    process.execPath,
    ['--import', `file://${hook}`, built, 'train', '--mini-batch'].concat(
      Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]),
    ),
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let text = '';
  let seen = 0;
  child.stderr.setEncoding('utf8').on('data', (more: string) => (text += more));
  const watch = setInterval(() => (seen = Math.max(seen, peakOf(child.pid!) ?? 0)), 200);
  const status = await new Promise((resolve) => child.on('close', resolve));
  clearInterval(watch);
  if (status !== 0) throw new Error(`sotto train failed: ${text}`);
  const own = [...text.matchAll(/^peak (\d+)$/gm)].at(-1)?.[1];
  const peaks = [Number(own), seen].filter((peak) => peak > 0 && peak < Infinity);
  if (peaks.length === 0)
    throw new Error('Neither the process nor the system has said how much memory it had.');
  return { peak: Math.max(...peaks), seconds: (performance.now() - start) / 1000 };
}

const folder = mkdtempSync(join(tmpdir(), 'sotto-bench-'));
try {
  const rows: (string | number)[][] = [];
  let worst = 0;
  for (const rate of values.rates.split(',').map(Number)) {
    progress(`${hours} h at ${rate} Hz`);
    const recording = join(folder, `${rate}.wav`);
    await writeLong(recording, rate);
    const { peak, seconds } = await train(recording, join(folder, 'dictionary.safetensors'), rate, folder);
    rmSync(recording);
    const megabytes = Math.round(peak / 1e6);
    worst = Math.max(worst, megabytes);
    const verdict = megabytes < LIMIT_MEGABYTES ? 'yes' : 'NO';
    rows.push([
      `${rate / 1000} kHz`,
      FFT_SIZES[rate] ?? 1024,
      hours,
      Math.round(seconds),
      megabytes,
      verdict,
    ]);
  }
  report({
    title: 'Peak resident memory of "sotto train --mini-batch", 64 atoms',
    columns: ['recordings', 'FFT', 'hours', 'seconds', 'MB', `below ${LIMIT_MEGABYTES} MB`],
    rows,
    notes: [
      `${cpus().length} cores (${cpus()[0]?.model ?? 'unknown'}), ${values.threads} threads, Node ${process.version}; ` +
        'one looped WAV file, 16 bits, mono',
      'MB: 10^6 bytes; the most that the process has had resident (maxRSS, VmHWM), Node itself and all its threads in it',
    ],
  });
  if (worst >= LIMIT_MEGABYTES) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
