import type { Divergence } from './divergence.ts';
import { addProduct, innerProduct, innerProducts } from './matrix.ts';

/** Frames that are worked on at a time, so that their model and ratios stay in the second-level cache. */
const BLOCK_FRAMES = 16;

/** Relative to the mean of V: added to every model, so that no division or logarithm meets a zero. */
const BACKGROUND = 1e-12;

/** Relative to the mean of V: activations and atoms below it are set to zero, long before they become denormal. */
const VANISHED = 1e-30;

export interface UpdateSettings {
  readonly v: Float32Array;
  readonly frames: number;
  readonly bins: number;
  readonly atomCount: number;
  readonly divergence: Divergence;
  readonly sparsity: number;
  readonly observedBins: Int32Array | undefined;
  readonly fixed: readonly [from: number, to: number];
}

/**
 * W (K x F) and H (N x K) of V ~ H W with their multiplicative updates. Each is the minimum of a bound of the
 * objective that touches it at the present value (majorization-minimization: Fevotte and Idier 2011, section 4), so the objective
 * never rises. The price on activations keeps this: on H it stays linear; the norm of an atom is bounded by a parabola,
 * ||w|| <= (||w||^2 / c + c) / 2 with c its present norm.
 */
export class MultiplicativeUpdates {
  readonly atoms: Float64Array;
  readonly activations: Float64Array;
  readonly #settings: UpdateSettings;
  readonly #background: number;
  readonly #vanished: number;
  readonly #model: Float64Array;
  /** v * model^(beta - 2), and model^(beta - 1): the factors of the negative and the positive part of the gradient. */
  readonly #pull: Float64Array;
  readonly #push: Float64Array;
  readonly #numerator: Float64Array;
  readonly #denominator: Float64Array;
  readonly #atomNumerator: Float64Array;
  readonly #atomDenominator: Float64Array;

  constructor(settings: UpdateSettings, atoms: Float64Array, activations: Float64Array) {
    const { v, bins, atomCount } = settings;
    this.#settings = settings;
    this.atoms = atoms;
    this.activations = activations;
    const mean = v.reduce((sum, value) => sum + value, 0) / v.length;
    this.#background = settings.divergence === 'euclidean' ? 0 : BACKGROUND * mean;
    this.#vanished = VANISHED * mean;
    this.#model = new Float64Array(BLOCK_FRAMES * bins);
    this.#pull = new Float64Array(BLOCK_FRAMES * bins);
    this.#push = new Float64Array(BLOCK_FRAMES * bins);
    this.#numerator = new Float64Array(BLOCK_FRAMES * atomCount);
    this.#denominator = new Float64Array(BLOCK_FRAMES * atomCount);
    this.#atomNumerator = new Float64Array(atomCount * bins);
    this.#atomDenominator = new Float64Array(atomCount * bins);
  }

  /** One iteration: H of all frames first, then W from the new H. */
  iterate(updateActivations: boolean, updateAtoms: boolean): void {
    const { frames } = this.#settings;
    const norms = this.#atomNorms();
    const sums = this.#cumulativeSums();
    this.#atomNumerator.fill(0);
    this.#atomDenominator.fill(0);
    for (let first = 0; first < frames; first += BLOCK_FRAMES) {
      const count = Math.min(BLOCK_FRAMES, frames - first);
      if (updateActivations) this.#updateActivations(first, count, norms, sums);
      if (updateAtoms) this.#gatherAtoms(first, count);
    }
    if (updateAtoms) this.#updateAtoms(norms);
  }

