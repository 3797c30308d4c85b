import type { RealFFT } from './real-fft.ts';

/**
 * What every bin counts for, relative to the mean: also where there is no sound now, for there may be some before the
 * next filter.
 */
const RELATIVE_FLOOR = 1e-3;

/**
 * Designs the filter that does without delay what a gain per bin does to a spectrum, as nearly as a causal filter can:
 * the taps h with the least sum_f w[f] |H[f] - g[f]|^2, by the recursion of Levinson (J. Math. Phys. 25, 1946). With
 * the frame's power |X|^2 for the importance w that is the Wiener filter of the frame; |X|^1.5 is used, which leaves
 * more to the quiet bins.
 *
 * A minimum-phase filter would have the gains exactly, but shifts the phase of what is kept, most where it borders on
 * what is not. This one puts its errors where they are least heard, and it is linear in the gains: filters of masks
 * that sum to one sum to the unit impulse.
 */
export class CausalFilterDesign {
  readonly taps: number;
  readonly #fft: RealFFT;
  readonly #importance: Float64Array;
  readonly #spectrum: Float64Array;
  readonly #correlation: Float64Array;
  readonly #wanted: Float64Array;
  readonly #predictor: Float64Array;

  /** `fft` of the size of the frames. `taps` from 1 to half of that, or a RangeError is thrown. */
  constructor({ fft, taps }: { fft: RealFFT; taps: number }) {
    const fftSize = fft.size;
    this.#fft = fft;
    if (!(Number.isInteger(taps) && taps >= 1 && taps <= fftSize / 2)) {
      throw new RangeError(`There are ${taps} taps; there must be 1 to ${fftSize / 2}, half of the FFT.`);
    }
    this.taps = taps;
    this.#importance = new Float64Array(fft.bins);
    this.#spectrum = fft.allocate(2 * fft.bins);
    this.#correlation = fft.allocate(fftSize);
    this.#wanted = fft.allocate(fftSize);
    this.#predictor = new Float64Array(taps);
  }

  /** Takes the sound for which the next filters are: interleaved complex spectra of a frame, one a channel. */
  observe(spectra: readonly Float64Array[]): void {
    const importance = this.#importance;
    let sum = 0;
    for (let f = 0; f < importance.length; f++) {
      let power = 0;
      for (let c = 0; c < spectra.length; c++) {
        const re = spectra[c]![2 * f]!;
        const im = spectra[c]![2 * f + 1]!;
        power += re * re + im * im;
      }
      const magnitude = Math.sqrt(power);
      importance[f] = magnitude * Math.sqrt(magnitude);
      sum += importance[f]!;
    }
    const mean = sum / importance.length;
    // In silence all bins count alike.
    if (mean > 0)
      for (let f = 0; f < importance.length; f++) importance[f] = importance[f]! / mean + RELATIVE_FLOOR;
    else importance.fill(1);
    this.#correlate(undefined, this.#correlation);
  }

  /**
   * `gain`: fftSize / 2 + 1 values. `filter`: gets the taps. False when something was not a finite number; the filter
   * is then to be thrown away.
   */
  process(gain: Float64Array, filter: Float64Array): boolean {
    this.#correlate(gain, this.#wanted);
    this.#solve(filter);
    let sum = 0;
    for (let n = 0; n < filter.length; n++) sum += filter[n]!;
    return sum - sum === 0;
  }

  /** Correlation of the sound with itself, or with what the gain leaves of it. */
  #correlate(gain: Float64Array | undefined, correlation: Float64Array): void {
    const spectrum = this.#spectrum;
    const importance = this.#importance;
    for (let f = 0; f < importance.length; f++) {
      spectrum[2 * f] = gain ? importance[f]! * gain[f]! : importance[f]!;
    }
    this.#fft.inverse(spectrum, correlation);
  }

  /**
   * sum_k h[k] r[|n - k|] = wanted[n], one tap after another. The importance is above 0, so the prediction error never
   * is 0.
   */
  #solve(h: Float64Array): void {
    const { taps } = this;
    const r = this.#correlation;
    const wanted = this.#wanted;
    const a = this.#predictor;
    a[0] = 1;
    let error = r[0]!;
    h[0] = wanted[0]! / error;
    for (let m = 1; m < taps; m++) {
      // Two sums of each kind, so that an addition need not wait for the last one.
      let ahead = 0;
      let ahead2 = 0;
      let reached = 0;
      let reached2 = 0;
      let i = 0;
      for (; i + 1 < m; i += 2) {
        const r0 = r[m - i]!;
        const r1 = r[m - i - 1]!;
        ahead += a[i]! * r0;
        ahead2 += a[i + 1]! * r1;
        reached += h[i]! * r0;
        reached2 += h[i + 1]! * r1;
      }
      if (i < m) {
        ahead += a[i]! * r[m - i]!;
        reached += h[i]! * r[m - i]!;
      }
      const reflection = -(ahead + ahead2) / error;
      error *= 1 - reflection * reflection;
      const step = (wanted[m]! - reached - reached2) / error;
      a[m] = 0;
      h[m] = 0;
      // The predictor grows by itself reversed; reversed again it is what the new tap adds to all of them.
      let j = m;
      for (i = 0; i < j; i++, j--) {
        const low = a[i]!;
        const high = a[j]!;
        const grownLow = low + reflection * high;
        const grownHigh = high + reflection * low;
        a[i] = grownLow;
        a[j] = grownHigh;
        h[i]! += step * grownHigh;
        h[j]! += step * grownLow;
      }
      if (i === j) {
        const grown = a[i]! + reflection * a[i]!;
        a[i] = grown;
        h[i]! += step * grown;
      }
    }
  }
}
