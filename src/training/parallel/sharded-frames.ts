import { sumStatistics } from './atoms-update.ts';
import type { AtomStatistics } from './atoms-update.ts';
import type { Segment, SegmentStatistics, ShardPool, ShardProblem, Step } from './messages.ts';

/** The most segments of a factorization, and so the most workers that can share it. */
export const SEGMENTS = 16;
/** Frames below which another segment costs more than it gains. */
const SHORTEST_SEGMENT = 192;
const SEGMENT_UNIT = 32;

/** Frames shared out among the workers of a pool: each has a run of neighbouring segments. */
export class ShardedFrames {
  readonly #pool: ShardPool;
  readonly #problem: ShardProblem;
  #workers = 0;
  #unit = 0;

  constructor(pool: ShardPool, problem: ShardProblem) {
    this.#pool = pool;
    this.#problem = problem;
  }

  async load(segments: readonly Segment[]): Promise<void> {
    const workers = Math.min(this.#pool.size, segments.length);
    this.#workers = workers;
    this.#unit = segments[0]!.count;
    await Promise.all(
      Array.from({ length: workers }, (_, worker) => {
        const own = segments.filter(
          ({ index }) => Math.floor((index * workers) / segments.length) === worker,
        );
        return this.#pool.run(worker, { type: 'load', problem: this.#problem, segments: own });
      }),
    );
  }

  async step(step: Step): Promise<AtomStatistics> {
    const replies = await Promise.all(
      Array.from({ length: this.#workers }, (_, worker) => this.#pool.run(worker, { type: 'step', step })),
    );
    const segments: SegmentStatistics[] = [];
    for (const reply of replies) if (reply.type === 'statistics') segments.push(...reply.segments);
    return sumStatistics(segments, this.#problem.bins);
  }

  /** N x K. */
  async activations(frames: number, atomCount: number): Promise<Float32Array> {
    const all = new Float32Array(frames * atomCount);
    for (let worker = 0; worker < this.#workers; worker++) {
      const reply = await this.#pool.run(worker, { type: 'activations' });
      if (reply.type !== 'activations') continue;
      for (const { index, activations } of reply.segments) {
        all.set(activations, index * this.#unit * atomCount);
      }
    }
    return all;
  }
}

/**
 * At most {@link SEGMENTS} runs of frames, all of the same length but the last. How many depends on the frames alone, so that the result is the
 * same for any number of workers; a power of two, so that it mostly divides among them.
 */
export function cutIntoSegments(
  v: Float32Array,
  frames: number,
  bins: number,
  observedBins: Int32Array | undefined,
  activations: Float64Array | undefined,
  atomCount: number,
): Segment[] {
  const wanted = Math.max(1, Math.min(SEGMENTS, frames / SHORTEST_SEGMENT));
  const parts = 2 ** Math.floor(Math.log2(wanted));
  const length = Math.ceil(frames / parts / SEGMENT_UNIT) * SEGMENT_UNIT;
  const segments: Segment[] = [];
  for (let from = 0; from < frames; from += length) {
    const to = Math.min(frames, from + length);
    segments.push({
      index: segments.length,
      frames: v.slice(from * bins, to * bins),
      count: to - from,
      observedBins: observedBins?.slice(from, to),
      activations: activations && Float32Array.from(activations.subarray(from * atomCount, to * atomCount)),
    });
  }
  return segments;
}
