import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSafetensors, type Dictionary } from '../../../src/dictionary/index.ts';
import { loadKernel } from '../../../src/kernel/index.ts';
import { createFrameModel, type FrameModel } from '../../../src/separator/frame-model.ts';
import { frameLayout } from '../../../src/separator/latency-modes.ts';
import { SUREST_SECOND } from '../../../src/separator/stereo/place-model.ts';
import { cueWeights } from '../../../src/separator/stereo/cue-weights.ts';
import { maximumDifference, noise } from '../../helpers/signals.ts';

const golden = readSafetensors(readFileSync(new URL('../../golden/unfolded.safetensors', import.meta.url)));
const [first, second] = golden.sources;
const song = {
  ...golden,
  sources: [
    { ...first!, label: 'vocals' },
    { ...second!, label: 'accompaniment' },
  ],
};
const layout = frameLayout('balanced', 48000);
const kernel = loadKernel().factory;

/** The weights of mono sound, at all frequencies, for each model; those of stereo sound are others. */
function weighted(d: Dictionary, ...factors: number[]): Dictionary {
  const each = (rows: number[]): number[] => rows.flatMap((value) => [value, value, value]);
  const data = Float32Array.from([
    ...each([...factors.map(() => 3), 2, -1]),
    ...each([...factors, 0, OFFSET]),
  ]);
  const tensors = (d.tensors ?? []).filter(({ name }) => name !== 'cues');
  return { ...d, tensors: [...tensors, { name: 'cues', shape: [2, factors.length + 2, 3], data }] };
}
const OFFSET = 0.2;

function solve(model: FrameModel, magnitude: Float32Array): Float32Array {
  model.spectrum.set(magnitude.map((value) => value ** model.exponent));
  for (let step = 0; step < model.steps; step++) model.processStep(step);
  return model.gain([0, 1], 2).slice(0, layout.bins);
}

const frames = Array.from({ length: 6 }, (_, t) => noise(layout.bins, t + 1, 1).map(Math.abs));

/** What is left of each bin with the voice down, over some frames of noise. */
function leftOf(dictionary: Dictionary): Float32Array[] {
  const model = createFrameModel(dictionary, layout, { kernel });
  return frames.map((frame) => solve(model, frame));
}
const furthest = (a: Float32Array[], b: Float32Array[]): number =>
  Math.max(...a.map((frame, t) => maximumDifference(frame, b[t]!)));
const odds = (left: number): number => Math.log((1 - left) / left);

describe('a dictionary whose atoms and updates both say what is voice', () => {
  const plain = { ...song, tensors: [] };
  const atoms = leftOf(weighted(plain, 1));
  const updates = leftOf(weighted(song, 1));

  it('does what the one does alone where the other counts nothing', () => {
    expect(furthest(leftOf(weighted(song, 1, 0)), atoms)).toBeLessThan(1e-4);
    const bounded = leftOf(weighted(song, 0, 1));
    const surest = 1 / (1 + Math.exp(SUREST_SECOND + OFFSET));
    for (const [t, frame] of bounded.entries()) {
      const most = 1 / (1 + Math.exp(OFFSET - SUREST_SECOND));
      const expected = updates[t]!.map((left) => Math.min(Math.max(left, surest), most));
      // Below its range no voice is looked for.
      expect(maximumDifference(frame.subarray(10), expected.subarray(10))).toBeLessThan(1e-3);
    }
    expect(furthest(atoms, updates)).toBeGreaterThan(0.1);
  });

  it('adds their log odds, those of the updates within bounds', () => {
    const both = leftOf(weighted(song, 0.5, 0.25));
    let compared = 0;
    for (const [t, frame] of both.entries()) {
      // Below its range no voice is looked for.
      for (let f = 10; f < frame.length; f++) {
        const [one, other] = [atoms[t]![f]!, updates[t]![f]!];
        if (Math.min(one, other) < 0.01 || Math.max(one, other) > 0.99) continue;
        const bounded = Math.max(-SUREST_SECOND, Math.min(SUREST_SECOND, odds(other) - OFFSET));
        const expected = 0.5 * (odds(one) - OFFSET) + 0.25 * bounded + OFFSET;
        expect(odds(frame[f]!)).toBeCloseTo(expected, 2);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(500);
  });

  it('starts anew after a reset, also from what is not a number', () => {
    const model = createFrameModel(weighted(song, 0.5, 0.25), layout, { kernel, channels: 2 });
    const run = (): Float32Array[] =>
      frames.map((frame, t) => {
        const spectra = [0, 1].map((c) => Float64Array.from(noise(2 * layout.bins, 20 + 2 * t + c, 1)));
        model.look?.(spectra);
        return solve(model, frame);
      });
    const before = run();
    expect(furthest(before, leftOf(weighted(song, 0.5, 0.25)))).toBeGreaterThan(0.1);
    solve(model, new Float32Array(layout.bins).fill(NaN));
    expect(model.finite).toBe(false);
    model.reset();
    expect(furthest(run(), before)).toBe(0);
  });
});

describe('the weights of cues', () => {
  const values = Float32Array.from({ length: 24 }, (_, i) => i);

  it.each([
    ['stereo', true, 0],
    ['mono', false, 12],
  ])('are read row by row for %s sound, with straight lines between their frequencies', (_, stereo, from) => {
    const weights = cueWeights({ ...layout, sampleRate: 48000, fftSize: 960, bins: 481 }, values, 2, stereo);
    const rows = [...weights.models, weights.place, weights.offset];
    for (const [r, row] of rows.entries()) {
      // Bins of 50 Hz.
      const [low, middle, high] = [6, 30, 120].map((f) => row[f]!);
      expect([low, middle, high]).toEqual([0, 1, 2].map((k) => from + 3 * r + k));
      expect(row[0]).toBe(low);
      expect(row[480]).toBe(high);
      expect(row[Math.round(30 / Math.sqrt(5))]).toBeCloseTo((low! + middle!) / 2, 1);
    }
  });
});
