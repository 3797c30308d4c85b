import type { SpectralGrid } from '../dictionary/dictionary.ts';

/**
 * Between the bins of a grid and bands that were laid out on another: bands are functions of the frequency in Hz, read
 * off where the bins of this grid are.
 */
export class BandMap {
  readonly #bands: number;
  readonly #bins: number;
  /** The bands of a bin are lower[f] and lower[f] + 1, with these shares. */
  readonly #lower: Uint16Array;
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
    this.#lower = new Uint16Array(this.#bins);
    this.#share = new Float32Array(this.#bins);
    this.#sums = new Float32Array(bands);
    const scale = (to.sampleRate / to.fftSize) * (from.fftSize / from.sampleRate);
    for (let f = 0; f < this.#bins; f++) {
      const at = Math.min(f * scale, from.bins - 1);
      const low = Math.min(Math.floor(at), from.bins - 2);
      const place = places[low]! + (at - low) * (places[low + 1]! - places[low]!);
      const lower = Math.max(0, Math.min(Math.floor(place), bands - 2));
      this.#lower[f] = lower;
      this.#share[f] = place - lower;
      this.#sums[lower]! += 1 - this.#share[f]!;
      this.#sums[lower + 1]! += this.#share[f]!;
    }
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
    bands.fill(0, 0, this.#bands);
    for (let f = 0; f < this.#bins; f++) {
      const lower = this.#lower[f]!;
      const share = this.#share[f]!;
      bands[lower]! += (1 - share) * power[f]!;
      bands[lower + 1]! += share * power[f]!;
    }
    for (let b = 0; b < this.#bands; b++) if (this.#sums[b]! > 1e-3) bands[b]! /= this.#sums[b]!;
    for (let b = 0; b < this.#bands; b++) bands[b] = bands[this.#heir[b]!]!;
  }

  /** Values of the bands at the bins, by interpolation. */
  toBins(bands: Float32Array, bins: Float32Array): void {
    for (let f = 0; f < this.#bins; f++) {
      const lower = this.#lower[f]!;
      const share = this.#share[f]!;
      bins[f] = (1 - share) * bands[lower]! + share * bands[lower + 1]!;
    }
  }
}
