import type { PastFrames } from '../../dsp/stft.ts';
import type { KernelFactory } from '../../kernel/kernel.ts';
import type { FrameLayout } from '../latency-modes.ts';
import { PitchTracker } from './pitch-tracker.ts';

/** Hz: above, no voice is periodic enough. */
const HIGHEST = 3000;
const BANDS = 9;
/** Seconds over which coherence is averaged. */
const AVERAGED = 0.015;
/** Strengths of the pitch at which the comb begins to work, and works in full. */
const VOICED = [0.25, 0.6] as const;
/** Of the coherence measured: too much of it brings back what the voice was a period ago. */
const TRUST = 0.6;
const MOST_COHERENCE = 0.95;
/** Share of the voice in a band that is reckoned with at least: where there is more noise, it is the noise that coheres. */
const LEAST_SHARE = 0.5;
/** A mask below this gets less of the comb: it has mostly noise, and would get that of P too. */
const OPEN = 0.2;

/**
 * A comb filter for the voice: to a frame X it adds the one of a pitch period before, P, which holds the same voice and other noise. With
 * r the coherence of the voice with itself a period before, and its share q = M^2 of the bin's power, two observations of one voice in
 * noise of equal power give
 *
 *     voice = M ((1 - r^2 q) X + r (1 - q) P) / (1 - r^2 q^2)
 *
 * which is the Wiener solution, and M X where the mask is 1 or nothing is periodic. It reaches between the partials of a low voice, which no
 * window as short as that of a frame can separate. (A comb after a band-wise gain: Valin, MMSP 2018; the weights are this one's own.)
 */
export class PitchComb {
  readonly #tracker: PitchTracker;
  /** Bins at which bands begin, and where the last one ends. */
  readonly #edges: readonly number[];
  readonly #keep: number;
  /** Four a band, averaged: the powers of X, of P and of what the mask leaves of X, and what X and P share. */
  readonly #sums: Float64Array;
  /** r, one a band. */
  readonly #coherence: Float64Array;
  /** P of each channel. */
  readonly #before: Float64Array[] = [];
  #voice = 1;
  #amount = 0;

  /** Samples of the past that it asks for. */
  static lookback(layout: FrameLayout): number {
    return PitchTracker.longestPeriod(layout);
  }

  constructor(layout: FrameLayout, kernel: KernelFactory) {
    this.#tracker = new PitchTracker(layout, kernel);
    this.#edges = bandEdges(layout);
    this.#keep = Math.exp(-layout.hop / layout.sampleRate / AVERAGED);
    const bands = this.#edges.length - 1;
    this.#sums = new Float64Array(4 * bands);
    this.#coherence = new Float64Array(bands);
  }

  /** For a silent frame, too. */
  reset(): void {
    this.#tracker.reset();
    this.#sums.fill(0);
    this.#amount = 0;
  }

  /**
   * Looks for the pitch of a frame. `gain`: of the frame, one value a bin. `voice`: the gain of what is all voice. `amount`: how much of the
   * comb there shall be, 0 to 1.
   */
  observe(spectra: readonly Float64Array[], gain: Float32Array, voice: number, amount: number): void {
    if (!(amount > 0 && voice > 0)) {
      this.reset();
      return;
    }
    this.#voice = voice;
    this.#amount = amount;
    this.#tracker.process(spectra, gain);
  }

