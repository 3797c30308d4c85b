import { analyse, hannGrid } from '../frames.ts';
import type { Channels } from '../songs.ts';

/** How far the stereo image of an estimate is from the true one. */
export interface ImageError {
  /** Of the level difference between the channels, in dB. */
  readonly level: number;
  /** Of the phase difference between the channels, in degrees from 0 to 180. */
  readonly phase: number;
}

/** Hz; bands are thirds of an octave between. */
const LOWEST = 100;
const HIGHEST = 12500;

/** Level differences count up to this many dB: beyond, a sound is on one side, and how far cannot be heard. */
const SIDE = 30;

/**
 * Compares the differences between two channels, of `estimate` and `reference`, in each frame (46 ms) and third of an octave from 100 Hz to 12.5 kHz: of the levels,
 * and of the phases (that of the cross spectrum). Within a band, frames weigh what energy (for phases: what common energy) the reference has in
 * them; bands weigh alike. Undefined for a sound that has not two channels.
 */
export function imageError(
  estimate: Channels,
  reference: Channels,
  sampleRate: number,
): ImageError | undefined {
  if (reference.length !== 2) return undefined;
  const grid = hannGrid(sampleRate);
  const edges: number[] = [];
  for (let hertz = LOWEST; hertz < Math.min(HIGHEST, sampleRate / 2); hertz *= 2 ** (1 / 3)) {
    edges.push(Math.round((hertz * grid.fftSize) / sampleRate));
  }
  const bands = edges.length - 1;
  const sums = { level: new Float64Array(bands), energy: new Float64Array(bands) };
  const phases = { phase: new Float64Array(bands), energy: new Float64Array(bands) };
  analyse([...estimate, ...reference], grid, (_, spectra) => {
    for (let b = 0; b < bands; b++) {
      const [from, to] = [edges[b]!, Math.max(edges[b]! + 1, edges[b + 1]!)];
      const heard = between(spectra[0]!, spectra[1]!, from, to);
      const wanted = between(spectra[2]!, spectra[3]!, from, to);
      sums.level[b]! += wanted.energy * Math.abs(heard.level - wanted.level);
      sums.energy[b]! += wanted.energy;
      const turn = Math.abs(heard.phase - wanted.phase);
      phases.phase[b]! += wanted.common * Math.min(turn, 2 * Math.PI - turn);
      phases.energy[b]! += wanted.common;
    }
  });
  return {
    level: meanOver(sums.level, sums.energy),
    phase: (meanOver(phases.phase, phases.energy) * 180) / Math.PI,
  };
}

/** Channels compared over some bins. */
function between(left: Float64Array, right: Float64Array, from: number, to: number) {
  let [l, r, re, im] = [0, 0, 0, 0];
  for (let i = 2 * from; i < 2 * to; i += 2) {
    const [a, b, c, d] = [left[i]!, left[i + 1]!, right[i]!, right[i + 1]!];
    l += a * a + b * b;
    r += c * c + d * d;
    re += a * c + b * d;
    im += b * c - a * d;
  }
  const level = 10 * Math.log10((l + 1e-20) / (r + 1e-20));
  return {
    energy: l + r,
    common: Math.hypot(re, im),
    level: Math.max(-SIDE, Math.min(SIDE, level)),
    phase: Math.atan2(im, re),
  };
}

/** Mean of the bands in which there is anything. */
function meanOver(sums: Float64Array, weights: Float64Array): number {
  const most = weights.reduce((a, b) => Math.max(a, b), 0);
  const means = [...sums].flatMap((sum, b) => (weights[b]! > 1e-9 * most ? [sum / weights[b]!] : []));
  return means.reduce((a, b) => a + b, 0) / Math.max(1, means.length);
}
