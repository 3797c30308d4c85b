import { updatedAtom } from '../../nmf/multiplicative-updates.ts';
import type { Divergence } from '../../nmf/divergence.ts';
import type { SegmentStatistics } from './messages.ts';

export interface AtomsSettings {
  readonly divergence: Divergence;
  readonly bins: number;
  readonly atomCount: number;
  readonly fixed: readonly [from: number, to: number];
  /** See FactorizeOptions. */
  readonly sparsity: number;
  /** Atoms below it are set to zero. */
  readonly vanished: number;
}

/** Sums over all frames: the statistics from which atoms are updated. They add up, over segments and over shards. */
export interface AtomStatistics {
  readonly above: Float64Array;
  /** K values, or K x F. */
  readonly below: Float64Array;
  readonly activationSums: Float64Array;
  readonly divergence: number;
}

/** The sum, in the order of the segments' indices, whoever made them. */
export function sumStatistics(segments: readonly SegmentStatistics[], bins: number): AtomStatistics {
  const ordered = segments.toSorted((a, b) => a.index - b.index);
  const atomCount = ordered[0]!.activationSums.length;
  const wide = ordered.some(({ below }) => below.length > atomCount);
  const above = new Float64Array(ordered[0]!.above.length);
  const below = new Float64Array(wide ? atomCount * bins : ordered[0]!.below.length);
  const activationSums = new Float64Array(atomCount);
  let divergence = 0;
  for (const segment of ordered) {
    add(above, segment.above);
    if (segment.below.length === below.length) add(below, segment.below);
    else spread(below, segment.below, bins);
    add(activationSums, segment.activationSums);
    divergence += segment.divergence;
  }
  return { above, below, activationSums, divergence };
}

function add(sum: Float64Array, values: Float64Array): void {
  for (let i = 0; i < values.length; i++) sum[i] = sum[i]! + values[i]!;
}

/** K values, each counted in all bins of its atom. */
function spread(sum: Float64Array, values: Float64Array, bins: number): void {
  for (let k = 0; k < values.length; k++) {
    for (let f = k * bins; f < (k + 1) * bins; f++) sum[f] = sum[f]! + values[k]!;
  }
}

/** W of the main thread, in doubles, with its updates from statistics. */
export class AtomsUpdate {
  readonly atoms: Float64Array;
  /** What the workers had in the last step: `atoms`, or a step beyond them. */
  readonly #point: Float32Array;
  #last: Float64Array;
  readonly #settings: AtomsSettings;

  constructor(settings: AtomsSettings, atoms: Float64Array) {
    this.#settings = settings;
    this.atoms = atoms;
    this.#last = atoms.slice();
    this.#point = Float32Array.from(atoms);
  }

  /** The atoms for the next step: as they are, or further the way they went, as TrainingKernel.extrapolate has it for activations. */
  point(momentum: number): Float32Array {
    const { bins, fixed } = this.#settings;
    const [from, to] = [fixed[0] * bins, fixed[1] * bins];
    for (let i = 0; i < this.atoms.length; i++) {
      const now = this.atoms[i]!;
      let factor = 1;
      if (momentum > 0 && now > 0 && (i < from || i >= to)) {
        factor = Math.max(0.1, Math.min(4, 1 + momentum * (now / this.#last[i]! - 1)));
      }
      this.#point[i] = now * factor;
    }
    return this.#point;
  }

  /** Price of an activation in the objective: sparsity times the norm of its atom, as of the last point. */
  prices(): Float32Array {
    const { bins, atomCount, sparsity } = this.#settings;
    const prices = new Float32Array(atomCount);
    if (sparsity === 0) return prices;
    return prices.map((_, k) => {
      let sum = 0;
      for (let f = k * bins; f < (k + 1) * bins; f++) sum += this.#point[f]! ** 2;
      return sparsity * Math.sqrt(sum);
    });
  }

  /** The multiplicative update at the last point; `relaxed`: its factor to the power of 1.25. */
  update(statistics: AtomStatistics, relaxed: boolean): void {
    const { bins, atomCount, divergence, fixed, sparsity, vanished } = this.#settings;
    const { above, below, activationSums } = statistics;
    const prices = this.prices();
    const wide = below.length > atomCount;
    this.#last.set(this.atoms);
    for (let k = 0; k < atomCount; k++) {
      if (k >= fixed[0] && k < fixed[1]) continue;
      // The curvature of a parabola over the norm of the atom: see MultiplicativeUpdates.
      const norm = prices[k]! / sparsity;
      const curvature = sparsity > 0 && norm > 0 ? (sparsity * activationSums[k]!) / norm : 0;
      for (let f = k * bins; f < (k + 1) * bins; f++) {
        const w = this.#point[f]!;
        let value = updatedAtom(divergence, w, above[f]!, wide ? below[f]! : below[k]!, curvature);
        if (relaxed && value > 0) value *= Math.sqrt(Math.sqrt(value / w));
        this.atoms[f] = value >= vanished ? value : 0;
      }
    }
  }
}
