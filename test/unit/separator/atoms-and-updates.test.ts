import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSafetensors, type Dictionary } from '../../../src/dictionary/index.ts';
import { loadKernel } from '../../../src/kernel/index.ts';
import { createFrameModel } from '../../../src/separator/frame-model.ts';
import { frameLayout } from '../../../src/separator/latency-modes.ts';
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

/** Factors of the log odds of each model, at all frequencies; those of the place and what is added are 0. */
function weighted(d: Dictionary, ...factors: number[]): Dictionary {
  const rows = [...factors, 0, 0];
  const data = Float32Array.from([...rows, ...rows].flatMap((factor) => [factor, factor, factor]));
  const tensors = (d.tensors ?? []).filter(({ name }) => name !== 'cues');
  return { ...d, tensors: [...tensors, { name: 'cues', shape: [2, rows.length, 3], data }] };
}

/** What is left of each bin with the voice down, over some frames of noise. */
function leftOf(dictionary: Dictionary): Float32Array[] {
  const model = createFrameModel(dictionary, layout, { kernel });
  return Array.from({ length: 6 }, (_, t) => {
    const magnitude = noise(layout.bins, t + 1, 1).map(Math.abs);
    model.spectrum.set(magnitude.map((value) => value ** model.exponent));
    for (let step = 0; step < model.steps; step++) model.processStep(step);
    return model.gain([0, 1], 2).slice(0, layout.bins);
  });
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
    expect(furthest(leftOf(weighted(song, 0, 1)), updates)).toBeLessThan(1e-4);
    expect(furthest(atoms, updates)).toBeGreaterThan(0.1);
  });

  it('adds their log odds', () => {
    const both = leftOf(weighted(song, 0.5, 0.25));
    let compared = 0;
    for (const [t, frame] of both.entries()) {
      // Below its range no voice is looked for.
      for (let f = 10; f < frame.length; f++) {
        const [one, other] = [atoms[t]![f]!, updates[t]![f]!];
        if (Math.min(one, other) < 0.01 || Math.max(one, other) > 0.99) continue;
        expect(odds(frame[f]!)).toBeCloseTo(0.5 * odds(one) + 0.25 * odds(other), 2);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(500);
  });
});