  /** D(V | H W), with the price on activations. */
  objective(): number {
    const { v, frames, bins, divergence, observedBins, sparsity, atomCount } = this.#settings;
    const background = this.#background;
    const model = this.#model;
    let sum = 0;
    for (let first = 0; first < frames; first += BLOCK_FRAMES) {
      const count = Math.min(BLOCK_FRAMES, frames - first);
      this.#computeModel(first, count);
      for (let n = 0; n < count; n++) {
        const observed = observedBins ? observedBins[first + n]! : bins;
        const from = (first + n) * bins;
        const at = n * bins;
        if (divergence === 'euclidean') {
          for (let f = 0; f < observed; f++) sum += 0.5 * (v[from + f]! - model[at + f]!) ** 2;
        } else if (divergence === 'kullback-leibler') {
          for (let f = 0; f < observed; f++) {
            const x = v[from + f]!;
            const y = model[at + f]!;
            sum += x > 0 ? x * Math.log(x / y) - x + y : y;
          }
        } else {
          for (let f = 0; f < observed; f++) {
            const ratio = Math.max(v[from + f]!, background) / model[at + f]!;
            sum += ratio - Math.log(ratio) - 1;
          }
        }
      }
    }
    if (sparsity > 0) {
      const norms = this.#atomNorms();
      for (let i = 0; i < this.activations.length; i++) {
        sum += sparsity * this.activations[i]! * norms[i % atomCount]!;
      }
    }
    return sum;
  }

  /** model = background + H W, for `count` frames from `first`. */
  #computeModel(first: number, count: number): void {
    const { bins, atomCount } = this.#settings;
    const h = this.activations.subarray(first * atomCount, (first + count) * atomCount);
    this.#model.fill(this.#background);
    addProduct(this.#model, h, this.atoms, count, atomCount, bins, atomCount, 1);
  }

  /** The factors of the gradient, from the model; zero where a bin was not observed. Kullback-Leibler needs no push: it is 1. */
  #computeFactors(first: number, count: number): void {
    const { v, bins, divergence, observedBins } = this.#settings;
    const model = this.#model;
    const pull = this.#pull;
    const push = this.#push;
    const background = this.#background;
    for (let n = 0; n < count; n++) {
      const observed = observedBins ? observedBins[first + n]! : bins;
      const from = (first + n) * bins;
      const at = n * bins;
      if (divergence === 'kullback-leibler') {
        for (let f = 0; f < observed; f++) pull[at + f] = v[from + f]! / model[at + f]!;
      } else if (divergence === 'euclidean') {
        for (let f = 0; f < observed; f++) {
          pull[at + f] = v[from + f]!;
          push[at + f] = model[at + f]!;
        }
      } else {
        for (let f = 0; f < observed; f++) {
          const inverse = 1 / model[at + f]!;
          push[at + f] = inverse;
          pull[at + f] = Math.max(v[from + f]!, background) * inverse * inverse;
        }
      }
      if (observed < bins) {
        pull.fill(0, at + observed, at + bins);
        push.fill(0, at + observed, at + bins);
      }
    }
  }

  #updateActivations(first: number, count: number, norms: Float64Array, sums: Float64Array): void {
    const { bins, atomCount, divergence, observedBins, sparsity } = this.#settings;
    const numerator = this.#numerator;
    const denominator = this.#denominator;
    this.#computeModel(first, count);
    this.#computeFactors(first, count);
    innerProducts(numerator, this.#pull, this.atoms, count, atomCount, bins);
    if (divergence !== 'kullback-leibler') {
      innerProducts(denominator, this.#push, this.atoms, count, atomCount, bins);
    }
    for (let n = 0; n < count; n++) {
      const observed = observedBins ? observedBins[first + n]! : bins;
      for (let k = 0; k < atomCount; k++) {
        const i = n * atomCount + k;
        const price = sparsity * norms[k]!;
        const below =
          (divergence === 'kullback-leibler' ? sums[k * (bins + 1) + observed]! : denominator[i]!) + price;
        const u = below > 0 ? numerator[i]! / below : 0;
        const at = first * atomCount + i;
        const h = this.activations[at]! * (divergence === 'itakura-saito' ? Math.sqrt(u) : u);
        this.activations[at] = h < this.#vanished ? 0 : h;
      }
    }
  }

  /** Adds these frames' share of the numerators and denominators of the atoms that are not fixed. */
  #gatherAtoms(first: number, count: number): void {
    const { bins, atomCount, divergence, observedBins, fixed } = this.#settings;
    this.#computeModel(first, count);
    this.#computeFactors(first, count);
    for (const [from, to] of [
      [0, fixed[0]],
      [fixed[1], atomCount],
    ] as const) {
      if (from >= to) continue;
      const h = this.activations.subarray(first * atomCount + from, (first + count) * atomCount);
      const above = this.#atomNumerator.subarray(from * bins, to * bins);
      const below = this.#atomDenominator.subarray(from * bins, to * bins);
      addProduct(above, h, this.#pull, to - from, count, bins, 1, atomCount);
      if (divergence !== 'kullback-leibler') {
        addProduct(below, h, this.#push, to - from, count, bins, 1, atomCount);
        continue;
      }
      // Here the denominator at f is the sum of h over the frames that observed f: kept as steps, summed up in #updateAtoms.
      for (let n = 0; n < count; n++) {
        const last = (observedBins ? observedBins[first + n]! : bins) - 1;
        for (let k = 0; k < to - from; k++) {
          below[k * bins + last] = below[k * bins + last]! + h[n * atomCount + k]!;
        }
      }
    }
  }

  #updateAtoms(norms: Float64Array): void {
    const { frames, bins, atomCount, divergence, sparsity, fixed } = this.#settings;
    const w = this.atoms;
    const above = this.#atomNumerator;
    const below = this.#atomDenominator;
    for (let k = 0; k < atomCount; k++) {
      if (k >= fixed[0] && k < fixed[1]) continue;
      const row = k * bins;
      if (divergence === 'kullback-leibler') {
        for (let f = bins - 2; f >= 0; f--) below[row + f] = below[row + f]! + below[row + f + 1]!;
      }
      let curvature = 0;
      if (sparsity > 0 && norms[k]! > 0) {
        let total = 0;
        for (let n = 0; n < frames; n++) total += this.activations[n * atomCount + k]!;
        curvature = (sparsity * total) / norms[k]!;
      }
      for (let f = row; f < row + bins; f++) {
        const value = updatedAtom(divergence, w[f]!, above[f]!, below[f]!, curvature);
        w[f] = value < this.#vanished ? 0 : value;
      }
    }
  }

  #atomNorms(): Float64Array {
    const { bins, atomCount, sparsity } = this.#settings;
    const norms = new Float64Array(atomCount);
    if (sparsity === 0) return norms;
    return norms.map((_, k) => Math.sqrt(innerProduct(this.atoms, k * bins, this.atoms, k * bins, bins)));
  }

  /** K x (F + 1): value (k, n) is the sum of the first n bins of atom k. Only Kullback-Leibler needs it. */
  #cumulativeSums(): Float64Array {
    const { bins, atomCount, divergence } = this.#settings;
    const sums = new Float64Array(atomCount * (bins + 1));
    if (divergence !== 'kullback-leibler') return sums;
    for (let k = 0; k < atomCount; k++) {
      const row = k * (bins + 1);
      for (let f = 0; f < bins; f++) sums[row + f + 1] = sums[row + f]! + this.atoms[k * bins + f]!;
    }
    return sums;
  }
}

