import { RealFFT } from '../../dsp/real-fft.ts';
import { windowPair } from '../../dsp/window.ts';
import { kernelFftFloats, padBins, type Kernel, type KernelFactory } from '../../kernel/kernel.ts';
import type { FrameLayout } from '../latency-modes.ts';

/** Periods that are looked for, in seconds: voices from 80 to 450 Hz. */
const SHORTEST = 0.0022;
const LONGEST = 0.0128;
/** Hz: of a voice, what is below is rumble, and what is above is rarely periodic enough to help. */
const BAND = [80, 2800] as const;
/** Hz: the rate at which periods are looked for is at least this. */
const LEAST_RATE = 5000;
/** Magnitudes are taken to this power: partials that are weak say as much of the period as strong ones. */
const COMPRESSION = 0.7;
/** So much less counts the longest period than one of no length: each multiple of the period fits as well as the period. */
const PREFERENCE = 0.15;
/** Of the window's peak: where it is lower a frame says too little to divide by. */
const LEAST_WINDOW = 0.4;
/** Of a period that fits best, what fits this much as well and is a third or half of it is the period. */
const ALMOST = 0.85;
const DIVISORS = [3, 2];

/**
 * The period of the voice that the masks leave of a frame: the delay at which what is heard now correlates best with what was
 * heard before, both after the masks. Works on the lowest bins only, brought to a rate of 5 to 10 kHz, and keeps
 * some 30 ms of the past.
 */
export class PitchTracker {
  /** Longest period, in samples of the layout. */
  static longestPeriod(layout: FrameLayout): number {
    const step = decimation(layout.sampleRate);
    return (Math.ceil((LONGEST * layout.sampleRate) / step) + 1) * step;
  }

  readonly #kernel: Kernel;
  readonly #fft: RealFFT;
  readonly #hop: number;
  readonly #fftSize: number;
  /** Samples of the layout per sample here. */
  readonly #step: number;
  readonly #from: number;
  readonly #to: number;
  readonly #shortest: number;
  readonly #longest: number;
  /** Samples of a frame, a multiple of 4. */
  readonly #length: number;
  /** First of them that is heard. */
  readonly #tail: number;
  readonly #window: Float64Array;
  readonly #spectrum: Float64Array;
  readonly #time: Float64Array;
  readonly #scales: Float32Array;
  /** Windowed once more, as what it is compared with is windowed. */
  readonly #frame: Float32Array;
  /** The window at the samples of the frame, squared. */
  readonly #weights: Float32Array;
  /** What is left of the sound, without the window, and its squares. The last `length` values are of the time of the frame. */
  readonly #past: Float32Array;
  readonly #squares: Float32Array;
  /** One value a period, the longest first: sums of products with the past, and the energy of the past. */
  readonly #products: Float32Array;
  readonly #energies: Float32Array;
  /** From a frame's begin to its first sample here: the grid is that of the stream. */
  #offset = 0;
  #period = 0;
  #strength = 0;

  constructor(layout: FrameLayout, kernel: KernelFactory) {
    const { sampleRate, fftSize, windowLength, tail, hop } = layout;
    this.#hop = hop;
    this.#fftSize = fftSize;
    this.#step = decimation(sampleRate);
    const rate = sampleRate / this.#step;
    const size = fftSize / this.#step;
    this.#from = Math.ceil((BAND[0] * fftSize) / sampleRate);
    this.#to = Math.min(size / 2 - 1, Math.floor((BAND[1] * fftSize) / sampleRate));
    this.#shortest = Math.floor(SHORTEST * rate);
    this.#longest = Math.ceil(LONGEST * rate);
    this.#length = 4 * Math.ceil(windowLength / this.#step / 4);
    this.#tail = Math.floor((windowLength - tail) / this.#step);
    this.#window = windowPair(windowLength, tail, hop).analysis;
    const held = this.#length + this.#longest;
    const periods = this.#longest - this.#shortest + 2;
    const floats = [this.#to, this.#length, this.#length, held, held, periods, periods];
    this.#kernel = kernel(
      kernelFftFloats(size) +
        padBins(2 * size + 4) +
        padBins(2 * size) +
        floats.reduce((sum, count) => sum + padBins(count), 0),
    );
    this.#fft = new RealFFT(size, this.#kernel);
    this.#spectrum = this.#fft.allocate(size + 2);
    this.#time = this.#fft.allocate(size);
    this.#scales = this.#kernel.allocate(this.#to);
    this.#frame = this.#kernel.allocate(this.#length);
    this.#weights = this.#kernel.allocate(this.#length);
    this.#past = this.#kernel.allocate(held);
    this.#squares = this.#kernel.allocate(held);
    this.#products = this.#kernel.allocate(periods);
    this.#energies = this.#kernel.allocate(periods);
  }

  /** Of the last frame, in samples of the layout. */
  get period(): number {
    return this.#period;
  }

  /** How well the last frame correlates with what was heard a period before: 0 to 1. */
  get strength(): number {
    return this.#strength;
  }

  /** For a silent frame, too: what was before it has gone. */
  reset(): void {
    this.#past.fill(0);
    this.#squares.fill(0);
    this.#offset = 0;
    this.#period = 0;
    this.#strength = 0;
  }

