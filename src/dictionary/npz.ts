import { checkDictionary } from './check.ts';
import type { Dictionary } from './dictionary.ts';
import { DictionaryError, shown } from './errors.ts';
import { dictionaryFromMatrix, mergeFact } from './from-matrix.ts';
import type { DictionaryFacts, Matrix } from './from-matrix.ts';
import { CARD_KEYS } from './metadata.ts';
import { NpzArchive, TENSOR } from './npz-archive.ts';
import { writeNpy, writeNpyNumbers, writeNpyTexts } from './npy-writer.ts';
import { readZip, writeZip } from './zip.ts';

/*
 * numpy.savez archives: one array per member. Sotto writes every fact as an array of its own; of other programs' archives it takes
 * the matrix of atoms under the names that scikit-learn, librosa and others give it, and what facts there are.
 */

const RATE_NAMES = ['sample_rate', 'sr', 'samplerate', 'fs'] as const;
const FFT_NAMES = ['n_fft', 'fft_size', 'nfft'] as const;
const HOP_NAMES = ['hop_length', 'hop'] as const;
const WINDOW_LENGTH_NAMES = ['win_length', 'window_length', 'nperseg'] as const;

/** Reads the dictionary of an archive. Throws a {@link DictionaryError}. */
export function readNpz(bytes: Uint8Array, given: DictionaryFacts = {}): Dictionary {
  const archive = new NpzArchive(readZip(bytes));
  const { matrix, orientation } = archive.atoms();
  const fftSize = mergeFact('FFT size', archive.number(FFT_NAMES), given.fftSize);
  const facts: DictionaryFacts = {
    name: archive.text('name') ?? given.name,
    sampleRate: mergeFact('sample rate', archive.number(RATE_NAMES), given.sampleRate),
    fftSize,
    hop: mergeFact('hop', archive.number(HOP_NAMES), given.hop),
    windowLength: mergeFact('window length', archive.number(WINDOW_LENGTH_NAMES), given.windowLength),
    window: mergeFact('window', archive.text('window'), given.window),
    exponent: mergeFact('exponent', archive.number(['exponent']), given.exponent),
    divergence: mergeFact('divergence', archive.divergence(), given.divergence),
    orientation: given.orientation ?? (tells(matrix, fftSize) ? undefined : orientation),
    card: { ...given.card, ...archive.card() },
  };
  // The labels of an archive may be one per atom, so the number of atoms comes first.
  const plain = dictionaryFromMatrix(matrix, facts);
  const own = archive.sources(plain.atomCount);
  if (own && given.sources) {
    throw new DictionaryError('The file says which atoms are of which source; leave the option sources out.');
  }
  const tensors = archive.tensors();
  const dictionary: Dictionary = {
    ...plain,
    sources: own ?? given.sources ?? plain.sources,
    ...(tensors.length > 0 && { tensors }),
  };
  checkDictionary(dictionary);
  return dictionary;
}

/** Writes an archive that holds all that the dictionary does. Throws a {@link DictionaryError} for one that is not valid. */
export function writeNpz(d: Dictionary): Uint8Array {
  checkDictionary(d);
  const members: [string, Uint8Array][] = [
    ['atoms', writeNpy({ shape: [d.atomCount, d.bins], data: d.atoms })],
    ['sample_rate', writeNpyNumbers([d.sampleRate], [])],
    ['n_fft', writeNpyNumbers([d.fftSize], [])],
    ['win_length', writeNpyNumbers([d.windowLength], [])],
    ['hop_length', writeNpyNumbers([d.hop], [])],
    ['labels', writeNpyTexts(d.sources.map(({ label }) => label))],
    [
      'ranges',
      writeNpyNumbers(
        d.sources.flatMap(({ from, to }) => [from, to]),
        [d.sources.length, 2],
      ),
    ],
    ['name', writeNpyTexts([d.name], [])],
    ['window', writeNpyTexts([d.window], [])],
    ['exponent', writeNpyNumbers([d.exponent], [])],
    ['divergence', writeNpyTexts([d.divergence], [])],
  ];
  for (const key of CARD_KEYS) {
    const value = d.card[key];
    if (value !== undefined) members.push([`card.${key}`, writeNpyTexts([value], [])]);
  }
  for (const { name, shape, data } of d.tensors ?? []) {
    // Names of an archive may become names of files.
    if (!/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(name)) {
      throw new DictionaryError(
        `The tensor ${shown(name)} cannot be a member of an .npz: only letters, digits, _, - and . may be in its name.`,
      );
    }
    members.push([TENSOR + name, writeNpy({ shape, data })]);
  }
  return writeZip(members.map(([name, bytes]) => [`${name}.npy`, bytes]));
}

/** Whether the sides of the matrix alone tell which is the bins. */
function tells({ shape }: Matrix, fftSize: number | undefined): boolean {
  const fits = shape.map((side) =>
    fftSize === undefined ? Number.isInteger(Math.log2(side - 1)) : side === fftSize / 2 + 1,
  );
  return fits.filter(Boolean).length === 1;
}
