import type { Dictionary, NamedTensor } from './dictionary.ts';
import { DictionaryError } from './errors.ts';

/** Name of the tensors of an unfolded model: this, and the name of the matrix. */
export const UNFOLDED_PREFIX = 'unfolded.';

/** The tensors of an unfolded model that a dictionary holds; none for a plain dictionary. They stand on bands of their own. */
export const unfoldedTensors = (dictionary: Dictionary): readonly NamedTensor[] =>
  dictionary.tensors?.filter(({ name }) => name.startsWith(UNFOLDED_PREFIX)) ?? [];

/** Whether a dictionary was trained for its task, with updates of its own (see separator/unfolded-model.ts). */
export const isUnfolded = (dictionary: Dictionary): boolean => unfoldedTensors(dictionary).length > 0;

/** Tensors that sharpen the mask band by band: see separator/mask-head.ts. B values each, but for `presence`. */
export interface UnfoldedHead {
  /** How far the tracked floor is the noise's fine structure, 0 to 1. */
  readonly floorShare: Float32Array;
  /** Factor on the floor. */
  readonly floorScale: Float32Array;
  /** What a band counts that has more, and one that has less, than is explained. */
  readonly excess: Float32Array;
  readonly shortage: Float32Array;
  /** Exponent of the voice's share of the frame. */
  readonly presence: number;
}

/**
 * What an unfolded model is made of; L updates, K atoms, B bands, R = 2 B rows: magnitudes and their floor.
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
  readonly voice: Float32Array;
  readonly noise: Float32Array;
  readonly residual: Float32Array;
  /** Most models have none. */
  readonly head: UnfoldedHead | undefined;
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
/** What an atom may give on to the next frame, itself and others together: more than that the updates could hardly take back. */
const MOST_CARRIED = 2;
/** Names of the tensors of a mask head. */
export const HEAD = ['floorShare', 'floorScale', 'excess', 'shortage', 'presence'] as const;

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
  const bands = rows / 2;
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
      `The tensor "unfolded.w" has ${rows} rows; they must be an even number, at least 4: for each band its magnitude ` +
        'and its floor.',
    );
  }
  const read: Reader = (name, expected, most = Infinity) => {
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
  const decay = read('decay', [atomCount], 1);
  const transition = has(dictionary, 'transition')
    ? read('transition', [atomCount, atomCount], 1e6)
    : undefined;
  if (transition) checkCarried(decay, transition);
  return {
    updates,
    atomCount,
    bands,
    rows,
    w: read('w', [updates, atomCount, rows], 1e6),
    u: read('u', [updates, rows, atomCount], 1e6),
    eta: read('eta', [updates, atomCount], 2),
    decay,
    inject: read('inject', [rows, atomCount], 1e6),
    transition,
    voice: read('voice', [bands, atomCount], 1e6),
    noise: read('noise', [bands, atomCount], 1e6),
    residual: read('residual', [bands], 1e6),
    head: hasHead(dictionary) ? readHead(read, bands) : undefined,
    places: read('places', [dictionary.bins], bands - 1),
    exponent: exponent!,
    gamma: gamma!,
    smoothing: smoothing!,
    rise: rise!,
    epsilon: epsilon!,
  };
}

/** Reads a tensor of this shape whose values are from 0 to `most`. */
type Reader = (name: string, shape: readonly number[], most?: number) => Float32Array;

function checkCarried(decay: Float32Array, transition: Float32Array): void {
  const count = decay.length;
  for (let k = 0; k < count; k++) {
    let carried = decay[k]!;
    for (let j = 0; j < count; j++) carried += transition[k * count + j]!;
    if (carried <= MOST_CARRIED) continue;
    throw new DictionaryError(
      `In "unfolded.decay" and "unfolded.transition" atom ${k} gives ${Number(carried.toPrecision(4))} of its activation on to the ` +
        `next frame; it must be at most ${MOST_CARRIED}, or activations grow without end.`,
    );
  }
}

function hasHead(dictionary: Dictionary): boolean {
  const missing = HEAD.filter((name) => !has(dictionary, name));
  if (missing.length === 0 || missing.length === HEAD.length) return missing.length === 0;
  throw new DictionaryError(
    `The dictionary has some tensors of a mask head, but no ${missing.map((name) => `"unfolded.${name}"`).join(', ')}: ` +
      `there must be all five or none.`,
  );
}

const readHead = (read: Reader, bands: number): UnfoldedHead => ({
  floorShare: read('floorShare', [bands], 1),
  floorScale: read('floorScale', [bands], 1e6),
  excess: read('excess', [bands], 100),
  shortage: read('shortage', [bands], 100),
  presence: read('presence', [1], 100)[0]!,
});

const has = (dictionary: Dictionary, name: string): boolean =>
  unfoldedTensors(dictionary).some((tensor) => tensor.name === UNFOLDED_PREFIX + name);

function find(dictionary: Dictionary, name: string): NamedTensor {
  const found = unfoldedTensors(dictionary).find((tensor) => tensor.name === UNFOLDED_PREFIX + name);
  if (found) return found;
  throw new DictionaryError(`The dictionary has unfolded updates but no tensor "unfolded.${name}".`);
}
