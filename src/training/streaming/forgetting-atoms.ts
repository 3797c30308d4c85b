import type { Divergence } from '../../nmf/divergence.ts';
import type { AtomStatistics } from '../parallel/atoms-update.ts';

/**
 * Atoms that follow a stream of batches: A <- f A + W^(1/g) above, B <- f B + below, W = (A / B)^g with g = 1/2 for Itakura-Saito, else 1, and
 * each atom scaled to sum 1. (Lefevre, Bach and Fevotte 2011, "Online algorithms for nonnegative matrix factorization with the
 * Itakura-Saito divergence", for all three divergences.)
 */
export class ForgettingAtoms {
  /** K x F. */
  readonly atoms: Float32Array;
  readonly #a: Float64Array;
  readonly #b: Float64Array;
  readonly #bins: number;
  readonly #forget: number;
  readonly #squared: boolean;
  readonly #fixed: number;

  /** `fixedAtoms`: the first so many stay. `forget`: of 0 to 1, what a batch leaves of those before it. */
  constructor(
    atoms: Float32Array,
    settings: { bins: number; divergence: Divergence; forget: number; fixedAtoms: number },
  ) {
    this.atoms = atoms;
    this.#bins = settings.bins;
    this.#forget = settings.forget;
    this.#squared = settings.divergence === 'itakura-saito';
    this.#fixed = settings.fixedAtoms;
    this.#a = new Float64Array(atoms.length);
    this.#b = new Float64Array(atoms.length);
  }

  update({ above, below }: AtomStatistics): void {
    const { atoms } = this;
    const [a, b, bins, forget] = [this.#a, this.#b, this.#bins, this.#forget];
    const wide = below.length === atoms.length;
    for (let k = this.#fixed; k < atoms.length / bins; k++) {
      let sum = 0;
      for (let i = k * bins; i < (k + 1) * bins; i++) {
        const w = atoms[i]!;
        a[i] = forget * a[i]! + above[i]! * (this.#squared ? w * w : w);
        b[i] = forget * b[i]! + (wide ? below[i]! : below[k]!);
        const ratio = b[i]! > 0 ? a[i]! / b[i]! : 0;
        const value = this.#squared ? Math.sqrt(ratio) : ratio;
        // A bin that few frames observed, and none lately, keeps what it has.
        if (value > 0) atoms[i] = value;
        sum += atoms[i]!;
      }
      if (!(sum > 0)) continue;
      for (let i = k * bins; i < (k + 1) * bins; i++) {
        atoms[i] = atoms[i]! / sum;
        // What the activations of the batches before would have been with the atom as it is now.
        if (this.#squared) a[i] = a[i]! / sum;
        b[i] = b[i]! * sum;
      }
    }
  }
}
