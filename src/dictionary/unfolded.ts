import type { Dictionary, NamedTensor } from './dictionary.ts';
import { DictionaryError } from './errors.ts';

/** Name of the tensors of an unfolded model: this, and the name of the matrix. */
export const UNFOLDED_PREFIX = 'unfolded.';

/** The tensors of an unfolded model that a dictionary holds; none for a plain dictionary. They stand on bands of their own. */
export const unfoldedTensors = (dictionary: Dictionary): readonly NamedTensor[] =>
  dictionary.tensors?.filter(({ name }) => name.startsWith(UNFOLDED_PREFIX)) ?? [];

/** Whether a dictionary was trained for its task, with updates of its own (see separator/unfolded-model.ts). */
export const isUnfolded = (dictionary: Dictionary): boolean => unfoldedTensors(dictionary).length > 0;

/**
 * A dictionary some of whose atoms were just learned in place of those of `base`: it says so, and keeps the base's updates, which then
 * work on what the plain atoms leave.
 */
export function withLearned(base: Dictionary, dictionary: Dictionary, labels: readonly string[]): Dictionary {
  const has = new Set(dictionary.sources.map(({ label }) => label));
  const learned = [...new Set([...(base.learned ?? []), ...labels])].filter((label) => has.has(label));
  const tensors = [...(dictionary.tensors ?? []), ...unfoldedTensors(base)];
  return { ...dictionary, learned, ...(tensors.length > 0 && { tensors }) };
}

/**
 * What an unfolded model is made of; L updates, K atoms, B bands, M memories, R = (2 + M) B rows: magnitudes, their floor, their memories.
 * Row-major. See separator/unfolded-model.ts.
 */
export interface UnfoldedTensors {
  readonly updates: number;
  readonly atomCount: number;
  readonly bands: number;
  readonly rows: number;
  readonly w: Float32Array;
  readonly u: Float32Array;
  readonly eta: Float32Array;
  readonly decay: Float32Array;
  readonly inject: Float32Array;
  /** K x K: what flows from one atom (row) to another (column) between frames, if anything does. */
  readonly transition: Float32Array | undefined;
  /** M: part of each memory of the magnitudes that stays, per frame. */
  readonly memories: Float32Array;
  readonly voice: Float32Array;
  readonly noise: Float32Array;
  readonly residual: Float32Array;
  /** Per bin of the dictionary: its place between the bands. */
  readonly places: Float32Array;
  readonly exponent: number;
  readonly gamma: number;
  readonly smoothing: number;
  readonly rise: number;
  readonly epsilon: number;
}

const MOST_UPDATES = 16;
const MOST_VALUES = 4096;
const MOST_MEMORIES = 16;

/**
 * The tensors of an unfolded dictionary, checked: shapes that fit together, values in the ranges in which the updates stay finite.
 * Throws a {@link DictionaryError} that names the tensor.
 */
export function readUnfolded(dictionary: Dictionary): UnfoldedTensors {
  if (dictionary.sources.length !== 2) {
    throw new DictionaryError(
      `A dictionary with unfolded updates has two sources; this one has ${dictionary.sources.length}.`,
    );
  }
  const { shape } = find(dictionary, 'w');
  const [updates = 0, atomCount = 0, rows = 0] = shape;
  const memories = readMemories(dictionary);
  const blocks = 2 + memories.length;
  const bands = rows / blocks;
  if (
    shape.length !== 3 ||
    !(updates >= 1 && updates <= MOST_UPDATES) ||
    !(atomCount >= 1 && atomCount <= MOST_VALUES) ||
    !(rows >= 1 && bands <= MOST_VALUES)
  ) {
    throw new DictionaryError(
      `The tensor "unfolded.w" has the shape ${shape.join(' x ')}; it must be updates (1 to ${MOST_UPDATES}) x atoms x rows.`,
    );
  }
  if (!(bands >= 2 && Number.isInteger(bands))) {
    throw new DictionaryError(
      `The tensor "unfolded.w" has ${rows} rows; they must be a multiple of ${blocks}, at least twice: for each band its magnitude, ` +
        `its floor and ${memories.length} memories.`,
    );
  }
  const read = (name: string, expected: readonly number[], most = Infinity): Float32Array => {
    const tensor = find(dictionary, name);
    if (tensor.shape.join() !== expected.join()) {
      throw new DictionaryError(
        `The tensor "unfolded.${name}" has the shape ${tensor.shape.join(' x ')}; it must be ${expected.join(' x ')}.`,
      );
    }
    const wrong = tensor.data.find((value) => !(value >= 0 && value <= most));
    if (wrong === undefined) return tensor.data;
    const range = most === Infinity ? 'must not be negative' : `must be from 0 to ${most}`;
    throw new DictionaryError(`The tensor "unfolded.${name}" holds ${wrong}; its values ${range}.`);
  };
  const [exponent, gamma, smoothing, rise, epsilon] = read('scalars', [5], 8);
  if (!(
    exponent! > 0 &&
    gamma! > 0 &&
    smoothing! < 1 &&
    rise! >= 1 &&
    rise! < 2 &&
    epsilon! > 0 &&
    epsilon! < 1
  )) {
    throw new DictionaryError(
      'The tensor "unfolded.scalars" must hold a mask exponent and a magnitude exponent above 0, a smoothing below 1, a rise from ' +
        '1 to 2 and an epsilon between 0 and 1.',
    );
  }
  return {
    updates,
    atomCount,
    bands,
    rows,
    w: read('w', [updates, atomCount, rows], 1e6),
    u: read('u', [updates, rows, atomCount], 1e6),
    eta: read('eta', [updates, atomCount], 2),
    decay: read('decay', [atomCount], 1),
    inject: read('inject', [rows, atomCount], 1e6),
    transition: has(dictionary, 'transition') ? read('transition', [atomCount, atomCount], 1e6) : undefined,
    memories,
    voice: read('voice', [bands, atomCount], 1e6),
    noise: read('noise', [bands, atomCount], 1e6),
    residual: read('residual', [bands], 1e6),
    places: read('places', [dictionary.bins], bands - 1),
    exponent: exponent!,
    gamma: gamma!,
    smoothing: smoothing!,
    rise: rise!,
    epsilon: epsilon!,
  };
}

/** Most models have none. */
function readMemories(dictionary: Dictionary): Float32Array {
  if (!has(dictionary, 'memories')) return new Float32Array(0);
  const { shape, data } = find(dictionary, 'memories');
  if (shape.length !== 1 || !(data.length >= 1 && data.length <= MOST_MEMORIES)) {
    throw new DictionaryError(
      `The tensor "unfolded.memories" has the shape ${shape.join(' x ')}; it must be 1 to ${MOST_MEMORIES} values.`,
    );
  }
  const wrong = data.find((value) => !(value > 0 && value < 1));
  if (wrong === undefined) return data;
  throw new DictionaryError(
    `The tensor "unfolded.memories" holds ${wrong}; its values must be above 0 and below 1.`,
  );
}

const has = (dictionary: Dictionary, name: string): boolean =>
  unfoldedTensors(dictionary).some((tensor) => tensor.name === UNFOLDED_PREFIX + name);

function find(dictionary: Dictionary, name: string): NamedTensor {
  const found = unfoldedTensors(dictionary).find((tensor) => tensor.name === UNFOLDED_PREFIX + name);
  if (found) return found;
  throw new DictionaryError(`The dictionary has unfolded updates but no tensor "unfolded.${name}".`);
}
