import { siSdr } from '../test/helpers/quality.ts';
import type { Dictionary } from '../src/dictionary/index.ts';
import type { LatencyMode } from '../src/separator/latency-modes.ts';
import { render } from '../src/separator/render.ts';
import { noiseProfile, resampleAudio } from '../src/training/index.ts';
import type { Recording } from '../src/training/index.ts';

/** Seconds of the noise alone that a profile is learned from; the mixture takes what comes after. */
const PROFILE = 3;
/** Longest mixture, seconds. */
const LONGEST = 6;
/** Each wanted recording is mixed with this many unwanted ones. */
const MIXTURES_EACH = 2;

export interface Scores {
  readonly mixtures: number;
  /** Mean rise of SI-SDR over the mixture, dB, with the dictionary as it is. */
  readonly gain: number;
  /** The same with a profile in place of the unwanted source. */
  readonly profileGain: number;
}

/**
 * What a dictionary of two sources does for mixtures of `wanted` and `unwanted` recordings at `snr` dB, through the whole engine with
 * the second fader down.
 */
export function score(
  dictionary: Dictionary,
  wanted: readonly Recording[],
  unwanted: readonly Recording[],
  settings: {
    readonly mode: LatencyMode;
    readonly snr: number;
  },
): Scores {
  const { sampleRate } = dictionary;
  const others = unwanted.map((r) => resampleAudio(r.samples, r.sampleRate, sampleRate));
  const skip = Math.round(PROFILE * sampleRate);
  const gains: number[] = [];
  const profileGains: number[] = [];
  for (const [i, { samples, sampleRate: rate }] of wanted.entries()) {
    const target = resampleAudio(samples, rate, sampleRate);
    for (let j = 0; j < MIXTURES_EACH; j++) {
      const index = (MIXTURES_EACH * i + j) % others.length;
      const other = others[index]!;
      const length = Math.min(target.length, other.length - skip, LONGEST * sampleRate);
      const voice = target.subarray(0, length);
      const level = Math.sqrt(
        power(voice) / power(other.subarray(skip, skip + length)) / 10 ** (settings.snr / 10),
      );
      const mixture = voice.map((sample, n) => sample + level * other[skip + n]!);
      const gain = (used: Dictionary): number => {
        const configuration = {
          sampleRate,
          mode: settings.mode,
          dictionary: used,
          parameters: { gain1: -60 },
        };
        return siSdr(render([mixture], configuration)![0]!, voice) - siSdr(mixture, voice);
      };
      gains.push(gain(dictionary));
      const recording = { name: unwanted[index]!.name, samples: other.subarray(0, skip), sampleRate };
      profileGains.push(gain(noiseProfile(recording, dictionary).dictionary));
    }
  }
  return { mixtures: gains.length, gain: mean(gains), profileGain: mean(profileGains) };
}

const power = (x: Float32Array): number => x.reduce((sum, sample) => sum + sample * sample, 0) / x.length;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
