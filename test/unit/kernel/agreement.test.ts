import { describe, expect, it } from 'vitest';
import { BLOCK, padBins } from '../../../src/kernel/kernel.ts';
import type { Kernel } from '../../../src/kernel/kernel.ts';
import { DIVERGENCES } from '../../../src/nmf/divergence.ts';
import { availableKernels } from '../../helpers/kernels.ts';
import { maximumDifference, randomSource } from '../../helpers/signals.ts';

const SIZES = [1, 15, 16, 17, 513, 1025].flatMap((bins) =>
  [1, 2, 3, 64, 67, 130].map((atoms) => ({ bins, atoms, seed: bins * 1000 + atoms })),
);
const CANARY = 12345.5;

/** Everything the operations read and write, with a block of canaries after each array. */
class Bench {
  readonly kernel: Kernel;
  readonly #canaries: Float32Array[] = [];

  constructor(factory: (floats: number) => Kernel, floats: number) {
    this.kernel = factory(floats);
    this.guard();
  }

  guard(): void {
    this.#canaries.push(this.kernel.allocate(BLOCK).fill(CANARY));
  }

  array(length: number, value: (i: number) => number = () => 0): Float32Array {
    const array = this.kernel.allocate(length);
    // What lies between the end of the array and the canaries is nobody's either.
    new Float32Array(array.buffer, array.byteOffset, padBins(length)).fill(CANARY);
    for (let i = 0; i < length; i++) array[i] = value(i);
    this.guard();
    return array;
  }

  untouched(arrays: readonly Float32Array[]): boolean {
    return (
      this.#canaries.every((canary) => canary.every((x) => x === CANARY)) &&
      arrays.every((array) =>
        new Float32Array(array.buffer, array.byteOffset, padBins(array.length))
          .subarray(array.length)
          .every((x) => x === CANARY),
      )
    );
  }
}

/** Runs every operation once on seeded data; the results by name. */
function runAll(
  factory: (floats: number) => Kernel,
  { bins, atoms, seed }: { bins: number; atoms: number; seed: number },
  level: number,
): { results: Record<string, Float32Array>; untouched: boolean } {
  const padded = padBins(bins);
  const random = randomSource(seed);
  const bench = new Bench(
    factory,
    3 * atoms * padded + bins * padBins(atoms) + 50 * padded + 50 * padBins(atoms) + 4000,
  );
  const { kernel } = bench;
  const rows = Float32Array.from({ length: atoms * bins }, () => random() ** 4);
  const other = Float32Array.from({ length: atoms * bins }, () => random() ** 2);
  const w = kernel.pack(rows, atoms, bins);
  bench.guard();
  const u = kernel.pack(other, atoms, bins);
  bench.guard();
  const columns = bench.array(atoms * padded, (i) =>
    i % padded < bins ? rows[Math.floor(i / padded) * bins + (i % padded)]! : 0,
  );
  const spectrum = (): Float32Array => bench.array(padded, (f) => (f < bins ? level * random() ** 3 : 0));
  const activations = (): Float32Array => bench.array(atoms, (k) => (k % 7 === 3 ? 0 : level * random()));
  const arrays: Float32Array[] = [columns];
  const results: Record<string, Float32Array> = {};
  const keep = (name: string, array: Float32Array): Float32Array => {
    results[name] = array;
    arrays.push(array);
    return array;
  };
  const v = spectrum();
  const h = activations();
  const epsilon = 1e-9 * level;
  const from = Math.floor(atoms / 3);
  const to = Math.max(from, atoms - 1);
  kernel.reconstruct(w, h, keep('model', bench.array(padded)), 0, atoms);
  kernel.reconstruct(w, h, keep('part of the model', bench.array(padded)), from, to);
  kernel.project(u, v, keep('projection', bench.array(atoms)));
  const numerator = keep('ratio', bench.array(atoms));
  kernel.ratioKullbackLeibler(w, u, v, h, keep('floored model', bench.array(padded)), numerator, epsilon);
  const above = keep('IS numerator', bench.array(atoms));
  const below = keep('IS denominator', bench.array(atoms));
  kernel.ratioItakuraSaito(w, v, h, keep('IS model', bench.array(padded)), above, below, epsilon);
  for (const exponent of [0.5, 1, 1.5, 1.7]) {
    const scaled = keep(`h u^${exponent}`, activations());
    kernel.scaleActivations(scaled, above, below, atoms, exponent, epsilon);
  }
  const across = kernel.pack(
    Float32Array.from({ length: atoms * bins }, (_, i) => rows[(i % atoms) * bins + Math.floor(i / atoms)]!),
    bins,
    atoms,
  );
  bench.guard();
  const raised = keep(
    'h u^eta',
    bench.array(padBins(atoms), (k) => h[k] ?? 0),
  );
  const quotient = keep('v / model', bench.array(padded));
  const exponents = bench.array(atoms, () => 2 * random());
  const found = keep('u', bench.array(atoms));
  kernel.raiseActivations(across, u, v, raised, quotient, found, exponents, epsilon, 1e-8);
  for (const exponent of [0.3, 1.35]) {
    kernel.raise(keep(`values^${exponent}`, spectrum()), bins, exponent, 1e-20);
  }
  arrays.push(exponents);
  for (const divergence of DIVERGENCES) {
    const moved = keep(`${divergence} sweep`, activations());
    const model = keep(`${divergence} sweep model`, bench.array(padded));
    kernel.reconstruct(w, moved, model, 0, atoms);
    for (let f = 0; f < padded; f++) model[f]! += epsilon;
    kernel.newtonSweep(divergence, columns, v, moved, model, atoms, padded, epsilon);
  }
  const models = bench.array(3 * padded, (i) => (i % 5 === 0 ? 0 : level * random()));
  const gains = bench.array(3, () => 2 * random());
  for (const exponent of [1, 2, 1.3]) {
    const gain = keep(`gain of exponent ${exponent}`, bench.array(padded));
    kernel.maskGain(models, gains, gain, 3, padded, exponent, epsilon);
  }
  arrays.push(v, h, models, gains);
  return { results, untouched: bench.untouched(arrays) };
}

