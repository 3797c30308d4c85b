import type { Dictionary } from '../../dictionary/dictionary.ts';
import type { KernelName } from '../../kernel/kernel.ts';
import type { AdaptedNoise, FrameModel } from '../frame-model.ts';
import type { FrameLayout } from '../latency-modes.ts';
import { cueWeights, type CueWeights } from './cue-weights.ts';
import { PanningCells } from './panning-cells.ts';
import { PlaceMemory } from './place-memory.ts';

/** Pieces into which finding the places is cut. */
const PIECES = 2;
const LEAST_SHARE = 1e-4;
/**
 * Log odds that the second model may give, either way: a singer that it does not know it takes for music, and surely so, and it must not
 * overrule the first then.
 */
export const SUREST_SECOND = 1.5;
/** Factor on the log odds of two models, from which together the places are learned. */
const TOGETHER = 0.7;

/**
 * One or two models of a voice, and where in the stereo image of this song the voice is. What the models say of a bin and what its place
 * says are added as log odds; the weights are in cue-weights.ts. The places are learned from the models while the song goes on, so that a
 * voice may be in the middle, at a side or wide. With one channel only the weights differ from what the models do alone.
 */
export class PlaceModel implements FrameModel {
  readonly #model: FrameModel;
  readonly #asked: readonly FrameModel[];
  readonly #voice: number;
  readonly #bins: number;
  readonly #cells: PanningCells | undefined;
  readonly #memory: PlaceMemory;
  readonly #stereo: CueWeights;
  readonly #mono: CueWeights;
  readonly #oneHot: Float64Array;
  readonly #others: Float64Array;
  /** Magnitudes of the frame in work, mean over the channels. */
  readonly #magnitude: Float32Array;
  /** What each model says is voice, as log odds. */
  readonly #said: readonly Float32Array[];
  /** What the models alone, and what all cues together say is the voice's share of the magnitude. */
  readonly #alone: Float32Array;
  readonly #share: Float32Array;
  readonly #odds: Float32Array;
  readonly #gain: Float32Array;
  /** Of the mask; a change is heard one frame later. */
  #exponent = 2;

  /**
   * `model`: what is solved. `asked`: its parts that say what is voice, one or two. `voice`: index of its source. `cues`: weights for
   * as many models, see dictionary/cues.ts.
   */
  constructor(
    model: FrameModel,
    layout: FrameLayout,
    options: { asked: readonly FrameModel[]; voice: number; channels: number; cues: Float32Array },
  ) {
    this.#model = model;
    this.#asked = options.asked;
    this.#voice = options.voice;
    this.#bins = layout.bins;
    this.#cells = options.channels === 2 ? new PanningCells(layout) : undefined;
    this.#memory = new PlaceMemory(layout.hop / layout.sampleRate);
    this.#stereo = cueWeights(layout, options.cues, this.#asked.length, true);
    this.#mono = cueWeights(layout, options.cues, this.#asked.length, false);
    const sources = model.dictionary.sources.length;
    this.#oneHot = new Float64Array(sources);
    this.#oneHot[options.voice] = 1;
    this.#others = new Float64Array(sources);
    this.#magnitude = new Float32Array(layout.bins);
    this.#said = this.#asked.map(() => new Float32Array(layout.bins));
    this.#alone = new Float32Array(layout.bins);
    this.#share = new Float32Array(layout.bins);
    this.#odds = new Float32Array(layout.bins);
    this.#gain = new Float32Array(layout.bins);
    this.reset();
  }

  get dictionary(): Dictionary {
    return this.#model.dictionary;
  }

  get resampled(): boolean {
    return this.#model.resampled;
  }

  get kernelName(): KernelName {
    return this.#model.kernelName;
  }

  get activations(): Float32Array {
    return this.#model.activations;
  }

  get exponent(): number {
    return this.#model.exponent;
  }

  get spectrum(): Float32Array {
    return this.#model.spectrum;
  }

  get finite(): boolean {
    return this.#model.finite;
  }

  get adaptive(): boolean {
    return this.#model.adaptive === true;
  }

  adapt(certainty: number): void {
    this.#model.adapt?.(certainty);
  }

  get adapted(): AdaptedNoise | undefined {
    return this.#model.adapted;
  }

  adopt(noise: AdaptedNoise): void {
    this.#model.adopt?.(noise);
  }

  reset(): void {
    this.#model.reset();
    this.#cells?.reset();
    this.#memory.reset();
    this.#alone.fill(0.5);
    this.#share.fill(0.5);
  }

  skipFrame(): void {
    this.#model.skipFrame();
  }

