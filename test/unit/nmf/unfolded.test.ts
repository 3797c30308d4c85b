import { describe, expect, it } from 'vitest';
import { UnfoldedSolver, type UnfoldedMatrices } from '../../../src/nmf/unfolded.ts';
import { availableKernels } from '../../helpers/kernels.ts';
import { randomSource } from '../../helpers/signals.ts';

const K = 7;
const R = 21;
const random = randomSource(3);
const values = (length: number): Float32Array => Float32Array.from({ length }, () => random());
const matrices: UnfoldedMatrices = {
  atomCount: K,
  rows: R,
  updates: 2,
  w: values(2 * K * R),
  u: values(2 * R * K).map((x) => x / R),
  eta: values(2 * K),
  decay: values(K),
  inject: values(R * K),
};
const transition = values(K * K).map((x) => x / K);

/** The updates, written as they are defined. */
function expected(m: UnfoldedMatrices, frames: readonly Float32Array[], epsilon: number): number[] {
  let h: number[] = [];
  const range = (length: number) => [...Array(length).keys()];
  const sum = (length: number, value: (i: number) => number) =>
    range(length).reduce((s, i) => s + value(i), 0);
  for (const [t, x] of frames.entries()) {
    const injected = range(K).map((k) => sum(R, (r) => x[r]! * m.inject[r * K + k]!));
    const last = t === 0 ? injected.map((value) => 20 * value) : h;
    h = range(K).map(
      (j) =>
        m.decay[j]! * last[j]! + sum(K, (i) => last[i]! * (m.transition?.[i * K + j] ?? 0)) + injected[j]!,
    );
    for (const l of [0, 1]) {
      const now = h;
      const ratio = range(R).map(
        (r) => x[r]! / (sum(K, (k) => m.w[(l * K + k) * R + r]! * now[k]!) + epsilon),
      );
      h = now.map(
        (value, k) =>
          value * (sum(R, (r) => ratio[r]! * m.u[(l * R + r) * K + k]!) + 1e-8) ** m.eta[l * K + k]!,
      );
    }
  }
  return h;
}

describe.each(availableKernels())('UnfoldedSolver on $name', ({ factory }) => {
  it.each([
    ['without transitions', matrices],
    ['with transitions', { ...matrices, transition }],
  ])('%s follows its definition', (_, m) => {
    const frames = [values(R), values(R), values(R)];
    const solver = new UnfoldedSolver();
    solver.configure(factory(UnfoldedSolver.floatsNeeded(m)), m);
    for (const frame of frames) {
      solver.observation.set(frame);
      solver.begin();
      for (const l of [0, 1]) solver.update(l, 1e-4);
      expect(solver.finish(1e-12)).toBe(true);
    }
    for (const [k, value] of expected(m, frames, 1e-4).entries()) {
      expect(Math.abs(solver.activations[k]! / value - 1)).toBeLessThan(1e-5);
    }
  });

  it('forgets everything when something was not a number', () => {
    const solver = new UnfoldedSolver();
    solver.configure(factory(UnfoldedSolver.floatsNeeded(matrices)), matrices);
    const fresh = new UnfoldedSolver();
    fresh.configure(factory(UnfoldedSolver.floatsNeeded(matrices)), matrices);
    const solve = (one: UnfoldedSolver, frame: Float32Array): boolean => {
      one.observation.set(frame);
      one.begin();
      for (const l of [0, 1]) one.update(l, 1e-4);
      return one.finish(1e-12);
    };
    expect(solve(solver, values(R))).toBe(true);
    expect(solve(solver, new Float32Array(R).fill(NaN))).toBe(false);
    expect(solver.activations.every((h) => h === 0)).toBe(true);
    const good = values(R);
    expect(solve(solver, good)).toBe(true);
    expect(solve(fresh, good)).toBe(true);
    expect(solver.activations).toEqual(fresh.activations);
    expect(solver.activations.some((h) => h > 0)).toBe(true);
  });
});
