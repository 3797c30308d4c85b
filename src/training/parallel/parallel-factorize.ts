import { checkFactorization, fixedRange } from '../../nmf/factorize-options.ts';
import type { FactorizeOptions } from '../../nmf/factorize-options.ts';
import type { Factorization, FactorizationProgress } from '../../nmf/factorize.ts';
import { initialize } from '../../nmf/initialization.ts';
import { createRandom } from '../../nmf/random.ts';
import { AcceleratedSteps } from './accelerated-steps.ts';
import type { MakeStep } from './accelerated-steps.ts';
import { AtomsUpdate } from './atoms-update.ts';
import type { AtomStatistics } from './atoms-update.ts';
import { headStart, headStartPart } from './head-start.ts';
import type { ShardPool, ShardProblem } from './messages.ts';
import { cutIntoSegments, ShardedFrames } from './sharded-frames.ts';

/** Relative to the mean of V: see MultiplicativeUpdates. */
const BACKGROUND = 1e-12;
const VANISHED = 1e-30;

export interface ParallelOptions extends Omit<
  FactorizeOptions,
  'onIteration' | 'updateAtoms' | 'updateActivations'
> {
  /**
   * 'batch': plain multiplicative updates, the same as factorize() makes. 'accelerated' (default): the same updates to the power of 1.25,
   * each from a point further the way the last one went (Nesterov's momentum, as in Hien, Leplat and Gillis 2023, "Block
   * majorization minimization with extrapolation and application to beta-NMF"); where the objective rises, a plain update without
   * momentum follows. Where there are many frames per atom it begins with a part of them: see head-start.ts. Reaches the same
   * objective in a quarter to a sixth of the iterations.
   */
  readonly method?: 'batch' | 'accelerated';
  /** Default 'auto': the fastest there is. */
  readonly kernel?: ShardProblem['kernel'];
}

/**
 * factorize() over the workers of a pool, in 32 bits with sums in 64. The result is the same, to the bit, whatever the number of workers.
 * The history holds the objective of the start, of each iteration (accelerated: of every other, on all frames) after its update of H
 * and before that of W, and at last that of the result.
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
  mayStartAhead = true,
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
  const step: MakeStep = async (momentum, more) => {
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
  const part = accelerated && mayStartAhead ? headStartPart(divergence, frames, atomCount, iterations) : 1;
  if (part > 1) {
    const settings = { divergence, sparsity, accelerated, part, iterations };
    const ahead = await headStart(step, atoms, settings, (iteration) => report(iteration, first.objective));
    // A start that was good already: a part of the frames has only spoilt it.
    if (!(ahead.objective < first.objective)) {
      if (ahead.finished) return singleRun(v, frames, bins, options, pool, report, false);
      const asItWas = await singleRun(v, frames, bins, { ...options, iterations: 0 }, pool, report, false);
      return { ...asItWas, finished: false };
    }
    history.push(ahead.objective);
    done = ahead.iterations;
    finished = ahead.finished && report(done, ahead.objective);
  }
  const settings = { divergence, sparsity, accelerated, part: 1 };
  const steps = new AcceleratedSteps(step, atoms, settings, history.at(-1)!);
  let evaluated = history[0]!;
  while (finished && done < iterations) {
    const measured = await steps.iterate(done + 1 === iterations);
    if (measured !== undefined) history.push(measured);
    const objective = history.at(-1)!;
    done++;
    finished = report(done, objective);
    if (finished && done % evaluateEvery === 0) {
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
