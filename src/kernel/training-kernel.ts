/**
 * The contract of the inner loops of training, which run over blocks of frames. Like the {@link Kernel} of real time it has three
 * implementations: relaxed SIMD and SIMD (AssemblyScript), and the plain TypeScript twin to which tests hold the other two.
 *
 * Spectra (frames, atoms, their sums) are rows of `bins` values, a multiple of 16; activations and what is like them are laid out as
 * [frames / 4][atoms][4], with `frames` and `atoms` multiples of 4: see {@link interleavedIndex}. Padding is zero, and stays so.
 * Arrays must come from `allocate` of the same kernel; views of parts of them that start at a whole group of four frames will do.
 */
import type { Divergence } from '../nmf/divergence.ts';
import type { KernelName } from './kernel.ts';

/** Unit to which frames and atoms are padded. */
export const GROUP = 4;

/** A count rounded up to whole groups. */
export const padGroup = (count: number): number => Math.ceil(count / GROUP) * GROUP;

/** Where the activation of atom k in frame n is. */
export const interleavedIndex = (n: number, k: number, atoms: number): number =>
  (n - (n % GROUP)) * atoms + k * GROUP + (n % GROUP);

/** The exponents of a multiplicative update that the loops know. */
export type UpdateExponent = 0.5 | 1 | 1.25 | 1.5;

/** The shape of a block. */
export interface BlockShape {
  readonly frames: number;
  readonly bins: number;
  readonly atoms: number;
}

export interface TrainingKernel {
  readonly name: KernelName;

  /** Zeros. Throws a RangeError when the capacity given at creation is spent. */
  allocate(length: number): Float32Array;

  allocateIntegers(length: number): Int32Array;

  /**
   * The factors of the negative and positive part of the gradient, frames x bins: with y = epsilon + H W, pull = v y^(beta - 2) and
   * push = y^(beta - 1), zero from bin observed[n] of frame n on. Kullback-Leibler leaves push as it is: it is 1. Itakura-Saito takes
   * v below epsilon as epsilon. Returns D(v | y) over the observed bins where `measure` is true, else 0. `pull` may not be `v`.
   */
  factors(
    divergence: Divergence,
    w: Float32Array,
    h: Float32Array,
    v: Float32Array,
    pull: Float32Array,
    push: Float32Array,
    observed: Int32Array,
    shape: BlockShape,
    epsilon: number,
    measure: boolean,
  ): number;

  /** numerator[n, k] = sum_f r[n, f] w[k, f]. */
  project(r: Float32Array, w: Float32Array, numerator: Float32Array, shape: BlockShape): void;

  /** sums[k, f] += sum_n h[n, k] r[n, f]. */
  gather(r: Float32Array, h: Float32Array, sums: Float32Array, shape: BlockShape): void;

  /**
   * h[n, k] *= (numerator[n, k] / (base[k] + more[n, k]))^exponent. What is not a finite number or falls below `vanished` becomes zero.
   */
  scale(
    h: Float32Array,
    numerator: Float32Array,
    base: Float32Array,
    more: Float32Array | undefined,
    shape: BlockShape,
    exponent: UpdateExponent,
    vanished: number,
  ): void;

  /**
   * h *= 1 + momentum * (h / last - 1), a factor held between 0.1 and 4, and last = what h was: a step further the way it went.
   * `length` is a multiple of 4. Where h is zero it stays.
   */
  extrapolate(h: Float32Array, last: Float32Array, length: number, momentum: number): void;
}

/** Creates a training kernel with room for `floats` values. */
export type TrainingKernelFactory = (floats: number) => TrainingKernel;
