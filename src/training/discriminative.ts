import { checkDictionary, withReconstruction } from '../dictionary/index.ts';
import type { Dictionary } from '../dictionary/index.ts';
import type { KernelFactory } from '../kernel/kernel.ts';
import { MaskAtoms } from '../nmf/mask-atoms.ts';
import { createRandom } from '../nmf/random.ts';
import type { TrainingLayout } from './corpus.ts';
import { FrameCollector, MixtureSolver } from './mixture-frames.ts';
import { makeMixture } from './mixtures.ts';
import { unusable } from './recording.ts';
import type { Recording, RecordingMessage } from './recording.ts';

/** A source of the dictionary, and recordings of it alone. */
export interface RefinementMaterial {
  readonly label: string;
  readonly recordings: readonly Recording[];
}

export interface RefinementOptions {
  readonly createKernel: KernelFactory;
  /** Default 120. */
  readonly mixtures?: number;
  /** Longest mixture, seconds. Default 2. */
  readonly seconds?: number;
  /** Default 12; many more fit the masks to these recordings, and other ones gain less. */
  readonly iterations?: number;
  /** Default 0. The same seed and recordings give the same atoms. */
  readonly seed?: number;
  /**
   * How far the masks' atoms go from the atoms to those that fit the mixtures best, above 0 to 1, in logarithms. Default 0.5: all the way
   * fits these recordings better, and others less.
   */
  readonly strength?: number;
  /** dB: level of the earlier source of a mixture over the later, drawn evenly. Default -5 to 15. */
  readonly snr?: readonly [from: number, to: number];
  /** Exponent of the masks on magnitudes, as the engine's control has it. Default 2. */
  readonly maskExponent?: number;
  /** Default: the dictionary's. Its sample rate and FFT size must be the dictionary's. */
  readonly layout?: TrainingLayout;
  /** `windowLength` values. Default: periodic square-root Hann. */
  readonly window?: Float64Array;
  /** Called after each mixture and each iteration; false stops, with what has been reached. */
  readonly onProgress?: (progress: RefinementProgress) => boolean | void;
}

export interface RefinementProgress {
  /** 0 while the mixtures are made. */
  readonly iteration: number;
  readonly iterations: number;
  /** Mean over mixtures of the error's energy, relative to that of the two sources (as resistors in parallel); NaN before iteration 0 is done. */
  readonly objective: number;
  /** Of the whole refinement, 0 to 1. */
  readonly fraction: number;
}

export interface RefinementResult {
  readonly dictionary: Dictionary;
  /** Objective of the plain dictionary, then of the best atoms after each iteration. It never rises. */
  readonly history: readonly number[];
  /** Of the dictionary returned; never above the first of the history. */
  readonly objective: number;
  readonly messages: readonly RecordingMessage[];
  /** False where it was stopped early. */
  readonly finished: boolean;
}

/** Of the mean of its row: no value starts below, where a multiplicative update could not raise it in time. */
const LEAST_START = 1e-4;
/** Part of the work that goes into mixtures, for the progress. */
const MIXTURE_SHARE = 0.3;

/**
 * A dictionary refined for its task: the atoms, which the activations are solved with, stay, and reconstruction atoms of the same shape are
 * learned for the masks, from mixtures of the sources' own recordings whose activations the engine's solver finds as it does when
 * it runs, frame after frame (Weninger, Le Roux, Hershey and Watanabe, "Discriminative NMF and its application to single-channel source
 * separation", Interspeech 2014). What one source's atoms explain of another's sound is so handed back. Costs nothing at run time.
 *
 * `sources` give recordings of every source of the dictionary. Throws a RangeError where one has none that can be used, or an option is out
 * of range.
 */
export function refineOnMixtures(
  dictionary: Dictionary,
  sources: readonly RefinementMaterial[],
  options: RefinementOptions,
): RefinementResult {
  const steps = refinement(dictionary, sources, options);
  let step = steps.next();
  while (!step.done) step = steps.next(options.onProgress?.(step.value));
  return step.value;
}

