import type { Dictionary, NamedTensor } from './dictionary.ts';
import { DictionaryError } from './errors.ts';
import { isUnfolded } from './unfolded.ts';

/**
 * The tensor of a dictionary of a voice (source "vocals") that is to be helped by the voice's place in the stereo image: 2 x 3 x 3
 * weights, for stereo and for mono sound; of the log odds that the atoms give, of those that the place gives, and what is added; at
 * 300, 1500 and 6000 Hz. Of a dictionary with updates (unfolded.ts) the log odds are those of the updates; 2 x 4 x 3 weights let its
 * atoms count as well, before them. They were tuned for these atoms, so other dictionaries do without.
 */
export const CUES = 'cues';
const KNOTS = 3;
/** Log odds beyond it say nothing more. */
const MOST = 100;

/** How many models the weights are for: 1, or 2 where atoms and updates both count. */
export const modelsOf = (cues: NamedTensor): number => cues.shape[1]! - 2;

/** The weights, or undefined where the dictionary has none. Throws a {@link DictionaryError} where they are not small numbers of that shape. */
export function cuesOf(d: Dictionary): NamedTensor | undefined {
  const [tensor, ...others] = d.tensors?.filter(({ name }) => name === CUES) ?? [];
  if (!tensor) return undefined;
  if (others.length > 0)
    throw new DictionaryError(`The dictionary has several tensors "${CUES}"; it must have one.`);
  const { shape, data } = tensor;
  const rows = shape[1] === 4 ? 4 : 3;
  if (shape.join() !== [2, rows, KNOTS].join() || data.length !== 2 * rows * KNOTS) {
    throw new DictionaryError(
      `The tensor "${CUES}" has the shape [${shape.join()}]; it must be [2,3,${KNOTS}], or [2,4,${KNOTS}] where updates and atoms both count.`,
    );
  }
  if (rows === 4 && !isUnfolded(d)) {
    throw new DictionaryError(
      `The tensor "${CUES}" has the shape [${shape.join()}], for atoms and updates, but the dictionary has no updates; it must be ` +
        `[2,3,${KNOTS}].`,
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
