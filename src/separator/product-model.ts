import { absence } from './absence.ts';
import type { FrameModel } from './frame-model.ts';
import { ModelPair } from './model-pair.ts';

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
export class ProductModel extends ModelPair {
  readonly #mask: Float32Array;
  readonly #firstSource = Float64Array.of(1, 0);
  /** Share of the last frame's power that both leave. */
  #voice = 0;

  constructor(first: FrameModel, second: FrameModel) {
    super(first, second);
    this.#mask = new Float32Array(second.spectrum.length);
  }

  override reset(): void {
    super.reset();
    this.#voice = 0;
  }

  /**
   * What both leave is likely to be voice, and more surely so than the first, which the noise outgrows, can tell alone.
   */
  override adapt(certainty: number): void {
    super.adapt(certainty * absence(this.#voice, MOST_VOICE));
  }

  override gain(gains: ArrayLike<number>, exponent: number): Float32Array {
    const one = this.first.gain(this.#firstSource, FIRST_EXPONENT * exponent);
    const two = this.second.gain(this.#firstSource, exponent);
    const power = this.second.spectrum;
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
