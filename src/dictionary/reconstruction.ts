import type { Dictionary, NamedTensor } from './dictionary.ts';
import { DictionaryError, shown } from './errors.ts';

/**
 * The tensor of atoms that make the masks of a dictionary trained on mixtures: K x F, one row an atom. The activations are
 * still solved with `atoms`; the two rows of an atom share one activation (Weninger, Le Roux, Hershey and Watanabe, Interspeech 2014).
 */
export const RECONSTRUCTION = 'reconstruction';

/** The atoms that make the masks, K x F, or undefined where these are `atoms` themselves. */
export const reconstructionOf = (d: Dictionary): Float32Array | undefined =>
  d.tensors?.find(({ name }) => name === RECONSTRUCTION)?.data;

/** The dictionary with other atoms for the masks, or without them. Its further tensors stay. */
export function withReconstruction(d: Dictionary, rows: Float32Array | undefined): Dictionary {
  const { tensors = [], ...rest } = d;
  const kept = tensors.filter(({ name }) => name !== RECONSTRUCTION);
  if (rows) kept.push({ name: RECONSTRUCTION, shape: [d.atomCount, d.bins], data: rows });
  return kept.length > 0 ? { ...rest, tensors: kept } : rest;
}

/** Throws a {@link DictionaryError} where the tensor is not K x F, or holds a value that is negative or not finite. */
export function checkReconstruction(tensors: readonly NamedTensor[], atomCount: number, bins: number): void {
  const named = tensors.filter(({ name }) => name === RECONSTRUCTION);
  if (named.length > 1) {
    throw new DictionaryError(
      `The dictionary has ${named.length} tensors "${RECONSTRUCTION}"; it may have one.`,
    );
  }
  const tensor = named[0];
  if (!tensor) return;
  const { shape, data } = tensor;
  if (shape.length !== 2 || shape[0] !== atomCount || shape[1] !== bins) {
    throw new DictionaryError(
      `The tensor "${RECONSTRUCTION}" has the shape ${shown(shape)}; it must be that of the atoms, [${atomCount},${bins}].`,
    );
  }
  if (data.length !== atomCount * bins) {
    throw new DictionaryError(
      `The tensor "${RECONSTRUCTION}" holds ${data.length} values; ${atomCount} atoms of ${bins} bins need ${atomCount * bins}.`,
    );
  }
  const wrong = data.findIndex((value) => !(value >= 0 && value < Infinity));
  if (wrong < 0) return;
  throw new DictionaryError(
    `Row ${Math.floor(wrong / bins)} of the tensor "${RECONSTRUCTION}" has the value ${data[wrong]} in bin ${wrong % bins}; ` +
      'all values must be finite and not negative.',
  );
}
