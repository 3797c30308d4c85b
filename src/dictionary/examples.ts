import type { Dictionary, NamedTensor } from './dictionary.ts';
import { DictionaryError } from './errors.ts';
import { isUnfolded } from './unfolded.ts';

/** Mean powers of bands, frame by frame. */
export interface BandPowers {
  /** count x bands. */
  readonly values: Float32Array;
  readonly count: number;
}

/**
 * Voices and noises in the bands of the updates, kept in a dictionary so that it can be tuned to a voice or a noise that is known:
 * examples x frames x bands / 2, two levels in a value (16 first + second), each in steps of 3 dB below the loudest of the example. Every
 * other frame of the model.
 */
export type ExampleKind = 'voice' | 'noise';
const EXAMPLES_PREFIX = 'examples.';
const KINDS: readonly ExampleKind[] = ['voice', 'noise'];
const LEVELS = 16;
const STEP_DB = 3;
/** dB by which what is below all levels lies below the last of them. */
const FAR_BELOW = 20;

/** Whether a dictionary brings what tuning it to a voice or a noise takes (see {@link FineTuning}). */
export const isTunable = (dictionary: Dictionary): boolean =>
  isUnfolded(dictionary) && KINDS.every((kind) => examplesOf(dictionary, kind) !== undefined);

/** The tensors of all examples. */
export const exampleTensors = (dictionary: Dictionary): readonly NamedTensor[] =>
  dictionary.tensors?.filter(({ name }) => name.startsWith(EXAMPLES_PREFIX)) ?? [];

/** The dictionary as the engine needs it: examples are only for tuning. */
export function withoutExamples(dictionary: Dictionary): Dictionary {
  if (exampleTensors(dictionary).length === 0) return dictionary;
  const tensors = dictionary.tensors!.filter(({ name }) => !name.startsWith(EXAMPLES_PREFIX));
  return { ...dictionary, tensors };
}

const examplesOf = (dictionary: Dictionary, kind: ExampleKind): NamedTensor | undefined =>
  dictionary.tensors?.find(({ name }) => name === EXAMPLES_PREFIX + kind);

/** The examples of a dictionary, the loudest band of each 1. Throws a {@link DictionaryError} where they do not fit, or there are none. */
export function readExamples(dictionary: Dictionary, kind: ExampleKind, bands: number): BandPowers[] {
  const name = EXAMPLES_PREFIX + kind;
  const tensor = examplesOf(dictionary, kind);
  if (!tensor) {
    throw new DictionaryError(
      `The dictionary "${dictionary.name}" has no "${name}"; it cannot be tuned without examples of voices and noises.`,
    );
  }
  const [count = 0, frames = 0, pairs = 0] = tensor.shape;
  if (tensor.shape.length !== 3 || !(count >= 1) || !(frames >= 2) || 2 * pairs !== bands) {
    throw new DictionaryError(
      `The tensor "${name}" has the shape ${tensor.shape.join(' x ')}; it must be examples x frames (at least 2) x ${bands / 2}.`,
    );
  }
  const wrong = tensor.data.find((value) => !(Number.isInteger(value) && value >= 0 && value < LEVELS ** 2));
  if (wrong !== undefined) {
    throw new DictionaryError(
      `The tensor "${name}" holds ${wrong}; its values must be whole numbers from 0 to ${LEVELS ** 2 - 1}.`,
    );
  }
  return Array.from({ length: count }, (_, i) =>
    decode(tensor.data.subarray(i * frames * pairs), frames, bands),
  );
}

function decode(packed: Float32Array, frames: number, bands: number): BandPowers {
  const values = new Float32Array((2 * frames - 1) * bands);
  const decibels = (t: number, b: number): number => {
    const pair = packed[(t * bands + b) >> 1]!;
    const level = b % 2 === 0 ? Math.floor(pair / LEVELS) : pair % LEVELS;
    return -STEP_DB * level - (level === LEVELS - 1 ? FAR_BELOW : 0);
  };
  for (let t = 0; t < frames; t++) {
    for (let b = 0; b < bands; b++) {
      const at = decibels(t, b);
      values[2 * t * bands + b] = 10 ** (at / 10);
      // Between two frames lies one that was left out.
      if (t + 1 < frames) values[(2 * t + 1) * bands + b] = 10 ** ((at + decibels(t + 1, b)) / 20);
    }
  }
  return { values, count: 2 * frames - 1 };
}
