import { setFlagsFromString } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { padBins } from '../../../src/kernel/kernel.ts';
import { createPlainTrainingKernel, loadTrainingKernel } from '../../../src/kernel/training.ts';
import type { TrainingKernelFactory } from '../../../src/kernel/training.ts';
import { interleavedIndex, padGroup } from '../../../src/kernel/training-kernel.ts';
import type { UpdateExponent } from '../../../src/kernel/training-kernel.ts';
import { DIVERGENCES, divergenceBetween } from '../../../src/nmf/divergence.ts';
import type { Divergence } from '../../../src/nmf/divergence.ts';
import { randomSource } from '../../helpers/signals.ts';

const simd = loadTrainingKernel('simd');
// Node 20 has relaxed SIMD behind a flag.
setFlagsFromString('--experimental-wasm-relaxed-simd');
const relaxed = loadTrainingKernel();
const KERNELS = [simd, relaxed].filter(({ name }) => name !== 'typescript');

const SIZES = [
  { frames: 1, bins: 1, atoms: 1 },
  { frames: 4, bins: 16, atoms: 4 },
  { frames: 7, bins: 33, atoms: 5 },
  { frames: 12, bins: 129, atoms: 17 },
];

/** All operations once, on seeded data; `observed`: bins of every third frame. */
function run(
  factory: TrainingKernelFactory,
  size: { frames: number; bins: number; atoms: number },
  divergence: Divergence,
  exponent: UpdateExponent,
): { arrays: Record<string, Float32Array>; measured: number } {
  const shape = { frames: padGroup(size.frames), bins: padBins(size.bins), atoms: padGroup(size.atoms) };
  const area = shape.frames * shape.bins;
  const kernel = factory(4 * area + 3 * shape.atoms * (shape.bins + 2 * shape.frames) + 500);
  const random = randomSource(size.frames * 1000 + size.bins);
  const w = kernel.allocate(shape.atoms * shape.bins);
  const h = kernel.allocate(shape.frames * shape.atoms);
  const v = kernel.allocate(area);
  const [pull, push] = [kernel.allocate(area), kernel.allocate(area)];
  const numerator = kernel.allocate(h.length);
  const more = kernel.allocate(h.length);
  const last = kernel.allocate(h.length);
  const sums = kernel.allocate(w.length);
  const base = kernel.allocate(shape.atoms).fill(0.5);
  const observed = kernel.allocateIntegers(shape.frames);
  for (let k = 0; k < size.atoms; k++) {
    for (let f = 0; f < size.bins; f++) w[k * shape.bins + f] = random() ** 3;
  }
  for (let n = 0; n < size.frames; n++) {
    observed[n] = n % 3 === 2 ? Math.ceil(size.bins / 2) : size.bins;
    for (let k = 0; k < size.atoms; k++) h[interleavedIndex(n, k, shape.atoms)] = random();
    for (let f = 0; f < size.bins; f++) v[n * shape.bins + f] = f % 5 === 1 ? 0 : random();
  }
  const measured = kernel.factors(divergence, w, h, v, pull, push, observed, shape, 1e-9, true);
  const silent = kernel.factors(divergence, w, h, v, pull, push, observed, shape, 1e-9, false);
  expect(silent).toBe(0);
  kernel.project(pull, w, numerator, shape);
  if (divergence !== 'kullback-leibler') kernel.project(push, w, more, shape);
  last.set(h);
  const withMore = divergence === 'kullback-leibler' ? undefined : more;
  kernel.scale(h, numerator, base, withMore, shape, exponent, 1e-20);
  const scaled = Float32Array.from(h);
  kernel.extrapolate(h, last, h.length, 0.7);
  kernel.gather(pull, h, sums, shape);
  kernel.gather(pull, h, sums, shape);
  return { arrays: { pull, push, numerator, more, scaled, h, last, sums }, measured };
}

describe('the training kernels', () => {
  it('include SIMD in Node', () => {
    expect(simd.name).toBe('simd');
    expect(relaxed.name).toBe('relaxed-simd');
    expect(loadTrainingKernel('typescript').name).toBe('typescript');
  });

  for (const { name, factory } of KERNELS) {
    it.each(DIVERGENCES)(`${name} agrees with the plain twin: %s`, (divergence) => {
      for (const size of SIZES) {
        for (const exponent of [0.5, 1, 1.25, 1.5] as const) {
          const expected = run(createPlainTrainingKernel, size, divergence, exponent);
          const actual = run(factory, size, divergence, exponent);
          expect(Math.abs(actual.measured / expected.measured - 1)).toBeLessThan(1e-5);
          for (const [what, array] of Object.entries(expected.arrays)) {
            const peak = array.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-30);
            const other = actual.arrays[what]!;
            const worst = array.reduce((most, value, i) => Math.max(most, Math.abs(value - other[i]!)), 0);
            expect(worst / peak, `${what} of ${JSON.stringify(size)}`).toBeLessThan(2e-5);
          }
        }
      }
    });
  }
});

describe('the plain twin', () => {
  it.each(DIVERGENCES)('measures the divergence from the model: %s', (divergence) => {
    const kernel = createPlainTrainingKernel(1000);
    const shape = { frames: 4, bins: 16, atoms: 4 };
    const random = randomSource(1);
    const [w, h, v] = [kernel.allocate(64), kernel.allocate(16), kernel.allocate(64)];
    for (let i = 0; i < 64; i++) [w[i], v[i]] = [random(), random() + 0.1];
    for (let i = 0; i < 16; i++) h[i] = random();
    const observed = kernel.allocateIntegers(4).fill(16);
    const [pull, push] = [kernel.allocate(64), kernel.allocate(64)];
    const model = Float64Array.from({ length: 64 }, (_, i) => {
      let y = 0;
      for (let k = 0; k < 4; k++) y += h[interleavedIndex(i >> 4, k, 4)]! * w[k * 16 + (i & 15)]!;
      return y;
    });
    const measured = kernel.factors(divergence, w, h, v, pull, push, observed, shape, 0, true);
    expect(measured).toBeCloseTo(divergenceBetween(divergence, v, model), 9);
  });

  it('keeps zero activations at zero, and clears what overflows or vanishes', () => {
    const kernel = createPlainTrainingKernel(200);
    const shape = { frames: 4, bins: 16, atoms: 4 };
    const h = kernel.allocate(16).fill(1);
    h[0] = 0;
    const numerator = kernel.allocate(16).fill(2);
    numerator[1] = Number.NaN;
    numerator[2] = 1e-30;
    const base = kernel.allocate(4).fill(1);
    kernel.scale(h, numerator, base, undefined, shape, 1, 1e-20);
    expect(Array.from(h.subarray(0, 4))).toEqual([0, 0, 0, 2]);
    const last = kernel.allocate(16).fill(1);
    kernel.extrapolate(h, last, 16, 1);
    expect(Array.from(h.subarray(0, 4))).toEqual([0, 0, 0, 4]);
    expect(last[3]).toBe(2);
  });
});
