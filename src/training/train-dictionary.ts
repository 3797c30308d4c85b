import type { Dictionary, DictionaryCard, Source } from '../dictionary/dictionary.ts';
import { divergenceBetween } from '../nmf/divergence.ts';
import type { Divergence } from '../nmf/divergence.ts';
import { factorization } from '../nmf/factorize.ts';
import type { Start } from '../nmf/initialization.ts';
import { corpusFrames } from './corpus.ts';
import type { Corpus, CorpusOptions, TrainingLayout } from './corpus.ts';
import type { Recording, RecordingMessage } from './recording.ts';

/** A source that a dictionary is to hold. */
export interface SourceMaterial {
  readonly label: string;
  /** Of this source alone. */
  readonly recordings: readonly Recording[];
  /** Default 64. */
  readonly atomCount?: number;
}

export interface TrainingSettings {
  readonly name: string;
  readonly layout: TrainingLayout;
  /** Default 'kullback-leibler'. */
  readonly divergence?: Divergence;
  /** Default 150. */
  readonly iterations?: number;
  /** See FactorizeOptions. Default 0. */
  readonly tolerance?: number;
  /** See FactorizeOptions. Default 0. */
  readonly sparsity?: number;
  /** Default 1. */
  readonly restarts?: number;
  /** Default 'frames'. */
  readonly start?: Start;
  /** Default 20000 frames per source. */
  readonly corpus?: Omit<CorpusOptions, 'seed' | 'exponent'>;
  /** V = |X|^exponent. Default 1. */
  readonly exponent?: number;
  /** Default 0. The same seed and recordings give the same dictionary. */
  readonly seed?: number;
  readonly card?: DictionaryCard;
}

export interface TrainingProgress {
  /** The source that is being trained. */
  readonly label: string;
  readonly iteration: number;
  readonly iterations: number;
  /** Divergence per frame, as last evaluated. */
  readonly objective: number;
  /** Of the whole training, 0 to 1. */
  readonly fraction: number;
  /** 'tuning': atoms have been learned, and updates are tuned; the objective is the error on mixtures, and the label names these. */
  readonly stage?: 'tuning';
}

export interface TrainingResult {
  readonly dictionary: Dictionary;
  /** Per recording that could not be used, or not in full. */
  readonly messages: readonly RecordingMessage[];
  /** Per source: frames trained on, and the divergence per frame at the end relative to that of one flat atom. */
  readonly sources: readonly {
    readonly label: string;
    readonly frames: number;
    readonly divergence: number;
  }[];
  /** False where it was stopped early; the dictionary is then what had been reached. */
  readonly finished: boolean;
  /** Whether updates were tuned to the recordings, too. */
  readonly tuned?: boolean;
  /** Why they were not, where they should have been. */
  readonly untuned?: string;
}

/**
 * A dictionary from recordings of each source alone. `onProgress` is called after each iteration; false stops. Throws
 * a RangeError where a source has no usable recording, a label comes twice, or a setting is out of range.
 */
export function trainDictionary(
  sources: readonly SourceMaterial[],
  settings: TrainingSettings,
  onProgress?: (progress: TrainingProgress) => boolean | void,
): TrainingResult {
  const steps = training(sources, settings);
  let step = steps.next();
  while (!step.done) step = steps.next(onProgress?.(step.value));
  return step.value;
}

