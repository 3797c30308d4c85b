import { checkDictionary, withReconstruction } from '../../dictionary/index.ts';
import type { Dictionary, DictionaryCard } from '../../dictionary/index.ts';
import { CUES, withCues } from '../../dictionary/cues.ts';
import type { KernelFactory } from '../../kernel/kernel.ts';
import { frameLayout } from '../../separator/latency-modes.ts';
import type { FrameLayout } from '../../separator/latency-modes.ts';
import type { ShardPool } from '../parallel/messages.ts';
import { HeardFrames, BLOCK } from './heard-frames.ts';
import { PartListener } from './hear-part.ts';
import { learnAtoms } from './learn-atoms.ts';
import { findVoice } from './voice-shares.ts';

export interface SongStudyOptions {
  /** Of the dictionary that is learned. */
  readonly name: string;
  /** Hz. */
  readonly sampleRate: number;
  /** Knows what voices are like in general; one of its sources is called "vocals", "voice" or "singing". */
  readonly base: Dictionary;
  readonly createKernel: KernelFactory;
  readonly card?: DictionaryCard;
}

export interface StudyProgress {
  readonly stage: 'listening' | 'learning';
  /** Of the whole study, 0 to 1. */
  readonly fraction: number;
}

export interface StudyResult {
  /** Sources "vocals" and "accompaniment" of this song. */
  readonly dictionary: Dictionary;
  /** Seconds of sound that was not silent. */
  readonly seconds: number;
  /** Part of that, 0 to 1, in which a melody is sung. */
  readonly sung: number;
  /** False where it was stopped early; the dictionary is then what had been reached. */
  readonly finished: boolean;
}

export const VOCALS = 'vocals';
export const ACCOMPANIMENT = 'accompaniment';
const VOICE_LABELS = [VOCALS, 'voice', 'singing'];

/** What the place in the stereo image adds while the song plays (dictionary/cues.ts): stereo, then mono, where the atoms speak alone. */
const PLACE = {
  name: CUES,
  shape: [2, 3, 3],
  data: Float32Array.of(1, 1, 1, 0.7, 0.7, 0.7, 1.5, 1.5, 1.5, 1, 1, 1, 0, 0, 0, 0, 0, 0),
} as const;

/** Seconds that are listened to at once: long enough for a melody to stand out. */
export const PART_SECONDS = 20;
/** Seconds of a song below which nothing can be learned. */
export const LEAST_SECONDS = 2;
/** Most magnitudes kept: about 90 s at 44.1 kHz, spread over the song. */
const MOST_VALUES = 8192 * 1025;

/**
 * Learns the dictionary of one song: its voice and its accompaniment. Parts come as they are played or read (`add`); `learn` makes a dictionary of what has
 * been heard, and may be called again when more has, going on from the atoms it had: the more it hears, the better. Passages without a melody teach the
 * accompaniment alone; where one is sung, its partials, the base's voice atoms and the place in the stereo image say what is voice.
 */
export class SongStudy {
  readonly layout: FrameLayout;
  readonly #options: SongStudyOptions;
  readonly #listener: PartListener;
  readonly #frames: HeardFrames;
  #pending: Float32Array[] = [];
  #heard = 0;
  #atoms: readonly Float32Array[] | undefined;

  /** Throws a RangeError for a sample rate out of range, or a base without a voice. */
  constructor(options: SongStudyOptions) {
    const { base, sampleRate, createKernel } = options;
    this.#options = options;
    this.layout = frameLayout('quality', sampleRate);
    const voice = base.sources.findIndex(({ label }) => VOICE_LABELS.includes(label.toLowerCase()));
    if (voice < 0 || base.sources.length < 2) {
      const labels = base.sources.map(({ label }) => label).join(', ');
      throw new RangeError(
        `The dictionary "${base.name}" has the sources ${labels}; to study a song it takes vocals and something else.`,
      );
    }
    this.#listener = new PartListener(base, voice, this.layout, createKernel);
    this.#frames = new HeardFrames(Math.ceil(MOST_VALUES / this.layout.bins / BLOCK));
  }

  /** Seconds of sound heard that was not silent. */
  get seconds(): number {
    return (this.#heard * this.layout.hop) / this.layout.sampleRate;
  }

  /** The next part of the song: arrays of the same length, one a channel; of more than two, the first two count. */
  add(channels: readonly Float32Array[]): void {
    const heard = channels.slice(0, 2);
    const length = heard[0]?.length ?? 0;
    if (heard.length === 0 || heard.some((channel) => channel.length !== length)) {
      throw new RangeError('The channels of a song must be one or more, and of the same length.');
    }
    if (this.#pending.length > 0 && this.#pending.length !== heard.length) {
      throw new RangeError(
        `The song had ${this.#pending.length} channels and now has ${heard.length}; it must keep them.`,
      );
    }
    this.#pending = heard.map((channel, c) => joined(this.#pending[c], channel));
    const part = Math.round(PART_SECONDS * this.layout.sampleRate);
    while (this.#pending[0]!.length >= part) this.#listen(part);
  }

  /**
   * A dictionary of what has been heard. `onProgress` returning false stops early. Rejects with a RangeError where too little has been heard that is not
   * silent.
   */
  async learn(pool: ShardPool, onProgress?: (fraction: number) => boolean | void): Promise<StudyResult> {
    if (this.#pending.length > 0) this.#listen(this.#pending[0]!.length);
    const { seconds } = this;
    if (seconds < LEAST_SECONDS) {
      throw new RangeError(
        `${seconds.toFixed(1)} s of the song are not silent; at least ${LEAST_SECONDS} s are needed to study it.`,
      );
    }
    const { blocks } = this.#frames;
    const { shares, sung } = findVoice(blocks, this.layout);
    const { name, card, createKernel } = this.#options;
    const learned = await learnAtoms(
      { blocks, shares, layout: this.layout, createKernel, start: this.#atoms },
      pool,
      onProgress,
    );
    const { voice, accompaniment, reconstruction, finished } = learned;
    this.#atoms = [voice, accompaniment];
    const { sampleRate, fftSize, bins, windowLength, hop } = this.layout;
    const voices = voice.length / bins;
    const atomCount = voices + accompaniment.length / bins;
    const plain: Dictionary = {
      name,
      atoms: joined(voice, accompaniment),
      atomCount,
      bins,
      sampleRate,
      fftSize,
      windowLength,
      hop,
      window: 'asymmetric',
      exponent: 1,
      divergence: 'kullback-leibler',
      sources: [
        { label: VOCALS, from: 0, to: voices },
        { label: ACCOMPANIMENT, from: voices, to: atomCount },
      ],
      card: card ?? {
        description: `Vocals and accompaniment of one song, learned from ${seconds.toFixed(0)} s of it`,
        data: 'the song itself',
      },
      learned: [VOCALS, ACCOMPANIMENT],
    };
    const dictionary = withCues(withReconstruction(plain, reconstruction), PLACE);
    checkDictionary(dictionary);
    return { dictionary, seconds, sung, finished };
  }

  /** Takes in the first `length` samples that wait. */
  #listen(length: number): void {
    const blocks = this.#listener.hear(this.#pending.map((channel) => channel.subarray(0, length)));
    for (const block of blocks) {
      this.#frames.add(block);
      this.#heard += block.count;
    }
    this.#pending = this.#pending.map((channel) => channel.slice(length));
  }
}

function joined(first: Float32Array | undefined, second: Float32Array): Float32Array {
  const result = new Float32Array((first?.length ?? 0) + second.length);
  if (first) result.set(first);
  result.set(second, first?.length ?? 0);
  return result;
}
