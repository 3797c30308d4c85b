import { checkDictionary } from './check.ts';
import type { Dictionary, Source } from './dictionary.ts';
import { DictionaryError, shown } from './errors.ts';
import { reconstructionOf, withReconstruction } from './reconstruction.ts';

/**
 * Scales each atom (a row of `bins` values in `atoms`, K x F) in place so that it sums to 1, and returns `atoms`.
 * Activations stay those of the same model when multiplied by the old sums, which `sums` (K) receives when given.
 * Throws a {@link DictionaryError} for an atom without a finite, positive sum.
 */
export function normalizeAtoms(atoms: Float32Array, bins: number, sums?: Float32Array): Float32Array {
  if (!(bins > 0) || atoms.length % bins !== 0) {
    throw new DictionaryError(
      `${atoms.length} values cannot be cut into atoms of ${bins} bins: that must divide evenly.`,
    );
  }
  for (let start = 0, k = 0; start < atoms.length; start += bins, k++) {
    let sum = 0;
    for (let i = start; i < start + bins; i++) sum += atoms[i]!;
    if (!(sum > 0) || sum === Infinity) {
      throw new DictionaryError(
        `Atom ${k} sums to ${sum}; it can only be scaled to sum to 1 when that is finite and above 0.`,
      );
    }
    for (let i = start; i < start + bins; i++) atoms[i] = atoms[i]! / sum;
    if (sums) sums[k] = sum;
  }
  return atoms;
}

/** The atoms of some sources, in the order of `labels`. Throws a {@link DictionaryError} for a label that is not there. */
export function selectSources(d: Dictionary, labels: readonly string[]): Dictionary {
  const chosen = labels.map((label) => {
    const source = d.sources.find((s) => s.label === label);
    if (source) return source;
    throw new DictionaryError(
      `The dictionary "${d.name}" has no source ${shown(label)}. It has: ${d.sources.map((s) => s.label).join(', ')}.`,
    );
  });
  return gather(
    d,
    chosen.map((source) => ({ label: source.label, blocks: [{ dictionary: d, source }] })),
  );
}

/** The same dictionary under other labels; those not in `labels` stay. */
export function renameSources(d: Dictionary, labels: Readonly<Record<string, string>>): Dictionary {
  const renamed = {
    ...d,
    sources: d.sources.map((s) => ({
      ...s,
      label: Object.hasOwn(labels, s.label) ? labels[s.label]! : s.label,
    })),
  };
  checkDictionary(renamed);
  return renamed;
}

/**
 * One dictionary with the sources of all, in their order; sources of the same label become one. All must stand on the same
 * grid with the same window length, exponent and divergence (see resampleDictionary); name, hop, window and card are
 * the first one's unless given. Where one has reconstruction atoms they stay, and the others' atoms stand for theirs; further
 * tensors are dropped: they belong to the atoms as they were.
 * Throws a {@link DictionaryError} when the dictionaries do not go together.
 */
export function concatenateDictionaries(
  dictionaries: readonly Dictionary[],
  description: Partial<Pick<Dictionary, 'name' | 'card'>> = {},
): Dictionary {
  const first = dictionaries[0];
  if (!first) throw new DictionaryError('There is no dictionary to concatenate; give at least one.');
  const groups = new Map<string, Block[]>();
  for (const dictionary of dictionaries) {
    for (const { key, what } of ALIKE) {
      if (dictionary[key] !== first[key]) {
        throw new DictionaryError(
          `The dictionaries "${first.name}" and "${dictionary.name}" differ in ${what} ` +
            `(${first[key]} and ${dictionary[key]}); they must be alike to be concatenated.`,
        );
      }
    }
    for (const source of dictionary.sources) {
      const blocks = groups.get(source.label) ?? [];
      blocks.push({ dictionary, source });
      groups.set(source.label, blocks);
    }
  }
  const joined = gather(
    { ...first, ...description },
    Array.from(groups, ([label, blocks]) => ({ label, blocks })),
  );
  checkDictionary(joined);
  return joined;
}

const ALIKE = [
  { key: 'sampleRate', what: 'sample rate' },
  { key: 'fftSize', what: 'FFT size' },
  { key: 'windowLength', what: 'window length' },
  { key: 'exponent', what: 'exponent' },
  { key: 'divergence', what: 'divergence' },
] as const;

interface Block {
  readonly dictionary: Dictionary;
  readonly source: Source;
}

function gather(
  like: Dictionary,
  groups: readonly { label: string; blocks: readonly Block[] }[],
): Dictionary {
  const { bins } = like;
  const sources: Source[] = [];
  const rows: { atoms: Float32Array; reconstruction: Float32Array | undefined }[] = [];
  let atomCount = 0;
  for (const { label, blocks } of groups) {
    const from = atomCount;
    for (const { dictionary, source } of blocks) {
      const own = (matrix: Float32Array): Float32Array =>
        matrix.subarray(source.from * bins, source.to * bins);
      const reconstruction = reconstructionOf(dictionary);
      rows.push({ atoms: own(dictionary.atoms), reconstruction: reconstruction && own(reconstruction) });
      atomCount += source.to - source.from;
    }
    sources.push({ label, from, to: atomCount });
  }
  const atoms = new Float32Array(atomCount * bins);
  const refined = rows.some((row) => row.reconstruction);
  const reconstruction = refined ? new Float32Array(atoms.length) : undefined;
  let offset = 0;
  for (const row of rows) {
    atoms.set(row.atoms, offset);
    reconstruction?.set(row.reconstruction ?? row.atoms, offset);
    offset += row.atoms.length;
  }
  const { tensors: _, ...rest } = like;
  return withReconstruction({ ...rest, atoms, atomCount, sources }, reconstruction);
}
