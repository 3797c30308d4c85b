import { createRandom, type Random } from '../../src/nmf/random.ts';
import type { Corpus, Group } from './corpus.ts';
import { SAMPLE_RATE, type Material } from './material.ts';

/** dB of the speech above the noise. */
export const SNRS = [-5, 0, 5, 10, 15] as const;

/** Seconds of noise before the speech begins. */
export const LEAD_IN = 0.5;
/** Seconds of the noise recording before the mixture that a system may learn from. */
export const PROFILE = 3;
/**
 * Seconds of speech: files of a speaker are put one after the other until there are as many as the first, and cut at the second. (Within
 * them DNSMOS, which repeats shorter sounds, needs the fewest windows.)
 */
const SPEECH = [4.6, 5.9] as const;
/** Level of the speech in dB of full scale, before a mixture that would clip is lowered. */
const SPEECH_LEVEL = -26;
/** Seconds over which speech that is cut, and noise that is repeated, fade. */
const FADE = 0.02;

/** What goes into one mixture. */
export interface MixturePlan {
  readonly index: number;
  readonly speaker: string;
  readonly speech: readonly string[];
  /** Name of the kind of noise. */
  readonly noise: string;
  readonly noiseFile: string;
  /** Where in the noise recording the profile begins: 0 first possible, 1 last. */
  readonly position: number;
  /** dB. */
  readonly snr: number;
}

export interface Mixture extends Material {
  readonly plan: MixturePlan;
  /** Samples before the speech. */
  readonly leadIn: number;
}

/**
 * `count` mixtures: noises and SNRs in turn, so that each meets each equally often; speakers drawn without putting back until all
 * have spoken. The first n of them are the same for every count.
 */
export function planMixtures(
  corpus: Pick<Corpus, 'speakers' | 'noises'>,
  count: number,
  seed = 1,
): MixturePlan[] {
  const random = createRandom(seed);
  const noises = shuffle(corpus.noises, random);
  const speakers = drawer(corpus.speakers, random);
  const recordings = new Map<Group, () => string>();
  const next = (group: Group): string => {
    let draw = recordings.get(group);
    if (!draw) recordings.set(group, (draw = drawer(group.files, random)));
    return draw();
  };
  // After as many mixtures the turns of noises and SNRs meet again; then they are shifted against each other.
  const period = leastCommonMultiple(noises.length, SNRS.length);
  return Array.from({ length: count }, (_, index) => {
    const noise = noises[index % noises.length]!;
    const speaker = speakers();
    return {
      index,
      speaker: speaker.name,
      speech: speaker.files.map(() => next(speaker)),
      noise: noise.name,
      noiseFile: next(noise),
      position: random.uniform(),
      snr: SNRS[(index + Math.floor(index / period)) % SNRS.length]!,
    };
  });
}

export async function makeMixture(plan: MixturePlan, corpus: Pick<Corpus, 'load'>): Promise<Mixture> {
  const speech = await gatherSpeech(plan, corpus);
  const leadIn = LEAD_IN * SAMPLE_RATE;
  const length = leadIn + speech.length;
  const profileLength = PROFILE * SAMPLE_RATE;
  const recording = await corpus.load(plan.noiseFile);
  const background = cutNoise(recording, profileLength + length, plan.position);
  const clean = new Float32Array(length);
  clean.set(speech, leadIn);

  // The SNR holds for the time in which there is speech.
  const heard = background.subarray(profileLength + leadIn);
  let speechGain = 10 ** (SPEECH_LEVEL / 20) / rms(speech);
  let noiseGain = 10 ** ((SPEECH_LEVEL - plan.snr) / 20) / rms(heard);
  if (!(Number.isFinite(speechGain) && Number.isFinite(noiseGain))) {
    throw new Error(`There is silence in ${plan.noiseFile} or in ${plan.speech[0]}; both must hold sound.`);
  }
  let peak = 0;
  for (let i = 0; i < length; i++) {
    const sample = Math.abs(speechGain * clean[i]! + noiseGain * background[profileLength + i]!);
    if (sample > peak) peak = sample;
  }
  if (peak > 0.99) {
    speechGain *= 0.99 / peak;
    noiseGain *= 0.99 / peak;
  }
  const scaled = background.map((value) => noiseGain * value);
  const noise = scaled.slice(profileLength);
  for (let i = 0; i < length; i++) clean[i]! *= speechGain;
  return {
    plan,
    leadIn,
    clean,
    noise,
    mixture: clean.map((value, i) => value + noise[i]!),
    profile: scaled.slice(0, profileLength),
  };
}

async function gatherSpeech(plan: MixturePlan, corpus: Pick<Corpus, 'load'>): Promise<Float32Array> {
  const most = SPEECH[1] * SAMPLE_RATE;
  const speech = new Float32Array(most);
  let length = 0;
  for (const file of plan.speech) {
    if (length >= SPEECH[0] * SAMPLE_RATE) break;
    const samples = await corpus.load(file);
    speech.set(samples.subarray(0, most - length), length);
    length = Math.min(most, length + samples.length);
  }
  const fade = FADE * SAMPLE_RATE;
  if (length === most) for (let i = 0; i < fade; i++) speech[most - 1 - i]! *= i / fade;
  return speech.subarray(0, length);
}

/** `length` samples of a recording; one that is too short is repeated, faded into itself. */
function cutNoise(recording: Float32Array, length: number, position: number): Float32Array {
  if (recording.length >= length) {
    const start = Math.floor(position * (recording.length - length));
    return recording.subarray(start, start + length);
  }
  const fade = FADE * SAMPLE_RATE;
  const period = recording.length - fade;
  const result = new Float32Array(length);
  for (let start = 0; start < length; start += period) {
    const end = Math.min(recording.length, length - start);
    for (let i = 0; i < end; i++) {
      // Equal power, for the end and the beginning of a noise have nothing to do with each other.
      const rise = start === 0 || i >= fade ? 1 : Math.sin((Math.PI * i) / (2 * fade));
      const fall = i < period ? 1 : Math.cos((Math.PI * (i - period)) / (2 * fade));
      result[start + i]! += rise * fall * recording[i]!;
    }
  }
  return result;
}

function rms(samples: Float32Array): number {
  let power = 0;
  for (const sample of samples) power += sample * sample;
  return Math.sqrt(power / samples.length);
}

function shuffle<T>(values: readonly T[], random: Random): T[] {
  const result = [...values];
  for (let i = result.length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    [result[i], result[j]] = [result[j]!, result[i]!];
  }
  return result;
}

/** Draws without putting back; when all are drawn, begins again in a new order. */
function drawer<T>(values: readonly T[], random: Random): () => T {
  let left: T[] = [];
  return () => {
    if (left.length === 0) left = shuffle(values, random);
    return left.pop()!;
  };
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a * b) / x;
}
