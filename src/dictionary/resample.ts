import { checkDictionary } from './check.ts';
import { normalizeAtoms } from './combine.ts';
import type { Dictionary, Source, SpectralGrid } from './dictionary.ts';
import { DictionaryError } from './errors.ts';
import { cuesOf, withCues } from './cues.ts';
import { reconstructionOf, withReconstruction } from './reconstruction.ts';
import { isUnfolded } from './unfolded.ts';

/** An atom that keeps less than this part of its sum below the new Nyquist frequency has nothing left to say there. */
const GONE = 1e-3;

/** Windows whose durations differ by less than this ratio resolve frequencies alike (rounding to samples). */
const SHORTER = 0.95;

/** dB per octave / 6 by which |X| falls above the highest frequency that a dictionary knows. */
const ROLL_OFF = 2;

/**
 * A dictionary on another grid: each atom is read at the frequencies (Hz) of the new bins and scaled to sum to 1 again, so a
 * peak stays at its frequency. The dictionary itself when it is already there. Reconstruction atoms are read alike and scaled with
 * their atoms, so that the masks stay the same at each frequency. Updates (unfolded.ts) are left out: they stand on bands of their own.
 *
 * - `windowLength` defaults to the same duration as before (at most the FFT size). A shorter window resolves frequencies less
 *   finely, so atoms are blurred by what it adds to the width of a line; a longer one would resolve more finely,
 *   which nothing can restore, and leaves them as they are.
 * - Nyquist below the dictionary's: what is above it is cut. An atom with nothing left is replaced by the mean of its
 *   source's others: they span it, so the spectra that the source can make stay the same, and so does the atom count.
 *   Throws a {@link DictionaryError} when a whole source is above it.
 * - Nyquist above the dictionary's: nothing is known there. Atoms go on from their level near the edge, all falling by the
 *   same 12 dB per octave, so that masks continue as they are at the edge.
 */
export function resampleDictionary(
  d: Dictionary,
  grid: SpectralGrid & { readonly windowLength?: number },
): Dictionary {
  const { sampleRate, fftSize } = grid;
  const sameGrid = d.sampleRate === sampleRate && d.fftSize === fftSize;
  if (sameGrid && (grid.windowLength === undefined || grid.windowLength === d.windowLength)) return d;
  const scale = sampleRate / d.sampleRate;
  const windowLength = grid.windowLength ?? clamp(Math.round(d.windowLength * scale), 1, fftSize);
  const bins = fftSize / 2 + 1;
  if (!Number.isInteger(bins) || !(sampleRate > 0) || !(windowLength <= fftSize)) {
    throw new DictionaryError(
      `A dictionary cannot stand on ${sampleRate} Hz, FFT size ${fftSize}, window length ${windowLength}: the rate must be ` +
        `positive, the FFT size even, the window at most as long.`,
    );
  }
  const reader = new SpectrumReader(d, grid, blurWidth(d, windowLength / sampleRate));
  const atoms = new Float32Array(d.atomCount * bins);
  const refined = reconstructionOf(d);
  const reconstruction = refined && new Float32Array(atoms.length);
  for (const source of d.sources) {
    const gone = resampleSource(d, source, reader, atoms, bins, (k, sum) => {
      if (!refined || !reconstruction) return;
      const row = reconstruction.subarray(k * bins, (k + 1) * bins);
      reader.read(refined.subarray(k * d.bins, (k + 1) * d.bins), row);
      for (let f = 0; f < bins; f++) row[f] = row[f]! / sum;
    });
    replaceByMean(atoms, source, gone, bins);
    if (reconstruction) replaceByMean(reconstruction, source, gone, bins);
  }
  const { tensors: _, ...rest } = d;
  const hop = clamp(Math.round(d.hop * scale), 1, windowLength);
  const resampled = withCues(
    withReconstruction(
      { ...rest, sampleRate, fftSize, bins, windowLength, hop, atoms: normalizeAtoms(atoms, bins) },
      reconstruction,
    ),
    // Without the updates, what the weights say of them and the atoms together is not true of the atoms.
    isUnfolded(d) ? undefined : cuesOf(d),
  );
  checkDictionary(resampled);
  return resampled;
}

