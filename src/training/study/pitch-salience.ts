import type { SpectralGrid } from '../../dictionary/dictionary.ts';

/** Pitches a singing voice may have: Hz, and how finely they are told apart. */
const LOWEST = 80;
const HIGHEST = 900;
const PER_OCTAVE = 96;
/** Hz: partials above say little. */
const TOP = 7000;
const PARTIALS = 14;
/** Weight of a partial relative to the one below it. */
const FALL = 0.86;
/** What stands between two partials speaks against the pitch. */
const BETWEEN = 0.9;
/** Hz, half of the width over which a spectrum is made even. */
const WHITENING = 300;
/** Part of the mean that is added where it is made even, so that nothing is not blown up. */
const WHITENING_FLOOR = 0.3;

/**
 * How strongly each pitch sounds in a spectrum: the sum over its partials, less what stands halfway between them, so that neither the octave below
 * nor a drum scores (a comb on a logarithmic axis as in Hermes, "Measurement of pitch by subharmonic summation", JASA 83, 1988).
 */
export class PitchSalience {
  /** Number of pitches. */
  readonly pitches = Math.floor(PER_OCTAVE * Math.log2(HIGHEST / LOWEST));
  readonly #places: Float32Array;
  readonly #even: Float32Array;
  readonly #axis: Float32Array;
  readonly #width: number;
  readonly #partials: Int32Array;
  readonly #between: Int32Array;

  constructor({ sampleRate, fftSize }: SpectralGrid) {
    const spacing = sampleRate / fftSize;
    const top = Math.min(TOP, 0.45 * sampleRate);
    this.#places = Float32Array.from(
      { length: Math.floor(PER_OCTAVE * Math.log2(top / LOWEST)) },
      (_, i) => (LOWEST * 2 ** (i / PER_OCTAVE)) / spacing,
    );
    this.#axis = new Float32Array(this.#places.length);
    this.#even = new Float32Array(fftSize / 2 + 1);
    this.#width = Math.max(1, Math.round(WHITENING / spacing));
    const steps = (ratio: number): number => Math.round(PER_OCTAVE * Math.log2(ratio));
    this.#partials = Int32Array.from({ length: PARTIALS }, (_, i) => steps(i + 1));
    this.#between = Int32Array.from({ length: PARTIALS }, (_, i) => steps(i + 0.5));
  }

  /** Hz. */
  frequency(pitch: number): number {
    return LOWEST * 2 ** (pitch / PER_OCTAVE);
  }

  /** `spectrum`: magnitudes, one value a bin. Writes one value a pitch to `salience`. */
  process(spectrum: Float32Array, salience: Float32Array): void {
    this.#makeEven(spectrum);
    const axis = this.#axis;
    for (let i = 0; i < axis.length; i++) {
      const at = Math.floor(this.#places[i]!);
      const part = this.#places[i]! - at;
      axis[i] = (1 - part) * this.#even[at]! + part * this.#even[at + 1]!;
    }
    for (let p = 0; p < this.pitches; p++) {
      let sum = 0;
      let weight = 1;
      for (let n = 0; n < PARTIALS; n++) {
        const at = p + this.#partials[n]!;
        if (at >= axis.length) break;
        sum += weight * axis[at]!;
        const between = p + this.#between[n]!;
        if (between >= 0) sum -= BETWEEN * weight * axis[between]!;
        weight *= FALL;
      }
      salience[p] = sum;
    }
  }

  /** Square roots of the magnitudes over the square root of their mean around: loud and soft partials count nearly alike. */
  #makeEven(spectrum: Float32Array): void {
    const even = this.#even;
    const bins = even.length;
    let mean = 0;
    for (let f = 0; f < bins; f++) mean += Math.sqrt(spectrum[f]!);
    const least = (WHITENING_FLOOR * mean) / bins + 1e-9;
    let sum = 0;
    let count = 0;
    for (let f = -this.#width; f < bins; f++) {
      const entering = f + this.#width;
      const leaving = f - this.#width - 1;
      if (entering < bins) {
        sum += Math.sqrt(spectrum[entering]!);
        count++;
      }
      if (leaving >= 0) {
        sum -= Math.sqrt(spectrum[leaving]!);
        count--;
      }
      if (f >= 0) even[f] = Math.sqrt(spectrum[f]!) / Math.sqrt(Math.max(0, sum / count) + least);
    }
  }
}
