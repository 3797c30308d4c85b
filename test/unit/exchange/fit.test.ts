import { describe, expect, it } from 'vitest';
import { fitDictionaryTo } from '../../../src/dictionary/index.ts';
import { createTypeScriptKernel } from '../../../src/kernel/index.ts';
import type { Divergence } from '../../../src/nmf/divergence.ts';
import { randomSource } from '../../helpers/signals.ts';
import { twoBandDictionary } from '../../helpers/small-dictionaries.ts';

const createKernel = createTypeScriptKernel;

/** Frames that the dictionary can make exactly, with `share` of each from its first source. */
function made(d: ReturnType<typeof twoBandDictionary>, count: number, share: number): Float32Array {
  const random = randomSource(3);
  const frames = new Float32Array(count * d.bins);
  for (let t = 0; t < count; t++) {
    const h = Array.from({ length: 6 }, (_, k) => (0.1 + random()) * (k < 3 ? share : 1 - share));
    const low = h[0]! + h[1]! + h[2]!;
    const high = h[3]! + h[4]! + h[5]!;
    for (let k = 0; k < 6; k++) {
      const part = (h[k]! / (k < 3 ? low : high)) * (k < 3 ? share : 1 - share);
      for (let f = 0; f < d.bins; f++) frames[t * d.bins + f]! += part * d.atoms[k * d.bins + f]!;
    }
  }
  return frames;
}

describe('the fit of a dictionary to a recording', () => {
  it.each<Divergence>(['euclidean', 'kullback-leibler', 'itakura-saito'])(
    'is near zero for its own sound: %s',
    (divergence) => {
      const d = twoBandDictionary({ divergence });
      const fit = fitDictionaryTo(d, made(d, 20, 0.75), 20, { createKernel, iterations: 300 });
      expect(fit.frames).toBe(20);
      expect(fit.median).toBeLessThan(0.01);
      expect(fit.total).toBeLessThan(0.01);
      expect(fit.shares[0]!.label).toBe('low');
      expect(fit.shares[0]!.share).toBeCloseTo(0.75, 1);
      expect(fit.shares[0]!.share + fit.shares[1]!.share).toBeCloseTo(1, 6);
    },
  );

  it('is worse for sound that it does not know, and never much worse than flat where it can be flat', () => {
    const d = twoBandDictionary();
    const comb = Float32Array.from({ length: 5 * 257 }, (_, i) => ((i % 257) % 16 === 0 ? 1 : 0.01));
    const fit = fitDictionaryTo(d, comb, 5, { createKernel });
    expect(fit.median).toBeGreaterThan(0.5);
    expect(fit.median).toBeLessThan(1.1);
  });

  it('looks at frames that can be heard, at most as many as asked', () => {
    const d = twoBandDictionary();
    const frames = made(d, 40, 0.5);
    frames.fill(0, 10 * d.bins, 20 * d.bins);
    expect(fitDictionaryTo(d, frames, 40, { createKernel })).toMatchObject({ frames: 30, count: 40 });
    expect(fitDictionaryTo(d, frames, 40, { createKernel, mostFrames: 7 }).frames).toBe(7);
    expect(() => fitDictionaryTo(d, new Float32Array(2 * d.bins), 2, { createKernel })).toThrow(/silent/);
    expect(() => fitDictionaryTo(d, frames, 3, { createKernel })).toThrow(
      /3 frames of 257 bins have 771 values/,
    );
  });

  it('does not depend on the level', () => {
    const d = twoBandDictionary();
    const frames = made(d, 5, 0.3).map((value, i) => value * (1 + (i % 3)));
    const fit = fitDictionaryTo(d, frames, 5, { createKernel });
    const quiet = fitDictionaryTo(
      d,
      frames.map((value) => value * 1e-3),
      5,
      { createKernel },
    );
    expect(quiet.median).toBeCloseTo(fit.median, 4);
    expect(quiet.shares[0]!.share).toBeCloseTo(fit.shares[0]!.share, 4);
  });
});
