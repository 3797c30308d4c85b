import { RealFFT } from '../../../src/dsp/real-fft.ts';
import { downsample } from './downsample.ts';

/** Hz. */
const RATE = 10000;
const FRAME = 256;
const HOP = FRAME / 2;
const FFT_SIZE = 512;
const BANDS = 15;
/** Centre of the lowest third-octave band, Hz. */
const LOWEST = 150;
/** Frames of a segment: 384 ms. */
const SEGMENT = 30;
/** dB: frames of the clean speech this far below its loudest are left out. */
const DYNAMIC_RANGE = 40;
/** dB: lowest signal-to-distortion ratio of a band in a segment; below it, the degraded one is clipped. */
const LOWEST_SDR = -15;
const EPSILON = Number.EPSILON;

export interface Intelligibility {
  /** Short-time objective intelligibility, at most 1. */
  readonly stoi: number;
  /** The extended one. */
  readonly estoi: number;
}

/**
 * STOI (Taal, Hendriks, Heusdens and Jensen, "An algorithm for intelligibility prediction of time-frequency weighted noisy speech", IEEE TASLP
 * 19(7), 2011) and ESTOI (Jensen and Taal, "An algorithm for predicting the intelligibility of speech masked by modulated noise maskers",
 * IEEE/ACM TASLP 24(11), 2016). `sampleRate` in Hz, at least 10 kHz. Throws a RangeError where the lengths differ or less than 384 ms of speech is
 * left when the silent frames are out.
 */
export function intelligibility(
  estimate: Float32Array,
  target: Float32Array,
  sampleRate: number,
): Intelligibility {
  if (estimate.length !== target.length) {
    throw new RangeError(
      `The estimate has ${estimate.length} samples and the target ${target.length}; they must agree.`,
    );
  }
  const [clean, degraded] = withoutSilence(
    downsample(target, sampleRate, RATE),
    downsample(estimate, sampleRate, RATE),
  );
  const x = bandEnvelopes(clean);
  const y = bandEnvelopes(degraded);
  const frames = x[0]!.length;
  if (frames < SEGMENT) {
    throw new RangeError(`There are ${frames} frames of speech; STOI needs at least ${SEGMENT} (384 ms).`);
  }
  let stoi = 0;
  let estoi = 0;
  const segments = frames - SEGMENT + 1;
  const segment = (envelopes: readonly Float64Array[], m: number): Float64Array[] =>
    envelopes.map((band) => band.slice(m, m + SEGMENT));
  for (let m = 0; m < segments; m++) {
    stoi += correlation(segment(x, m), segment(y, m));
    estoi += extendedCorrelation(segment(x, m), segment(y, m));
  }
  return { stoi: stoi / segments, estoi: estoi / segments };
}

const WINDOW = Float64Array.from(
  { length: FRAME },
  (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 1)) / (FRAME + 1)),
);

/** Both signals without the frames in which the clean one is silent, put together again by overlap-add. */
function withoutSilence(clean: Float32Array, degraded: Float32Array): [Float64Array, Float64Array] {
  const starts: number[] = [];
  for (let start = 0; start + FRAME <= clean.length; start += HOP) starts.push(start);
  const levels = starts.map((start) => {
    let energy = 0;
    for (let n = 0; n < FRAME; n++) energy += (WINDOW[n]! * clean[start + n]!) ** 2;
    return 20 * Math.log10(Math.sqrt(energy) + EPSILON);
  });
  const threshold = levels.reduce((a, b) => Math.max(a, b), -Infinity) - DYNAMIC_RANGE;
  const kept = starts.filter((_, i) => levels[i]! > threshold);
  const join = (samples: Float32Array): Float64Array => {
    const joined = new Float64Array(kept.length === 0 ? 0 : (kept.length - 1) * HOP + FRAME);
    for (const [i, start] of kept.entries()) {
      for (let n = 0; n < FRAME; n++) joined[i * HOP + n]! += WINDOW[n]! * samples[start + n]!;
    }
    return joined;
  };
  return [join(clean), join(degraded)];
}

/** Magnitudes in third-octave bands: for each of them a value per frame. */
function bandEnvelopes(samples: Float64Array): Float64Array[] {
  const fft = new RealFFT(FFT_SIZE);
  const time = new Float64Array(FFT_SIZE);
  const spectrum = new Float64Array(2 * fft.bins);
  const edges = bandEdges();
  const frames = Math.max(0, Math.floor((samples.length - FRAME) / HOP) + 1);
  const envelopes = edges.map(() => new Float64Array(frames));
  for (let t = 0; t < frames; t++) {
    for (let n = 0; n < FRAME; n++) time[n] = WINDOW[n]! * samples[t * HOP + n]!;
    fft.forward(time, spectrum);
    for (const [b, [from, to]] of edges.entries()) {
      let energy = 0;
      for (let f = from; f < to; f++) energy += spectrum[2 * f]! ** 2 + spectrum[2 * f + 1]! ** 2;
      envelopes[b]![t] = Math.sqrt(energy);
    }
  }
  return envelopes;
}

/** First bin, and first bin that is no more in it, of each band: the bins nearest to its edges. */
function bandEdges(): [number, number][] {
  const nearest = (hertz: number): number => Math.round((hertz * FFT_SIZE) / RATE);
  return Array.from({ length: BANDS }, (_, b) => [
    nearest(LOWEST * 2 ** ((2 * b - 1) / 6)),
    nearest(LOWEST * 2 ** ((2 * b + 1) / 6)),
  ]);
}

/** Mean over the bands of the correlation of the envelopes (Taal et al., eq. 3 to 5). */
function correlation(x: Float64Array[], y: Float64Array[]): number {
  const clip = 1 + 10 ** (-LOWEST_SDR / 20);
  let sum = 0;
  for (let b = 0; b < BANDS; b++) {
    const clean = x[b]!;
    const scale = norm(clean) / (norm(y[b]!) + EPSILON);
    const degraded = y[b]!.map((value, t) => Math.min(scale * value, clip * clean[t]!));
    normalize(clean);
    normalize(degraded);
    sum += dot(clean, degraded);
  }
  return sum / BANDS;
}

/** Rows, then columns, to mean 0 and norm 1; the mean correlation of the columns (Jensen and Taal, eq. 4 to 8). */
function extendedCorrelation(x: Float64Array[], y: Float64Array[]): number {
  for (const rows of [x, y]) for (const row of rows) normalize(row);
  let sum = 0;
  const clean = new Float64Array(BANDS);
  const degraded = new Float64Array(BANDS);
  for (let t = 0; t < SEGMENT; t++) {
    for (let b = 0; b < BANDS; b++) {
      clean[b] = x[b]![t]!;
      degraded[b] = y[b]![t]!;
    }
    normalize(clean);
    normalize(degraded);
    sum += dot(clean, degraded);
  }
  return sum / SEGMENT;
}

/** To mean 0 and norm 1, in place. */
function normalize(values: Float64Array): void {
  let mean = 0;
  for (let i = 0; i < values.length; i++) mean += values[i]! / values.length;
  for (let i = 0; i < values.length; i++) values[i]! -= mean;
  const scale = 1 / (norm(values) + EPSILON);
  for (let i = 0; i < values.length; i++) values[i]! *= scale;
}

const norm = (values: Float64Array): number => Math.sqrt(dot(values, values));

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
