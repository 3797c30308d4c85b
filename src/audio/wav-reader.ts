import { AudioFileError } from './audio.ts';
import type { Audio, SampleFormat } from './audio.ts';

/*
 * WAV as it is found: PCM of 8 to 32 bits, float of 32 and 64, WAVE_FORMAT_EXTENSIBLE, RF64 and BW64, chunks of any kind and
 * order. (Multimedia Programming Interface 1.0, IBM and Microsoft 1991; EBU Tech 3306 for RF64.)
 */

const PCM = 1;
const FLOAT = 3;
const EXTENSIBLE = 0xfffe;
/** Bytes 2 to 15 of the GUID of a WAVE_FORMAT_EXTENSIBLE whose first two are a plain format tag. */
const GUID_TAIL = '000000001000800000aa00389b71';
const FORMAT_NAMES: Readonly<Record<number, string>> = {
  2: 'Microsoft ADPCM',
  6: 'A-law',
  7: 'mu-law',
  0x11: 'IMA ADPCM',
  0x31: 'GSM 6.10',
  0x50: 'MPEG',
  0x55: 'MP3',
  0x92: 'Dolby AC-3',
  0xff: 'AAC',
};
/** As many as libsndfile allows. */
export const MAX_CHANNELS = 1024;
/** Chunk size of a writer that did not know the length (a pipe), or of RF64, whose "ds64" chunk knows it. */
const UNKNOWN_SIZE = 0xffffffff;

interface Layout {
  readonly tag: number;
  readonly channelCount: number;
  readonly sampleRate: number;
  /** Bytes of a sample of one channel. */
  readonly sampleBytes: number;
  readonly channelMask: number;
}

/** Whether the bytes begin as a WAV file does. */
export function isWav(bytes: Uint8Array): boolean {
  const form = fourCC(bytes, 0);
  return (form === 'RIFF' || form === 'RF64' || form === 'BW64') && fourCC(bytes, 8) === 'WAVE';
}

/** Reads a WAV file. Throws an {@link AudioFileError} that says what is wrong with it. */
export function readWav(bytes: Uint8Array): Audio {
  if (fourCC(bytes, 0) === 'RIFX') {
    throw new AudioFileError('The WAV file is big-endian (RIFX); little-endian (RIFF) is needed.');
  }
  if (!isWav(bytes))
    throw new AudioFileError('The file is not a WAV file: it must begin with RIFF and WAVE.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let layout: Layout | undefined;
  let longSize: number | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const id = fourCC(bytes, at);
    const size = view.getUint32(at + 4, true);
    const body = at + 8;
    if (id === 'ds64' && body + 24 <= bytes.length) {
      longSize = view.getUint32(body + 8, true) + view.getUint32(body + 12, true) * 2 ** 32;
    } else if (id === 'fmt ') {
      layout = readLayout(bytes, view, body, size);
    } else if (id === 'data') {
      if (!layout)
        throw new AudioFileError(
          'The WAV file has its data before its format ("fmt " chunk); it must be after it.',
        );
      return readData(view, layout, body, dataSize(size, longSize, bytes.length - body));
    }
    at = body + size + (size % 2);
  }
  throw new AudioFileError(
    layout
      ? 'The WAV file has no samples ("data" chunk): it is cut off, or was never finished.'
      : 'The WAV file has no format ("fmt " chunk): it is cut off, or not a WAV file.',
  );
}

