import { DIVERGENCES } from './divergence.ts';
import type { Divergence } from './divergence.ts';
import type { Start } from './initialization.ts';

/** What {@link factorize} may be told. Only `atomCount` must be. */
export interface FactorizeOptions {
  /** K, at least 1. */
  readonly atomCount: number;
  /** Default 'kullback-leibler'. */
  readonly divergence?: Divergence;
  /** Most iterations; one updates H, then W. Default 100. */
  readonly iterations?: number;
  /**
   * Stop when the objective has fallen, per iteration since it was last evaluated, by no more than this fraction of itself.
   * Default 0: never before `iterations`, or before it stands still.
   */
  readonly tolerance?: number;
  /** The objective is evaluated after every so many iterations, and after the last. Default 10. */
  readonly evaluateEvery?: number;
  /** Default 0. The same seed gives the same result. */
  readonly seed?: number;
  /** Where W and H start unless they are given. Default 'random'. */
  readonly start?: Start;
  /** Whole runs, from seeds `seed`, `seed` + 1, ...; the one with the lowest objective is returned. Default 1. */
  readonly restarts?: number;
  /** W to start from, K x F, atom by atom. */
  readonly atoms?: Float32Array;
  /** H to start from, N x K, frame by frame. */
  readonly activations?: Float32Array;
  /** Atoms that stay as they are: the first n, or from (inclusive) to (exclusive). They must be given in `atoms`. */
  readonly fixedAtoms?: number | readonly [from: number, to: number];
  /** Default true. */
  readonly updateAtoms?: boolean;
  /** Default true. */
  readonly updateActivations?: boolean;
  /**
   * lambda in D(V | H W) + lambda sum_nk h_nk ||w_k||: an L1 price on the activations, with the (Euclidean) norm of the atoms inside
   * the objective so that it cannot be dodged by scaling them (Le Roux, Weninger and Hershey, MERL TR2015-023). In the unit
   * of V for Euclidean, none for Kullback-Leibler, one over that of V for Itakura-Saito. Default 0.
   */
  readonly sparsity?: number;
  /**
   * How many bins of each frame, from the lowest, were observed: N counts of 1 to F. The others are left out of the divergence: neither
   * explained nor held against an atom. For recordings of a lower sample rate among others.
   */
  readonly observedBins?: Int32Array;
  /** Scale every updated atom to sum 1, and its activations with it (not if the activations are fixed). Default true. */
  readonly normalize?: boolean;
  /** Called after each iteration with its number, from 1, and the objective as last evaluated. Returning false stops. */
  readonly onIteration?: (iteration: number, objective: number) => boolean | void;
}

/** Throws a RangeError that says what is wrong with V, N, F or the options, and what would be right. */
export function checkFactorization(
  v: Float32Array,
  frames: number,
  bins: number,
  options: FactorizeOptions,
): void {
  count('number of frames', frames);
  count('number of bins', bins);
  count('number of atoms', options.atomCount);
  size('spectrogram', v, frames, bins, 'frames x bins');
  nonNegative('spectrogram', v, bins);
  if (v.every((value) => value === 0)) {
    throw new RangeError('The spectrogram is zero everywhere: there is nothing to factorize.');
  }
  const { divergence, iterations, evaluateEvery, restarts, tolerance, sparsity, observedBins } = options;
  if (divergence !== undefined && !DIVERGENCES.includes(divergence)) {
    throw new RangeError(`There is no divergence "${divergence}". There are: ${DIVERGENCES.join(', ')}.`);
  }
  if (iterations !== undefined && iterations !== 0) count('number of iterations', iterations);
  if (evaluateEvery !== undefined) count('number of iterations between evaluations', evaluateEvery);
  if (restarts !== undefined) count('number of runs', restarts);
  for (const [name, value] of [
    ['tolerance', tolerance],
    ['sparsity', sparsity],
  ] as const) {
    if (value !== undefined && !(value >= 0 && Number.isFinite(value))) {
      throw new RangeError(`The ${name} is ${value}; it must be 0 or more, and finite.`);
    }
  }
  const { atomCount, atoms, activations } = options;
  if (atoms) {
    size('atoms', atoms, atomCount, bins, 'atoms x bins');
    nonNegative('atoms', atoms, bins);
  }
  if (activations) {
    size('activations', activations, frames, atomCount, 'frames x atoms');
    nonNegative('activations', activations, atomCount);
  }
  if (observedBins) {
    if (observedBins.length !== frames) {
      throw new RangeError(
        `observedBins has ${observedBins.length} counts; it must have one per frame, ${frames}.`,
      );
    }
    const wrong = observedBins.find((n) => n < 1 || n > bins);
    if (wrong !== undefined) {
      throw new RangeError(`A frame is said to have ${wrong} observed bins; it must have from 1 to ${bins}.`);
    }
  }
  const [from, to] = fixedRange(options);
  if (!(Number.isInteger(from) && Number.isInteger(to) && from >= 0 && from <= to && to <= atomCount)) {
    throw new RangeError(`Atoms ${from} to ${to} are to stay fixed; there are ${atomCount}.`);
  }
  if (to > from && !atoms) throw new RangeError(`${to - from} atoms are to stay fixed, but none are given.`);
  if (options.updateAtoms === false && !atoms) {
    throw new RangeError('The atoms are not to be updated, but none are given.');
  }
  if (options.updateActivations === false && !activations) {
    throw new RangeError('The activations are not to be updated, but none are given.');
  }
}

/** The fixed atoms as [from, to). */
export function fixedRange({ fixedAtoms = 0 }: FactorizeOptions): readonly [from: number, to: number] {
  return typeof fixedAtoms === 'number' ? [0, fixedAtoms] : fixedAtoms;
}

function count(what: string, value: number): void {
  if (!(Number.isInteger(value) && value >= 1)) {
    throw new RangeError(`The ${what} is ${value}; it must be a whole number of at least 1.`);
  }
}

function size(what: string, data: Float32Array, rows: number, columns: number, shape: string): void {
  if (data.length === rows * columns) return;
  throw new RangeError(
    `The ${what} has ${data.length} values; ${shape} is ${rows} x ${columns} = ${rows * columns}.`,
  );
}

function nonNegative(what: string, data: Float32Array, columns: number): void {
  for (let i = 0; i < data.length; i++) {
    if (data[i]! >= 0 && data[i]! < Infinity) continue;
    throw new RangeError(
      `The ${what} has the value ${data[i]} in row ${Math.floor(i / columns)}, column ${i % columns}; ` +
        'all values must be finite and not negative.',
    );
  }
}
