import { sampleIndices } from './random.ts';
import type { Random } from './random.ts';
import { createRandom } from './random.ts';
import { singularVectors } from './singular-vectors.ts';

/**
 * Where W and H start:
 * - 'random': atoms of positive noise;
 * - 'frames': frames of V, drawn at random, the louder the likelier;
 * - 'nndsvd': the non-negative parts of singular vectors (Boutsidis and Gallopoulos 2008). Its zeros stay zero for ever under
 *   multiplicative updates;
 * - 'nndsvda', 'nndsvdar': the same with zeros filled with the mean of V, or with small random values.
 */
export type Start = 'random' | 'frames' | 'nndsvd' | 'nndsvda' | 'nndsvdar';

export const STARTS: readonly Start[] = ['random', 'frames', 'nndsvd', 'nndsvda', 'nndsvdar'];

export interface StartingPoint {
  /** K x F. */
  readonly atoms: Float64Array;
  /** N x K. */
  readonly activations: Float64Array;
}

/**
 * The starting point for V (N x F, row-major). Atoms or activations that are given are taken as they are. Activations
 * share each frame's sum among the atoms: at random where the atoms are made here, evenly where they are given.
 */
export function initialize(
  v: Float32Array,
  frames: number,
  bins: number,
  settings: {
    readonly atomCount: number;
    readonly start?: Start | undefined;
    readonly random: Random;
    readonly atoms?: Float32Array | undefined;
    readonly activations?: Float32Array | undefined;
  },
): StartingPoint {
  const { atomCount, start = 'random', random } = settings;
  if (!STARTS.includes(start))
    throw new RangeError(`There is no start "${start}". There are: ${STARTS.join(', ')}.`);
  if (!settings.atoms && !settings.activations && start.startsWith('nndsvd')) {
    return fromSingularVectors(v, frames, bins, atomCount, start, random);
  }
  let atoms: Float64Array;
  if (settings.atoms) atoms = Float64Array.from(settings.atoms);
  else if (start === 'random') atoms = randomAtoms(bins, atomCount, random);
  else if (start === 'frames') atoms = sampledFrames(v, frames, bins, atomCount, random);
  else atoms = fromSingularVectors(v, frames, bins, atomCount, start, random).atoms;
  const activations = settings.activations
    ? Float64Array.from(settings.activations)
    : sharedActivations(v, frames, bins, atoms, atomCount, settings.atoms ? undefined : random);
  return { atoms, activations };
}

/** Rows that sum to 1, each value between half and one and a half times the mean. */
function randomAtoms(bins: number, atomCount: number, random: Random): Float64Array {
  const atoms = Float64Array.from({ length: atomCount * bins }, () => 0.5 + random.uniform());
  normalizeRows(atoms, bins);
  return atoms;
}

/** Frames of V as atoms, with a tenth of the mean frame mixed in so that no value starts at zero. */
function sampledFrames(
  v: Float32Array,
  frames: number,
  bins: number,
  atomCount: number,
  random: Random,
): Float64Array {
  const mean = new Float64Array(bins);
  const cumulative = new Float64Array(frames);
  let total = 0;
  for (let n = 0; n < frames; n++) {
    for (let f = 0; f < bins; f++) {
      mean[f] = mean[f]! + v[n * bins + f]!;
      total += v[n * bins + f]!;
    }
    cumulative[n] = total;
  }
  const atoms = new Float64Array(atomCount * bins);
  const taken = new Set<number>();
  for (let k = 0; k < atomCount; k++) {
    let frame = 0;
    // Without repeats as long as that is easy; there may be fewer frames than atoms.
    for (let attempt = 0; attempt < 20; attempt++) {
      const at = random.uniform() * total;
      frame = cumulative.findIndex((sum) => sum > at);
      if (!taken.has(frame)) break;
    }
    taken.add(frame);
    let sum = 0;
    for (let f = 0; f < bins; f++) sum += v[frame * bins + f]!;
    for (let f = 0; f < bins; f++) {
      atoms[k * bins + f] =
        (0.9 * v[frame * bins + f]!) / sum + (0.1 * (mean[f]! + 1e-3 * (total / bins))) / total;
    }
  }
  normalizeRows(atoms, bins);
  return atoms;
}

function normalizeRows(rows: Float64Array, length: number): void {
  for (let at = 0; at < rows.length; at += length) {
    let sum = 0;
    for (let f = at; f < at + length; f++) sum += rows[f]!;
    for (let f = at; f < at + length; f++) rows[f] = rows[f]! / sum;
  }
}

