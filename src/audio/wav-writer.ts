import { AudioFileError } from './audio.ts';
import type { Audio, SampleFormat } from './audio.ts';
import { MAX_CHANNELS } from './wav-reader.ts';

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
const GUID_TAIL = [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xaa, 0, 0x38, 0x9b, 0x71];
const MAX_SIZE = 0xffffffff;

const SAMPLE_BYTES: Readonly<Record<SampleFormat, number>> = {
  pcm16: 2,
  pcm24: 3,
  pcm32: 4,
  float32: 4,
  float64: 8,
};

/** The bytes of a WAV file, and how many samples had to be cut to full scale (pcm formats only) or were not numbers. */
export interface WrittenWav {
  readonly bytes: Uint8Array;
  readonly clipped: number;
}

/**
 * Writes a WAV file in the audio's format. Samples read from a pcm format are written back to the same bits. More than two
 * channels, or a channel mask, make it WAVE_FORMAT_EXTENSIBLE. Throws an {@link AudioFileError} for what a WAV cannot hold.
 */
export function writeWav(audio: Audio): WrittenWav {
  const { channels, sampleRate, format, channelMask = 0 } = audio;
  const sampleBytes = SAMPLE_BYTES[format];
  const length = channels[0]?.length ?? 0;
  if (channels.length < 1 || channels.length > MAX_CHANNELS) {
    throw new AudioFileError(
      `A WAV file must have from 1 to ${MAX_CHANNELS} channels, not ${channels.length}.`,
    );
  }
  if (channels.some((channel) => channel.length !== length)) {
    throw new AudioFileError('All channels of a WAV file must have the same length.');
  }
  if (!Number.isInteger(sampleRate) || sampleRate < 1 || sampleRate > MAX_SIZE) {
    throw new AudioFileError(
      `The sample rate of a WAV file must be a whole number of Hz, not ${sampleRate}.`,
    );
  }
  const blockAlign = sampleBytes * channels.length;
  const dataSize = length * blockAlign;
  const extensible = channels.length > 2 || channelMask !== 0;
  const float = format.startsWith('float');
  const formatSize = extensible ? 40 : float ? 18 : 16;
  const factSize = float ? 12 : 0;
  const start = 12 + 8 + formatSize + factSize + 8;
  const size = start + dataSize + (dataSize % 2);
  if (size - 8 > MAX_SIZE) {
    throw new AudioFileError(`The sound needs ${size} bytes; a WAV file can hold 4 GiB: split it.`);
  }
  const bytes = new Uint8Array(size);
  const view = new DataView(bytes.buffer);
  fourCC(bytes, 0, 'RIFF');
  view.setUint32(4, size - 8, true);
  fourCC(bytes, 8, 'WAVE');
  fourCC(bytes, 12, 'fmt ');
  view.setUint32(16, formatSize, true);
  const tag = float ? FLOAT : PCM;
  view.setUint16(20, extensible ? EXTENSIBLE : tag, true);
  view.setUint16(22, channels.length, true);
  view.setUint32(24, sampleRate, true);
  view.setUint32(28, sampleRate * blockAlign, true);
  view.setUint16(32, blockAlign, true);
  view.setUint16(34, 8 * sampleBytes, true);
  if (extensible) {
    view.setUint16(36, 22, true);
    view.setUint16(38, 8 * sampleBytes, true);
    view.setUint32(40, channelMask, true);
    view.setUint16(44, tag, true);
    bytes.set(GUID_TAIL, 46);
  }
  if (float) {
    const fact = 20 + formatSize;
    fourCC(bytes, fact, 'fact');
    view.setUint32(fact + 4, 4, true);
    view.setUint32(fact + 8, length, true);
  }
  fourCC(bytes, start - 8, 'data');
  view.setUint32(start - 4, dataSize, true);
  return { bytes, clipped: writeSamples(view, start, channels, format) };
}

function writeSamples(
  view: DataView,
  start: number,
  channels: readonly Float32Array[],
  format: SampleFormat,
): number {
  const length = channels[0]!.length;
  const sampleBytes = SAMPLE_BYTES[format];
  let clipped = 0;
  let at = start;
  for (let i = 0; i < length; i++) {
    for (const channel of channels) {
      const value = channel[i]!;
      if (format === 'float32') view.setFloat32(at, value, true);
      else if (format === 'float64') view.setFloat64(at, value, true);
      else {
        const fullScale = 2 ** (8 * sampleBytes - 1);
        const whole = Number.isNaN(value) ? 0 : Math.round(value * fullScale);
        // +1 exactly is one step above what the format holds: that is rounding, not clipping.
        if (whole < -fullScale || whole > fullScale || Number.isNaN(value)) clipped++;
        const cut = Math.max(-fullScale, Math.min(fullScale - 1, whole));
        if (format === 'pcm16') view.setInt16(at, cut, true);
        else if (format === 'pcm32') view.setInt32(at, cut, true);
        else {
          view.setUint16(at, cut & 0xffff, true);
          view.setInt8(at + 2, cut >> 16);
        }
      }
      at += sampleBytes;
    }
  }
  return clipped;
}

function fourCC(bytes: Uint8Array, at: number, text: string): void {
  for (let i = 0; i < 4; i++) bytes[at + i] = text.charCodeAt(i);
}