/** {@link trainDictionary} in steps, for a worker that has messages to read in between. `next(false)` stops. */
export function* training(
  sources: readonly SourceMaterial[],
  settings: TrainingSettings,
): Generator<TrainingProgress, TrainingResult, boolean | void> {
  if (sources.length === 0) throw new RangeError('There is no source to train; give at least one.');
  const labels = new Set(sources.map(({ label }) => label));
  if (labels.size < sources.length)
    throw new RangeError('Two sources have the same label; each needs its own.');
  const { layout, divergence = 'kullback-leibler', exponent = 1, seed = 0 } = settings;
  const parts: LabelledAtoms[] = [];
  const reports: TrainingResult['sources'][number][] = [];
  const messages: RecordingMessage[] = [];
  let finished = true;
  for (const [index, { label, recordings, atomCount: wanted = 64 }] of sources.entries()) {
    const corpus = corpusFrames(recordings, layout, { maxFrames: 20000, ...settings.corpus, exponent, seed });
    messages.push(...corpus.messages);
    const steps = factorization(corpus.frames, corpus.count, corpus.bins, {
      atomCount: Math.min(wanted, corpus.count),
      divergence,
      iterations: settings.iterations ?? 150,
      seed: seed + index,
      start: settings.start ?? 'frames',
      ...(settings.tolerance === undefined ? {} : { tolerance: settings.tolerance }),
      ...(settings.sparsity === undefined ? {} : { sparsity: settings.sparsity }),
      ...(settings.restarts === undefined ? {} : { restarts: settings.restarts }),
      ...(corpus.observedBins ? { observedBins: corpus.observedBins } : {}),
    });
    let step = steps.next();
    while (!step.done) {
      const { iteration, iterations, objective } = step.value;
      const fraction = (index + iteration / iterations) / sources.length;
      const goOn = yield { label, iteration, iterations, objective: objective / corpus.count, fraction };
      if (goOn === false) finished = false;
      step = steps.next(goOn);
    }
    parts.push({ label, atoms: sortedAtoms(step.value.atoms, corpus.bins) });
    reports.push({
      label,
      frames: corpus.count,
      divergence: relative(step.value.divergence, corpus, divergence),
    });
  }
  const dictionary = assembleDictionary(parts, settings);
  return { dictionary, messages, sources: reports, finished };
}

/** The atoms of one source, K x F. */
export interface LabelledAtoms {
  readonly label: string;
  readonly atoms: Float32Array;
}

/** One dictionary of the sources' atoms, in their order. */
export function assembleDictionary(parts: readonly LabelledAtoms[], settings: TrainingSettings): Dictionary {
  const { name, layout, divergence = 'kullback-leibler', exponent = 1, card = {} } = settings;
  const { sampleRate, fftSize, windowLength, hop } = layout;
  const bins = fftSize / 2 + 1;
  const sources: Source[] = [];
  let atomCount = 0;
  for (const { label, atoms } of parts) {
    const from = atomCount;
    atomCount += atoms.length / bins;
    sources.push({ label, from, to: atomCount });
  }
  const atoms = new Float32Array(atomCount * bins);
  parts.forEach((part, i) => atoms.set(part.atoms, sources[i]!.from * bins));
  return {
    name,
    sampleRate,
    fftSize,
    windowLength,
    hop,
    window: settings.corpus?.window ? 'custom' : 'sqrt-hann',
    bins,
    atoms,
    atomCount,
    exponent,
    divergence,
    sources,
    card,
  };
}

/** Atoms in the order of their centroids, lowest first; those that died out (all zero) left out. */
export function sortedAtoms(atoms: Float32Array, bins: number): Float32Array {
  const rows: { row: Float32Array; centroid: number }[] = [];
  for (let at = 0; at < atoms.length; at += bins) {
    const row = atoms.subarray(at, at + bins);
    const sum = row.reduce((total, value) => total + value, 0);
    if (sum > 0) rows.push({ row, centroid: row.reduce((total, value, f) => total + f * value, 0) / sum });
  }
  const sorted = new Float32Array(rows.length * bins);
  rows.toSorted((a, b) => a.centroid - b.centroid).forEach(({ row }, i) => sorted.set(row, i * bins));
  return sorted;
}

/** The objective over the divergence from the frames' own means: 1 says that the atoms explain nothing. */
export function relative(objective: number, corpus: Corpus, divergence: Divergence): number {
  const { frames, count, bins, observedBins } = corpus;
  let flat = 0;
  for (let n = 0; n < count; n++) {
    const row = frames.subarray(n * bins, n * bins + (observedBins?.[n] ?? bins));
    const mean = row.reduce((sum, value) => sum + value, 0) / row.length;
    if (mean > 0) flat += divergenceBetween(divergence, row, new Float32Array(row.length).fill(mean));
  }
  return objective / flat;
}
