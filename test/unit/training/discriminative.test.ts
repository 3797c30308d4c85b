import { describe, expect, it } from 'vitest';
import { checkDictionary, reconstructionOf } from '../../../src/dictionary/index.ts';
import type { Dictionary } from '../../../src/dictionary/index.ts';
import { createTypeScriptKernel, loadKernel } from '../../../src/kernel/index.ts';
import { createRandom } from '../../../src/nmf/random.ts';
import { render } from '../../../src/separator/render.ts';
import { noiseProfile, refineOnMixtures, trainDictionary } from '../../../src/training/index.ts';
import type { Recording, RefinementOptions } from '../../../src/training/index.ts';
import { siSdr } from '../../helpers/quality.ts';
import { maximumDifference } from '../../helpers/signals.ts';
import { noiseRecording, toneRecording } from './signals.ts';

const sampleRate = 16000;
const layout = { sampleRate, fftSize: 512, windowLength: 512, hop: 128 };
const createKernel = loadKernel('simd').factory;
const options: RefinementOptions = { createKernel, mixtures: 24, seconds: 0.5, iterations: 40 };

/** Notes with pauses in which a soft hiss is left, of which an atom is made: it has the spectrum of the other source. */
function buzz(name: string, seed: number, seconds = 2, rate = sampleRate): Recording {
  const random = createRandom(seed);
  const samples = new Float32Array(Math.round(seconds * rate));
  for (let n = 0; n < samples.length; n++) {
    const note = Math.floor((4 * n) / rate);
    const pause = (4 * n) / rate - note > 0.6;
    for (let i = 1; i <= (pause ? 0 : 8); i++) {
      samples[n]! += 0.05 * Math.sin((2 * Math.PI * i * (300 + 60 * (note % 3)) * n) / rate + i * seed);
    }
    samples[n]! += 0.02 * (2 * random.uniform() - 1);
  }
  return { name, samples, sampleRate: rate };
}

const rain = (name: string, seconds = 2): Recording => noiseRecording(name, seconds, sampleRate);

const material = [
  { label: 'buzz', recordings: [buzz('buzz 1', 1), buzz('buzz 2', 2)] },
  { label: 'rain', recordings: [rain('rain'), rain('more rain')] },
];
const plain = trainDictionary(
  material.map((source) => ({ ...source, atomCount: source.label === 'buzz' ? 4 : 1 })),
  { name: 'toy', layout, iterations: 40 },
).dictionary;

/** SI-SDR of the buzz at 0 dB, from recordings that were not trained on. */
function heard(dictionary: Dictionary): number {
  const wanted = buzz('new', 3).samples;
  const unwanted = rain('unheard').samples;
  const level = Math.sqrt(wanted.reduce((s, x) => s + x * x, 0) / unwanted.reduce((s, x) => s + x * x, 0));
  const mixture = wanted.map((x, n) => x + level * unwanted[n]!);
  const parameters = { gain1: -60, reduction: 60, smoothing: 0 };
  const [y] = render([mixture], { sampleRate, mode: 'quality', dictionary, parameters })!;
  return siSdr(y!, wanted);
}