  /** Changes `results`, the frame observed after its gain. All channels get the same weights. */
  apply(
    spectra: readonly Float64Array[],
    results: readonly Float64Array[],
    gain: Float32Array,
    past: PastFrames,
  ): void {
    if (this.#amount === 0) return;
    for (let i = 0; i < this.#sums.length; i++) this.#sums[i]! *= this.#keep;
    const { strength, period } = this.#tracker;
    const voiced = Math.min(1, (strength - VOICED[0]) / (VOICED[1] - VOICED[0]));
    if (!(voiced > 0)) return;
    for (let c = 0; c < spectra.length; c++) {
      this.#before[c] = past.spectrum(c, period);
      this.#compare(spectra[c]!, this.#before[c]!, gain);
    }
    for (let b = 0; b < this.#coherence.length; b++) this.#coherence[b] = voiced * this.#coherenceOf(b);
    for (let c = 0; c < spectra.length; c++) this.#add(spectra[c]!, this.#before[c]!, results[c]!, gain);
  }

  #compare(spectrum: Float64Array, before: Float64Array, gain: Float32Array): void {
    const unit = 1 / this.#voice;
    for (let b = 0; b < this.#coherence.length; b++) {
      let present = 0;
      let past = 0;
      let masked = 0;
      let shared = 0;
      for (let f = this.#edges[b]!; f < this.#edges[b + 1]!; f++) {
        const re = spectrum[2 * f]!;
        const im = spectrum[2 * f + 1]!;
        const beforeRe = before[2 * f]!;
        const beforeIm = before[2 * f + 1]!;
        const mask = gain[f]! * unit;
        const power = re * re + im * im;
        present += power;
        past += beforeRe * beforeRe + beforeIm * beforeIm;
        masked += (mask < 1 ? mask : 1) * power;
        shared += re * beforeRe + im * beforeIm;
      }
      this.#sums[4 * b]! += present;
      this.#sums[4 * b + 1]! += past;
      this.#sums[4 * b + 2]! += masked;
      this.#sums[4 * b + 3]! += shared;
    }
  }

  /** Of the voice with itself: of the whole sound it is less by the voice's share, as noise has none. */
  #coherenceOf(band: number): number {
    const present = this.#sums[4 * band]!;
    const past = this.#sums[4 * band + 1]!;
    const share = Math.max(LEAST_SHARE, this.#sums[4 * band + 2]! / (present + 1e-20));
    const whole = this.#sums[4 * band + 3]! / (Math.sqrt(present * past) + 1e-20);
    return Math.min(MOST_COHERENCE, Math.max(0, (TRUST * whole) / share));
  }

  #add(spectrum: Float64Array, before: Float64Array, result: Float64Array, gain: Float32Array): void {
    const unit = 1 / this.#voice;
    for (let b = 0; b < this.#coherence.length; b++) {
      const r = this.#coherence[b]!;
      if (r === 0) continue;
      for (let f = this.#edges[b]!; f < this.#edges[b + 1]!; f++) {
        const g = gain[f]!;
        const mask = g * unit < 1 ? g * unit : 1;
        const q = mask * mask;
        const open = mask < OPEN ? mask / OPEN : 1;
        const scale = (this.#amount * open * g * (1 - q) * r) / (1 - r * r * q * q);
        // The weight of X less 1, which is what the frame has got already.
        const own = r * q;
        result[2 * f]! += scale * (before[2 * f]! - own * spectrum[2 * f]!);
        result[2 * f + 1]! += scale * (before[2 * f + 1]! - own * spectrum[2 * f + 1]!);
      }
    }
  }
}

/** Bins where bands as wide as hearing's begin, and where the last ends: the first is above the mean of the frame. */
function bandEdges({ sampleRate, fftSize }: FrameLayout): number[] {
  // The scale of equivalent rectangular bandwidths (Glasberg and Moore 1990) but for a factor, and back.
  const bandsBelow = (hertz: number): number => Math.log10(1 + 0.00437 * hertz);
  const hertzOf = (bands: number): number => (10 ** bands - 1) / 0.00437;
  const highest = Math.min(HIGHEST, sampleRate / 2);
  const edges = [1];
  for (let b = 1; b <= BANDS; b++) {
    const edge = Math.round((hertzOf((bandsBelow(highest) * b) / BANDS) * fftSize) / sampleRate);
    if (edge > edges.at(-1)!) edges.push(edge);
  }
  return edges;
}
