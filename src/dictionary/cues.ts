import type { Dictionary, NamedTensor } from './dictionary.ts';
import { DictionaryError } from './errors.ts';

/**
 * The tensor of a dictionary of a voice (source "vocals") that is to be helped by the voice's place in the stereo image: 2 x 3 x 3
 * weights, for stereo and for mono sound; of the log odds that the atoms give, of those that the place gives, and what is added; at
 * 300, 1500 and 6000 Hz. They were tuned for these atoms, so other dictionaries do without.
 */
export const CUES = 'cues';
const SHAPE = [2, 3, 3] as const;
/** Log odds beyond it say nothing more. */
const MOST = 100;

/** The weights, or undefined where the dictionary has none. Throws a {@link DictionaryError} where they are not 2 x 3 x 3 small numbers. */
export function cuesOf(d: Dictionary): NamedTensor | undefined {
  const tensor = d.tensors?.find(({ name }) => name === CUES);
  if (!tensor) return undefined;
  const { shape, data } = tensor;
  if (shape.join() !== SHAPE.join() || data.length !== 18) {
    throw new DictionaryError(
      `The tensor "${CUES}" has the shape [${shape.join()}]; it must be [${SHAPE.join()}].`,
    );
  }
  if (data.some((value) => !(Math.abs(value) <= MOST))) {
    throw new DictionaryError(`The tensor "${CUES}" has a value that is not from -${MOST} to ${MOST}.`);
  }
  return tensor;
}

/** The dictionary with the weights; without them, as it is. */
export const withCues = (d: Dictionary, cues: NamedTensor | undefined): Dictionary =>
  cues ? { ...d, tensors: [...(d.tensors ?? []).filter(({ name }) => name !== CUES), cues] } : d;
