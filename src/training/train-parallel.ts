import type { FactorizeOptions } from '../nmf/factorize.ts';
import { initialize } from '../nmf/initialization.ts';
import { createRandom } from '../nmf/random.ts';
import { corpusFrames } from './corpus.ts';
import type { ShardPool } from './parallel/messages.ts';
import { factorizeParallel } from './parallel/parallel-factorize.ts';
import type { ParallelOptions } from './parallel/parallel-factorize.ts';
import type { RecordingMessage } from './recording.ts';
import { assembleDictionary, relative, sortedAtoms } from './train-dictionary.ts';
import type {
  LabelledAtoms,
  SourceMaterial,
  TrainingProgress,
  TrainingResult,
  TrainingSettings,
} from './train-dictionary.ts';

export interface ParallelTrainingSettings extends TrainingSettings {
  /** See {@link ParallelOptions}. Default 'accelerated'. */
  readonly method?: 'batch' | 'accelerated';
  /**
   * Known sources that sound in the recordings as well: their atoms (on the layout's grid, each summing to 1) take part and stay as they are, so
   * that those learned explain the rest. They are a source of the dictionary.
   */
  readonly fixed?: readonly LabelledAtoms[];
}

/**
 * trainDictionary() over the workers of a pool; the same result whatever their number. `onProgress` returning false stops, and what has been
 * reached is returned. Rejects with what trainDictionary() throws.
 */
export async function trainDictionaryParallel(
  sources: readonly SourceMaterial[],
  settings: ParallelTrainingSettings,
  pool: ShardPool,
  onProgress?: (progress: TrainingProgress) => boolean | void,
): Promise<TrainingResult> {
  const { layout, divergence = 'kullback-leibler', exponent = 1, seed = 0, fixed = [] } = settings;
  if (sources.length === 0) throw new RangeError('There is no source to train; give at least one.');
  checkLabels([...sources.map(({ label }) => label), ...fixed.map(({ label }) => label)]);
  const parts: LabelledAtoms[] = [];
  const reports: TrainingResult['sources'][number][] = [];
  const messages: RecordingMessage[] = [];
  let finished = true;
  for (const [index, { label, recordings, atomCount: wanted = 64 }] of sources.entries()) {
    const corpus = corpusFrames(recordings, layout, { maxFrames: 20000, ...settings.corpus, exponent, seed });
    messages.push(...corpus.messages);
    const atomCount = Math.min(wanted, corpus.count);
    const options: ParallelOptions = {
      atomCount,
      divergence,
      iterations: settings.iterations ?? 60,
      seed: seed + index,
      start: settings.start ?? 'frames',
      method: settings.method ?? 'accelerated',
      ...(settings.tolerance === undefined ? {} : { tolerance: settings.tolerance }),
      ...(settings.sparsity === undefined ? {} : { sparsity: settings.sparsity }),
      ...(settings.restarts === undefined ? {} : { restarts: settings.restarts }),
      ...(corpus.observedBins ? { observedBins: corpus.observedBins } : {}),
      ...(fixed.length > 0 ? withFixedAtoms(fixed, corpus, atomCount, settings.start, seed + index) : {}),
    };
    const result = await factorizeParallel(corpus.frames, corpus.count, corpus.bins, options, pool, (step) =>
      onProgress?.({
        label,
        iteration: step.iteration,
        iterations: step.iterations,
        objective: step.objective / corpus.count,
        fraction: (index + step.iteration / step.iterations) / sources.length,
      }),
    );
    if (!result.finished) finished = false;
    const learned = result.atoms.subarray(result.atoms.length - atomCount * corpus.bins);
    parts.push({ label, atoms: sortedAtoms(learned, corpus.bins) });
    const divergenceLeft = relative(result.divergence, corpus, divergence);
    reports.push({ label, frames: corpus.count, divergence: divergenceLeft });
  }
  const dictionary = assembleDictionary([...parts, ...fixed], settings);
  return { dictionary, messages, sources: reports, finished };
}

/** Throws a RangeError where a label comes twice. */
export function checkLabels(labels: readonly string[]): void {
  const twice = labels.find((label, i) => labels.indexOf(label) < i);
  if (twice !== undefined) throw new RangeError(`Two sources have the label "${twice}"; each needs its own.`);
}

/** Options for which the first atoms are the fixed ones, and the others start as they would without them. */
function withFixedAtoms(
  fixed: readonly LabelledAtoms[],
  { frames, count, bins }: { readonly frames: Float32Array; readonly count: number; readonly bins: number },
  atomCount: number,
  start: FactorizeOptions['start'],
  seed: number,
): Pick<ParallelOptions, 'atoms' | 'atomCount' | 'fixedAtoms'> {
  const known = fixed.reduce((sum, { atoms }) => sum + atoms.length, 0) / bins;
  const free = initialize(frames, count, bins, {
    atomCount,
    start: start ?? 'frames',
    random: createRandom(seed),
  });
  const atoms = new Float32Array((known + atomCount) * bins);
  let at = 0;
  for (const part of fixed) {
    atoms.set(part.atoms, at);
    at += part.atoms.length;
  }
  atoms.set(free.atoms, at);
  return { atoms, atomCount: known + atomCount, fixedAtoms: known };
}
