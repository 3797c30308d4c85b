/**
 * The contract of the inner loops of fine-tuning: products of matrices, and the steps of the unfolded updates there and back. Like the
 * {@link Kernel} of real time it has three implementations: relaxed SIMD and SIMD (AssemblyScript), and the plain TypeScript twin to
 * which tests hold the other two.
 *
 * Matrices are rows without gaps; columns, atoms and lengths are multiples of {@link TUNING_GRAIN}, and rows of 4. Arrays must come from `allocate` of the
 * same kernel; they are named by their places in it, as `at` gives them, so that parts of them need no view.
 */
import type { KernelName } from './kernel.ts';

export const TUNING_GRAIN = 8;

/** No activation falls below this: what is next to zero is slow to compute with. */
export const VANISHED = 1e-25;

/** Place of a value in the memory of a kernel: of an array's first one plus the index. In floats. */
export type Place = number;

/** A matrix that may be read transposed: value (i, k) lies at `at + i * row + k * column`. */
export interface Strided {
  readonly at: Place;
  readonly row: number;
  readonly column: number;
}

export interface TuningKernel {
  readonly name: KernelName;

  /** Zeros. Throws a RangeError when the capacity given at creation is spent. */
  allocate(length: number): Float32Array;

  /** Where an array begins. */
  at(array: Float32Array): Place;

  /** C = A B, or C += A B: rows x inner times inner x columns. */
  multiply(rows: number, columns: number, inner: number, a: Strided, b: Place, c: Place, add: boolean): void;

  /** ratio = x / y. */
  divide(x: Place, y: Place, ratio: Place, length: number): void;

  /** From the gradient by the ratio of `divide` to that by y, which it takes the place of. */
  divideBack(byRatio: Place, ratio: Place, y: Place, length: number): void;

  /** q += least, h = max(h q^eta, VANISHED) for rows x atoms; eta: one for each atom. */
  raise(h: Place, q: Place, eta: Place, rows: number, atoms: number, least: number): void;

  /** The way back through `raise`: `gradient` by h after it becomes the one by h before it, and q becomes the gradient by q. */
  raiseBack(
    gradient: Place,
    before: Place,
    after: Place,
    q: Place,
    eta: Place,
    rows: number,
    atoms: number,
  ): void;

  /** h = max(added + decay h, VANISHED) for rows x atoms; decay: one for each atom. */
  carry(h: Place, added: Place, decay: Place, rows: number, atoms: number): void;

  /** The way back through `carry`: the gradient by h after it becomes the one by h before it. */
  carryBack(gradient: Place, decay: Place, rows: number, atoms: number): void;
}

/** Creates a kernel with room for `floats` values. */
export type TuningKernelFactory = (floats: number) => TuningKernel;
