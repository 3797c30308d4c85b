import type { Dictionary } from '../dictionary/dictionary.ts';
import type { KernelName } from '../kernel/kernel.ts';
import { absence } from './absence.ts';
import type { AdaptedNoise, FrameModel } from './frame-model.ts';

/** Part of the mask exponent that the first model's mask gets: it knows the noise, but not what a voice may be. */
const FIRST_EXPONENT = 0.5;
/** Share of a frame's power that both may leave while the noise atoms adapt. */
const MOST_VOICE = 0.4;

/**
 * Two models of the same two sources, side by side: the first knows the noise of this very room, from a recording of
 * it; the second was trained for the task. The mask of the first source is the product of both. Each hears the frame as
 * it is: what the first leaves is no noisy speech such as the second was trained on, and where the noise is like a
 * voice it misses what the first took out of the voice.
 */
export class ProductModel implements FrameModel {
  readonly exponent = 2;
  readonly #first: FrameModel;
  readonly #second: FrameModel;
  readonly #mask: Float32Array;
  readonly #firstSource = Float64Array.of(1, 0);
  /** Share of the last frame's power that both leave. */
  #voice = 0;

  constructor(first: FrameModel, second: FrameModel) {
    this.#first = first;
    this.#second = second;
    this.#mask = new Float32Array(second.spectrum.length);
  }

  get dictionary(): Dictionary {
    return this.#second.dictionary;
  }

  get resampled(): boolean {
    return this.#first.resampled || this.#second.resampled;
  }

  get kernelName(): KernelName {
    return this.#first.kernelName;
  }

  get activations(): Float32Array {
    return this.#first.activations;
  }

  get spectrum(): Float32Array {
    return this.#second.spectrum;
  }

  get finite(): boolean {
    return this.#first.finite && this.#second.finite;
  }

  get steps(): number {
    return this.#first.steps + this.#second.steps;
  }

  processStep(step: number): void {
    if (step === 0) this.#observe();
    if (step < this.#first.steps) this.#first.processStep(step);
    else this.#second.processStep(step - this.#first.steps);
  }

  /** The first model may want another exponent of |X| than 2. */
  #observe(): void {
    const half = this.#first.exponent / 2;
    const v = this.#first.spectrum;
    const power = this.#second.spectrum;
    for (let f = 0; f < power.length; f++) {
      v[f] = half === 0.5 ? Math.sqrt(power[f]!) : Math.pow(power[f]!, half);
    }
  }

  skipFrame(): void {
    this.#first.skipFrame();
    this.#second.skipFrame();
  }

  reset(): void {
    this.#first.reset();
    this.#second.reset();
    this.#voice = 0;
  }

  get adaptive(): boolean {
    return this.#first.adaptive === true;
  }

  /**
   * What both leave is likely to be voice, and more surely so than the first, which the noise outgrows, can tell alone.
   */
  adapt(certainty: number): void {
    this.#first.adapt?.(certainty * absence(this.#voice, MOST_VOICE));
  }

  get adapted(): AdaptedNoise | undefined {
    return this.#first.adapted;
  }

  adopt(noise: AdaptedNoise): void {
    this.#first.adopt?.(noise);
  }

  gain(gains: ArrayLike<number>, exponent: number): Float32Array {
    const one = this.#first.gain(this.#firstSource, FIRST_EXPONENT * exponent);
    const two = this.#second.gain(this.#firstSource, exponent);
    const power = this.#second.spectrum;
    const wanted = gains[0]!;
    const other = gains[1]!;
    let all = 0;
    let left = 0;
    for (let f = 0; f < this.#mask.length; f++) {
      const mask = one[f]! * two[f]!;
      all += power[f]!;
      left += power[f]! * mask * mask;
      this.#mask[f] = other + (wanted - other) * mask;
    }
    this.#voice = all > 0 ? left / all : 0;
    return this.#mask;
  }
}
