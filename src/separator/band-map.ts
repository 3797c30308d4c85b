import type { SpectralGrid } from '../dictionary/dictionary.ts';

/**
 * Between the bins of a grid and bands that were laid out on another: bands are functions of the frequency in Hz, read
 * off where the bins of this grid are.
 */
export class BandMap {
  readonly #bands: number;
  readonly #bins: number;
  /** A run of bins has the same two bands: runLower[r] and the next. It ends before bin runEnd[r]. */
  readonly #runLower: Uint16Array;
  readonly #runEnd: Uint32Array;
  /** Of the upper of its two bands in each bin. */
  readonly #share: Float32Array;
  readonly #sums: Float32Array;
  /** Bands without a bin of their own (above the Nyquist frequency, or on a coarser grid) take their neighbour's power. */
  readonly #heir: Uint16Array;

  /** `places`: for each bin of `from`, its place between the `bands` bands; it belongs to the two on either side. */
  constructor(
    places: Float32Array,
    bands: number,
    from: SpectralGrid & { readonly bins: number },
    to: SpectralGrid,
  ) {
    this.#bands = bands;
    this.#bins = to.fftSize / 2 + 1;
    const runLower: number[] = [];
    const runEnd: number[] = [];
    this.#share = new Float32Array(this.#bins);
    this.#sums = new Float32Array(bands);
    const scale = (to.sampleRate / to.fftSize) * (from.fftSize / from.sampleRate);
    for (let f = 0; f < this.#bins; f++) {
      const at = Math.min(f * scale, from.bins - 1);
      const low = Math.min(Math.floor(at), from.bins - 2);
      const place = places[low]! + (at - low) * (places[low + 1]! - places[low]!);
      const lower = Math.max(0, Math.min(Math.floor(place), bands - 2));
      if (runLower.at(-1) === lower) runEnd.pop();
      else runLower.push(lower);
      runEnd.push(f + 1);
      this.#share[f] = place - lower;
      this.#sums[lower]! += 1 - this.#share[f]!;
      this.#sums[lower + 1]! += this.#share[f]!;
    }
    this.#runLower = Uint16Array.from(runLower);
    this.#runEnd = Uint32Array.from(runEnd);
    this.#heir = Uint16Array.from({ length: bands }, (_, b) => this.#nearestWithBins(b));
  }

  #nearestWithBins(band: number): number {
    for (let distance = 0; distance < this.#bands; distance++) {
      for (const candidate of [band - distance, band + distance]) {
        if ((this.#sums[candidate] ?? 0) > 1e-3) return candidate;
      }
    }
    return band;
  }

  /** Mean power of each band. */
  toBands(power: Float32Array, bands: Float32Array): void {
    const runLower = this.#runLower;
    const runEnd = this.#runEnd;
    const shares = this.#share;
    const sums = this.#sums;
    const heir = this.#heir;
    bands.fill(0, 0, this.#bands);
    let f = 0;
    for (let r = 0; r < runLower.length; r++) {
      // The runs keep the sums out of memory.
      let all = 0;
      let upper = 0;
      for (const end = runEnd[r]!; f < end; f++) {
        all += power[f]!;
        upper += shares[f]! * power[f]!;
      }
      const lower = runLower[r]!;
      bands[lower]! += all - upper;
      bands[lower + 1]! += upper;
    }
    for (let b = 0; b < this.#bands; b++) if (sums[b]! > 1e-3) bands[b]! /= sums[b]!;
    for (let b = 0; b < this.#bands; b++) bands[b] = bands[heir[b]!]!;
  }

  /** Values of the bands at the bins, by interpolation. */
  toBins(bands: Float32Array, bins: Float32Array): void {
    const runLower = this.#runLower;
    const runEnd = this.#runEnd;
    const shares = this.#share;
    let f = 0;
    for (let r = 0; r < runLower.length; r++) {
      const lower = bands[runLower[r]!]!;
      const slope = bands[runLower[r]! + 1]! - lower;
      for (const end = runEnd[r]!; f < end; f++) bins[f] = lower + shares[f]! * slope;
    }
  }
}
