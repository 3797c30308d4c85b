import type { Divergence } from '../nmf/divergence.ts';
import { checkDictionary, MAX_ATOMS, MAX_FFT_SIZE } from './check.ts';
import type { Dictionary, DictionaryCard, Source } from './dictionary.ts';
import { DictionaryError, shown } from './errors.ts';

/** Facts about a dictionary that a file of another program may lack. What the file says itself must not be contradicted. */
export interface DictionaryFacts {
  /** Default "Imported dictionary". */
  readonly name?: string;
  /** Hz. Needed where the file has none; of a WAV of bases it replaces the one in the header. */
  readonly sampleRate?: number;
  /** Default 2 (F - 1), with F the side of the matrix that is a power of two and one. */
  readonly fftSize?: number;
  /** Samples; default the FFT size. */
  readonly windowLength?: number;
  /** Samples; default a quarter of the window. */
  readonly hop?: number;
  /** Default 'hann'. */
  readonly window?: string;
  /** Of V = |X|^exponent; default 1, magnitudes. */
  readonly exponent?: number;
  /** Default 'kullback-leibler'. */
  readonly divergence?: Divergence;
  /** Default one source of all atoms, "source". */
  readonly sources?: readonly Source[];
  /** Whether atoms are rows (scikit-learn) or columns (librosa), for a matrix whose sides do not tell. */
  readonly orientation?: Orientation;
  readonly card?: DictionaryCard;
}

export type Orientation = 'rows' | 'columns';

/** Numbers in two dimensions, row-major. */
export interface Matrix {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** Atoms whose sum is this near to 1 are left as they are, so that what Sotto wrote comes back to the bit. */
const EXACT = 1e-6;
const MIN_BINS = 9;

/**
 * A dictionary of a matrix of atoms, each scaled to sum to 1. Throws a {@link DictionaryError}: for a matrix that is none of atoms, or
 * a fact that is missing, which it names.
 */
export function dictionaryFromMatrix(matrix: Matrix, facts: DictionaryFacts): Dictionary {
  const { shape } = matrix;
  const [rows, columns] = shape;
  if (shape.length !== 2 || rows === undefined || columns === undefined) {
    throw new DictionaryError(
      `The array has the shape ${shownShape(shape)}; a matrix is needed, atoms by bins (K, F) or bins by atoms (F, K).`,
    );
  }
  const orientation = orientationOf(rows, columns, facts);
  const bins = orientation === 'rows' ? columns : rows;
  const atomCount = orientation === 'rows' ? rows : columns;
  if (atomCount < 1 || atomCount > MAX_ATOMS || bins - 1 > MAX_FFT_SIZE / 2) {
    throw new DictionaryError(
      `The array has ${atomCount} atoms of ${bins} bins; from 1 to ${MAX_ATOMS} atoms of at most ${MAX_FFT_SIZE / 2 + 1} ` +
        `bins can be read.`,
    );
  }
  if (facts.sampleRate === undefined) {
    throw new DictionaryError(
      'The file does not say its sample rate; give it as the option sampleRate (sotto convert --sample-rate HZ).',
    );
  }
  const fftSize = 2 * (bins - 1);
  const windowLength = facts.windowLength ?? fftSize;
  const dictionary: Dictionary = {
    name: facts.name ?? 'Imported dictionary',
    sampleRate: facts.sampleRate,
    fftSize,
    windowLength,
    hop: facts.hop ?? Math.max(1, Math.round(windowLength / 4)),
    window: facts.window ?? 'hann',
    exponent: facts.exponent ?? 1,
    divergence: facts.divergence ?? 'kullback-leibler',
    sources: facts.sources ?? [{ label: 'source', from: 0, to: atomCount }],
    card: facts.card ?? {},
    bins,
    atomCount,
    atoms: normalizedAtoms(matrix.data, atomCount, bins, orientation),
  };
  checkDictionary(dictionary);
  return dictionary;
}

/** Which side of a matrix is the bins: the one that the FFT size gives, or the only one that is a power of two and one. */
function orientationOf(rows: number, columns: number, facts: DictionaryFacts): Orientation {
  const { fftSize, orientation } = facts;
  const shape = `The array has the shape ${shownShape([rows, columns])}`;
  const columnsFit = fftSize === undefined ? isUsual(columns) : columns === fftSize / 2 + 1;
  const rowsFit = fftSize === undefined ? isUsual(rows) : rows === fftSize / 2 + 1;
  if (orientation !== undefined) {
    if (fftSize !== undefined && !(orientation === 'rows' ? columnsFit : rowsFit)) {
      const side = orientation === 'rows' ? columns : rows;
      throw new DictionaryError(
        `${shape}, with atoms as ${orientation} of ${side} bins; an FFT of ${fftSize} gives ${fftSize / 2 + 1}.`,
      );
    }
    return orientation;
  }
  if (columnsFit !== rowsFit) return columnsFit ? 'rows' : 'columns';
  if (columnsFit) {
    const need =
      fftSize === undefined && rows !== columns ? 'fftSize (--fft-size) or orientation' : 'orientation';
    throw new DictionaryError(
      `${shape}, either side of which may be the bins; say which with the option ${need} (--atoms rows, or columns).`,
    );
  }
  throw new DictionaryError(
    fftSize === undefined
      ? `${shape}, no side of which is a power of two and one, as the bins of an FFT are; give the option fftSize (--fft-size).`
      : `${shape}; an FFT of ${fftSize} gives ${fftSize / 2 + 1} bins, which neither side is.`,
  );
}

/** FFT size / 2 + 1 of an FFT size that is a power of two. */
const isUsual = (side: number): boolean => side >= MIN_BINS && Number.isInteger(Math.log2(side - 1));

function normalizedAtoms(
  data: Float32Array | Float64Array,
  atomCount: number,
  bins: number,
  orientation: Orientation,
): Float32Array {
  const atoms = new Float32Array(atomCount * bins);
  const stepAtom = orientation === 'rows' ? bins : 1;
  const stepBin = orientation === 'rows' ? 1 : atomCount;
  for (let k = 0; k < atomCount; k++) {
    let sum = 0;
    for (let f = 0; f < bins; f++) {
      const value = data[k * stepAtom + f * stepBin]!;
      if (!(value >= 0 && value < Infinity)) {
        throw new DictionaryError(
          `Atom ${k} has the value ${value} in bin ${f}; all values must be finite and none negative, as NMF makes them.`,
        );
      }
      sum += value;
    }
    if (sum === 0) {
      throw new DictionaryError(
        `Atom ${k} is zero in every bin; each atom must have some sound in it: leave it out.`,
      );
    }
    // The sum of values near the largest double may not be one any more.
    if (sum === Infinity) throw new DictionaryError(`The values of atom ${k} are too large to be added up.`);
    const scale = Math.abs(sum - 1) < EXACT ? 1 : sum;
    for (let f = 0; f < bins; f++) atoms[k * bins + f] = data[k * stepAtom + f * stepBin]! / scale;
  }
  return atoms;
}

/** As Python writes it. */
export const shownShape = (shape: readonly number[]): string =>
  shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;

/**
 * What a file says with what an option says. Throws a {@link DictionaryError} when they are not the same: neither can be
 * known to be right.
 */
export function mergeFact<T>(what: string, inFile: T | undefined, option: T | undefined): T | undefined {
  if (inFile !== undefined && option !== undefined && inFile !== option) {
    throw new DictionaryError(
      `The file says that its ${what} is ${shown(inFile)}, and the option says ${shown(option)}; leave the option out.`,
    );
  }
  return inFile ?? option;
}
