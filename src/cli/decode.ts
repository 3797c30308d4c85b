import { AudioFileError } from '../audio/wav.ts';
import type { Audio, SampleFormat } from '../audio/wav.ts';
import { startsWith } from '../dictionary/magic.ts';
import { lastFlacFrame } from './flac-tail.ts';
import { endOfId3, firstMpegFrame } from './mpeg.ts';
import { readOgg } from './ogg.ts';

type Codec = 'FLAC' | 'Ogg FLAC' | 'MP3' | 'Ogg Vorbis' | 'Ogg Opus';

/** What a compressed file says of itself before it is decoded; 0: not said. What comes out is held to it. */
interface Claims {
  readonly codec: Codec;
  readonly channelCount: number;
  readonly sampleRate: number;
  /** Samples per channel. */
  readonly length: number;
}

/**
 * Decodes FLAC, MP3, Ogg Vorbis, Ogg Opus and Ogg FLAC, told apart by what is in the file and not by its name, with the
 * library for it, which is loaded when first needed. Undefined when it is none of them. Throws an {@link AudioFileError}
 * for a damaged file: the decoders themselves make noise, or a shorter sound, of many.
 */
export async function decodeCompressed(bytes: Uint8Array): Promise<Audio | undefined> {
  const claims = readClaims(bytes);
  if (!claims) return undefined;
  const { codec } = claims;
  let decoded: Decoded;
  try {
    decoded = await DECODERS[codec](bytes);
  } catch (error) {
    throw new AudioFileError(`The ${codec} file cannot be decoded: ${reason(error)}.`);
  }
  const { channelData, samplesDecoded, sampleRate, errors } = decoded;
  if (errors.length > 0) throw new AudioFileError(`The ${codec} file is damaged: ${reason(errors[0])}.`);
  if (channelData.length === 0 || !(sampleRate > 0)) {
    throw new AudioFileError(`There is no sound in the ${codec} file: it is cut off or damaged.`);
  }
  if (
    (claims.sampleRate > 0 && sampleRate !== claims.sampleRate) ||
    (claims.channelCount > 0 && channelData.length !== claims.channelCount)
  ) {
    throw new AudioFileError(`The ${codec} file is damaged: its sample rate or channels change on the way.`);
  }
  // An Ogg file may be cut out of a longer stream, and count from its beginning.
  if (codec === 'FLAC' && samplesDecoded < claims.length) {
    throw new AudioFileError(
      `The ${codec} file is cut off or damaged: it should have ${claims.length} samples, and ${samplesDecoded} can be decoded.`,
    );
  }
  // A last packet may be longer than the sound: the rest of it is padding.
  const length = claims.length > 0 ? Math.min(claims.length, samplesDecoded) : samplesDecoded;
  return {
    sampleRate,
    channels: channelData.map((channel) => channel.slice(0, length)),
    format: codec === 'FLAC' || codec === 'Ogg FLAC' ? losslessFormat(decoded.bitDepth) : 'float32',
  };
}

function readClaims(bytes: Uint8Array): Claims | undefined {
  const start = endOfId3(bytes);
  if (startsWith(bytes, start, 'fLaC')) return readFlac(bytes, start);
  if (startsWith(bytes, 0, 'OggS')) {
    return readOgg(bytes);
  }
  // Without a tag, anything that begins otherwise is something else.
  const frame = firstMpegFrame(bytes, start, start > 0 ? undefined : 0);
  if (!frame && start > 0)
    throw new AudioFileError('There is no sound after the tag (ID3) at the start of the file.');
  return frame && { codec: 'MP3', channelCount: frame.channelCount, sampleRate: frame.sampleRate, length: 0 };
}

/** From STREAMINFO, the first block of a FLAC file. (RFC 9639, section 8.2.) */
function readFlac(bytes: Uint8Array, start: number): Claims {
  const at = start + 8 + 10;
  if (bytes.length < at + 8) throw new AudioFileError('The FLAC file is cut off in its header.');
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 8);
  const sampleRate = view.getUint32(0) >>> 12;
  const channelCount = ((view.getUint8(2) >> 1) & 7) + 1;
  const length = (view.getUint8(3) & 0x0f) * 2 ** 32 + view.getUint32(4);
  return { codec: 'FLAC', channelCount, sampleRate, length };
}

interface Decoded {
  readonly channelData: Float32Array[];
  readonly samplesDecoded: number;
  readonly sampleRate: number;
  readonly bitDepth?: number;
  readonly errors: readonly { readonly message: string }[];
}

interface Decoder {
  readonly ready: Promise<void>;
  free(): void;
}

const DECODERS: Readonly<Record<Codec, (bytes: Uint8Array) => Promise<Decoded>>> = {
  FLAC: decodeNativeFlac,
  'Ogg FLAC': decodeFlac,
  MP3: async (bytes) => {
    const { MPEGDecoder } = await import('mpg123-decoder');
    return using(new MPEGDecoder(), (decoder) => Promise.resolve(decoder.decode(bytes)));
  },
  'Ogg Vorbis': async (bytes) => {
    const { OggVorbisDecoder } = await import('@wasm-audio-decoders/ogg-vorbis');
    return using(new OggVorbisDecoder(), (decoder) => decoder.decodeFile(bytes));
  },
  'Ogg Opus': async (bytes) => {
    const { OggOpusDecoder } = await import('ogg-opus-decoder');
    return using(new OggOpusDecoder(), (decoder) => decoder.decodeFile(bytes));
  },
};

async function decodeFlac(bytes: Uint8Array): Promise<Decoded> {
  const { FLACDecoder } = await import('@wasm-audio-decoders/flac');
  return using(new FLACDecoder(), (decoder) => decoder.decodeFile(bytes));
}

/** The file, and its last frame where the library lost just that one. */
async function decodeNativeFlac(bytes: Uint8Array): Promise<Decoded> {
  const decoded = await decodeFlac(bytes);
  const missing = readFlac(bytes, endOfId3(bytes)).length - decoded.samplesDecoded;
  const frame = missing > 0 && decoded.errors.length === 0 ? lastFlacFrame(bytes) : undefined;
  if (!frame) return decoded;
  const { FLACDecoder } = await import('@wasm-audio-decoders/flac');
  const tail = await using(new FLACDecoder(), (decoder) => decoder.decodeFrames([frame]));
  if (tail.samplesDecoded !== missing || tail.channelData.length !== decoded.channelData.length)
    return decoded;
  const samplesDecoded = decoded.samplesDecoded + missing;
  const channelData = decoded.channelData.map((channel, c) => {
    const whole = new Float32Array(samplesDecoded);
    whole.set(channel);
    whole.set(tail.channelData[c]!, channel.length);
    return whole;
  });
  return { ...decoded, channelData, samplesDecoded };
}

async function using<D extends Decoder>(
  decoder: D,
  decode: (decoder: D) => Promise<Decoded>,
): Promise<Decoded> {
  await decoder.ready;
  try {
    return await decode(decoder);
  } finally {
    decoder.free();
  }
}

/** A pcm format that holds what the file holds. */
const losslessFormat = (bits = 24): SampleFormat => (bits <= 16 ? 'pcm16' : bits <= 24 ? 'pcm24' : 'pcm32');

function reason(error: unknown): string {
  const message = (error as { message?: string } | undefined)?.message ?? String(error);
  return message.replace(/\.?\s*$/, '').replaceAll(/\s+/g, ' ');
}
