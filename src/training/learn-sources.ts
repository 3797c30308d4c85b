import { concatenateDictionaries, selectSources } from '../dictionary/combine.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import { DictionaryError } from '../dictionary/errors.ts';
import { withLearned } from '../dictionary/learned.ts';
import type { ShardPool } from './parallel/messages.ts';
import type {
  SourceMaterial,
  TrainingProgress,
  TrainingResult,
  TrainingSettings,
} from './train-dictionary.ts';
import { trainDictionaryParallel } from './train-parallel.ts';

export interface LearningJob {
  /** What is to be learned. */
  readonly sources: readonly SourceMaterial[];
  readonly settings: TrainingSettings;
  /**
   * Sources of it that are not learned stay, in their places: somebody's voice beside the universal noise, say. Its grid, exponent and
   * divergence are used instead of the settings'.
   */
  readonly base?: Dictionary | undefined;
}

/**
 * A dictionary of learned sources, and of those that a base has besides. `onProgress` returning false stops early. Rejects with a RangeError or a
 * {@link DictionaryError}: no usable recording, a base with nothing to keep.
 */
export async function learnSources(
  { sources, settings, base }: LearningJob,
  pool: ShardPool,
  onProgress?: (progress: TrainingProgress) => boolean | void,
): Promise<TrainingResult> {
  if (!base) return trainDictionaryParallel(sources, settings, pool, onProgress);
  const learned = sources.map(({ label }) => label);
  const places = base.sources.map(({ label }) => label);
  const kept = places.filter((label) => !learned.includes(label));
  if (kept.length === 0) {
    throw new DictionaryError(
      `The dictionary "${base.name}" has no source besides ${learned.join(', ')} to keep.`,
    );
  }
  const { exponent, divergence } = base;
  const result = await trainDictionaryParallel(
    sources,
    { ...settings, layout: base, exponent, divergence },
    pool,
    onProgress,
  );
  const joined = concatenateDictionaries([selectSources(base, kept), result.dictionary], {
    name: settings.name,
    card: settings.card ?? base.card,
  });
  // The order of sources is what the faders are called by: keep it.
  const order = [...places, ...learned.filter((label) => !places.includes(label))];
  return { ...result, dictionary: withLearned(base, selectSources(joined, order), learned) };
}
