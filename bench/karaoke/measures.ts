import { siSdr } from '../quality/metrics/si-sdr.ts';
import { BssEval, bssScores } from './metrics/bss-eval.ts';
import { decibels, limited } from './metrics/decibels.ts';
import { imageError } from './metrics/stereo-image.ts';
import { combine, type Channels, type Song } from './songs.ts';
import type { Separation } from './systems/system.ts';

/** What is measured, in dB where it is not said otherwise. */
export interface Measures {
  /** SI-SDR of the backing, all channels as one signal. */
  readonly backing: number;
  /** The same of the voice. */
  readonly voice: number;
  /** BSS Eval of the backing, */
  readonly backingSdr: number;
  readonly backingSir: number;
  readonly backingSar: number;
  /** and of the voice. */
  readonly voiceSdr: number;
  readonly voiceSir: number;
  readonly voiceSar: number;
  /** How far the voice is down in the backing. */
  readonly voiceDown: number;
  /** By how much the true backing is louder or softer than it was. */
  readonly backingChange: number;
  /** Error of the level differences between channels. Undefined unless there are two. */
  readonly imageLevel?: number | undefined;
  /** Error of the phase differences, in degrees. */
  readonly imagePhase?: number | undefined;
}
export type Measure = keyof Measures;

/** Measures separations of one song. What does not depend on them is done once. */
export function measurer(song: Song): (separation: Separation) => Measures {
  const { mix, vocals, backing, sampleRate } = song;
  const channels = mix.map((_, c) => new BssEval([backing[c]!, vocals[c]!]));
  const evaluate = (estimate: Channels, index: number) =>
    bssScores(...channels.map((channel, c) => channel.energies(estimate[c]!, index)));
  return ({ backing: estimate, voice = combine(mix, estimate, -1), respond }) => {
    const ofBacking = evaluate(estimate, 0);
    const ofVoice = evaluate(voice, 1);
    const image = imageError(estimate, backing, sampleRate);
    return {
      backing: limited(siSdr(joined(estimate), joined(backing))),
      voice: limited(siSdr(joined(voice), joined(vocals))),
      backingSdr: ofBacking.sdr,
      backingSir: ofBacking.sir,
      backingSar: ofBacking.sar,
      voiceSdr: ofVoice.sdr,
      voiceSir: ofVoice.sir,
      voiceSar: ofVoice.sar,
      voiceDown: decibels(energy(vocals), energy(respond(vocals))),
      backingChange: decibels(energy(respond(backing)), energy(backing)),
      imageLevel: image?.level,
      imagePhase: image?.phase,
    };
  };
}

/** All channels, one after the other. */
function joined(channels: Channels): Float32Array {
  const length = channels[0]!.length;
  const result = new Float32Array(channels.length * length);
  for (const [c, channel] of channels.entries()) result.set(channel, c * length);
  return result;
}

const energy = (channels: Channels): number =>
  channels.reduce((sum, channel) => channel.reduce((total, sample) => total + sample * sample, sum), 0);