/**
 * The value that minimizes the bound of the objective in one value of an atom: `w` now, `above` and `below` the negative and positive parts of
 * the gradient of the divergence, `curvature` that of the parabola over the price on activations.
 */
export function updatedAtom(
  divergence: Divergence,
  w: number,
  above: number,
  below: number,
  curvature: number,
): number {
  if (w === 0 || above === 0) return 0;
  if (divergence === 'euclidean') return (w * above) / (below + curvature * w);
  if (divergence === 'kullback-leibler') {
    if (curvature === 0) return below > 0 ? (w * above) / below : 0;
    // Root of curvature x^2 + below x - w above = 0, in the form without cancellation.
    return (2 * w * above) / (below + Math.sqrt(below * below + 4 * curvature * w * above));
  }
  if (curvature === 0) return below > 0 ? w * Math.sqrt(above / below) : 0;
  // Root of curvature x^3 + below x^2 - w^2 above = 0. Newton's steps come down to it from the smaller of two upper bounds.
  const target = w * w * above;
  let x = Math.cbrt(target / curvature);
  if (below > 0) x = Math.min(x, Math.sqrt(target / below));
  for (let i = 0; i < 8; i++) {
    x -= (curvature * x * x * x + below * x * x - target) / (3 * curvature * x * x + 2 * below * x);
  }
  return x;
}
