import { checkFactorization, fixedRange } from '../../nmf/factorize-options.ts';
import type { FactorizeOptions } from '../../nmf/factorize-options.ts';
import type { Factorization, FactorizationProgress } from '../../nmf/factorize.ts';
import { initialize } from '../../nmf/initialization.ts';
import { createRandom } from '../../nmf/random.ts';
import { AtomsUpdate, sumStatistics } from './atoms-update.ts';
import type { AtomStatistics } from './atoms-update.ts';
import type { Segment, SegmentStatistics, ShardPool, ShardProblem, Step } from './messages.ts';

/** Segments of a factorization: the most workers that can share it. Fixed, so that the result is the same for any number of them. */
export const SEGMENTS = 16;
const SEGMENT_UNIT = 32;

/** Relative to the mean of V: see MultiplicativeUpdates. */
const BACKGROUND = 1e-12;
const VANISHED = 1e-30;

/** Momentum never goes above it. */
const MOST_MOMENTUM = 0.9;

export interface ParallelOptions extends Omit<
  FactorizeOptions,
  'onIteration' | 'updateAtoms' | 'updateActivations'
> {
  /**
   * 'batch': plain multiplicative updates, the same as factorize() makes. 'accelerated' (default): the same updates to the power of 1.25,
   * each from a point further the way the last one went (Nesterov's momentum, as in Hien, Leplat and Gillis 2023, "Block
   * majorization minimization with extrapolation and application to beta-NMF"); where the objective rises, a plain update without
   * momentum follows. Reaches the same objective in some quarter of the iterations.
   */
  readonly method?: 'batch' | 'accelerated';
  /** Default 'auto': the fastest there is. */
  readonly kernel?: ShardProblem['kernel'];
}

/**
 * factorize() over the workers of a pool, in 32 bits with sums in 64. The result is the same, to the bit, whatever the number of workers.
 * The history holds the objective of each iteration after its update of H and before that of W, and at last that of the result.
 * `onProgress` returning false stops. Throws what factorize() throws.
 */
export async function factorizeParallel(
  v: Float32Array,
  frames: number,
  bins: number,
  options: ParallelOptions,
  pool: ShardPool,
  onProgress?: (progress: FactorizationProgress) => boolean | void,
): Promise<Factorization> {
  checkFactorization(v, frames, bins, options);
  const { restarts = 1, iterations = 100, seed = 0 } = options;
  let best: Factorization | undefined;
  for (let run = 0; run < restarts; run++) {
    const report = (iteration: number, objective: number): boolean =>
      onProgress?.({
        iteration: run * iterations + iteration,
        iterations: restarts * iterations,
        objective,
      }) !== false;
    const result = await singleRun(v, frames, bins, { ...options, seed: seed + run }, pool, report);
    if (!best || result.divergence < best.divergence) best = result;
    if (!result.finished) return { ...best, finished: false };
  }
  return best!;
}

