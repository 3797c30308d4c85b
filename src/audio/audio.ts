/** How samples are stored. Those of a pcm format are whole numbers, full scale being 1. */
export const SAMPLE_FORMATS = ['pcm16', 'pcm24', 'pcm32', 'float32', 'float64'] as const;
export type SampleFormat = (typeof SAMPLE_FORMATS)[number];

/** A sound in memory. */
export interface Audio {
  /** Hz. */
  readonly sampleRate: number;
  /** One array per channel, all of the same length; full scale is -1 to 1. */
  readonly channels: readonly Float32Array[];
  /** How the samples were stored, or are to be. */
  readonly format: SampleFormat;
  /** Which loudspeaker each channel is for, as WAVE_FORMAT_EXTENSIBLE counts them; absent or 0: not said. */
  readonly channelMask?: number;
}

/** What is wrong with an audio file, in one sentence that can be shown to a user. */
export class AudioFileError extends Error {
  override readonly name = 'AudioFileError';
}