function readLayout(bytes: Uint8Array, view: DataView, at: number, size: number): Layout {
  if (size < 16 || at + size > bytes.length) {
    throw new AudioFileError(
      'The format ("fmt " chunk) of the WAV file is cut off: at least 16 bytes are needed.',
    );
  }
  let tag = view.getUint16(at, true);
  const channelCount = view.getUint16(at + 2, true);
  const sampleRate = view.getUint32(at + 4, true);
  const blockAlign = view.getUint16(at + 12, true);
  const bits = view.getUint16(at + 14, true);
  let channelMask = 0;
  if (tag === EXTENSIBLE) {
    if (size < 40)
      throw new AudioFileError('The extensible format of the WAV file is cut off: it needs 40 bytes.');
    channelMask = view.getUint32(at + 20, true);
    if (hex(bytes.subarray(at + 26, at + 40)) !== GUID_TAIL) {
      throw new AudioFileError('The WAV file is of an unknown kind; PCM or float is needed.');
    }
    tag = view.getUint16(at + 24, true);
  }
  if (tag !== PCM && tag !== FLOAT) {
    const name = FORMAT_NAMES[tag] ?? `format 0x${tag.toString(16)}`;
    throw new AudioFileError(`The WAV file holds ${name}; PCM or float is needed.`);
  }
  if (channelCount < 1 || channelCount > MAX_CHANNELS) {
    throw new AudioFileError(
      `The WAV file has ${channelCount} channels; it must have from 1 to ${MAX_CHANNELS}.`,
    );
  }
  if (sampleRate === 0) throw new AudioFileError('The WAV file has a sample rate of 0 Hz.');
  // 20 bits in 3 bytes, or 24 in 4, are left-justified: reading all the bytes gives the right level.
  const sampleBytes = blockAlign / channelCount;
  const fits = tag === PCM ? [1, 2, 3, 4].includes(sampleBytes) : [4, 8].includes(sampleBytes);
  if (!fits || bits < 1 || bits > 8 * sampleBytes || (tag === FLOAT && bits !== 8 * sampleBytes)) {
    throw new AudioFileError(
      `The WAV file has ${bits} bits per sample in blocks of ${blockAlign} bytes for ${channelCount} channels; PCM of 8, 16, ` +
        `24 or 32 bits or float of 32 or 64 bits is needed.`,
    );
  }
  return { tag, channelCount, sampleRate, sampleBytes, channelMask };
}

function dataSize(size: number, longSize: number | undefined, available: number): number {
  if (size === UNKNOWN_SIZE) size = longSize ?? available;
  // A writer that streams leaves 0 until it ends; what was written until then is sound.
  else if (size === 0 && longSize !== undefined) size = longSize;
  if (size > available) {
    throw new AudioFileError(
      `The WAV file is cut off: ${size} bytes of samples should be in it, and ${available} are.`,
    );
  }
  return size;
}

function readData(view: DataView, layout: Layout, start: number, size: number): Audio {
  const { channelCount, sampleBytes, sampleRate, channelMask } = layout;
  const length = Math.floor(size / (sampleBytes * channelCount));
  const format = formatOf(layout);
  const read = READERS[`${layout.tag}/${sampleBytes}`]!;
  const channels = Array.from({ length: channelCount }, () => new Float32Array(length));
  let at = start;
  for (let i = 0; i < length; i++) {
    for (let c = 0; c < channelCount; c++, at += sampleBytes) channels[c]![i] = read(view, at);
  }
  return { sampleRate, channels, format, ...(channelMask !== 0 && { channelMask }) };
}

function formatOf({ tag, sampleBytes }: Layout): SampleFormat {
  if (tag === FLOAT) return sampleBytes === 8 ? 'float64' : 'float32';
  return sampleBytes === 4 ? 'pcm32' : sampleBytes === 3 ? 'pcm24' : 'pcm16';
}

/** By format tag and bytes. */
const READERS: Readonly<Record<string, (view: DataView, at: number) => number>> = {
  [`${PCM}/1`]: (view, at) => (view.getUint8(at) - 128) / 0x80,
  [`${PCM}/2`]: (view, at) => view.getInt16(at, true) / 0x8000,
  [`${PCM}/3`]: (view, at) => (view.getUint16(at, true) + view.getInt8(at + 2) * 0x10000) / 0x800000,
  [`${PCM}/4`]: (view, at) => view.getInt32(at, true) / 0x80000000,
  [`${FLOAT}/4`]: (view, at) => view.getFloat32(at, true),
  [`${FLOAT}/8`]: (view, at) => view.getFloat64(at, true),
};

function fourCC(bytes: Uint8Array, at: number): string {
  if (at + 4 > bytes.length) return '';
  return String.fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!);
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
