import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWav, writeWav } from '../../../src/audio/wav.ts';
import { readAudio } from '../../../src/cli/audio-file.ts';
import { readSafetensors, writeSafetensors } from '../../../src/dictionary/index.ts';
import { noiseProfile } from '../../../src/training/index.ts';
import { siSdr } from '../../helpers/quality.ts';
import { runHere } from '../../helpers/run-cli.ts';
import { maximumDifference } from '../../helpers/signals.ts';

const fixture = (name: string) => fileURLToPath(new URL(`../../fixtures/${name}`, import.meta.url));
const builtIn = fileURLToPath(new URL('../../../dictionaries/voice-noise.safetensors', import.meta.url));

let folder = '';
const at = (name: string): string => path.join(folder, name);
const save = (name: string, samples: Float32Array): Promise<void> =>
  writeFile(at(name), writeWav({ channels: [samples], sampleRate: 16000, format: 'float32' }).bytes);
const load = async (name: string) => readWav(new Uint8Array(await readFile(at(name)))).channels[0]!;

let voice: Float32Array;
let noisy: Float32Array;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sotto-quality-'));
  voice = (await readAudio(fixture('unseen-voice.flac'))).channels[0]!;
  const rain = (await readAudio(fixture('rain.flac'))).channels[0]!;
  // The first two seconds are what the user records of the noise; the voice stands in what comes later.
  await save('rain.wav', rain.subarray(0, 32000));
  const behind = rain.subarray(40000, 40000 + voice.length);
  const power = (x: Float32Array) => x.reduce((sum, value) => sum + value * value, 0);
  const gain = Math.sqrt(power(voice) / power(behind) / 10 ** 0.5);
  noisy = voice.map((value, i) => value + gain * behind[i]!);
  await save('noisy.wav', noisy);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Skips the first quarter of a second, in which nothing is known of the sound yet. */
const gained = (estimate: Float32Array): number =>
  siSdr(estimate.subarray(4000), voice.subarray(4000)) - siSdr(noisy.subarray(4000), voice.subarray(4000));

describe('an unseen voice in rain at 5 dB', () => {
  it('gains at least 3 dB with a profile of the rain', async () => {
    const run = await runHere(['denoise', at('noisy.wav'), at('out.wav'), '--noise-profile', at('rain.wav')]);
    expect(run).toMatchObject({ code: 0 });
    expect(gained(await load('out.wav'))).toBeGreaterThan(3);
  });

  it('gains at least 3 dB as a source of a dictionary of that rain; the sources sum to the input', async () => {
    const dictionary = readSafetensors(new Uint8Array(await readFile(builtIn)));
    const rain = { name: 'rain', samples: await load('rain.wav'), sampleRate: 16000 };
    await writeFile(at('rain.safetensors'), writeSafetensors(noiseProfile(rain, dictionary).dictionary));
    const run = await runHere([
      'separate',
      at('noisy.wav'),
      '--dictionary',
      at('rain.safetensors'),
      '--mode',
      'balanced',
      '--out-dir',
      folder,
    ]);
    expect(run).toMatchObject({ code: 0 });
    const parts = await Promise.all(['voice', 'noise'].map((label) => load(`${label}.wav`)));
    expect(gained(parts[0]!)).toBeGreaterThan(3);
    expect(
      maximumDifference(
        parts[0]!.map((value, i) => value + parts[1]![i]!),
        noisy,
      ),
    ).toBeLessThan(1e-5);
  });
});
