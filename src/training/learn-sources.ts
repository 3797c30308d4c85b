import { concatenateDictionaries, selectSources } from '../dictionary/combine.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import { DictionaryError } from '../dictionary/errors.ts';
import { withLearned } from '../dictionary/learned.ts';
import type { TuningMaterial } from './fine-tuning/fine-tune.ts';
import { tuneSources, tuningMaterial } from './fine-tuning/tune-sources.ts';
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

/** Of the time: atoms are learned fast, and tuning takes some ten seconds. */
const LEARNING = 0.15;
const SMOOTHING = 0.06;

/**
 * A dictionary of learned sources, and of those that a base has besides. Where the base has updates that can be tuned (see
 * {@link FineTuning}), they are, after the atoms. `onProgress` returning false stops early. `rest` is awaited
 * after each step of tuning, so that the thread can take messages. Rejects with a RangeError or a
 * {@link DictionaryError}: no usable recording, a base with nothing to keep.
 */
export async function learnSources(
  { sources, settings, base }: LearningJob,
  pool: ShardPool,
  onProgress?: (progress: TrainingProgress) => boolean | void,
  rest?: () => Promise<void>,
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
  const material = tuningMaterial(base, sources);
  const result = await trainDictionaryParallel(
    sources,
    { ...settings, layout: base, exponent, divergence },
    pool,
    material && onProgress
      ? (progress) => onProgress({ ...progress, fraction: LEARNING * progress.fraction })
      : onProgress,
  );
  const joined = concatenateDictionaries([selectSources(base, kept), result.dictionary], {
    name: settings.name,
    card: settings.card ?? base.card,
  });
  // The order of sources is what the faders are called by: keep it.
  const order = [...places, ...learned.filter((label) => !places.includes(label))];
  const dictionary = withLearned(base, selectSources(joined, order), learned);
  if (!material || !result.finished) return { ...result, dictionary };
  try {
    const { sampleRate } = settings.layout;
    return { ...result, ...(await tuned(base, dictionary, material, sampleRate, onProgress, rest)) };
  } catch (error) {
    // What was learned of atoms is not lost.
    if (!(error instanceof RangeError || error instanceof DictionaryError)) throw error;
    return { ...result, dictionary, untuned: error.message };
  }
}

async function tuned(
  base: Dictionary,
  dictionary: Dictionary,
  material: TuningMaterial,
  sampleRate: number,
  onProgress?: (progress: TrainingProgress) => boolean | void,
  rest?: () => Promise<void>,
): Promise<Pick<TrainingResult, 'dictionary' | 'finished' | 'tuned'>> {
  const steps = tuneSources(base, dictionary, material, { sampleRate });
  let finished = true;
  let objective: number | undefined;
  let step = steps.next();
  while (!step.done) {
    const { loss, step: iteration, steps: iterations } = step.value;
    // Every step has mixtures of its own: some are harder than others.
    objective = objective === undefined ? loss : objective + SMOOTHING * (loss - objective);
    const fraction = LEARNING + (1 - LEARNING) * (iteration / iterations);
    const progress: TrainingProgress = {
      label: 'mixtures',
      stage: 'tuning',
      iteration,
      iterations,
      objective,
      fraction,
    };
    const goOn = onProgress?.(progress) !== false;
    if (!goOn) finished = false;
    await rest?.();
    step = steps.next(goOn);
  }
  return { dictionary: step.value, finished, tuned: true };
}