describe('refining a dictionary on mixtures', () => {
  const result = refineOnMixtures(plain, material, options);

  it('keeps the atoms, and adds valid reconstruction atoms', () => {
    expect(result.finished).toBe(true);
    expect(result.dictionary.atoms).toEqual(plain.atoms);
    expect(reconstructionOf(result.dictionary)).toHaveLength(plain.atoms.length);
    expect(() => checkDictionary(result.dictionary)).not.toThrow();
  });

  it('lowers the error of the masks, and never raises it', () => {
    expect(result.history).toHaveLength(41);
    for (let i = 1; i <= 40; i++) expect(result.history[i]!).toBeLessThanOrEqual(result.history[i - 1]!);
    expect(result.history.at(-1)!).toBeLessThan(0.8 * result.history[0]!);
    expect(result.objective).toBeLessThan(0.9 * result.history[0]!);
    expect(result.objective).toBeGreaterThan(result.history.at(-1)!);
  });

  it('separates sources better that share an atom', () => {
    expect(heard(result.dictionary)).toBeGreaterThan(heard(plain) + 1);
    const whole = refineOnMixtures(plain, material, { ...options, strength: 1 }).dictionary;
    expect(heard(whole)).toBeGreaterThan(heard(plain) + 2);
  });

  it('keeps the level of the model at each bin', () => {
    const rows = reconstructionOf(result.dictionary)!;
    const sum = (matrix: Float32Array): number => matrix.reduce((total, value) => total + value, 0);
    expect(sum(rows) / sum(plain.atoms)).toBeGreaterThan(0.5);
    expect(sum(rows) / sum(plain.atoms)).toBeLessThan(2);
  });

  it('is repeatable, and another seed makes other mixtures', () => {
    const few = { ...options, mixtures: 4, iterations: 3 };
    const once = refineOnMixtures(plain, material, few);
    expect(refineOnMixtures(plain, material, few).dictionary).toEqual(once.dictionary);
    expect(refineOnMixtures(plain, material, { ...few, seed: 1 }).history).not.toEqual(once.history);
  });

  it('does not depend on the level of the recordings', () => {
    const few = { ...options, mixtures: 4, iterations: 3, createKernel: createTypeScriptKernel };
    const soft = material.map(({ label, recordings }) => ({
      label,
      recordings: recordings.map((r) => ({ ...r, samples: r.samples.map((x) => x / 8) })),
    }));
    const a = reconstructionOf(refineOnMixtures(plain, material, few).dictionary)!;
    const b = reconstructionOf(refineOnMixtures(plain, soft, few).dictionary)!;
    expect(maximumDifference(a, b)).toBeLessThan(1e-5);
  });

  it('leaves bins alone that no recording reaches', () => {
    const low = [{ label: 'buzz', recordings: [buzz('buzz', 1, 2, 8000)] }, material[1]!];
    const { dictionary } = refineOnMixtures(plain, low, { ...options, mixtures: 4, iterations: 5 });
    const rows = reconstructionOf(dictionary)!;
    for (let k = 0; k < plain.atomCount; k++) {
      for (let f = 120; f < 257; f++) {
        const atom = plain.atoms[k * 257 + f]!;
        expect(Math.abs(rows[k * 257 + f]! - atom)).toBeLessThan(0.01 * atom + 1e-6);
      }
    }
  });

  it('works for three sources, each against each', () => {
    const bell = { label: 'bell', recordings: [toneRecording('bell', [2000, 5000], 1, sampleRate)] };
    const all = [...material, bell];
    const three = trainDictionary(
      all.map((source) => ({ ...source, atomCount: 3 })),
      { name: 'three', layout, iterations: 20 },
    ).dictionary;
    const refined = refineOnMixtures(three, all, { ...options, mixtures: 9 });
    expect(refined.history.at(-1)!).toBeLessThan(refined.history[0]!);
    expect(() => checkDictionary(refined.dictionary)).not.toThrow();
  });

  it('leaves room for a noise profile, which brings its own atoms', () => {
    const quieter = { ...rain('own rain'), name: 'own rain' };
    const profile = noiseProfile(quieter, result.dictionary, { label: 'rain', atomCount: 2 }).dictionary;
    const rows = reconstructionOf(profile)!;
    const size = 4 * plain.bins;
    expect(rows.slice(0, size)).toEqual(reconstructionOf(result.dictionary)!.slice(0, size));
    expect(rows.slice(size)).toEqual(profile.atoms.slice(size));
    expect(heard(profile)).toBeGreaterThan(heard(plain));
  });

  it('can be stopped', () => {
    const early = refineOnMixtures(plain, material, { ...options, onProgress: () => false });
    expect(early.finished).toBe(false);
    expect(early.dictionary).toEqual(plain);
    const seen: number[] = [];
    const later = refineOnMixtures(plain, material, {
      ...options,
      onProgress: ({ iteration, fraction }) => {
        seen.push(fraction);
        return iteration < 3;
      },
    });
    expect(later.finished).toBe(false);
    expect(later.history).toHaveLength(4);
    expect(reconstructionOf(later.dictionary)).toBeDefined();
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });

  it('says what is wrong', () => {
    const refine =
      (changes: Partial<RefinementOptions>, sources = material, d = plain) =>
      () =>
        refineOnMixtures(d, sources, { ...options, ...changes });
    expect(refine({ mixtures: 0 })).toThrow(/number of mixtures is 0/);
    expect(refine({ iterations: 1.5 })).toThrow(/number of iterations is 1.5/);
    expect(refine({ seconds: -1 })).toThrow(/-1 s/);
    expect(refine({ snr: [5, 0] })).toThrow(/5 to 0 dB/);
    expect(refine({ strength: 0 })).toThrow(/strength is 0; it must be above 0 and at most 1/);
    expect(refine({ maskExponent: 0 })).toThrow(/mask exponent is 0/);
    expect(refine({ layout: { ...layout, fftSize: 1024 } })).toThrow(
      /grid of the dictionary "toy", 16000 Hz/,
    );
    expect(refine({}, [material[0]!])).toThrow(/no recording of "rain"/);
    const empty = { name: 'empty.wav', samples: new Float32Array(0), sampleRate };
    expect(refine({}, [material[0]!, { label: 'rain', recordings: [empty] }])).toThrow(
      /"empty.wav" was left out/,
    );
    const one = trainDictionary([{ ...material[0]!, atomCount: 2 }], { name: 'one', layout, iterations: 2 });
    expect(refine({}, material, one.dictionary)).toThrow(/has one source/);
    const some = refine({ mixtures: 2, iterations: 1 }, [
      material[0]!,
      { label: 'rain', recordings: [empty, rain('rain')] },
    ])();
    expect(some.messages).toMatchObject([{ recording: 'empty.wav', used: false }]);
  });
});
