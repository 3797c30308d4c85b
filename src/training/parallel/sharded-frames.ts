import { sumStatistics } from './atoms-update.ts';
import type { AtomStatistics } from './atoms-update.ts';
import type { Segment, SegmentStatistics, ShardPool, ShardProblem, Step } from './messages.ts';

/** The most segments of a factorization, and so the most workers that can share it. */
export const SEGMENTS = 16;
/** Frames below which another segment costs more than it gains. */
const SHORTEST_SEGMENT = 192;
const SEGMENT_UNIT = 32;
/**
 * Of eight neighbouring frames the first comes first in a segment, then the fifth...: bits of the position, reversed.
 */
const TURNS = [0, 4, 2, 6, 1, 5, 3, 7];

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
        for (const [row, n] of spreadOrder(activations.length / atomCount).entries()) {
          const own = activations.subarray(row * atomCount, (row + 1) * atomCount);
          all.set(own, (index * this.#unit + n) * atomCount);
        }
      }
    }
    return all;
  }
}

/** The frames of a segment in such an order that its first half, quarter or eighth is spread evenly over the whole. */
function spreadOrder(count: number): Int32Array {
  const order = new Int32Array(count);
  let at = 0;
  for (const turn of TURNS) for (let n = turn; n < count; n += TURNS.length) order[at++] = n;
  return order;
}

/**
 * At most {@link SEGMENTS} runs of frames, all of the same length but the last. How many depends on the frames alone,
 * so that the result is the same for any number of workers; a power of two, so that it mostly divides among them.
 * Within a segment the frames are in such an order that the first of them stand for all: see Step.part.
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
    const order = spreadOrder(Math.min(length, frames - from)).map((n) => from + n);
    const rows = (all: Float32Array | Float64Array, width: number): Float32Array => {
      const own = new Float32Array(order.length * width);
      for (const [row, n] of order.entries()) own.set(all.subarray(n * width, (n + 1) * width), row * width);
      return own;
    };
    segments.push({
      index: segments.length,
      frames: rows(v, bins),
      count: order.length,
      observedBins: observedBins && order.map((n) => observedBins[n]!),
      activations: activations && rows(activations, atomCount),
    });
  }
  return segments;
}
