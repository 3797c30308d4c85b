import type { BandPowers } from '../../dictionary/examples.ts';
import type { UnfoldedTensors } from '../../dictionary/unfolded.ts';
import type { Random } from '../../nmf/random.ts';
import { FloorTracker } from '../../separator/floor-tracker.ts';
import type { TuningBands } from './tuning-bands.ts';

/** A batch of mixtures of voice and noise in bands: frames x rows x bands. */
export interface MixedBatch {
  /** Of the mixture. */
  readonly power: Float32Array;
  readonly voicePower: Float32Array;
  /** Re(mixture conj(voice)). */
  readonly crossPower: Float32Array;
  /** frames x rows x 2 bands: magnitudes to the power gamma, and the floor under them. */
  readonly input: Float32Array;
  /** frames x rows. */
  readonly epsilon: Float32Array;
}

/** dB: of the voice, and of the voice over the noise. */
const LEVELS = [-46, -18] as const;
const RATIOS = [-8, 20] as const;
/** dB by which bands are raised and lowered at random, in half of the mixtures each: rooms, and what a short recording leaves open. */
const OTHER_CURVE = 6;
const OWN_CURVE = 2;
/** Of the mixtures: with what is known. The others keep the model from taking all that it did not hear there for the other source. */
const OWN = 0.9;
/** Of the mixtures: without voice, and without noise. */
const VOICELESS = 0.03;
const NOISELESS = 0.03;

/** Of the mixtures: how many end below some frequency, as telephones and headsets do, voice and noise alike. */
const LIMITED = 0.35;

/** What is mixed: sounds that are known, and others like them. */
export interface TuningSounds {
  /** Of the very source; none where it is not known. */
  readonly own: readonly BandPowers[];
  readonly others: readonly BandPowers[];
}

/** A sound to be mixed, and its level. */
interface Material {
  readonly powers: BandPowers;
  /** dB by which its bands are raised and lowered at random. */
  readonly curve: number;
  /** Mean square of the samples; of a voice, while it sounds. */
  readonly level: number;
}

interface Materials {
  readonly own: readonly Material[];
  readonly others: readonly Material[];
}

/** Draws mixtures: any voice at any place with any stretch of the noise, at the levels at which people speak. */
export class TuningMixtures {
  readonly #bands: TuningBands;
  readonly #random: Random;
  readonly #voices: Materials;
  readonly #noises: Materials;
  readonly #trackers: readonly FloorTracker[];
  readonly #gamma: number;
  readonly #relativeEpsilon: number;