/** h such that the atoms together have the sum of the frame. */
function sharedActivations(
  v: Float32Array,
  frames: number,
  bins: number,
  atoms: Float64Array,
  atomCount: number,
  random: Random | undefined,
): Float64Array {
  const activations = new Float64Array(frames * atomCount);
  const atomSums = Float64Array.from({ length: atomCount }, (_, k) =>
    atoms.subarray(k * bins, (k + 1) * bins).reduce((sum, value) => sum + value, 0),
  );
  for (let n = 0; n < frames; n++) {
    let sum = 0;
    for (let f = 0; f < bins; f++) sum += v[n * bins + f]!;
    for (let k = 0; k < atomCount; k++) {
      const share = atomSums[k]! > 0 ? sum / (atomCount * atomSums[k]!) : 0;
      activations[n * atomCount + k] = share * (random ? 0.5 + random.uniform() : 1);
    }
  }
  return activations;
}

/** Boutsidis and Gallopoulos, "SVD based initialization: a head start for nonnegative matrix factorization", 2008. */
function fromSingularVectors(
  v: Float32Array,
  frames: number,
  bins: number,
  atomCount: number,
  start: Start,
  random: Random,
): StartingPoint {
  const { values, left, right } = singularVectors(v, frames, bins, atomCount, random);
  const atoms = new Float64Array(atomCount * bins);
  const activations = new Float64Array(frames * atomCount);
  for (let k = 0; k < values.length; k++) {
    const u = left.subarray(k * frames, (k + 1) * frames);
    const w = right.subarray(k * bins, (k + 1) * bins);
    // Of the two pairs of parts (both positive, or both negative) the one that explains more. The first has one sign throughout.
    const plus = positiveNorm(u, 1) * positiveNorm(w, 1);
    const minus = positiveNorm(u, -1) * positiveNorm(w, -1);
    const sign = plus >= minus ? 1 : -1;
    const uNorm = positiveNorm(u, sign);
    const wNorm = positiveNorm(w, sign);
    const scale = Math.sqrt(values[k]! * Math.max(plus, minus));
    if (!(scale > 0)) continue;
    for (let n = 0; n < frames; n++) {
      activations[n * atomCount + k] = (scale * Math.max(0, sign * u[n]!)) / uNorm;
    }
    for (let f = 0; f < bins; f++) atoms[k * bins + f] = (scale * Math.max(0, sign * w[f]!)) / wNorm;
  }
  if (start !== 'nndsvd') {
    const mean = v.reduce((sum, value) => sum + value, 0) / v.length;
    const fill = (): number => (start === 'nndsvda' ? mean : (mean / 100) * random.uniform());
    // Below a millionth of the mean a value is as good as locked.
    for (const side of [atoms, activations]) {
      for (let i = 0; i < side.length; i++) if (side[i]! <= 1e-6 * mean) side[i] = fill();
    }
  }
  return { atoms, activations };
}

function positiveNorm(values: Float64Array, sign: 1 | -1): number {
  let sum = 0;
  for (const value of values) if (sign * value > 0) sum += value * value;
  return Math.sqrt(sum);
}

/**
 * The smallest number of atoms, up to `most`, with which the best (unconstrained) approximation of V explains `fraction` of its energy.
 * V: N x F, row-major. At most 2000 frames are looked at, drawn by `seed`.
 */
export function atomCountForVariance(
  v: Float32Array,
  frames: number,
  bins: number,
  fraction: number,
  most = 128,
  seed = 0,
): number {
  if (!(fraction > 0 && fraction < 1)) {
    throw new RangeError(`The explained variance is to be ${fraction}; it must lie between 0 and 1.`);
  }
  const random = createRandom(seed);
  const chosen = sampleIndices(random, frames, 2000);
  const sample = new Float32Array(chosen.length * bins);
  chosen.forEach((frame, i) => sample.set(v.subarray(frame * bins, (frame + 1) * bins), i * bins));
  const energy = sample.reduce((sum, value) => sum + value * value, 0);
  const { values } = singularVectors(sample, chosen.length, bins, most, random);
  let explained = 0;
  for (let k = 0; k < values.length; k++) {
    explained += values[k]! ** 2;
    if (explained >= fraction * energy) return k + 1;
  }
  return values.length;
}
