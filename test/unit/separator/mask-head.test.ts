import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSafetensors, type Dictionary } from '../../../src/dictionary/index.ts';
import { loadKernel } from '../../../src/kernel/index.ts';
import { frameLayout } from '../../../src/separator/latency-modes.ts';
import { MaskHead } from '../../../src/separator/mask-head.ts';
import { UnfoldedModel } from '../../../src/separator/unfolded-model.ts';
import { maximumDifference, noise, randomSource } from '../../helpers/signals.ts';

const BANDS = 20;
const random = randomSource(6);
const values = (least: number, most: number, length = BANDS): Float32Array =>
  Float32Array.from({ length }, () => least + (most - least) * random());
const head = {
  floorShare: values(0, 1),
  floorScale: values(0.5, 3),
  excess: values(0, 2),
  shortage: values(0, 2),
  presence: 0.7,
};
const EPSILON = 1e-4;
const maskHead = (of: typeof head, p: number): MaskHead =>
  new MaskHead(of, BANDS, p, loadKernel().factory(MaskHead.floatsNeeded(BANDS)));

/** The odds of the mask, written as they are defined. */
function odds(x: Float32Array, s: Float32Array, n: Float32Array, p: number, strength: number): number[] {
  const bands = [...s.keys()];
  const floored = bands.map((b) => {
    const floor = head.floorScale[b]! * x[BANDS + b]! + EPSILON;
    return n[b]! ** (1 - head.floorShare[b]!) * floor ** head.floorShare[b]!;
  });
  const voice = s.reduce((sum, value) => sum + value, 0);
  const presence = voice / (voice + floored.reduce((sum, value) => sum + value, 0));
  return bands.map((b) => {
    const r = Math.log((x[b]! + EPSILON) / (s[b]! + floored[b]!));
    const local = head.excess[b]! * Math.max(0, r) - head.shortage[b]! * Math.max(0, -r);
    return strength * (p * Math.log(s[b]! / floored[b]!) + local * presence ** head.presence);
  });
}

describe('a mask head', () => {
  it.each([0.5, 1, 2])(
    'makes models whose mask is what it is defined to be, at %f of the exponent',
    (strength) => {
      const p = 1.3;
      const x = values(0, 2, 2 * BANDS);
      const [s, n] = [values(0.01, 1), values(0.01, 1)];
      const expected = odds(x, s, n, p, strength);
      maskHead(head, p).process(x, s, n, EPSILON);
      for (const [b, value] of expected.entries()) {
        expect(strength * p * Math.log(s[b]! / n[b]!)).toBeCloseTo(value, 4);
      }
    },
  );

  it('stays finite however far the bands are from what is explained', () => {
    const strong = { ...head, excess: values(100, 100), shortage: values(100, 100), presence: 0 };
    for (const level of [0, 1e12]) {
      const [s, n] = [values(0.01, 1), values(0.01, 1)];
      maskHead(strong, 0.5).process(new Float32Array(2 * BANDS).fill(level), s, n, EPSILON);
      expect([...s, ...n].every((value) => value > 0 && value < Infinity)).toBe(true);
      expect(s[3]! > n[3]!).toBe(level > 0);
    }
  });

  it('that counts nothing changes nothing, and one that does changes the masks of a dictionary', () => {
    const file = readFileSync(new URL('../../golden/unfolded.safetensors', import.meta.url));
    const dictionary = readSafetensors(file);
    const names = Object.keys(head).map((name) => `unfolded.${name}`);
    const tensors = dictionary.tensors!.filter(({ name }) => !names.includes(name));
    const withHead = (value: number): Dictionary => ({
      ...dictionary,
      tensors: tensors.concat(
        names.map((name) => {
          const data = new Float32Array(name.endsWith('presence') ? 1 : 80).fill(value);
          return { name, shape: [data.length], data };
        }),
      ),
    });
    const layout = frameLayout('balanced', 48000);
    const masks = [{ ...dictionary, tensors }, withHead(0), withHead(0.5)].map((d) => {
      const model = new UnfoldedModel(d, layout, loadKernel().factory);
      for (const seed of [1, 2, 3]) {
        model.spectrum.set(noise(layout.bins, seed, 1).map((value) => value * value));
        for (let step = 0; step < model.steps; step++) model.processStep(step);
      }
      return model.gain([1, 0], 2).slice();
    });
    expect(maximumDifference(masks[1]!, masks[0]!)).toBeLessThan(1e-5);
    expect(maximumDifference(masks[2]!, masks[0]!)).toBeGreaterThan(0.01);
  });
});
