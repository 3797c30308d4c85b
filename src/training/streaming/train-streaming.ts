import type { Divergence } from '../../nmf/divergence.ts';
import { initialize } from '../../nmf/initialization.ts';
import type { Start } from '../../nmf/initialization.ts';
import { createRandom } from '../../nmf/random.ts';
import { AtomsUpdate } from '../parallel/atoms-update.ts';
import type { AtomStatistics } from '../parallel/atoms-update.ts';
import type { ShardPool, ShardProblem } from '../parallel/messages.ts';
import type { FramePiece } from '../recording-frames.ts';
import { BatchSolver } from './batch-solver.ts';
import { ForgettingAtoms } from './forgetting-atoms.ts';
import { ShuffleBuffer } from './shuffle-buffer.ts';
import type { FrameBatch } from './shuffle-buffer.ts';
import { StatisticsSum } from './statistics.ts';

/** Frames of a batch. */
export const BATCH_FRAMES = 1024;
/** Frames among which a batch is drawn. */
const SHUFFLE_FRAMES = 8192;

export interface StreamSettings {
  readonly bins: number;
  /** Default 'kullback-leibler'. */
  readonly divergence?: Divergence;
  /** See FactorizeOptions. Default 0. */
  readonly sparsity?: number;
  /** Updates of each frame's activations. Default 10. */
  readonly updates?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Default 1024. */
  readonly batchFrames?: number;
  readonly kernel?: ShardProblem['kernel'];
}

export interface MiniBatchSettings extends StreamSettings {
  /** Atoms to learn. */
  readonly atomCount: number;
  /** Where they start, in the first frames. Default 'frames'. */
  readonly start?: Start;
  /** Atoms that take part and stay as they are, rows of `bins`. */
  readonly fixed?: Float32Array;
  /** Times that the stream is gone through. Default 1. */
  readonly epochs?: number;
  /** What a batch leaves of the statistics before it, 0 to 1. Default 0.8. */
  readonly forget?: number;
}

export interface StreamProgress {
  /** Frames so far, all epochs together. */
  readonly frames: number;
  /** Divergence per frame, of the last batch, before the atoms were updated on it. */
  readonly objective: number;
}

/** A corpus that can be gone through again and again. */
export type FrameStream = () => AsyncIterable<FramePiece>;

/**
 * Learns atoms (K x F, each with sum 1) from a stream of frames at level 1, in bounded memory: batch after batch with the statistics of those
 * before fading. Resolves with what has been reached when `onProgress` returns false. Rejects with a RangeError where the
 * stream is empty.
 */
export async function trainMiniBatch(
  stream: FrameStream,
  settings: MiniBatchSettings,
  pool: ShardPool,
  onProgress?: (progress: StreamProgress) => boolean | void,
): Promise<{ atoms: Float32Array; frames: number; finished: boolean }> {
  const { bins, divergence = 'kullback-leibler', seed = 0, epochs = 1, forget = 0.8 } = settings;
  const fixed = settings.fixed ?? new Float32Array(0);
  const fixedAtoms = fixed.length / bins;
  const solver = new BatchSolver(pool, solverSettings(settings, fixedAtoms + settings.atomCount));
  let learner: ForgettingAtoms | undefined;
  let frames = 0;
  let finished = true;
  const finish = async (work: Promise<AtomStatistics> | undefined, count: number): Promise<boolean> => {
    if (!work) return true;
    const statistics = await work;
    learner!.update(statistics);
    frames += count;
    return onProgress?.({ frames, objective: statistics.divergence / count }) !== false;
  };
  for (let epoch = 0; epoch < epochs && finished; epoch++) {
    let pending: Promise<AtomStatistics> | undefined;
    let pendingCount = 0;
    // The next batch is made while the workers are busy with this one.
    for await (const batch of batches(stream, settings, seed + epoch)) {
      learner ??= new ForgettingAtoms(startingAtoms(batch, settings, fixed), {
        bins,
        divergence,
        forget,
        fixedAtoms,
      });
      finished = await finish(pending, pendingCount);
      pending = undefined;
      if (!finished) break;
      pending = solver.solve(batch, learner.atoms);
      pendingCount = batch.count;
    }
    if (!(await finish(pending, pendingCount))) finished = false;
  }
  if (!learner) throw new RangeError('There are no frames to train on.');
  return { atoms: learner.atoms.slice(fixed.length), frames: frames / epochs, finished };
}

