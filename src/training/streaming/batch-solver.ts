import { sumStatistics } from '../parallel/atoms-update.ts';
import type { AtomStatistics } from '../parallel/atoms-update.ts';
import type { Segment, SegmentStatistics, ShardPool, ShardProblem, Step } from '../parallel/messages.ts';
import type { FrameBatch } from './shuffle-buffer.ts';

/** Frames of a segment: a batch of 1024 has 16. */
const SEGMENT_FRAMES = 64;

export interface BatchSolverSettings {
  readonly divergence: ShardProblem['divergence'];
  readonly bins: number;
  readonly atomCount: number;
  /** Updates of the activations of each frame, from a flat start. */
  readonly updates: number;
  /** See FactorizeOptions. */
  readonly sparsity: number;
  readonly kernel?: ShardProblem['kernel'];
}

/**
 * Solves the activations of one batch of frames after another, from flat starts, and returns the statistics for W. Nothing of a batch
 * is kept, and a frame's share does not depend on the batch it is in. The frames are expected at level 1, as corpora are.
 */
export class BatchSolver {
  readonly #pool: ShardPool;
  readonly #problem: ShardProblem;
  readonly #settings: BatchSolverSettings;
  #loaded = 0;

  constructor(pool: ShardPool, settings: BatchSolverSettings) {
    const { divergence, bins, atomCount, kernel = 'auto' } = settings;
    this.#pool = pool;
    this.#settings = settings;
    this.#problem = {
      divergence,
      bins,
      atomCount,
      background: divergence === 'euclidean' ? 0 : 1e-12,
      vanished: 1e-30,
      momentum: false,
      kernel,
    };
  }

  /** `atoms`: K x F. */
  async solve(batch: FrameBatch, atoms: Float32Array): Promise<AtomStatistics> {
    const { bins, divergence, updates } = this.#settings;
    const segments = cut(batch, bins);
    const safe = divergence === 'itakura-saito' ? 0.5 : 1;
    const step: Step = {
      atoms,
      price: this.#prices(atoms),
      updates,
      exponent: divergence === 'itakura-saito' ? 0.5 : 1.5,
      firstExponent: safe,
      momentum: 0,
      gather: true,
      measure: true,
    };
    const { size } = this.#pool;
    const type = batch.count > this.#loaded ? 'load' : 'refill';
    this.#loaded = Math.max(this.#loaded, batch.count);
    const replies = await Promise.all(
      Array.from({ length: size }, async (_, worker) => {
        const own = segments.filter(({ index }) => index % size === worker);
        if (own.length === 0) return undefined;
        const transfer = own.map(({ frames }) => frames.buffer as ArrayBuffer);
        const filled = this.#pool.run(
          worker,
          type === 'load' ? { type, problem: this.#problem, segments: own } : { type, segments: own },
          transfer,
        );
        const stepped = this.#pool.run(worker, { type: 'step', step });
        await filled;
        return stepped;
      }),
    );
    const statistics: SegmentStatistics[] = [];
    for (const reply of replies) if (reply?.type === 'statistics') statistics.push(...reply.segments);
    return sumStatistics(statistics, bins);
  }

  #prices(atoms: Float32Array): Float32Array {
    const { bins, atomCount, sparsity } = this.#settings;
    const prices = new Float32Array(atomCount);
    if (sparsity === 0) return prices;
    return prices.map((_, k) => {
      const row = atoms.subarray(k * bins, (k + 1) * bins);
      return sparsity * Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    });
  }
}

function cut({ frames, count, observedBins }: FrameBatch, bins: number): Segment[] {
  const segments: Segment[] = [];
  for (let from = 0; from < count; from += SEGMENT_FRAMES) {
    const to = Math.min(count, from + SEGMENT_FRAMES);
    const observed = observedBins.slice(from, to);
    segments.push({
      index: segments.length,
      frames: frames.slice(from * bins, to * bins),
      count: to - from,
      observedBins: observed.some((n) => n < bins) ? observed : undefined,
      activations: undefined,
    });
  }
  return segments;
}
