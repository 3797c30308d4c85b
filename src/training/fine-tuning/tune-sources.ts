import { exampleTensors, isTunable, unfoldedTensors, type Dictionary } from '../../dictionary/index.ts';
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
  if (!isTunable(base)) return undefined;
  const [voice, noise] = base.sources.map(
    ({ label }) => sources.find((source) => source.label === label)?.recordings,
  );
  const known = sources.every(({ label }) => base.sources.some((source) => source.label === label));
  return known && (voice || noise) ? { ...(voice && { voice }), ...(noise && { noise }) } : undefined;
}

/**
 * A dictionary whose atoms were learned in place of some of the base's, with the base's updates tuned to the same recordings. The atoms are
 * then there to be looked at, and the updates make the masks. `progress` returning false ends it with what has been reached.
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
  const { learned: _, ...dictionary } = learned;
  const others = (learned.tensors ?? []).filter(
    ({ name }) => !unfoldedTensors(learned).some((tensor) => tensor.name === name),
  );
  return {
    ...dictionary,
    ...(base.learned && { learned: base.learned }),
    tensors: [...others, ...unfoldedTensors(tuning.dictionary), ...exampleTensors(base)],
  };
}