/** {@link refineOnMixtures} in steps, for a worker that has messages to read in between. `next(false)` stops. */
export function* refinement(
  dictionary: Dictionary,
  sources: readonly RefinementMaterial[],
  options: Omit<RefinementOptions, 'onProgress'>,
): Generator<RefinementProgress, RefinementResult, boolean | void> {
  const { mixtures = 120, seconds = 2, iterations = 12, seed = 0, snr = [-5, 15], strength = 0.5 } = options;
  const { layout = dictionary, maskExponent = 2, createKernel } = options;
  checkOptions(dictionary, layout, { mixtures, seconds, iterations, maskExponent, snr, strength });
  const { recordings, messages } = usableRecordings(dictionary, sources);
  const random = createRandom(seed);
  const solver = new MixtureSolver(dictionary, createKernel);
  const collector = new FrameCollector(dictionary);
  let finished = true;
  for (let i = 0; i < mixtures && finished; i++) {
    const mixture = makeMixture(recordings, i, random, {
      layout,
      seconds,
      snr,
      ...(options.window ? { window: options.window } : {}),
    });
    collector.add(mixture, solver.solve(mixture));
    const fraction = (MIXTURE_SHARE * (i + 1)) / mixtures;
    if ((yield { iteration: 0, iterations, objective: NaN, fraction }) === false) finished = false;
  }
  if (!finished) return { dictionary, history: [], objective: NaN, messages, finished };
  const { atomCount, bins, exponent } = dictionary;
  const atoms = new MaskAtoms(collector.finish(), {
    createKernel,
    atomCount,
    bins,
    sources: dictionary.sources,
    exponent: maskExponent / exponent,
    atoms: withoutZeros(dictionary.atoms, bins),
  });
  const history = [atoms.objective / mixtures];
  for (let iteration = 1; iteration <= iterations && finished; iteration++) {
    const objective = atoms.iterate() / mixtures;
    history.push(objective);
    const fraction = MIXTURE_SHARE + ((1 - MIXTURE_SHARE) * iteration) / iterations;
    if ((yield { iteration, iterations, objective, fraction }) === false) finished = false;
  }
  const result = atoms.partOfTheWay(strength);
  const rows = levelled(result.atoms, dictionary, collector.meanActivations);
  const refined = withReconstruction(dictionary, rows);
  checkDictionary(refined);
  return { dictionary: refined, history, objective: result.objective / mixtures, messages, finished };
}

function withoutZeros(atoms: Float32Array, bins: number): Float32Array {
  // Atoms sum to 1.
  const least = LEAST_START / bins;
  return atoms.map((value) => Math.max(value, least));
}

/**
 * The masks do not change when all rows are multiplied by the same value in a bin. It is chosen so that the mean model has the level of the
 * plain one at each bin, as masks with atoms that were not refined need it.
 */
export function levelled(
  rows: Float32Array,
  { atoms, atomCount, bins }: Dictionary,
  mean: Float64Array,
): Float32Array {
  const result = new Float32Array(rows.length);
  for (let f = 0; f < bins; f++) {
    let plain = 0;
    let refined = 0;
    for (let k = 0; k < atomCount; k++) {
      plain += mean[k]! * atoms[k * bins + f]!;
      refined += mean[k]! * rows[k * bins + f]!;
    }
    const scale = plain > 0 && refined > 0 ? plain / refined : 1;
    for (let k = 0; k < atomCount; k++) result[k * bins + f] = scale * rows[k * bins + f]!;
  }
  return result;
}

function usableRecordings(
  dictionary: Dictionary,
  sources: readonly RefinementMaterial[],
): { recordings: Recording[][]; messages: RecordingMessage[] } {
  if (dictionary.sources.length < 2) {
    throw new RangeError(
      `The dictionary "${dictionary.name}" has one source; it takes at least two to make mixtures.`,
    );
  }
  const messages: RecordingMessage[] = [];
  const recordings = dictionary.sources.map(({ label }) => {
    const material = sources
      .filter((source) => source.label === label)
      .flatMap((source) => source.recordings);
    const usable = material.filter((recording) => {
      const problem = unusable(recording);
      if (problem) messages.push(problem);
      return !problem;
    });
    if (usable.length > 0) return usable;
    const why = messages.map(({ message }) => message).join(' ');
    throw new RangeError(`There is no recording of "${label}" that can be used for mixtures. ${why}`.trim());
  });
  return { recordings, messages };
}

function checkOptions(
  { sampleRate, fftSize, name }: Dictionary,
  layout: TrainingLayout,
  o: Required<
    Pick<RefinementOptions, 'mixtures' | 'seconds' | 'iterations' | 'maskExponent' | 'snr' | 'strength'>
  >,
): void {
  const fail = (message: string): never => {
    throw new RangeError(message);
  };
  if (layout.sampleRate !== sampleRate || layout.fftSize !== fftSize) {
    fail(
      `The layout has ${layout.sampleRate} Hz and an FFT of ${layout.fftSize}; it must be on the grid of the dictionary "${name}", ` +
        `${sampleRate} Hz and ${fftSize}.`,
    );
  }
  for (const [what, value] of [
    ['mixtures', o.mixtures],
    ['iterations', o.iterations],
  ] as const) {
    if (!(Number.isInteger(value) && value >= 1)) {
      fail(`The number of ${what} is ${value}; it must be a whole number of at least 1.`);
    }
  }
  if (!(o.seconds > 0 && o.seconds < Infinity)) fail(`A mixture of ${o.seconds} s; it must be above 0.`);
  if (!(o.strength > 0 && o.strength <= 1)) {
    fail(`The strength is ${o.strength}; it must be above 0 and at most 1.`);
  }
  if (!(o.maskExponent > 0 && o.maskExponent <= 8)) {
    fail(`The mask exponent is ${o.maskExponent}; it must be above 0 and at most 8.`);
  }
  if (!(o.snr[0] <= o.snr[1] && Number.isFinite(o.snr[1] - o.snr[0]))) {
    fail(`The range of SNR is ${o.snr[0]} to ${o.snr[1]} dB; the first must be at most the second.`);
  }
}
