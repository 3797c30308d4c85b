import { RealFFT } from '../dsp/real-fft.ts';
import { analysisWindow } from '../dsp/window.ts';
import type { Random } from '../nmf/random.ts';
import { observable } from './corpus.ts';
import type { TrainingLayout } from './corpus.ts';
import type { Recording } from './recording.ts';
import { RESAMPLED_PASSBAND, resampleAudio } from './resample-audio.ts';

/** One frame after another of two sources sounding together. */
export interface Mixture {
  readonly count: number;
  /** count x bins magnitudes |X|. */
  readonly spectrum: Float32Array;
  /** The two sources, by their index. */
  readonly sources: readonly [number, number];
  /** Of each of the two, count x bins: the part of S that points along X, Re(S conj X) / |X|. They sum to |X|. */
  readonly targets: readonly [Float32Array, Float32Array];
  /** From the lowest, as many bins as both recordings' sample rates reach. */
  readonly observedBins: number;
}

export interface MixtureOptions {
  readonly layout: TrainingLayout;
  /** Longest, in seconds. */
  readonly seconds: number;
  /** dB: level of the earlier of the two sources over the later, drawn evenly from this range. */
  readonly snr: readonly [from: number, to: number];
  /** `windowLength` values. Default: periodic square-root Hann. */
  readonly window?: Float64Array;
}

/** An excerpt this many dB below its recording is taken for silence, and another is drawn, so many times. */
const SILENCE = 30;
const TRIES = 8;

/** Mixture number `index`: pairs of sources take turns; recordings, excerpts and levels are drawn from `random`. */
export function makeMixture(
  recordings: readonly (readonly Recording[])[],
  index: number,
  random: Random,
  options: MixtureOptions,
): Mixture {
  const { layout, seconds, snr } = options;
  const sources = pair(index, recordings.length);
  const chosen = sources.map((s) => recordings[s]![random.integer(recordings[s]!.length)]!);
  const duration = Math.min(seconds, ...chosen.map((r) => r.samples.length / r.sampleRate));
  const length = Math.max(layout.windowLength, Math.floor(duration * layout.sampleRate));
  const level = 10 ** ((snr[0] + (snr[1] - snr[0]) * random.uniform()) / 20);
  const parts = chosen.map((recording, i) => {
    const excerpt = drawExcerpt(recording, duration, random);
    const signal = new Float32Array(length);
    const resampled = resampleAudio(excerpt, recording.sampleRate, layout.sampleRate);
    signal.set(resampled.subarray(0, length));
    const scale = (i === 0 ? level : 1) / Math.sqrt(power(signal) || 1);
    return signal.map((sample) => sample * scale);
  });
  const lowest = Math.min(...chosen.map(({ sampleRate }) => sampleRate));
  const bins = layout.fftSize / 2 + 1;
  const observedBins =
    lowest < layout.sampleRate ? observable(0.5 * RESAMPLED_PASSBAND * lowest, layout) : bins;
  return { ...spectra(parts[0]!, parts[1]!, layout, options.window), sources, observedBins };
}

/** The pairs (0, 1), (0, 2), (1, 2), ... in turn. */
function pair(index: number, sources: number): [number, number] {
  let left = index % ((sources * (sources - 1)) / 2);
  for (let second = 1; ; second++) {
    if (left < second) return [left, second];
    left -= second;
  }
}

function drawExcerpt({ samples, sampleRate }: Recording, duration: number, random: Random): Float32Array {
  const length = Math.floor(duration * sampleRate);
  const least = power(samples) * 10 ** (-SILENCE / 10);
  let best = samples.subarray(0, length);
  for (let i = 0; i < TRIES; i++) {
    const from = random.integer(samples.length - length + 1);
    const excerpt = samples.subarray(from, from + length);
    if (i === 0 || power(excerpt) > power(best)) best = excerpt;
    if (power(best) > least) break;
  }
  return best;
}

function spectra(
  first: Float32Array,
  second: Float32Array,
  { fftSize, windowLength, hop }: TrainingLayout,
  window: Float64Array = analysisWindow(windowLength),
): Pick<Mixture, 'count' | 'spectrum' | 'targets'> {
  const fft = new RealFFT(fftSize);
  const { bins } = fft;
  const count = Math.floor((first.length - windowLength) / hop) + 1;
  const spectrum = new Float32Array(count * bins);
  const targets = [new Float32Array(count * bins), new Float32Array(count * bins)] as const;
  const time = new Float64Array(fftSize);
  const a = new Float64Array(2 * bins);
  const b = new Float64Array(2 * bins);
  for (let t = 0; t < count; t++) {
    for (let n = 0; n < windowLength; n++) time[n] = first[t * hop + n]! * window[n]!;
    fft.forward(time, a);
    for (let n = 0; n < windowLength; n++) time[n] = second[t * hop + n]! * window[n]!;
    fft.forward(time, b);
    for (let f = 0, i = t * bins; f < bins; f++, i++) {
      const re = a[2 * f]! + b[2 * f]!;
      const im = a[2 * f + 1]! + b[2 * f + 1]!;
      const magnitude = Math.hypot(re, im);
      const along = magnitude > 0 ? (a[2 * f]! * re + a[2 * f + 1]! * im) / magnitude : 0;
      spectrum[i] = magnitude;
      targets[0][i] = along;
      targets[1][i] = magnitude - along;
    }
  }
  return { count, spectrum, targets };
}

const power = (x: Float32Array): number => {
  let sum = 0;
  for (let n = 0; n < x.length; n++) sum += x[n]! * x[n]!;
  return sum / x.length;
};