/** Writes the atoms that have something left, calls `scaled` with the sum by which each was divided, and returns the others. */
function resampleSource(
  d: Dictionary,
  source: Source,
  reader: SpectrumReader,
  atoms: Float32Array,
  bins: number,
  scaled: (atom: number, sum: number) => void,
): number[] {
  const gone: number[] = [];
  const sum = new Float32Array(1);
  for (let k = source.from; k < source.to; k++) {
    const row = atoms.subarray(k * bins, (k + 1) * bins);
    const atom = d.atoms.subarray(k * d.bins, (k + 1) * d.bins);
    if (reader.partBelow(atom) < GONE) {
      gone.push(k);
      continue;
    }
    reader.read(atom, row);
    normalizeAtoms(row, bins, sum);
    scaled(k, sum[0]!);
  }
  if (gone.length === source.to - source.from) {
    throw new DictionaryError(
      `Source "${source.label}" of the dictionary "${d.name}" is all above ${reader.nyquist} Hz, the highest frequency at ` +
        `${2 * reader.nyquist} Hz: use a higher sample rate, or another dictionary.`,
    );
  }
  return gone;
}

/** The rows of atoms that are gone become the mean of their source's others. */
function replaceByMean(rows: Float32Array, source: Source, gone: readonly number[], bins: number): void {
  if (gone.length === 0) return;
  const mean = new Float64Array(bins);
  const count = source.to - source.from - gone.length;
  for (let k = source.from; k < source.to; k++) {
    if (gone.includes(k)) continue;
    for (let f = 0; f < bins; f++) mean[f]! += rows[k * bins + f]! / count;
  }
  for (const k of gone) rows.set(mean, k * bins);
}

/**
 * Width (Hz) by which a line of the dictionary must be blurred to look as through a window of `duration` seconds; 0 when that
 * is as long. Widths of lines are 1 / duration, and squares of widths add.
 */
function blurWidth(d: Dictionary, duration: number): number {
  const before = d.windowLength / d.sampleRate;
  return duration < SHORTER * before ? Math.sqrt(1 / duration ** 2 - 1 / before ** 2) : 0;
}

/** Reads spectra of one grid at the bins of another, through a triangle of half-width `reach` source bins. */
class SpectrumReader {
  readonly nyquist: number;
  private readonly step: number;
  private readonly reach: number;
  private readonly sourceBins: number;
  /** The new Nyquist frequency in source bins. */
  private readonly highest: number;
  private readonly exponent: number;

  constructor(d: Dictionary, grid: SpectralGrid, blur: number) {
    const spacing = d.sampleRate / d.fftSize;
    this.nyquist = grid.sampleRate / 2;
    this.step = grid.sampleRate / grid.fftSize / spacing;
    // Half-width 1 is linear interpolation, and the identity on the bins themselves.
    this.reach = Math.max(1, blur / spacing);
    this.sourceBins = d.bins;
    this.highest = (grid.fftSize / 2) * this.step + 1e-9;
    this.exponent = d.exponent;
  }

  /** Part of an atom's sum at or below the new Nyquist frequency, 0 to 1. */
  partBelow(atom: Float32Array): number {
    let below = 0;
    let sum = 0;
    for (let i = 0; i < atom.length; i++) {
      sum += atom[i]!;
      if (i <= this.highest) below += atom[i]!;
    }
    return below / sum;
  }

  /** Writes the spectrum `atom` as it is at the bins of `row`. */
  read(atom: Float32Array, row: Float32Array): void {
    this.readThrough(this.reach, atom, row);
    // Only a line narrower than any window makes falls between coarser bins whole; then they share it.
    if (row.every((value) => value === 0)) this.readThrough(Math.max(this.reach, this.step), atom, row);
  }

  private readThrough(reach: number, atom: Float32Array, row: Float32Array): void {
    const last = this.sourceBins - 1;
    const edge = edgeLevel(atom);
    for (let f = 0; f < row.length; f++) {
      const position = f * this.step;
      if (position > last + 1e-9) {
        row[f] = edge * Math.pow(last / position, ROLL_OFF * this.exponent);
        continue;
      }
      const from = Math.max(0, Math.ceil(position - reach));
      const to = Math.min(last, Math.floor(position + reach));
      let sum = 0;
      let norm = 0;
      for (let i = from; i <= to; i++) {
        const part = 1 - Math.abs(i - position) / reach;
        sum += part * atom[i]!;
        norm += part;
      }
      row[f] = norm > 0 ? sum / norm : atom[Math.round(position)]!;
    }
  }
}

/** Mean level of an atom from 0.85 to 0.95 of its Nyquist frequency: below the slope of the converters and resamplers. */
function edgeLevel(atom: Float32Array): number {
  const from = Math.floor(0.85 * (atom.length - 1));
  const to = Math.max(from + 1, Math.ceil(0.95 * (atom.length - 1)));
  let sum = 0;
  for (let i = from; i < to; i++) sum += atom[i]!;
  return sum / (to - from);
}

const clamp = (value: number, min: number, max: number): number => Math.min(max, Math.max(min, value));
