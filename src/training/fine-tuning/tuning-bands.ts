import type { BandPowers } from '../../dictionary/examples.ts';
import type { UnfoldedTensors } from '../../dictionary/unfolded.ts';
import type { SpectralGrid } from '../../dictionary/dictionary.ts';
import { magnitudeFrames } from '../../dsp/frames.ts';
import { analysisWindow } from '../../dsp/window.ts';
import { BandMap } from '../../separator/band-map.ts';
import type { FrameLayout } from '../../separator/latency-modes.ts';

/** What a bin counts: ears, and measures of intelligibility, hear in bands that widen with frequency. Hz. */
const HALF_IMPORTANCE = 500;
/** Bins that share the main lobe of a window. */
const NEIGHBOURS = 3;

/** The bands of a model on the frames of a layout: what each is made of, and what it counts. */
export class TuningBands {
  readonly count: number;
  /** How many bins a band stands for. */
  readonly bins: Float32Array;
  /** What it counts of the loss. */
  readonly importance: Float32Array;
  /** How large Re(x conj(y)) of two noises is in a band, beside what it were of a single bin with all their power. */
  readonly common: Float32Array;
  /** Per band: its centre in Hz. */
  readonly centre: Float32Array;
  /** Per band: its centre on a scale of 0 to 1, even in the logarithm of frequency, as rooms and microphones are. */
  readonly pitch: Float32Array;
  /** From the sum over `bins` times power to the mean square of the samples of a frame. */
  readonly meanSquare: number;
  readonly #map: BandMap;
  readonly #layout: FrameLayout;
  readonly #window: Float64Array;
  /** Bands without bins of their own, at rates below the dictionary's, and the band whose power each takes on in the engine. */
  readonly inherited: readonly { readonly band: number; readonly from: number }[];

  constructor(t: UnfoldedTensors, dictionary: SpectralGrid & { readonly bins: number }, layout: FrameLayout) {
    const { bands } = t;
    this.count = bands;
    this.#layout = layout;
    this.#map = new BandMap(t.places, bands, dictionary, layout);
    this.#window = analysisWindow(layout.windowLength, layout.tail);
    const shares = columns(this.#map, bands, layout.bins);
    const step = layout.sampleRate / layout.fftSize;
    const importance = Float64Array.from({ length: layout.bins }, (_, f) =>
      f === 0 ? 0 : 1 / (f * step + HALF_IMPORTANCE),
    );
    const mean = importance.reduce((a, b) => a + b) / layout.bins;
    const alike = correlations(this.#window, layout.fftSize);
    this.bins = new Float32Array(bands);
    this.importance = new Float32Array(bands);
    this.common = new Float32Array(bands).fill(1);
    this.centre = new Float32Array(bands).fill(layout.sampleRate / 2);
    this.pitch = new Float32Array(bands).fill(1);
    const highest = Math.log2(1 + layout.sampleRate / 2 / 375);
    shares.forEach((of, b) => {
      let sum = 0;
      let moment = 0;
      let counts = 0;
      of.forEach((share, f) => {
        sum += share;
        moment += share * f;
        counts += share * importance[f]!;
      });
      this.bins[b] = sum;
      this.importance[b] = counts / mean / layout.bins;
      if (sum < 1e-3) return;
      this.centre[b] = (moment / sum) * step;
      this.pitch[b] = Math.log2(1 + this.centre[b]! / 375) / highest;
      let both = 0;
      for (let f = 0; f < of.length; f++) {
        for (let d = -NEIGHBOURS; d <= NEIGHBOURS; d++)
          both += of[f]! * (of[f + d] ?? 0) * alike[Math.abs(d)]!;
      }
      this.common[b] = Math.sqrt(both) / sum;
    });
    let energy = 0;
    for (const value of this.#window) energy += value * value;
    this.meanSquare = 2 / (layout.fftSize * energy);
    const numbers = Float32Array.from({ length: layout.bins }, (_, f) => f + 1);
    const found = new Float32Array(bands);
    this.#map.toBands(numbers, found);
    const all = Array.from({ length: bands }, (_, b) => b);
    const without = all.filter((b) => this.bins[b]! <= 1e-3);
    this.inherited = without.map((band) => {
      const from = all.find((b) => !without.includes(b) && found[b] === found[band])!;
      this.centre[band] = this.centre[from]!;
      this.pitch[band] = this.pitch[from]!;
      return { band, from };
    });
  }

  /** Of all whole frames of samples at the rate of the layout. */
  powers(samples: Float32Array): BandPowers {
    const { frames, count, bins } = magnitudeFrames(samples, this.#layout, this.#window);
    const values = new Float32Array(count * this.count);
    const power = new Float32Array(bins);
    const bands = new Float32Array(this.count);
    for (let t = 0; t < count; t++) {
      for (let f = 0; f < bins; f++) power[f] = frames[t * bins + f]! ** 2;
      this.#map.toBands(power, bands);
      values.set(bands, t * this.count);
    }
    return { values, count };
  }

  /** Bands above what a recording reaches (Hz) take on the power of the highest that it does. In place. */
  extend({ values, count }: BandPowers, reach: number): void {
    const above = this.centre.findIndex((centre) => centre > reach);
    if (above < 1) return;
    for (let t = 0; t < count; t++) {
      const from = t * this.count;
      values.fill(values[from + above - 1]!, from + above, from + this.count);
    }
  }
}

/** bands x bins: what a band gives to each bin. */
function columns(map: BandMap, bands: number, bins: number): Float32Array[] {
  return Array.from({ length: bands }, (_, b) => {
    const one = new Float32Array(bands);
    one[b] = 1;
    const gains = new Float32Array(bins);
    map.toBins(one, gains);
    return gains;
  });
}

/** |rho|^2 of white noise between bins that are 0, 1, ... apart. */
function correlations(window: Float64Array, fftSize: number): number[] {
  const at = (d: number): number => {
    let real = 0;
    let imaginary = 0;
    window.forEach((value, n) => {
      real += value * value * Math.cos((2 * Math.PI * d * n) / fftSize);
      imaginary += value * value * Math.sin((2 * Math.PI * d * n) / fftSize);
    });
    return real * real + imaginary * imaginary;
  };
  const all = at(0);
  return Array.from({ length: NEIGHBOURS + 1 }, (_, d) => at(d) / all);
}
