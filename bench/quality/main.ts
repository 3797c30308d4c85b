/**
 * The quality bench: Sotto and the noise suppressors that npm carries, on the same mixtures of speech and noise. Run with `npm run bench:quality`;
 * `--help` lists the options.
 */
import { setFlagsFromString } from 'node:v8';
import { fileURLToPath } from 'node:url';
import { cpus } from 'node:os';
import { loadBuiltIn, loadDictionary } from '../../src/cli/load-dictionary.ts';
import { loadKernel } from '../../src/kernel/index.ts';
import { LATENCY_MODES } from '../../src/separator/latency-modes.ts';
import { checkSplit, chooseSystems, readOptions, runBench } from '../command-line.ts';
import { progress, report } from '../report.ts';
import { evaluate } from './evaluate.ts';
import { installPackages } from './packages.ts';
import { singing } from './singing.ts';
import { noisy } from './systems/noisy.ts';
import { oracleSystem } from './systems/oracle.ts';
import { peers, peersInstalled } from './systems/peers.ts';
import { sottoSystem } from './systems/sotto.ts';
import type { System } from './systems/system.ts';
import { tables } from './tables.ts';

const HELP = `Usage: npm run bench:quality -- [options]

  --data DIR         Holds test/speech, test/noise and metrics (DNSMOS models). Default ../shared/audio.
  --split NAME       test, or train for tuning. Default test.
  --count N          Mixtures. Default 48.
  --quick            10 mixtures.
  --seed N           Other pairs of voices and noises. Default 1.
  --only NAMES       Systems to measure, separated by commas.
  --dictionary FILE  Sotto's dictionary. Default the built-in one, denoise.
  --profile          Also Sotto with the noise learned from 3 s of the same recording.
  --singing          Also how much of dry singing (test/music/*/vocals.flac) each system cuts.
  --no-dnsmos        Without opinion scores, which take most of the time.
  --no-cost          Without CPU time and bursts.
  --json             One JSON object on standard output.
`;

const OPTIONS = {
  data: { type: 'string', default: fileURLToPath(new URL('../../../shared/audio', import.meta.url)) },
  split: { type: 'string', default: 'test' },
  count: { type: 'string', default: '48' },
  quick: { type: 'boolean', default: false },
  seed: { type: 'string', default: '1' },
  only: { type: 'string' },
  dictionary: { type: 'string' },
  profile: { type: 'boolean', default: false },
  singing: { type: 'boolean', default: false },
  'no-dnsmos': { type: 'boolean', default: false },
  'no-cost': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const values = readOptions(OPTIONS, HELP);

/** A whole number of at least 1. */
function wholeNumber(name: 'count' | 'seed'): number {
  const number = Number(values[name]);
  if (Number.isSafeInteger(number) && number >= 1) return number;
  throw new Error(`--${name} is ${values[name]}; it must be a whole number of at least 1.`);
}

async function sottoSystems(notes: string[]): Promise<System[]> {
  try {
    const dictionary = values.dictionary
      ? await loadDictionary(values.dictionary)
      : await loadBuiltIn('denoise');
    return [
      ...LATENCY_MODES.toReversed().map((mode) => sottoSystem({ dictionary, mode })),
      ...(values.profile ? [sottoSystem({ dictionary, profile: true })] : []),
    ];
  } catch (error) {
    // A dictionary that was asked for must be there; without the built-in one the peers can still be measured.
    if (values.dictionary !== undefined) throw error;
    notes.push(`Sotto was not measured: ${(error as Error).message}`);
    return [];
  }
}

async function main(): Promise<void> {
  if (values.help) {
    process.stdout.write(HELP);
    return;
  }
  const split = checkSplit(values.split);
  // Browsers have relaxed SIMD; Node 20 has it behind this flag.
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  const started = performance.now();
  const notes: string[] = [];
  const failure = installPackages(progress);
  if (failure) notes.push(failure);

  const all = [...(await sottoSystems(notes)), ...(peersInstalled() ? peers() : []), oracleSystem()];
  const systems = chooseSystems(all, values.only, noisy.name, notes.join(' '));

  const count = values.quick ? 10 : wholeNumber('count');
  const seed = wholeNumber('seed');
  const evaluation = await evaluate({
    systems,
    data: values.data,
    split,
    count,
    seed,
    dnsmos: !values['no-dnsmos'],
    cost: !values['no-cost'],
    onProgress: progress,
  });
  if (!evaluation.dnsmos && !values['no-dnsmos']) {
    notes.push('DNSMOS was not measured: its models or onnxruntime-node are missing.');
  }
  if (values.profile) {
    notes.push(
      'Noise recordings too short for profile and mixture are repeated: there, what was learned comes again.',
    );
  }
  const seconds = (performance.now() - started) / 1000;
  notes.push(
    `Mixtures of the ${split} recordings, seed ${seed}: 48 kHz, mono, 0.5 s of noise before the speech; measured where the speech is.`,
    `Kernel ${loadKernel().name}; Node ${process.version} on ${cpus()[0]?.model ?? 'an unknown CPU'}; ${seconds.toFixed(0)} s.`,
  );
  const reports = tables(evaluation, notes);
  if (values.singing) {
    progress('singing');
    reports.push(await singing(systems, values.data, split));
  }
  report(...reports);
}

await runBench(main);