function startingAtoms(batch: FrameBatch, settings: MiniBatchSettings, fixed: Float32Array): Float32Array {
  const { bins, atomCount, start = 'frames', seed = 0 } = settings;
  const frames = batch.frames.subarray(0, batch.count * bins);
  const learned = initialize(frames, batch.count, bins, { atomCount, start, random: createRandom(seed) });
  const atoms = new Float32Array(fixed.length + atomCount * bins);
  atoms.set(fixed);
  atoms.set(learned.atoms, fixed.length);
  return atoms;
}

/**
 * The statistics of all frames of a stream under the given atoms (K x F), in bounded memory. The statistics of parts of a stream add up to those of
 * the whole, whatever the parts. `undefined` where `onProgress` returned false.
 */
export async function gatherStatistics(
  stream: FrameStream,
  atoms: Float32Array,
  settings: StreamSettings,
  pool: ShardPool,
  onProgress?: (progress: StreamProgress) => boolean | void,
): Promise<StatisticsSum | undefined> {
  const { bins } = settings;
  const atomCount = atoms.length / bins;
  const solver = new BatchSolver(pool, solverSettings(settings, atomCount));
  const sum = new StatisticsSum(atomCount, bins);
  let pending: Promise<void> | undefined;
  let goOn = true;
  for await (const batch of batches(stream, settings, 0, 1)) {
    await pending;
    if (!goOn) return undefined;
    pending = solver.solve(batch, atoms).then((statistics) => {
      sum.add(statistics, batch.count);
      const objective = statistics.divergence / batch.count;
      goOn = onProgress?.({ frames: sum.frames, objective }) !== false;
    });
  }
  await pending;
  return goOn ? sum : undefined;
}

/** The atoms (K x F) after one multiplicative update from the statistics of a whole corpus; each that is learned has sum 1. */
export function atomsFromStatistics(
  atoms: Float32Array,
  statistics: AtomStatistics,
  settings: { bins: number; divergence: Divergence; sparsity?: number; fixedAtoms?: number },
): Float32Array {
  const { bins, divergence, sparsity = 0, fixedAtoms = 0 } = settings;
  const update = new AtomsUpdate(
    { divergence, bins, atomCount: atoms.length / bins, fixed: [0, fixedAtoms], sparsity, vanished: 1e-30 },
    Float64Array.from(atoms),
  );
  update.point(0);
  update.update(statistics, false);
  const next = update.atoms;
  for (let at = fixedAtoms * bins; at < next.length; at += bins) {
    let sum = 0;
    for (let i = at; i < at + bins; i++) sum += next[i]!;
    if (sum > 0) for (let i = at; i < at + bins; i++) next[i] = next[i]! / sum;
  }
  return Float32Array.from(next);
}

const solverSettings = (settings: StreamSettings, atomCount: number) => ({
  divergence: settings.divergence ?? ('kullback-leibler' as const),
  bins: settings.bins,
  atomCount,
  updates: settings.updates ?? 10,
  sparsity: settings.sparsity ?? 0,
  ...(settings.kernel === undefined ? {} : { kernel: settings.kernel }),
});

async function* batches(
  stream: FrameStream,
  { bins, batchFrames = BATCH_FRAMES }: StreamSettings,
  seed: number,
  capacity = SHUFFLE_FRAMES,
): AsyncGenerator<FrameBatch> {
  const buffer = new ShuffleBuffer({ bins, capacity, batchFrames, seed });
  for await (const piece of stream()) yield* buffer.add(piece);
  yield* buffer.drain();
}
