import { DIVERGENCES } from '../nmf/divergence.ts';
import type { Divergence } from '../nmf/divergence.ts';
import type { Dictionary, NamedTensor, Source } from './dictionary.ts';
import { DictionaryError, shown } from './errors.ts';
import type { Matrix, Orientation } from './from-matrix.ts';
import { cardOf } from './metadata.ts';
import { readNpyContent } from './npy.ts';
import type { NumpyContent } from './npy.ts';
import type { ZipMember } from './zip.ts';

/** Names of the matrix, first choice first, and how its atoms lie where its sides do not tell. */
const ATOM_NAMES: readonly (readonly [name: string, orientation: Orientation | undefined])[] = [
  ['atoms', 'rows'],
  ['components_', 'rows'],
  ['components', undefined],
  ['dictionary', undefined],
  ['bases', undefined],
  ['W', undefined],
];
/** What the names of members with further tensors begin with. */
export const TENSOR = 'tensor.';
const MAX_TENSORS = 256;
/** Bytes of a member that is a fact and no matrix. */
const MAX_FACT = 1 << 20;

/** The arrays of an archive by what they mean. Everything throws a {@link DictionaryError} for an array of another kind. */
export class NpzArchive {
  readonly #members: ReadonlyMap<string, ZipMember>;

  constructor(members: readonly ZipMember[]) {
    this.#members = new Map(
      members.flatMap((member) => (member.name.endsWith('.npy') ? [[member.name.slice(0, -4), member]] : [])),
    );
    if (this.#members.size === 0) {
      const names = members.map(({ name }) => name).join(', ') || 'no file at all';
      throw new DictionaryError(
        `The file is a ZIP archive, but no .npz: it has no .npy in it; it has ${shown(names, 200)}.`,
      );
    }
  }

  /** The matrix of atoms, and how its name says that they lie. */
  atoms(): { matrix: Matrix; orientation: Orientation | undefined } {
    const [name, orientation] = ATOM_NAMES.find(([known]) => this.#members.has(known)) ?? [
      this.#onlyMatrix(),
      undefined,
    ];
    const content = this.#content(name, Infinity)!;
    if (content.kind !== 'number')
      throw new DictionaryError(`The array ${shown(name)} holds texts; it must be numbers.`);
    return { matrix: content, orientation };
  }

  number(names: readonly string[]): number | undefined {
    for (const name of names) {
      const content = this.#content(name);
      if (!content) continue;
      if (content.kind !== 'number' || content.data.length !== 1) {
        throw new DictionaryError(`The array ${shown(name)} must be a single number.`);
      }
      return content.data[0]!;
    }
    return undefined;
  }

  text(name: string): string | undefined {
    const content = this.#content(name);
    if (!content) return undefined;
    if (content.kind !== 'text' || content.data.length !== 1) {
      throw new DictionaryError(`The array ${shown(name)} must be a single text.`);
    }
    return content.data[0]!;
  }

  divergence(): Divergence | undefined {
    const text = this.text('divergence');
    if (text === undefined) return undefined;
    const found = DIVERGENCES.find((name) => name === text);
    if (found) return found;
    throw new DictionaryError(
      `The divergence in the file is ${shown(text)}; it must be one of ${DIVERGENCES.join(', ')}.`,
    );
  }

  card(): Dictionary['card'] {
    return cardOf((key) => this.text(`card.${key}`));
  }

  /** From labels and ranges (first atom, end), or a label for each atom, those of a source side by side. */
  sources(atomCount: number): Source[] | undefined {
    const labels = this.#content('labels');
    const ranges = this.#content('ranges');
    if (!labels) {
      if (ranges)
        throw new DictionaryError('The file has the array "ranges" but not "labels", one for each range.');
      return undefined;
    }
    if (labels.kind !== 'text' || labels.shape.length > 1) {
      throw new DictionaryError('The array "labels" must be a list of texts.');
    }
    if (ranges) {
      if (ranges.kind !== 'number' || ranges.data.length !== 2 * labels.data.length) {
        throw new DictionaryError(
          'The array "ranges" must have two numbers for each label: the first atom, and the one after the last.',
        );
      }
      return labels.data.map((label, s) => ({
        label,
        from: ranges.data[2 * s]!,
        to: ranges.data[2 * s + 1]!,
      }));
    }
    if (labels.data.length === 1) return [{ label: labels.data[0]!, from: 0, to: atomCount }];
    if (labels.data.length !== atomCount) {
      throw new DictionaryError(
        `The file has ${labels.data.length} labels for ${atomCount} atoms; it must have one for each, or the array "ranges".`,
      );
    }
    return runs(labels.data);
  }

  tensors(): NamedTensor[] {
    const names = [...this.#members.keys()].filter((name) => name.startsWith(TENSOR) && name !== TENSOR);
    if (names.length > MAX_TENSORS) {
      throw new DictionaryError(`The file has ${names.length} tensors; at most ${MAX_TENSORS} are allowed.`);
    }
    return names.map((name) => {
      const content = this.#content(name, Infinity)!;
      const data = content.kind === 'number' ? Float32Array.from(content.data) : undefined;
      if (!data?.every((value) => Number.isFinite(value))) {
        throw new DictionaryError(`The array ${shown(name)} must hold finite numbers only.`);
      }
      return { name: name.slice(TENSOR.length), shape: content.shape, data };
    });
  }

  #onlyMatrix(): string {
    const matrices = [...this.#members.keys()].filter((name) => {
      const content = this.#content(name, Infinity)!;
      return content.kind === 'number' && content.shape.length === 2;
    });
    if (matrices.length === 1) return matrices[0]!;
    const names = [...this.#members.keys()].join(', ');
    throw new DictionaryError(
      `The file has no array that is surely the atoms: name it atoms (or components_, or W); it has ${shown(names, 200)}.`,
    );
  }

  #content(name: string, largest = MAX_FACT): NumpyContent | undefined {
    const member = this.#members.get(name);
    if (!member) return undefined;
    if (member.size > largest) {
      throw new DictionaryError(
        `The array ${shown(name)} has ${member.size} bytes; at most ${largest} are allowed for a fact.`,
      );
    }
    try {
      return readNpyContent(member.read());
    } catch (error) {
      if (!(error instanceof DictionaryError)) throw error;
      throw new DictionaryError(`In the array ${shown(name)}: ${error.message}`);
    }
  }
}

/** Sources of atoms whose labels are given one by one. */
function runs(labels: readonly string[]): Source[] {
  const sources: { label: string; from: number; to: number }[] = [];
  for (const [k, label] of labels.entries()) {
    const last = sources.at(-1);
    if (last?.label === label) last.to = k + 1;
    else sources.push({ label, from: k, to: k + 1 });
  }
  return sources;
}
