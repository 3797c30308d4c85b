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
/** Share of the voice in a band that is reckoned with at least. */
const LEAST_SHARE = 0.5;
/** The whole can cohere as much as the voice's share of it, on average; what coheres more than this many times as much is a hum. */
const MOST_EXCESS = 2;
/** A mask below this gets less of the comb: it has mostly noise, and would get that of P too. */
const OPEN = 0.2;
/** Keeps sums that fade above the subnormal numbers, which are slow; far below any audible spectrum. */
const TINY = 1e-30;

/**
 * A comb filter for the voice: to a frame X it adds the one of a pitch period before, P, which holds the same voice and other noise. With
 * r the coherence of the voice with itself a period before, and q its share of the power of X and of P, the Wiener solution of both is
 *
 *     q ((1 - r^2 q) X + r (1 - q) P) / (1 - r^2 q^2)
 *
 * where that of X alone is q X. What is beside q weighs X and P here, and the mask M stays what it is; q = M^2. With a mask of 1, or where
 * nothing is periodic, this is M X. The comb reaches between the partials of a low voice, which no window as short as that of a frame can
 * separate. (A comb beside a band-wise gain: Valin, MMSP 2018; the weights are this one's own.)
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
  readonly #before: Float64Array[];
  /** A mask is so many times the gain, less the offset. */
  #scale = 1;
  #offset = 0;
  #amount = 0;

  /** Samples of the past that it asks for. */
  static lookback(layout: FrameLayout): number {
    return PitchTracker.longestPeriod(layout);
  }

  constructor(layout: FrameLayout, channels: number, kernel: KernelFactory) {
    this.#tracker = new PitchTracker(layout, kernel);
    this.#edges = bandEdges(layout);
    this.#keep = Math.exp(-layout.hop / layout.sampleRate / AVERAGED);
    const bands = this.#edges.length - 1;
    this.#sums = new Float64Array(4 * bands);
    this.#coherence = new Float64Array(bands);
    this.#before = Array.from({ length: channels }, () => new Float64Array(0));
  }

  /** For a silent frame, too. */
  reset(): void {
    this.#tracker.reset();
    this.#sums.fill(0);
    this.#amount = 0;
  }

  /**
   * Looks for the pitch of a frame. `gain`: of the frame, one value a bin: `voice` where all is voice, `rest` where nothing is. `amount`: how
   * much of the comb there shall be, 0 to 1; what shall stay of the rest stays.
   */
  observe(
    spectra: readonly Float64Array[],
    gain: Float32Array,
    voice: number,
    rest: number,
    amount: number,
  ): void {
    if (!(amount > 0 && voice > rest)) {
      this.reset();
      return;
    }
    this.#scale = 1 / (voice - rest);
    this.#offset = rest / (voice - rest);
    this.#amount = amount * (1 - rest / voice);
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
    for (let i = 0; i < this.#sums.length; i++) this.#sums[i] = this.#keep * this.#sums[i]! + TINY;
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
    const scale = this.#scale;
    const offset = this.#offset;
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
        const mask = scale * gain[f]! - offset;
        const power = re * re + im * im;
        present += power;
        past += beforeRe * beforeRe + beforeIm * beforeIm;
        masked += (mask < 1 ? (mask > 0 ? mask : 0) : 1) * power;
        shared += re * beforeRe + im * beforeIm;
      }
      this.#sums[4 * b]! += present;
      this.#sums[4 * b + 1]! += past;
      this.#sums[4 * b + 2]! += masked;
      this.#sums[4 * b + 3]! += shared;
    }
  }

  /** Of the voice with itself: that of the whole sound is less by the voice's share, where noise has none. */
  #coherenceOf(band: number): number {
    const present = this.#sums[4 * band]!;
    const past = this.#sums[4 * band + 1]!;
    const share = this.#sums[4 * band + 2]! / (present + 1e-20);
    const whole = this.#sums[4 * band + 3]! / (Math.sqrt(present * past) + 1e-20);
    return Math.min(
      MOST_COHERENCE,
      Math.max(0, (TRUST * Math.min(whole, MOST_EXCESS * share)) / Math.max(LEAST_SHARE, share)),
    );
  }

  #add(spectrum: Float64Array, before: Float64Array, result: Float64Array, gain: Float32Array): void {
    for (let b = 0; b < this.#coherence.length; b++) {
      const r = this.#coherence[b]!;
      if (r === 0) continue;
      for (let f = this.#edges[b]!; f < this.#edges[b + 1]!; f++) {
        const g = gain[f]!;
        const mask = this.#scale * g - this.#offset;
        if (!(mask > 0 && mask < 1)) continue;
        const q = mask * mask;
        const open = mask < OPEN ? mask / OPEN : 1;
        const share = (this.#amount * open * g * (1 - q) * r) / (1 - r * r * q * q);
        // X is there already with a weight of 1, of which this much of P's takes its place.
        const own = r * q;
        result[2 * f]! += share * (before[2 * f]! - own * spectrum[2 * f]!);
        result[2 * f + 1]! += share * (before[2 * f + 1]! - own * spectrum[2 * f + 1]!);
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