  look(spectra: readonly Float64Array[]): void {
    this.#cells?.observe(spectra[0]!, spectra[1]!);
  }

  get steps(): number {
    return this.#model.steps + PIECES + this.#asked.length + 1;
  }

  processStep(step: number): void {
    const piece = step - this.#model.steps;
    if (piece < 0) {
      this.#model.processStep(step);
    } else if (piece < PIECES) {
      const size = this.#bins / PIECES;
      this.#cells?.locate(Math.floor(piece * size), Math.floor((piece + 1) * size));
    } else if (this.#model.finite) {
      if (piece < PIECES + this.#asked.length) this.#ask(piece - PIECES);
      else this.#decide();
    }
  }

  /** What one model says. */
  #ask(index: number): void {
    const mask = this.#asked[index]!.gain(this.#oneHot, this.#exponent);
    const alone = this.#alone;
    const said = this.#said[index]!;
    for (let f = 0; f < alone.length; f++) {
      const value = mask[f]!;
      const part = value > LEAST_SHARE ? (value < 1 - LEAST_SHARE ? value : 1 - LEAST_SHARE) : LEAST_SHARE;
      alone[f] = part;
      said[f] = Math.log(part / (1 - part));
    }
    if (index === 0) return;
    const first = this.#said[0]!;
    for (let f = 0; f < said.length; f++) {
      said[f] = Math.max(-SUREST_SECOND, Math.min(SUREST_SECOND, said[f]!));
      alone[f] = 1 / (1 + Math.exp(-TOGETHER * (first[f]! + said[f]!)));
    }
  }

  #decide(): void {
    this.#fuse();
    if (!this.#cells) return;
    const magnitude = this.#magnitude;
    const model = this.#model;
    const v = model.spectrum;
    if (model.exponent === 1) for (let f = 0; f < magnitude.length; f++) magnitude[f] = v[f]!;
    else if (model.exponent === 2) for (let f = 0; f < magnitude.length; f++) magnitude[f] = Math.sqrt(v[f]!);
    else for (let f = 0; f < magnitude.length; f++) magnitude[f] = Math.pow(v[f]!, 1 / model.exponent);
    this.#memory.learn(this.#cells, magnitude, this.#alone);
  }

  /** Log odds of models and place to the voice's share; below the voice's range it has none. A song that turns mono has no places. */
  #fuse(): void {
    const stereo = this.#stereo;
    const mono = this.#mono;
    const cells = this.#cells;
    const part = cells ? cells.stereo : 0;
    const odds = this.#odds;
    for (let f = 0; f < odds.length; f++)
      odds[f] = mono.offset[f]! + part * (stereo.offset[f]! - mono.offset[f]!);
    for (let m = 0; m < this.#said.length; m++) {
      const said = this.#said[m]!;
      const alone = mono.models[m]!;
      const placed = stereo.models[m]!;
      for (let f = 0; f < odds.length; f++)
        odds[f]! += (alone[f]! + part * (placed[f]! - alone[f]!)) * said[f]!;
    }
    if (cells && part > 0) {
      const { logits } = this.#memory;
      const { lower, upper, share } = cells;
      for (let f = 0; f < odds.length; f++) {
        const low = logits[lower[f]!]!;
        odds[f]! += part * stereo.place[f]! * (low + share[f]! * (logits[upper[f]!]! - low));
      }
    }
    const share = this.#share;
    for (let f = 0; f < odds.length; f++) share[f] = stereo.range[f]! / (1 + Math.exp(-odds[f]!));
  }

  /** As the model's, but with the voice's share as all cues have it; the others' shares keep their proportions. */
  gain(gains: ArrayLike<number>, exponent: number): Float32Array {
    this.#exponent = exponent;
    const sources = this.#others.length;
    for (let s = 0; s < sources; s++) this.#others[s] = s === this.#voice ? 0 : gains[s]!;
    const voiceGain = gains[this.#voice]!;
    const share = this.#share;
    const alone = this.#alone;
    const gain = this.#gain;
    if (sources === 2) {
      // One other source: what is not voice is it.
      const other = this.#others[1 - this.#voice]!;
      for (let f = 0; f < gain.length; f++) gain[f] = other + (voiceGain - other) * share[f]!;
      return gain;
    }
    const rest = this.#model.gain(this.#others, exponent);
    for (let f = 0; f < gain.length; f++) {
      const scale = (1 - share[f]!) / (1 - alone[f]!);
      gain[f] = voiceGain * share[f]! + rest[f]! * scale;
    }
    return gain;
  }
}
