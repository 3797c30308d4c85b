import type { AtomStatistics } from '../parallel/atoms-update.ts';

/**
 * The statistics of any number of frames under given atoms. They are sums over frames: those of parts of a corpus add up to those
 * of the whole.
 */
export class StatisticsSum implements AtomStatistics {
  /** K x F. */
  readonly above: Float64Array;
  /** K x F. */
  readonly below: Float64Array;
  readonly activationSums: Float64Array;
  readonly bins: number;
  divergence = 0;
  frames = 0;

  constructor(atomCount: number, bins: number) {
    this.bins = bins;
    this.above = new Float64Array(atomCount * bins);
    this.below = new Float64Array(atomCount * bins);
    this.activationSums = new Float64Array(atomCount);
  }

  /** Multiplies what there is by `forget` (1: keeps all), then adds. */
  add(part: AtomStatistics, frames: number, forget = 1): void {
    const { bins, above, below, activationSums } = this;
    const wide = part.below.length === below.length;
    for (let k = 0; k < activationSums.length; k++) {
      activationSums[k] = forget * activationSums[k]! + part.activationSums[k]!;
      for (let i = k * bins; i < (k + 1) * bins; i++) {
        above[i] = forget * above[i]! + part.above[i]!;
        below[i] = forget * below[i]! + (wide ? part.below[i]! : part.below[k]!);
      }
    }
    this.divergence = forget * this.divergence + part.divergence;
    this.frames = forget * this.frames + frames;
  }
}
