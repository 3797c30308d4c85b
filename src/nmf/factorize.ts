import { checkFactorization, fixedRange } from './factorize-options.ts';
import type { FactorizeOptions } from './factorize-options.ts';
import { initialize } from './initialization.ts';
import { MultiplicativeUpdates } from './multiplicative-updates.ts';
import { createRandom } from './random.ts';

export type { FactorizeOptions } from './factorize-options.ts';

export interface Factorization {
  /** W: K x F, atom by atom. */
  readonly atoms: Float32Array;
  /** H: N x K, frame by frame. */
  readonly activations: Float32Array;
  /** The objective at the end: D(V | H W), with the price on activations. */
  readonly divergence: number;
  /** The objective at the start and at every evaluation since. Never rises. */
  readonly history: number[];
  /** Iterations done. */
  readonly iterations: number;
  /** False where `onIteration` stopped it, or the caller left the generator early. */
  readonly finished: boolean;
}

export interface FactorizationProgress {
  /** From 1, counted on over restarts. */
  readonly iteration: number;
  /** The most that there can be, all restarts together. */
  readonly iterations: number;
  /** As last evaluated. */
  readonly objective: number;
}

/**
 * Factorizes V ~ H W by multiplicative updates: V is N x F frames (`v`, row-major), H their N x K activations, W the K x F atoms,
 * all non-negative. The objective (see `divergence` and `sparsity` of the options) never rises. The atoms end with sum 1.
 * Throws a RangeError for a spectrogram that is negative, not finite, zero everywhere or of the wrong size, and for options out
 * of range.
 *
 * Lee and Seung 2001; Fevotte and Idier, "Algorithms for nonnegative matrix factorization with the beta-divergence", 2011.
 */
export function factorize(
  v: Float32Array,
  frames: number,
  bins: number,
  options: FactorizeOptions,
): Factorization {
  const run = factorization(v, frames, bins, options);
  for (;;) {
    const step = run.next();
    if (step.done) return step.value;
  }
}

/**
 * {@link factorize} in steps: yields after each iteration, so that a worker may look at its messages in between, and returns the result.
 * `next(false)` stops, and keeps what has been reached.
 */
export function* factorization(
  v: Float32Array,
  frames: number,
  bins: number,
  options: FactorizeOptions,
): Generator<FactorizationProgress, Factorization, boolean | void> {
  checkFactorization(v, frames, bins, options);
  const { restarts = 1, iterations = 100, seed = 0 } = options;
  let best: Factorization | undefined;
  for (let run = 0; run < restarts; run++) {
    const result = yield* singleRun(
      v,
      frames,
      bins,
      options,
      seed + run,
      run * iterations,
      restarts * iterations,
    );
    if (!best || result.divergence < best.divergence) best = { ...result, finished: result.finished };
    if (!result.finished) return { ...best, finished: false };
  }
  return best!;
}

function* singleRun(
  v: Float32Array,
  frames: number,
  bins: number,
  options: FactorizeOptions,
  seed: number,
  before: number,
  total: number,
): Generator<FactorizationProgress, Factorization, boolean | void> {
  const { atomCount, divergence = 'kullback-leibler', iterations = 100, tolerance = 0 } = options;
  const { updateAtoms = true, updateActivations = true, evaluateEvery = 10, normalize = true } = options;
  const fixed = fixedRange(options);
  const start = initialize(v, frames, bins, {
    atomCount,
    start: options.start,
    random: createRandom(seed),
    atoms: options.atoms,
    activations: options.activations,
  });
  const state = new MultiplicativeUpdates(
    {
      v,
      frames,
      bins,
      atomCount,
      divergence,
      sparsity: options.sparsity ?? 0,
      observedBins: options.observedBins,
      fixed,
    },
    start.atoms,
    start.activations,
  );
  const history = [state.objective()];
  let done = 0;
  let evaluated = 0;
  let finished = true;
  while (done < iterations) {
    state.iterate(updateActivations, updateAtoms);
    done++;
    let settled = false;
    if (done % evaluateEvery === 0) {
      const last = history.at(-1)!;
      const now = state.objective();
      settled = last - now <= tolerance * (done - evaluated) * last;
      history.push(now);
      evaluated = done;
    }
    const progress = { iteration: before + done, iterations: total, objective: history.at(-1)! };
    const goOn =
      options.onIteration?.(progress.iteration, progress.objective) !== false && (yield progress) !== false;
    if (!goOn) {
      finished = false;
      break;
    }
    if (settled) break;
  }
  if (evaluated < done) history.push(state.objective());
  if (normalize && updateAtoms && updateActivations) normalizeAtoms(state, bins, atomCount, fixed);
  return {
    atoms: Float32Array.from(state.atoms),
    activations: Float32Array.from(state.activations),
    divergence: history.at(-1)!,
    history,
    iterations: done,
    finished,
  };
}

/** Scales each atom that is not fixed to sum 1, and its activations inversely. An atom of zeros stays. */
function normalizeAtoms(
  { atoms, activations }: MultiplicativeUpdates,
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
