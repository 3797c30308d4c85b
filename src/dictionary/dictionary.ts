import type { Divergence } from '../nmf/divergence.ts';

/** A labelled block of atoms: `from` inclusive, `to` exclusive. */
export interface Source {
  readonly label: string;
  readonly from: number;
  readonly to: number;
}

/** Where a dictionary comes from. All fields are free text, and shown to users as they are. */
export interface DictionaryCard {
  readonly description?: string;
  /** What it was trained on. */
  readonly data?: string;
  readonly licence?: string;
  /** The command that makes it again. */
  readonly command?: string;
  /** Measured scores. */
  readonly scores?: string;
  readonly created?: string;
}

/** The grid on which the spectra of a dictionary stand. */
export interface SpectralGrid {
  /** Hz. */
  readonly sampleRate: number;
  /** Samples of the FFT; a spectrum has fftSize / 2 + 1 bins. */
  readonly fftSize: number;
}

/** A further named tensor of a dictionary file, for instance the matrix of one update of a trained-for-the-task dictionary. */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
  /** How a file stores the values: as bytes, which whole numbers from 0 to 255 allow, or else as floats. */
  readonly stored?: 'bytes';
}

/** A dictionary W: `atoms` holds atomCount x bins values, atom by atom; each atom sums to 1. */
export interface Dictionary extends SpectralGrid {
  readonly name: string;
  readonly atoms: Float32Array;
  readonly atomCount: number;
  /** fftSize / 2 + 1. */
  readonly bins: number;
  /** Samples of the analysis window with which it was trained (at most fftSize). */
  readonly windowLength: number;
  /** Samples. */
  readonly hop: number;
  /** 'sqrt-hann', 'hann', 'asymmetric', ...; free text. */
  readonly window: string;
  /** V = |X|^exponent. */
  readonly exponent: number;
  readonly divergence: Divergence;
  /** Cover all atoms, in order, without gaps; 1 to MAX_SOURCES of them. */
  readonly sources: readonly Source[];
  readonly card: DictionaryCard;
  /** Labels of the sources whose atoms were learned from the user's own recordings, as of the very noise that is to go. */
  readonly learned?: readonly string[];
  /**
   * What else the file holds; read and written back as it is. It stands on this grid, so resampling drops it, except for the
   * reconstruction atoms (reconstruction.ts), which go along with the atoms.
   */
  readonly tensors?: readonly NamedTensor[];
}
