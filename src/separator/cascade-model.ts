import type { Dictionary } from '../dictionary/dictionary.ts';
import type { KernelName } from '../kernel/kernel.ts';
import type { FrameModel } from './frame-model.ts';

/** Mask exponent with which the first model prepares the frame for the second. */
const PREPARING_EXPONENT = 2;

/**
 * Two models of the same two sources, one after the other: the first knows the noise of this very room, from a recording of it;
 * the second, trained for the task, hears what the first leaves. The mask of the first source is the product of both.
 */
export class CascadeModel implements FrameModel {
  readonly exponent = 2;
  readonly spectrum: Float32Array;
  readonly #first: FrameModel;
  readonly #second: FrameModel;
  readonly #mask: Float32Array;
  readonly #firstSource = Float64Array.of(1, 0);

  constructor(first: FrameModel, second: FrameModel) {
    this.#first = first;
    this.#second = second;
    this.spectrum = new Float32Array(second.spectrum.length);
    this.#mask = new Float32Array(second.spectrum.length);
  }

  get dictionary(): Dictionary {
    return this.#second.dictionary;
  }

  get resampled(): boolean {
    return this.#second.resampled;
  }

  get kernelName(): KernelName {
    return this.#first.kernelName;
  }

  get activations(): Float32Array {
    return this.#first.activations;
  }

  get finite(): boolean {
    return this.#first.finite && this.#second.finite;
  }

  get steps(): number {
    return this.#first.steps + this.#second.steps;
  }

  processStep(step: number): void {
    if (step === 0) this.#observe();
    if (step < this.#first.steps) {
      this.#first.processStep(step);
      return;
    }
    if (step === this.#first.steps) this.#handOver();
    this.#second.processStep(step - this.#first.steps);
  }

  /** The first model may want another exponent of |X| than 2. */
  #observe(): void {
    const half = this.#first.exponent / 2;
    const v = this.#first.spectrum;
    for (let f = 0; f < this.spectrum.length; f++) {
      v[f] = half === 0.5 ? Math.sqrt(this.spectrum[f]!) : Math.pow(this.spectrum[f]!, half);
    }
  }

  #handOver(): void {
    const mask = this.#first.gain(this.#firstSource, PREPARING_EXPONENT);
    const power = this.#second.spectrum;
    for (let f = 0; f < power.length; f++) power[f] = this.spectrum[f]! * mask[f]! * mask[f]!;
  }

  skipFrame(): void {
    this.#first.skipFrame();
    this.#second.skipFrame();
  }

  reset(): void {
    this.#first.reset();
    this.#second.reset();
  }

  gain(gains: ArrayLike<number>, exponent: number): Float32Array {
    const one = this.#first.gain(this.#firstSource, exponent);
    const two = this.#second.gain(this.#firstSource, exponent);
    const wanted = gains[0]!;
    const other = gains[1]!;
    for (let f = 0; f < this.#mask.length; f++) {
      this.#mask[f] = other + (wanted - other) * one[f]! * two[f]!;
    }
    return this.#mask;
  }
}