  /** `rows`: mixtures of a batch. */
  constructor(
    t: UnfoldedTensors,
    bands: TuningBands,
    voices: TuningSounds,
    noises: TuningSounds,
    rows: number,
    random: Random,
  ) {
    this.#bands = bands;
    this.#random = random;
    const materials = ({ own, others }: TuningSounds, silence: number): Materials => ({
      own: own.map((powers) => this.#material(powers, OWN_CURVE, silence)),
      others: others.map((powers) => this.#material(powers, OTHER_CURVE, silence)),
    });
    this.#voices = materials(voices, 1e-3);
    this.#noises = materials(noises, 0);
    this.#trackers = Array.from({ length: rows }, () => new FloorTracker(t.bands, t.smoothing, t.rise));
    this.#gamma = t.gamma;
    this.#relativeEpsilon = t.epsilon;
  }

  /** Overwrites the batch. */
  draw(batch: MixedBatch, frames: number): void {
    const rows = this.#trackers.length;
    for (let row = 0; row < rows; row++) this.#mix(batch, frames, row, rows);
  }

  #mix(batch: MixedBatch, frames: number, row: number, rows: number): void {
    const random = this.#random;
    const count = this.#bands.count;
    const common = this.#bands.common;
    const voice = this.#pick(this.#voices);
    const noise = this.#pick(this.#noises);
    const level = 10 ** (this.#between(...LEVELS) / 10);
    const loudness = level / 10 ** (this.#between(...RATIOS) / 10);
    const alone = random.uniform();
    const ofVoice = (level / voice.level) * (alone < VOICELESS ? 1e-8 : 1);
    const ofNoise = (loudness / noise.level) * (alone > 1 - NOISELESS ? 1e-6 : 1);
    const voiceGain = this.#curve(voice.curve, ofVoice);
    const noiseGain = this.#curve(noise.curve, ofNoise);
    if (random.uniform() < LIMITED) this.#limit(voiceGain, noiseGain);
    let voiceFrame = random.integer(voice.powers.count);
    let noiseFrame = random.integer(noise.powers.count);
    const { power, voicePower, crossPower, input, epsilon } = batch;
    const tracker = this.#trackers[row]!;
    tracker.reset();
    for (let t = 0; t < frames; t++) {
      const frame = t * rows + row;
      let sum = 0;
      for (let b = 0; b < count; b++) {
        const s = voice.powers.values[voiceFrame * count + b]! * voiceGain[b]!;
        const n = noise.powers.values[noiseFrame * count + b]! * noiseGain[b]!;
        const shared = common[b]! * Math.sqrt(s * n) * Math.cos(2 * Math.PI * random.uniform());
        // Where both cancel out, never all of it.
        const both = Math.max(s + n + 2 * shared, 1e-3 * (s + n)) + 1e-12;
        const at = frame * count + b;
        power[at] = both;
        voicePower[at] = s;
        crossPower[at] = s + shared;
      }
      for (const { band, from } of this.#bands.inherited) {
        for (const powers of [power, voicePower, crossPower]) {
          powers[frame * count + band] = powers[frame * count + from]!;
        }
      }
      for (let b = 0; b < count; b++) {
        const v = power[frame * count + b]! ** (this.#gamma / 2);
        input[2 * frame * count + b] = v;
        sum += v;
      }
      epsilon[frame] = (this.#relativeEpsilon * sum) / count;
      tracker.process(input.subarray(2 * frame * count, 2 * (frame + 1) * count), count);
      voiceFrame = (voiceFrame + 1) % voice.powers.count;
      noiseFrame = (noiseFrame + 1) % noise.powers.count;
    }
  }

  #pick({ own, others }: Materials): Material {
    const known = own.length > 0 && (others.length === 0 || this.#random.uniform() < OWN);
    const materials = known ? own : others;
    // All frames alike.
    let left = this.#random.uniform() * materials.reduce((sum, { powers }) => sum + powers.count, 0);
    return materials.find(({ powers }) => (left -= powers.count) < 0) ?? materials.at(-1)!;
  }

  #between(low: number, high: number): number {
    return low + (high - low) * this.#random.uniform();
  }

  #limit(...gains: Float32Array[]): void {
    const draw = this.#random.uniform();
    const limit = draw < 0.45 ? 7900 : draw < 0.6 ? 4000 : draw < 0.7 ? 3400 : this.#between(5000, 20000);
    const factor = 10 ** this.#between(-12, -3);
    // At lower rates the sound may end there anyway.
    if (limit > 0.9 * this.#bands.centre.at(-1)!) return;
    for (let b = 0; b < this.#bands.count; b++) {
      if (this.#bands.centre[b]! > limit) for (const gain of gains) gain[b]! *= factor;
    }
  }

  /** Factors on the powers of the bands. */
  #curve(strength: number, factor: number): Float32Array {
    const { count, pitch } = this.#bands;
    const gains = new Float32Array(count).fill(factor);
    if (this.#random.uniform() < 0.5) return gains;
    const places = Array.from({ length: 2 + this.#random.integer(5) }, () => this.#random.uniform());
    places.sort((a, b) => a - b);
    places.unshift(0);
    const values = places.map(() => this.#between(-strength, strength));
    for (let b = 0; b < count; b++) {
      const above = places.findIndex((place) => place > pitch[b]!);
      let decibels = values.at(-1)!;
      if (above > 0) {
        const low = places[above - 1]!;
        const share = (pitch[b]! - low) / (places[above]! - low);
        decibels = values[above - 1]! + share * (values[above]! - values[above - 1]!);
      }
      gains[b]! *= 10 ** (decibels / 10);
    }
    return gains;
  }

  /** `silence`: frames of less than this of the loudest do not count as its level. */
  #material(powers: BandPowers, curve: number, silence: number): Material {
    const { count, bins, meanSquare } = this.#bands;
    const levels = Float64Array.from({ length: powers.count }, (_, t) => {
      let sum = 0;
      for (let b = 0; b < count; b++) sum += bins[b]! * powers.values[t * count + b]!;
      return meanSquare * sum;
    });
    const peak = levels.reduce((a, b) => Math.max(a, b), 0);
    const heard = levels.filter((level) => level >= silence * peak);
    return { powers, curve, level: heard.reduce((a, b) => a + b, 0) / heard.length + 1e-12 };
  }
}
