import type { Dictionary } from '../dictionary/dictionary.ts';
import { cuesOf, modelsOf } from '../dictionary/cues.ts';
import { resampleDictionary } from '../dictionary/resample.ts';
import { isUnfolded } from '../dictionary/unfolded.ts';
import type { KernelFactory, KernelName } from '../kernel/kernel.ts';
import type { Solver } from '../nmf/activations.ts';
import type { ObservedAtoms } from '../nmf/online-atoms.ts';
import type { FrameLayout } from './latency-modes.ts';
import { ModelPair } from './model-pair.ts';
import { ProductModel } from './product-model.ts';
import { SourceModel } from './source-model.ts';
import { PlaceModel } from './stereo/place-model.ts';
import { UnfoldedModel } from './unfolded-model.ts';

/** One dictionary at work on one frame after another: from the spectrum V to activations, from these to masks. */
export interface FrameModel {
  readonly dictionary: Dictionary;
  /** Whether the dictionary had to be brought onto another grid. */
  readonly resampled: boolean;
  readonly kernelName: KernelName;
  /** One value an atom of the dictionary, of the last frame. */
  readonly activations: Float32Array;
  /** Exponent of V = |X|^exponent. */
  readonly exponent: number;
  /** V of the frame to be solved: to be written before step 0. */
  readonly spectrum: Float32Array;
  /** Pieces, of about equal cost, into which a frame is cut. */
  readonly steps: number;
  /** False when the last frame could not be solved: something was not a finite number. The state has been reset. */
  readonly finite: boolean;
  /** Before step 0, for a model that hears more than V: the spectra of all channels, interleaved complex. */
  look?(spectra: readonly Float64Array[]): void;
  processStep(step: number): void;
  /** Instead of the steps, for a silent frame. */
  skipFrame(): void;
  reset(): void;
  /** Whether some of its atoms can follow a noise that changes. */
  readonly adaptive?: boolean;
  /** After `gain`: lets the adaptive atoms learn from the last frame. `certainty`: how surely no voice is in it, 0 to 1. */
  adapt?(certainty: number): void;
  /** What the adaptive atoms have come to; undefined where there are none. Off the audio path: it allocates. */
  readonly adapted?: AdaptedNoise | undefined;
  /** Goes on from what the same noise of another model has come to; another noise is left out. It allocates. */
  adopt?(noise: AdaptedNoise): void;
  /**
   * One gain a bin: sum over sources of their gain times their mask. `gains`: linear, one a source. `exponent`: on magnitudes.
   * The array returned is used again by the next call.
   */
  gain(gains: ArrayLike<number>, exponent: number): Float32Array;
}

/** Learned noise after some adaptation: see ObservedAtoms, whose atoms are here those of a dictionary with this one source. */
export interface AdaptedNoise extends Omit<ObservedAtoms, 'atoms'> {
  readonly dictionary: Dictionary;
}

export interface FrameModelOptions {
  readonly kernel: KernelFactory;
  readonly solver?: Solver | undefined;
  readonly iterations?: number | undefined;
  /** Of the sound whose spectra the model may look at. Default 1. */
  readonly channels?: number | undefined;
}

/**
 * The model for a dictionary: plain, unfolded, or both side by side: with learned noise, and where the weights of cues are for both
 * (dictionary/cues.ts). With such weights and a source "vocals", the voice's place in the stereo image counts too.
 */
export function createFrameModel(
  dictionary: Dictionary,
  layout: FrameLayout,
  options: FrameModelOptions,
): FrameModel {
  const cues = cuesOf(dictionary);
  const voice = dictionary.sources.findIndex(({ label }) => label.toLowerCase() === 'vocals');
  if (!cues || voice < 0 || dictionary.sources.length < 2) return createModel(dictionary, layout, options);
  const channels = options.channels ?? 1;
  const weights = { voice, channels, cues: cues.data };
  if (modelsOf(cues) === 1) {
    const model = createModel(dictionary, layout, options);
    return new PlaceModel(model, layout, { asked: [model], ...weights });
  }
  const asked = bothModels(dictionary, layout, options);
  return new PlaceModel(new ModelPair(...asked), layout, { asked, ...weights });
}

function createModel(dictionary: Dictionary, layout: FrameLayout, options: FrameModelOptions): FrameModel {
  if (!isUnfolded(dictionary)) return new SourceModel(dictionary, layout, options);
  if (!dictionary.learned?.length) return new UnfoldedModel(dictionary, layout, options.kernel);
  return new ProductModel(...bothModels(dictionary, layout, options));
}

/** Of the atoms, and of the updates. */
const bothModels = (
  dictionary: Dictionary,
  layout: FrameLayout,
  options: FrameModelOptions,
): [FrameModel, FrameModel] => [
  new SourceModel(dictionary, layout, options),
  new UnfoldedModel(dictionary, layout, options.kernel),
];

/**
 * A dictionary as a processor with this layout wants it. An unfolded one goes as it is: its model reads bands, and makes them of any
 * grid.
 */
export function dictionaryForLayout(dictionary: Dictionary, layout: FrameLayout): Dictionary {
  return isUnfolded(dictionary) ? dictionary : resampleDictionary(dictionary, layout);
}

/**
 * Whether a dictionary stands on the grid of a layout, so that its atoms are used as they are. Where only its updates are used, their window
 * says it: their bands are the same on any number of bins.
 */
export function standsOn(dictionary: Dictionary, layout: FrameLayout): boolean {
  const { sampleRate, fftSize, windowLength } = dictionary;
  if (sampleRate !== layout.sampleRate || windowLength !== layout.windowLength) return false;
  const cues = cuesOf(dictionary);
  const atomsCount = !isUnfolded(dictionary) || (cues && modelsOf(cues) === 2);
  return !atomsCount || fftSize === layout.fftSize;
}
