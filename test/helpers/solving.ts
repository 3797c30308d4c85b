import { createTypeScriptKernel } from '../../src/kernel/index.ts';
import type { KernelFactory } from '../../src/kernel/kernel.ts';
import { ActivationSolver } from '../../src/nmf/activations.ts';
import type { Solver } from '../../src/nmf/activations.ts';
import { divergenceBetween } from '../../src/nmf/divergence.ts';
import type { Divergence } from '../../src/nmf/divergence.ts';

export interface Problem {
  readonly atoms: Float32Array;
  readonly atomCount: number;
  readonly bins: number;
  readonly divergence: Divergence;
}

export interface Solution {
  readonly solver?: Solver;
  readonly iterations?: number;
  readonly kernel?: KernelFactory;
}

/** A configured solver on a kernel of its own. */
export function createSolver(problem: Problem, solution: Solution = {}): ActivationSolver {
  const { solver, iterations, kernel = createTypeScriptKernel } = solution;
  const activations = new ActivationSolver();
  activations.configure({
    ...problem,
    kernel: kernel(ActivationSolver.floatsNeeded(problem.atomCount, problem.bins, solver)),
    ...(solver && { solver }),
    ...(iterations && { iterations }),
  });
  return activations;
}

/** D(v | W h) in doubles; v zeros count as the solver takes them (see ITAKURA_FLOOR there). */
export function divergenceOf(problem: Problem, v: ArrayLike<number>, h: ArrayLike<number>): number {
  const { atoms, atomCount, bins, divergence } = problem;
  const model = new Float64Array(bins).fill(1e-30);
  for (let k = 0; k < atomCount; k++) {
    for (let f = 0; f < bins; f++) model[f]! += h[k]! * atoms[k * bins + f]!;
  }
  return divergenceBetween(divergence, v, model, bins);
}

/** Divergence of each of `count` frames, each solved from the activations of the frame before. */
export function solveSequence(
  problem: Problem,
  frames: Float32Array,
  count: number,
  solution: Solution = {},
): number[] {
  const solver = createSolver(problem, solution);
  const { bins } = problem;
  return Array.from({ length: count }, (_, t) => {
    const v = frames.subarray(t * bins, (t + 1) * bins);
    solver.spectrum.set(v);
    solver.process();
    return divergenceOf(problem, v, solver.activations);
  });
}

export const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
