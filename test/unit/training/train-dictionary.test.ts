import { describe, expect, it } from 'vitest';
import { checkDictionary } from '../../../src/dictionary/index.ts';
import { corpusFrames, noiseProfile, trainDictionary, training } from '../../../src/training/index.ts';
import type { SourceMaterial } from '../../../src/training/index.ts';
import { noiseRecording, toneRecording } from './signals.ts';

const layout = { sampleRate: 16000, fftSize: 512, windowLength: 512, hop: 128 };
const settings = { name: 'test', layout, iterations: 30 };
const low = toneRecording('low', [500, 1000], 1, 16000);
const high = toneRecording('high', [3000, 5000], 1, 16000);
const sources: SourceMaterial[] = [
  { label: 'low', recordings: [low], atomCount: 3 },
  { label: 'high', recordings: [high], atomCount: 2 },
];

/** Share of an atom that lies in the bins from `from` to `to`. */
const share = (atoms: Float32Array, bins: number, k: number, from: number, to: number): number =>
  atoms.slice(k * bins + from, k * bins + to).reduce((sum, value) => sum + value, 0);

describe('training a dictionary', () => {
  const { dictionary, finished, sources: reports } = trainDictionary(sources, settings);

  it('makes a valid dictionary with the sources in their order', () => {
    expect(() => checkDictionary(dictionary)).not.toThrow();
    expect(dictionary.sources).toEqual([
      { label: 'low', from: 0, to: 3 },
      { label: 'high', from: 3, to: 5 },
    ]);
    expect(finished).toBe(true);
    expect(reports.map(({ frames }) => frames)).toEqual([122, 122]);
  });

  it('puts the spectra of a source into its atoms', () => {
    for (let k = 0; k < 3; k++) expect(share(dictionary.atoms, 257, k, 10, 40)).toBeGreaterThan(0.9);
    for (let k = 3; k < 5; k++) expect(share(dictionary.atoms, 257, k, 90, 170)).toBeGreaterThan(0.9);
  });

  it('orders the atoms of a source by their centroids', () => {
    const centroids = Array.from({ length: 5 }, (_, k) =>
      dictionary.atoms.slice(k * 257, (k + 1) * 257).reduce((sum, value, f) => sum + f * value, 0),
    );
    expect(centroids[0]!).toBeLessThanOrEqual(centroids[1]!);
    expect(centroids[1]!).toBeLessThanOrEqual(centroids[2]!);
    expect(centroids[3]!).toBeLessThanOrEqual(centroids[4]!);
  });

  it('leaves little of the divergence where the atoms fit', () => {
    for (const { divergence } of reports) expect(divergence).toBeLessThan(0.05);
  });

  it('is repeatable', () => {
    expect(trainDictionary(sources, settings).dictionary).toEqual(dictionary);
  });

  it('does not need more frames than there are', () => {
    const few = [{ label: 'few', recordings: [noiseRecording('few', 0.11, 16000)], atomCount: 64 }];
    expect(trainDictionary(few, settings).dictionary.atomCount).toBeLessThanOrEqual(12);
  });

  it('passes on what is wrong with recordings, and trains on the others', () => {
    const empty = { name: 'empty.wav', samples: new Float32Array(0), sampleRate: 16000 };
    const result = trainDictionary([{ ...sources[0]!, recordings: [empty, low] }], settings);
    expect(result.messages).toMatchObject([{ recording: 'empty.wav', problem: 'empty', used: false }]);
    expect(() => trainDictionary([{ label: 'none', recordings: [empty] }], settings)).toThrow(/No recording/);
  });

  it('wants sources with labels of their own', () => {
    expect(() => trainDictionary([], settings)).toThrow(/at least one/);
    expect(() => trainDictionary([sources[0]!, sources[0]!], settings)).toThrow(/same label/);
  });

  it('learns high bins from the recordings that have them, alongside those of a lower rate', () => {
    // The same sound: 500 and 3000 Hz, once recorded at 16 kHz and three times at 4 kHz, where 3000 Hz is lost.
    const full = toneRecording('full', [500, 3000], 1, 16000);
    const narrow = ['a', 'b', 'c'].map((name) => toneRecording(name, [500], 1, 4000));
    const one = { label: 'sound', recordings: [full, ...narrow], atomCount: 1 };
    const { atoms } = trainDictionary([one], settings).dictionary;
    const { frames } = corpusFrames([full], layout);
    const ratio = (row: Float32Array) => row[96]! / row[16]!;
    // Not 1: the level is that of the band a recording has, which here holds half the power.
    expect(ratio(atoms) / ratio(frames)).toBeGreaterThan(0.5);
    expect(ratio(atoms) / ratio(frames)).toBeLessThan(1.1);
  });

  it('tells its progress, and stops when told to', () => {
    const fractions: number[] = [];
    const result = trainDictionary(sources, settings, ({ fraction, objective }) => {
      expect(objective).toBeGreaterThan(0);
      fractions.push(fraction);
    });
    expect(result.finished).toBe(true);
    expect(fractions).toHaveLength(60);
    expect(fractions.at(-1)).toBe(1);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    const stopped = trainDictionary(sources, settings, ({ iteration }) => iteration < 4);
    expect(stopped.finished).toBe(false);
    expect(() => checkDictionary(stopped.dictionary)).not.toThrow();
    const steps = training(sources, settings);
    expect(steps.next().value).toMatchObject({ label: 'low', iteration: 1, iterations: 30 });
  });
});