/** Largest difference relative to the value or, after a subtraction, to the largest value. */
function disagreement(a: Float32Array, b: Float32Array, subtracts: boolean): number {
  const peak = subtracts ? b.reduce((most, x) => Math.max(most, Math.abs(x)), 0) : 0;
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const scale = Math.max(Math.abs(b[i]!), peak, 1e-37);
    const difference = Math.abs(a[i]! - b[i]!) / scale;
    if (!(difference <= most)) most = difference;
  }
  return most;
}

const kernels = availableKernels();
const twin = kernels[0]!.factory;

describe('the kernels', () => {
  it('include SIMD here', () => {
    expect(kernels.map(({ name }) => name)).toContain('simd');
  });

  describe.each(kernels)('$name', ({ factory }) => {
    it.each(SIZES)('agrees with the twin at $bins bins and $atoms atoms, and writes nowhere else', (size) => {
      for (const level of [1, 1e-4, 1e3]) {
        const { results, untouched } = runAll(factory, size, level);
        const { results: expected } = runAll(twin, size, level);
        expect(untouched).toBe(true);
        for (const [name, array] of Object.entries(results)) {
          // In a sweep each step starts from the rounding of all before it: compared step by step below.
          const sweeps = name.includes('sweep');
          if (sweeps && size.atoms > 3) continue;
          const found = disagreement(array, expected[name]!, sweeps);
          expect(found, `${name} at level ${level}`).toBeLessThan(1e-5);
        }
      }
    });

    it.each(SIZES)('takes the steps of the twin at $bins bins and $atoms atoms', ({ bins, atoms, seed }) => {
      const padded = padBins(bins);
      const random = randomSource(seed);
      const rows = Float32Array.from({ length: atoms * bins }, () => random() ** 4);
      const spectrum = Float32Array.from({ length: bins }, () => random() ** 3);
      for (const divergence of DIVERGENCES) {
        // The same state for both before every step: the one the twin has come to.
        const sides = [factory, twin].map((create) => {
          const kernel = create(3 * padded + 2 * BLOCK);
          const v = kernel.allocate(padded);
          v.set(spectrum);
          return {
            kernel,
            v,
            column: kernel.allocate(padded),
            h: kernel.allocate(1),
            model: kernel.allocate(padded),
          };
        });
        const state = new Float32Array(padded).fill(1e-9);
        const activations = Float32Array.from({ length: atoms }, () => random());
        for (let k = 0; k < atoms; k++) {
          for (let f = 0; f < bins; f++) state[f]! += activations[k]! * rows[k * bins + f]!;
        }
        for (let k = 0; k < atoms; k++) {
          const row = rows.subarray(k * bins, (k + 1) * bins);
          for (const { kernel, v, column, h, model } of sides) {
            column.set(row);
            h[0] = activations[k]!;
            model.set(state);
            kernel.newtonSweep(divergence, column, v, h, model, 1, padded, 1e-9);
          }
          const [side, expected] = sides;
          const scale = Math.max(activations[k]!, expected!.h[0]!);
          expect(Math.abs(side!.h[0]! - expected!.h[0]!), `${divergence} ${k}`).toBeLessThan(1e-5 * scale);
          // The model keeps the rounding of what the step took away.
          const peak = Math.max(...state, ...expected!.model);
          const difference = maximumDifference(side!.model, expected!.model);
          expect(difference, `${divergence} ${k}`).toBeLessThan(1e-5 * peak);
          state.set(expected!.model);
        }
      }
    });

    it('keeps zeros, subnormal input and empty spectra free of NaN', () => {
      for (const level of [0, 1e-44, 1e-39, 1e-36]) {
        const { results } = runAll(factory, { bins: 33, atoms: 5, seed: 4 }, level);
        for (const [name, array] of Object.entries(results)) {
          expect(array.some(Number.isNaN), `${name} at level ${level}`).toBe(false);
        }
      }
    });

    it('raises to a power within 1e-6, zero to zero, and lets nothing that is not a number pass for one', () => {
      const kernel = factory(1024);
      const random = randomSource(5);
      const bases = Float32Array.from({ length: 203 }, () => 10 ** (60 * random() - 30));
      const values = kernel.allocate(bases.length + 4);
      for (const exponent of [0, 0.3, 0.5, 1, 1.2].map(Math.fround)) {
        values.set(bases);
        values.set([0, Infinity, NaN, 1], bases.length);
        kernel.raise(values, values.length, exponent, 0);
        for (const [i, x] of bases.entries()) {
          expect(Math.abs(values[i]! / x ** exponent - 1), `${x}^${exponent}`).toBeLessThan(1e-6);
        }
        expect(values[bases.length]).toBe(0);
        expect([...values.subarray(bases.length + 1, bases.length + 3)].some(Number.isFinite)).toBe(false);
        expect(values[bases.length + 3]).toBeCloseTo(1, 6);
      }
    });

    it('raises to an exponent as a float has it, and holds what leaves the floats at their ends', () => {
      const kernel = factory(64);
      const values = kernel.allocate(7);
      values.set([1e20, 1e-20, 1e13, 1e-13, 2e-38, 2, 6.8e12]);
      kernel.raise(values, values.length, 3, 0);
      expect(values[0]).toBe(Math.fround(3.4028234663852886e38));
      expect(values[1]).toBe(2 ** -126);
      for (const [i, x] of [1e13, 1e-13].entries()) {
        const within = Math.min(3.4028234663852886e38, Math.max(2 ** -126, Math.fround(x) ** 3));
        expect(Math.abs(values[2 + i]! / within - 1)).toBeLessThan(1e-6);
      }
      expect(values[4]).toBe(2 ** -126);
      expect(values[5]).toBeCloseTo(8, 5);
      // Close below the largest float.
      expect(Math.abs(values[6]! / Math.fround(6.8e12) ** 3 - 1)).toBeLessThan(1e-6);
      values.fill(1e-30);
      kernel.raise(values, values.length, 1.2, 0);
      for (const value of values) expect(Math.abs(value / 1e-30 ** Math.fround(1.2) - 1)).toBeLessThan(1e-6);
    });

    it('takes logarithms and exponentials, over all normal floats, and passes on what is no finite number', () => {
      const kernel = factory(1024);
      const random = randomSource(8);
      const values = kernel.allocate(204);
      const bases = Float32Array.from({ length: 200 }, () => 10 ** (74 * random() - 37));
      values.set(bases);
      values.set([0, -1, Infinity, NaN], 200);
      kernel.logarithms(values, 204);
      for (const [i, x] of bases.entries()) {
        expect(Math.abs(values[i]! - Math.log(x)), `ln ${x}`).toBeLessThan(
          1e-6 * Math.max(1, Math.abs(Math.log(x))),
        );
      }
      for (const i of [200, 201]) expect(values[i]).toBeCloseTo(Math.log(2 ** -126), 4);
      expect([...values.subarray(202)].every(Number.isNaN)).toBe(true);
      const powers = Float32Array.from({ length: 200 }, (_, i) => (i % 2 ? 170 : 6) * (random() - 0.5));
      values.set(powers);
      values.set([1e6, -1e6, -Infinity, NaN], 200);
      kernel.exponentials(values, 204);
      for (const [i, x] of powers.entries()) {
        expect(Math.abs(values[i]! / Math.exp(x) - 1), `e^${x}`).toBeLessThan(1e-6);
      }
      expect(values[200]! / Math.exp(87)).toBeCloseTo(1, 5);
      expect(values[201]! / Math.exp(-87)).toBeCloseTo(1, 5);
      expect([...values.subarray(202)].every(Number.isNaN)).toBe(true);
    });

    it('correlates as sums of products do, at every shift and length', () => {
      for (const [length, shifts] of [
        [4, 1],
        [8, 3],
        [12, 2],
        [128, 66],
        [172, 80],
      ] as const) {
        const kernel = factory(1024);
        const random = randomSource(length);
        const a = kernel.allocate(length).map(() => random() - 0.5);
        const b = kernel.allocate(length + shifts - 1);
        const own = kernel.allocate(length);
        own.set(a);
        for (let n = 0; n < b.length; n++) b[n] = random() - 0.5;
        const results = kernel.allocate(shifts + 1).fill(CANARY);
        kernel.correlate(own, b, results, length, shifts);
        for (let l = 0; l < shifts; l++) {
          const sum = a.reduce((total, value, n) => total + value * b[n + l]!, 0);
          expect(Math.abs(results[l]! - sum), `${length} values, shift ${l}`).toBeLessThan(2e-6);
        }
        expect(results[shifts]).toBe(CANARY);
      }
    });

    it('puts an activation with a non-finite update on the floor', () => {
      const kernel = factory(256);
      const h = kernel.allocate(5).fill(2);
      const numerator = kernel.allocate(5);
      const denominator = kernel.allocate(5);
      numerator.set([1, NaN, 1, 0, 4]);
      denominator.set([0, 1, Infinity, 0, 1]);
      for (const exponent of [0.5, 1, 1.5, 1.2]) {
        h.fill(2);
        kernel.scaleActivations(h, numerator, denominator, 5, exponent, 0.25);
        expect([...h.subarray(0, 4)]).toEqual([0.25, 0.25, 0.25, 0.25]);
        expect(h[4]).toBeCloseTo(2 * 4 ** exponent, 4);
      }
    });

    it('takes the mean gain where there is no model, and the gain of the only source', () => {
      const kernel = factory(512);
      const models = kernel.allocate(2 * BLOCK);
      models[1] = 3e-18;
      models[BLOCK + 2] = 1e20;
      const gains = kernel.allocate(2);
      gains.set([0, 1]);
      const gain = kernel.allocate(BLOCK);
      for (const exponent of [1, 2, 1.5]) {
        kernel.maskGain(models, gains, gain, 2, BLOCK, exponent, 1e-18);
        expect([...gain.subarray(0, 3)]).toEqual([0.5, 0, 1]);
      }
    });

    it('hands out zeroed arrays on 64-byte boundaries until the capacity is used up', () => {
      const kernel = factory(64);
      const arrays = [kernel.allocate(1), kernel.allocate(17), kernel.allocate(3)];
      for (const array of arrays) {
        expect(array.byteOffset % 64).toBe(0);
        expect(array.every((x) => x === 0)).toBe(true);
      }
      expect(() => kernel.allocate(1)).toThrow(RangeError);
      expect(() => kernel.allocate(1)).toThrow(/0 floats left/);
      expect(() => factory(-1)).toThrow(RangeError);
      expect(() => factory(64).pack(new Float32Array(3), 2, 2)).toThrow(/2 atoms of 2 bins are 4 values/);
    });
  });
});
