import type { Dictionary } from '../dictionary/dictionary.ts';
import type { KernelName } from '../kernel/kernel.ts';
import type { AdaptedNoise, FrameModel } from './frame-model.ts';

/**
 * Two models of the same sources that hear the same frames, one after the other: the first of the dictionary's own atoms, the second of
 * its updates. Alone it gives the masks of the second; who knows both may ask each of them.
 */
export class ModelPair implements FrameModel {
  readonly exponent = 2;
  readonly first: FrameModel;
  readonly second: FrameModel;

  /** `second`: its exponent must be 2. */
  constructor(first: FrameModel, second: FrameModel) {
    this.first = first;
    this.second = second;
  }

  get dictionary(): Dictionary {
    return this.second.dictionary;
  }

  get resampled(): boolean {
    return this.first.resampled || this.second.resampled;
  }

  get kernelName(): KernelName {
    return this.first.kernelName;
  }

  get activations(): Float32Array {
    return this.first.activations;
  }

  get spectrum(): Float32Array {
    return this.second.spectrum;
  }

  get finite(): boolean {
    return this.first.finite && this.second.finite;
  }

  get steps(): number {
    return this.first.steps + this.second.steps;
  }

  processStep(step: number): void {
    if (step === 0) this.#observe();
    if (step < this.first.steps) this.first.processStep(step);
    else this.second.processStep(step - this.first.steps);
  }

  /** The first model may want another exponent of |X| than 2. */
  #observe(): void {
    const half = this.first.exponent / 2;
    const v = this.first.spectrum;
    const power = this.second.spectrum;
    for (let f = 0; f < power.length; f++) {
      v[f] = half === 0.5 ? Math.sqrt(power[f]!) : Math.pow(power[f]!, half);
    }
  }

  skipFrame(): void {
    this.first.skipFrame();
    this.second.skipFrame();
  }

  reset(): void {
    this.first.reset();
    this.second.reset();
  }

  get adaptive(): boolean {
    return this.first.adaptive === true;
  }

  adapt(certainty: number): void {
    this.first.adapt?.(certainty);
  }

  get adapted(): AdaptedNoise | undefined {
    return this.first.adapted;
  }

  adopt(noise: AdaptedNoise): void {
    this.first.adopt?.(noise);
  }

  gain(gains: ArrayLike<number>, exponent: number): Float32Array {
    return this.second.gain(gains, exponent);
  }
}
