import { DIVERGENCES } from '../nmf/divergence.ts';
import { MAX_SOURCES } from '../parameters.ts';
import { cuesOf } from './cues.ts';
import type { Dictionary, Source } from './dictionary.ts';
import { DictionaryError, shown } from './errors.ts';
import { checkReconstruction } from './reconstruction.ts';
import { isUnfolded, readUnfolded } from './unfolded.ts';

/** Most atoms in one dictionary: what a frame can still be solved for in real time, several times over. */
export const MAX_ATOMS = 4096;
export const MAX_FFT_SIZE = 65536;
const MIN_FFT_SIZE = 16;
const MIN_RATE = 8000;
const MAX_RATE = 192000;
const MAX_EXPONENT = 4;
const LONGEST_LABEL = 64;
const LONGEST_NAME = 200;
/** How far from 1 the sum of an atom may be: float32 sums of 32769 values, and files rounded on their way. */
const SUM_TOLERANCE = 1e-3;

/**
 * Checks every promise of {@link Dictionary}: ranges of the numbers, sources that cover the atoms, atoms that are finite,
 * not negative, and sum to 1; reconstruction atoms, where there are any, of the same shape; matrices of updates and weights of
 * cues that fit. Throws a {@link DictionaryError} that names the first one broken.
 */
export function checkDictionary(d: Dictionary): void {
  checkName('name', d.name, LONGEST_NAME);
  checkNumber('sample rate', d.sampleRate, MIN_RATE, MAX_RATE, 'Hz');
  checkInteger('FFT size', d.fftSize, MIN_FFT_SIZE, MAX_FFT_SIZE);
  if (d.fftSize % 2 !== 0) fail(`The FFT size of the dictionary is ${d.fftSize}; it must be even.`);
  checkInteger('window length', d.windowLength, 1, d.fftSize);
  checkInteger('hop', d.hop, 1, d.windowLength);
  if (!(d.exponent > 0 && d.exponent <= MAX_EXPONENT)) {
    fail(
      `The exponent of the dictionary is ${shown(d.exponent)}; it must be above 0 and at most ${MAX_EXPONENT}.`,
    );
  }
  if (typeof d.window !== 'string') fail(`The window of the dictionary must be a text such as "sqrt-hann".`);
  if (!DIVERGENCES.includes(d.divergence)) {
    fail(
      `The divergence of the dictionary is ${shown(d.divergence)}; it must be one of ${DIVERGENCES.join(', ')}.`,
    );
  }
  checkInteger('number of atoms', d.atomCount, 1, MAX_ATOMS);
  const bins = d.fftSize / 2 + 1;
  if (d.bins !== bins) {
    fail(`The dictionary has ${d.bins} bins; an FFT of ${d.fftSize} gives ${bins} (FFT size / 2 + 1).`);
  }
  if (!(d.atoms instanceof Float32Array)) fail('The atoms of the dictionary must be a Float32Array.');
  if (d.atoms.length !== d.atomCount * bins) {
    fail(
      `The dictionary holds ${d.atoms.length} values; ` +
        `${d.atomCount} atoms of ${bins} bins need ${d.atomCount * bins}.`,
    );
  }
  checkSources(d.sources, d.atomCount);
  checkAtoms(d.atoms, d.atomCount, bins);
  checkReconstruction(d.tensors ?? [], d.atomCount, bins);
  if (isUnfolded(d)) readUnfolded(d);
  cuesOf(d);
}

/** Sources cover atoms 0 to `atomCount` in order, without gaps, each with its own label. */
export function checkSources(sources: readonly Source[], atomCount: number): void {
  if (!Array.isArray(sources) || sources.length < 1 || sources.length > MAX_SOURCES) {
    fail(
      `The dictionary has ${sources?.length ?? 'no'} sources; it must have from 1 to ${MAX_SOURCES} of them.`,
    );
  }
  const labels = new Set<string>();
  let next = 0;
  for (const [i, source] of sources.entries()) {
    checkName(`label of source ${i + 1}`, source.label, LONGEST_LABEL);
    const label = shown(source.label);
    if (labels.has(source.label)) fail(`Two sources have the label ${label}; each must have its own.`);
    labels.add(source.label);
    if (source.from !== next) {
      fail(`Source ${label} starts at atom ${shown(source.from)}; it must start at ${next}, without a gap.`);
    }
    if (!Number.isInteger(source.to) || source.to <= next || source.to > atomCount) {
      fail(
        `Source ${label} ends at atom ${shown(source.to)}; it must end above ${next} and at most at ${atomCount}.`,
      );
    }
    next = source.to;
  }
  if (next !== atomCount) {
    fail(
      `The sources cover ${next} of ${atomCount} atoms; the last source must end at atom ${atomCount}, the end.`,
    );
  }
}

function checkAtoms(atoms: Float32Array, atomCount: number, bins: number): void {
  for (let k = 0; k < atomCount; k++) {
    let sum = 0;
    for (let f = 0; f < bins; f++) {
      const value = atoms[k * bins + f]!;
      if (!Number.isFinite(value)) {
        fail(`Atom ${k} has the value ${value} in bin ${f}; all values must be finite.`);
      }
      if (value < 0) fail(`Atom ${k} has the value ${value} in bin ${f}; no value may be negative.`);
      sum += value;
    }
    if (sum === 0) fail(`Atom ${k} is zero in every bin; each atom must have some sound in it.`);
    if (Math.abs(sum - 1) > SUM_TOLERANCE) {
      fail(`Atom ${k} sums to ${sum.toPrecision(4)}; each atom must sum to 1 (normalizeAtoms does that).`);
    }
  }
}

function checkName(what: string, text: unknown, longest: number): void {
  if (typeof text !== 'string' || text.trim() === '') {
    fail(`The ${what} of the dictionary is ${shown(text)}; it must be a text that is not empty.`);
  }
  if (text.length > longest) {
    fail(`The ${what} of the dictionary has ${text.length} characters; at most ${longest} are allowed.`);
  }
  // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/.test(text)) {
    fail(
      `The ${what} of the dictionary, ${shown(text)}, has control characters in it; they are not allowed.`,
    );
  }
}

function checkNumber(what: string, value: unknown, min: number, max: number, unit = ''): void {
  if (typeof value !== 'number' || !(value >= min && value <= max)) {
    const suffix = unit && ` ${unit}`;
    fail(
      `The ${what} of the dictionary is ${shownNumber(value)}${suffix}; it must be from ${min} to ${max}${suffix}.`,
    );
  }
}

function checkInteger(what: string, value: unknown, min: number, max: number): void {
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > max) {
    fail(
      `The ${what} of the dictionary is ${shownNumber(value)}; it must be a whole number from ${min} to ${max}.`,
    );
  }
}

const shownNumber = (value: unknown): string => (typeof value === 'number' ? String(value) : shown(value));

function fail(message: string): never {
  throw new DictionaryError(message);
}