async function singleRun(
  v: Float32Array,
  frames: number,
  bins: number,
  options: ParallelOptions,
  pool: ShardPool,
  report: (iteration: number, objective: number) => boolean,
): Promise<Factorization> {
  const { atomCount, divergence = 'kullback-leibler', iterations = 100, tolerance = 0 } = options;
  const { evaluateEvery = 10, normalize = true, sparsity = 0, method = 'accelerated' } = options;
  const fixed = fixedRange(options);
  const start = initialize(v, frames, bins, {
    atomCount,
    start: options.start,
    random: createRandom(options.seed),
    atoms: options.atoms,
    activations: options.activations,
  });
  let mean = 0;
  for (let i = 0; i < v.length; i++) mean += v[i]!;
  mean /= v.length;
  const accelerated = method === 'accelerated';
  const problem: ShardProblem = {
    divergence,
    bins,
    atomCount,
    background: divergence === 'euclidean' ? 0 : BACKGROUND * mean,
    vanished: VANISHED * mean,
    momentum: accelerated,
    kernel: options.kernel ?? 'auto',
  };
  const shards = new ShardedFrames(pool, problem);
  await shards.load(cutIntoSegments(v, frames, bins, options.observedBins, start.activations, atomCount));
  const { vanished } = problem;
  const atoms = new AtomsUpdate({ divergence, bins, atomCount, fixed, sparsity, vanished }, start.atoms);
  const objectiveOf = (statistics: AtomStatistics, prices: Float32Array): number =>
    statistics.divergence + prices.reduce((sum, price, k) => sum + price * statistics.activationSums[k]!, 0);
  const step = async (momentum: number, more: Partial<Step>) => {
    const point = atoms.point(momentum);
    const price = atoms.prices();
    const statistics = await shards.step({
      atoms: point,
      price,
      updates: 1,
      exponent: divergence === 'itakura-saito' ? 0.5 : 1,
      momentum,
      gather: true,
      measure: true,
      ...more,
    });
    return { statistics, objective: objectiveOf(statistics, price) };
  };
  const first = await step(0, { updates: 0, gather: false });
  const history = [first.objective];
  let finished = true;
  let done = 0;
  let inertia = 1;
  let rose = false;
  let evaluated = history[0]!;
  while (done < iterations) {
    const next = (1 + Math.sqrt(1 + 4 * inertia * inertia)) / 2;
    const momentum = accelerated ? Math.min((inertia - 1) / next, MOST_MOMENTUM) : 0;
    inertia = next;
    // Itakura-Saito's safe exponent is 1/2: momentum alone speeds it up.
    const relaxed = accelerated && !rose && divergence !== 'itakura-saito';
    const { statistics, objective } = await step(momentum, relaxed ? { exponent: 1.25 } : {});
    rose = objective > history.at(-1)!;
    if (rose) inertia = 1;
    history.push(objective);
    atoms.update(statistics, relaxed && !rose && sparsity === 0);
    done++;
    if (!report(done, objective)) {
      finished = false;
      break;
    }
    if (done % evaluateEvery === 0) {
      if (evaluated - objective <= tolerance * evaluateEvery * evaluated) break;
      evaluated = objective;
    }
  }
  history.push((await step(0, { updates: 0, gather: false })).objective);
  const activations = await shards.activations(frames, atomCount);
  if (normalize) normalizeAtoms(atoms.atoms, activations, bins, atomCount, fixed);
  return {
    atoms: Float32Array.from(atoms.atoms),
    activations,
    divergence: history.at(-1)!,
    history,
    iterations: done,
    finished,
  };
}

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
        const own = segments.filter((_, i) => Math.floor((i * workers) / segments.length) === worker);
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

/** At most {@link SEGMENTS} runs of frames, all of the same length but the last. */
export function cutIntoSegments(
  v: Float32Array,
  frames: number,
  bins: number,
  observedBins: Int32Array | undefined,
  activations: Float64Array | undefined,
  atomCount: number,
): Segment[] {
  const length = Math.ceil(Math.ceil(frames / SEGMENTS) / SEGMENT_UNIT) * SEGMENT_UNIT;
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

/** Scales each atom that is not fixed to sum 1, and its activations inversely. An atom of zeros stays. */
function normalizeAtoms(
  atoms: Float64Array,
  activations: Float32Array,
  bins: number,
  atomCount: number,
  fixed: readonly [number, number],
): void {
  for (let k = 0; k < atomCount; k++) {
    if (k >= fixed[0] && k < fixed[1]) continue;
    let sum = 0;
    for (let f = k * bins; f < (k + 1) * bins; f++) sum += atoms[f]!;
    if (sum === 0) continue;
    for (let f = k * bins; f < (k + 1) * bins; f++) atoms[f] = atoms[f]! / sum;
    for (let i = k; i < activations.length; i += atomCount) activations[i] = activations[i]! * sum;
  }
}
