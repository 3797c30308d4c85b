import { cuesOf } from '../../dictionary/cues.ts';
import { isTunable, unfoldedTensors, type Dictionary } from '../../dictionary/index.ts';
import type { SourceMaterial } from '../train-dictionary.ts';
import {
  FineTuning,
  type FineTuningOptions,
  type FineTuningProgress,
  type TuningMaterial,
} from './fine-tune.ts';

/** What of learned sources the updates of a dictionary can be tuned to; undefined where they cannot. */
export function tuningMaterial(
  base: Dictionary,
  sources: readonly Pick<SourceMaterial, 'label' | 'recordings'>[],
): TuningMaterial | undefined {
  // Weights of cues were set for updates as they were.
  if (!isTunable(base) || base.sources.length !== 2 || cuesOf(base)) return undefined;
  const [voice, noise] = base.sources.map(
    ({ label }) => sources.find((source) => source.label === label)?.recordings,
  );
  const known = sources.every(({ label }) => base.sources.some((source) => source.label === label));
  return known && (voice || noise) ? { ...(voice && { voice }), ...(noise && { noise }) } : undefined;
}

/**
 * A dictionary whose atoms were learned in place of some of the base's (see withLearned), with the updates tuned to the same recordings: the
 * learned atoms are then there to be looked at, and the updates make the masks. `next(false)` ends it with what has been reached.
 * Throws what {@link FineTuning} throws, and a RangeError where the gradients are not finite.
 */
export function* tuneSources(
  base: Dictionary,
  learned: Dictionary,
  material: TuningMaterial,
  options: FineTuningOptions = {},
): Generator<FineTuningProgress, Dictionary, boolean | void> {
  const tuning = new FineTuning(base, material, options);
  for (let step = tuning.next(); step; step = tuning.next()) {
    if ((yield step) === false) break;
  }
  const labels = base.sources.filter((_, s) => [material.voice, material.noise][s]).map(({ label }) => label);
  const { learned: marked = [], ...dictionary } = learned;
  const others = marked.filter((label) => !labels.includes(label));
  const tuned = new Map(unfoldedTensors(tuning.dictionary).map((tensor) => [tensor.name, tensor]));
  return {
    ...dictionary,
    ...(others.length > 0 && { learned: others }),
    tensors: (learned.tensors ?? []).map((tensor) => tuned.get(tensor.name) ?? tensor),
  };
}

/** {@link tuneSources} to its end. */
export function tunedSources(
  base: Dictionary,
  learned: Dictionary,
  material: TuningMaterial,
  options: FineTuningOptions = {},
  onProgress?: (progress: FineTuningProgress) => void,
): Dictionary {
  const steps = tuneSources(base, learned, material, options);
  let step = steps.next();
  for (; !step.done; step = steps.next()) onProgress?.(step.value);
  return step.value;
}
