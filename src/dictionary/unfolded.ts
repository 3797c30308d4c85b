import type { Dictionary, NamedTensor } from './dictionary.ts';

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