  /** `spectra`: of all channels, interleaved complex. `gain`: of the frame, one value a bin. */
  process(spectra: readonly Float64Array[], gain: Float32Array): void {
    const shift = Math.ceil((this.#hop - this.#offset) / this.#step);
    this.#offset += shift * this.#step - this.#hop;
    this.#compress(spectra, gain);
    this.#fft.inverse(this.#spectrum, this.#time);
    const energy = this.#take(shift);
    // Of a sum that is no number nothing must stay.
    if (!(energy < Infinity)) this.reset();
    else this.#search(energy);
  }

  /** The lowest bins after the masks, levelled, at the samples of the stream's grid. */
  #compress(spectra: readonly Float64Array[], gain: Float32Array): void {
    const spectrum = this.#spectrum;
    const scales = this.#scales;
    for (let f = this.#from; f < this.#to; f++) {
      let re = 0;
      let im = 0;
      for (let c = 0; c < spectra.length; c++) {
        re += spectra[c]![2 * f]!;
        im += spectra[c]![2 * f + 1]!;
      }
      spectrum[2 * f] = re;
      spectrum[2 * f + 1] = im;
      const g = gain[f]!;
      // What a mask lowers is less to be trusted than it is loud.
      scales[f] = g * g * g * (re * re + im * im);
    }
    this.#kernel.raise(scales, this.#to, COMPRESSION / 2, 0);
    const angle = (2 * Math.PI * this.#offset) / this.#fftSize;
    const cosine = Math.cos(angle);
    const sine = Math.sin(angle);
    let c = Math.cos(this.#from * angle);
    let s = Math.sin(this.#from * angle);
    for (let f = this.#from; f < this.#to; f++) {
      const re = spectrum[2 * f]!;
      const im = spectrum[2 * f + 1]!;
      const scale = scales[f]! / (Math.sqrt(re * re + im * im) + 1e-20);
      spectrum[2 * f] = scale * (c * re - s * im);
      spectrum[2 * f + 1] = scale * (c * im + s * re);
      const next = c * cosine - s * sine;
      s = s * cosine + c * sine;
      c = next;
    }
  }

  /** Brings the frame to where it is correlated, and its end to what is past for the next ones. Returns its energy. */
  #take(shift: number): number {
    const past = this.#past;
    const squares = this.#squares;
    past.copyWithin(0, shift);
    squares.copyWithin(0, shift);
    let energy = 0;
    for (let n = 0; n < this.#length; n++) {
      const at = this.#offset + n * this.#step;
      const weight = at < this.#window.length ? this.#window[at]! : 0;
      const sample = weight > 0 ? this.#time[n]! : 0;
      this.#frame[n] = sample * weight;
      this.#weights[n] = weight * weight;
      energy += sample * sample;
      if (n < this.#tail) continue;
      const open = weight > LEAST_WINDOW ? sample / weight : sample;
      past[this.#longest + n] = open;
      squares[this.#longest + n] = open * open;
    }
    return energy;
  }

  #search(energy: number): void {
    const longest = this.#longest;
    const scores = this.#products;
    // Two more than are looked for, for their neighbours.
    const count = longest - this.#shortest + 2;
    this.#kernel.correlate(this.#frame, this.#past, scores, this.#length, count);
    this.#kernel.correlate(this.#weights, this.#squares, this.#energies, this.#length, count);
    for (let i = 0; i < count; i++) scores[i]! /= Math.sqrt(energy * this.#energies[i]!) + 1e-20;
    this.#strength = 0;
    let best = 0;
    for (let i = 1; i < count - 1; i++) {
      if (scores[i]! < scores[i - 1]! || scores[i]! < scores[i + 1]!) continue;
      const strength = this.#heightAt(i) * (1 - (PREFERENCE * (longest - i)) / longest);
      if (strength <= this.#strength) continue;
      this.#strength = strength;
      best = i;
    }
    if (best === 0) return;
    const period = longest - best - this.#topAt(best);
    this.#period = Math.round(this.#shorter(period) * this.#step);
  }

  /** The period, or a half or third of it that fits almost as well: on so coarse a grid its top may lie between two samples. */
  #shorter(period: number): number {
    for (const divisor of DIVISORS) {
      const near = Math.round(this.#longest - period / divisor);
      if (near > this.#longest - this.#shortest) continue;
      let peak = near;
      for (let i = near - 1; i <= near + 1; i++) if (this.#products[i]! > this.#products[peak]!) peak = i;
      if (peak < 1 || peak > this.#longest - this.#shortest) continue;
      const height = this.#heightAt(peak) * (1 - (PREFERENCE * (this.#longest - peak)) / this.#longest);
      if (height > ALMOST * this.#strength) return this.#longest - peak - this.#topAt(peak);
    }
    return period;
  }

  /** Of the parabola through a score and its neighbours: the place of its top beside the middle one, and its height. */
  #topAt(i: number): number {
    const before = this.#products[i - 1]!;
    const after = this.#products[i + 1]!;
    const bend = before - 2 * this.#products[i]! + after;
    const top = bend < 0 ? (0.5 * (before - after)) / bend : 0;
    return Math.max(-1, Math.min(1, top));
  }

  #heightAt(i: number): number {
    const slope = this.#products[i - 1]! - this.#products[i + 1]!;
    return Math.min(1, this.#products[i]! - 0.25 * slope * this.#topAt(i));
  }
}

/** A power of two. */
function decimation(sampleRate: number): number {
  return 2 ** Math.max(0, Math.floor(Math.log2(sampleRate / LEAST_RATE)));
}
