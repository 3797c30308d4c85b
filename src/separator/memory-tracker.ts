/**
 * What each band was a while ago: exponentially smoothed magnitudes, one block for each smoothing factor. The first frames are
 * plain means, so that no memory starts from zero.
 */
export class MemoryTracker {
  readonly #bands: number;
  readonly #factors: Float32Array;
  readonly #smooth: Float64Array;
  #frames = 0;

  /** `factors`: part of the last value that stays, per frame, above 0 and below 1. */
  constructor(bands: number, factors: Float32Array) {
    this.#bands = bands;
    this.#factors = factors;
    this.#smooth = new Float64Array(bands * factors.length);
  }

  reset(): void {
    this.#frames = 0;
  }

  /** Reads the bands from the start of `x` and writes their memories from `at` on, block by block. */
  process(x: Float32Array, at: number): void {
    const bands = this.#bands;
    const smooth = this.#smooth;
    const mean = this.#frames / (this.#frames + 1);
    this.#frames++;
    for (let m = 0; m < this.#factors.length; m++) {
      const keep = Math.min(this.#factors[m]!, mean);
      const block = m * bands;
      for (let b = 0; b < bands; b++) {
        const value = keep * smooth[block + b]! + (1 - keep) * x[b]!;
        smooth[block + b] = value;
        x[at + block + b] = value;
      }
    }
  }
}