describe('a noise profile', () => {
  const { dictionary } = trainDictionary(
    [sources[0]!, { label: 'noise', recordings: [high], atomCount: 2 }],
    settings,
  );
  const hum = toneRecording('hum.wav', [2000], 2, 16000, 0.01);

  it('takes the place of the noise atoms, and leaves the others', () => {
    const { dictionary: own, messages } = noiseProfile(hum, dictionary, { atomCount: 4 });
    expect(messages).toEqual([]);
    expect(own.sources).toEqual([
      { label: 'low', from: 0, to: 3 },
      { label: 'noise', from: 3, to: 7 },
    ]);
    expect(own.atoms.slice(0, 3 * 257)).toEqual(dictionary.atoms.slice(0, 3 * 257));
    for (let k = 3; k < 7; k++) expect(share(own.atoms, 257, k, 58, 71)).toBeGreaterThan(0.95);
    expect(own.name).toBe('test with hum.wav');
    expect(own.card.description).toContain('hum.wav');
  });

  it('can stand beside them', () => {
    const { dictionary: own } = noiseProfile(hum, dictionary, { atomCount: 4, combine: 'append' });
    expect(own.sources[1]).toEqual({ label: 'noise', from: 3, to: 9 });
    expect(own.atoms.slice(0, 5 * 257)).toEqual(dictionary.atoms);
  });

  it('keeps the order of the sources, and may bring a new one', () => {
    const { dictionary: first } = noiseProfile(hum, dictionary, { atomCount: 4, label: 'low' });
    expect(first.sources.map(({ label }) => label)).toEqual(['low', 'noise']);
    const { dictionary: added } = noiseProfile(hum, dictionary, { atomCount: 4, label: 'hum' });
    expect(added.sources.map(({ label }) => label)).toEqual(['low', 'noise', 'hum']);
  });

  it('is the same at any level and sample rate of the recording', () => {
    const loud = toneRecording('hum.wav', [2000], 2, 48000, 0.5);
    const a = noiseProfile(hum, dictionary, { atomCount: 1 }).dictionary.atoms;
    const b = noiseProfile(loud, dictionary, { atomCount: 1 }).dictionary.atoms;
    a.forEach((value, i) => expect(Math.abs(value - b[i]!)).toBeLessThan(0.01));
  });

  it('says why a recording cannot be used', () => {
    const silent = { name: 'silent.wav', samples: new Float32Array(48000), sampleRate: 48000 };
    expect(() => noiseProfile(silent, dictionary)).toThrow(/"silent.wav" was left out: it is silent/);
    const alone = trainDictionary(
      [{ label: 'noise', recordings: [high], atomCount: 2 }],
      settings,
    ).dictionary;
    expect(() => noiseProfile(hum, alone)).toThrow(/no source other than "noise"/);
  });
});
