import { isWav } from '../audio/wav.ts';
import { readBasesWav } from './bases-wav.ts';
import type { Dictionary } from './dictionary.ts';
import { DictionaryError } from './errors.ts';
import { dictionaryFromMatrix, mergeFact } from './from-matrix.ts';
import type { DictionaryFacts } from './from-matrix.ts';
import { startsWith } from './magic.ts';
import { NPY_MAGIC, readNpyContent } from './npy.ts';
import { writeNpy } from './npy-writer.ts';
import { readNpz, writeNpz } from './npz.ts';
import { readSafetensors, writeSafetensors } from './safetensors.ts';
import { writeBasesWav } from './bases-wav.ts';

/** Kinds of dictionary files, which are also their endings. */
export const DICTIONARY_FORMATS = ['safetensors', 'npz', 'npy', 'wav'] as const;
export type DictionaryFormat = (typeof DICTIONARY_FORMATS)[number];

export interface ReadDictionaryOptions extends DictionaryFacts {
  /** Default: by what is in the file. */
  readonly format?: DictionaryFormat;
}

/**
 * Reads a dictionary of any kind: Sotto's own (.safetensors), an .npz or .npy of scikit-learn, librosa or Sotto, or FluCoMa's bases as
 * WAV. Facts that the file lacks come from `options`, or from their defaults; only the sample rate has none. Throws a
 * {@link DictionaryError} that says what is wrong, what is missing, or what contradicts the file.
 */
export function readDictionary(bytes: Uint8Array, options: ReadDictionaryOptions = {}): Dictionary {
  const { format = dictionaryFormat(bytes), ...facts } = options;
  switch (format) {
    case 'npy': {
      const content = readNpyContent(bytes);
      if (content.kind !== 'number')
        throw new DictionaryError('The NumPy array holds texts; numbers are needed.');
      return dictionaryFromMatrix(content, facts);
    }
    case 'npz':
      return readNpz(bytes, facts);
    case 'wav':
      return readBasesWav(bytes, facts);
    default:
      return checkFacts(readSafetensors(bytes), facts);
  }
}

/** Writes a dictionary; .npy and .wav hold its atoms only. Throws a {@link DictionaryError} for one that is not valid. */
export function writeDictionary(d: Dictionary, format: DictionaryFormat): Uint8Array {
  switch (format) {
    case 'npy':
      return writeNpy({ shape: [d.atomCount, d.bins], data: d.atoms });
    case 'npz':
      return writeNpz(d);
    case 'wav':
      return writeBasesWav(d);
    default:
      return writeSafetensors(d);
  }
}

/** What the first bytes say; a file of no known kind is left to the reader of safetensors, which says what it is. */
function dictionaryFormat(bytes: Uint8Array): DictionaryFormat {
  if (startsWith(bytes, 0, NPY_MAGIC)) return 'npy';
  if (startsWith(bytes, 0, 'PK\x03\x04') || startsWith(bytes, 0, 'PK\x05\x06')) return 'npz';
  return isWav(bytes) ? 'wav' : 'safetensors';
}

/** A safetensors file says everything itself; its name is not replaced either. */
function checkFacts(d: Dictionary, facts: DictionaryFacts): Dictionary {
  mergeFact('sample rate', d.sampleRate, facts.sampleRate);
  mergeFact('FFT size', d.fftSize, facts.fftSize);
  mergeFact('window length', d.windowLength, facts.windowLength);
  mergeFact('hop', d.hop, facts.hop);
  mergeFact('window', d.window, facts.window);
  mergeFact('exponent', d.exponent, facts.exponent);
  mergeFact('divergence', d.divergence, facts.divergence);
  if (facts.sources) {
    throw new DictionaryError('The file says which atoms are of which source; leave the option sources out.');
  }
  return d;
}
