import { analyse, applyGains, frameCount, frameLength, type FrameGrid, type Gains } from '../frames.ts';
import type { Song } from '../songs.ts';
import { medianInPlace, similarFrames } from './similar-frames.ts';
import { linear, type System } from './system.ts';

/** Seconds between two frames that may count as repetitions of each other. */
const DISTANCE = 1;
/** Most repetitions of a frame. */
const MOST = 100;
/** Hz. Voices are rarely lower; everything below is backing. */
const LOWEST = 100;
/** Seconds that the online form remembers. */
const MEMORY = 10;

/**
 * REPET-SIM (Rafii and Pardo, ISMIR 2012): what comes again is backing. Each frame's backing is, bin by bin, the median over the frames of the song
 * that are most like it, and at most what is there. Parameters as its authors published them.
 */
export const repetSim: System = {
  name: 'repet-sim',
  description: `REPET-SIM, up to ${MOST} frames of the whole song at least ${DISTANCE} s apart`,
  latency: () => undefined,
  separate: (song) => separate(song, undefined),
};

/** The same from what has been heard in the last 10 s (Rafii and Pardo, "Online REPET-SIM for real-time speech enhancement", ICASSP 2013). */
export const repetSimOnline: System = {
  name: 'repet-sim-online',
  description: `REPET-SIM from the last ${MEMORY} s alone`,
  latency: frameLength,
  separate: (song) => separate(song, MEMORY),
};

/** Half-overlapping periodic Hamming windows, which sum to 1.08. */
function hammingGrid(sampleRate: number): FrameGrid {
  const fftSize = frameLength(sampleRate);
  const analysis = Float64Array.from(
    { length: fftSize },
    (_, n) => 0.54 - 0.46 * Math.cos((2 * Math.PI * n) / fftSize),
  );
  return { fftSize, hop: fftSize / 2, analysis, synthesis: new Float64Array(fftSize).fill(1 / 1.08) };
}

function separate(song: Song, memory: number | undefined) {
  const grid = hammingGrid(song.sampleRate);
  const perSecond = song.sampleRate / grid.hop;
  const count = frameCount(song.mix[0]!.length, grid);
  const { magnitudes, directions, bins } = spectrogram(song, grid, count);
  const reach = memory === undefined ? count : Math.round(memory * perSecond);
  const rows = similarities(directions, count, bins, memory === undefined ? undefined : reach);
  const lowest = Math.round((LOWEST * grid.fftSize) / song.sampleRate);
  const values = new Float32Array(MOST);
  const gains = Array.from({ length: count }, (_, k): Gains => {
    const first = memory === undefined ? 0 : Math.max(0, k - reach + 1);
    const known = memory === undefined ? count : k + 1 - first;
    const like = similarFrames(rows, k * count + first, known, Math.round(DISTANCE * perSecond), MOST);
    return magnitudes.map((magnitude) => {
      const gain = new Float32Array(bins).fill(1);
      // Nothing is like silence.
      if (like.length === 0) return gain;
      for (let f = lowest + 1; f < bins; f++) {
        for (let i = 0; i < like.length; i++) values[i] = magnitude[(first + like[i]!) * bins + f]!;
        const present = magnitude[k * bins + f]!;
        const repeating = Math.min(medianInPlace(values, like.length), present);
        gain[f] = (repeating + Number.EPSILON) / (present + Number.EPSILON);
      }
      return gain;
    });
  });
  return linear(song, (channels) => applyGains(channels, grid, gains));
}

/** Magnitudes of each channel, and their mean as vectors of length 1 (0 for silence): frames x bins. */
function spectrogram({ mix }: Song, grid: FrameGrid, count: number) {
  const bins = grid.fftSize / 2 + 1;
  const magnitudes = mix.map(() => new Float32Array(count * bins));
  const directions = new Float32Array(count * bins);
  analyse(mix, grid, (k, spectra) => {
    const direction = directions.subarray(k * bins, (k + 1) * bins);
    for (const [c, spectrum] of spectra.entries()) {
      const magnitude = magnitudes[c]!;
      for (let f = 0; f < bins; f++) {
        const value = Math.hypot(spectrum[2 * f]!, spectrum[2 * f + 1]!);
        magnitude[k * bins + f] = value;
        direction[f]! += value;
      }
    }
    let power = 0;
    for (let f = 0; f < bins; f++) power += direction[f]! * direction[f]!;
    const scale = power > 0 ? 1 / Math.sqrt(power) : 0;
    for (let f = 0; f < bins; f++) direction[f]! *= scale;
  });
  return { magnitudes, directions, bins };
}

/** Cosine similarities, frames x frames; with `reach`, only to the last `reach` frames of the past, itself among them. */
function similarities(
  directions: Float32Array,
  count: number,
  bins: number,
  reach: number | undefined,
): Float32Array {
  const rows = new Float32Array(count * count);
  for (let k = 0; k < count; k++) {
    for (let j = reach === undefined ? 0 : Math.max(0, k - reach + 1); j <= k; j++) {
      const value = dot(directions, k * bins, j * bins, bins);
      rows[k * count + j] = value;
      if (reach === undefined) rows[j * count + k] = value;
    }
  }
  return rows;
}

/** Four sums at once: one alone waits for each addition. */
function dot(values: Float32Array, a: number, b: number, length: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < length; i += 4) {
    s0 += values[a + i]! * values[b + i]!;
    s1 += values[a + i + 1]! * values[b + i + 1]!;
    s2 += values[a + i + 2]! * values[b + i + 2]!;
    s3 += values[a + i + 3]! * values[b + i + 3]!;
  }
  for (; i < length; i++) s0 += values[a + i]! * values[b + i]!;
  return s0 + s1 + s2 + s3;
}
