import { AudioFileError } from '../audio/wav.ts';
import { startsWith } from '../dictionary/magic.ts';

/** What the pages of an Ogg file say about the sound in it. (RFC 3533; Vorbis I, section 4.2.2; RFC 7845, section 5.1.) */
export interface OggFacts {
  readonly codec: 'Ogg Vorbis' | 'Ogg Opus' | 'Ogg FLAC';
  /** 0: not said. */
  readonly channelCount: number;
  /** Hz of the decoded sound; 0: not said. */
  readonly sampleRate: number;
  /** Samples per channel; 0: not said. */
  readonly length: number;
}

const FIRST_PAGE = 2;

/**
 * Walks through the pages of an Ogg file, all of which must be there and whole: decoders make noise of a page that is cut.
 * Undefined when the sound in it is of no known codec. Throws an {@link AudioFileError} for a damaged file.
 */
export function readOgg(bytes: Uint8Array): OggFacts | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let facts: OggFacts | undefined;
  let skip = 0;
  let streams = 0;
  let end = 0;
  for (let at = 0; at < bytes.length;) {
    const body = at + 27 + (bytes[at + 26] ?? 0);
    if (!startsWith(bytes, at, 'OggS')) throw damaged(`there is no page at byte ${at}`);
    if (body > bytes.length) throw damaged(`it is cut off in the page at byte ${at}`);
    let size = 0;
    for (let i = at + 27; i < body; i++) size += bytes[i]!;
    if (body + size > bytes.length) throw damaged(`it is cut off in the page at byte ${at}`);
    if (checksum(bytes, at, body + size) !== view.getUint32(at + 22, true)) {
      throw damaged(`the page at byte ${at} has a wrong checksum`);
    }
    if (bytes[at + 5]! & FIRST_PAGE) {
      streams++;
      facts ??= codecOf(bytes, view, body, size);
      if (facts?.codec === 'Ogg Opus') skip = view.getUint16(body + 10, true);
    }
    const position = view.getUint32(at + 6, true) + view.getUint32(at + 10, true) * 2 ** 32;
    // All ones: no packet ends on this page.
    if (position < 2 ** 63) end = position;
    at = body + size;
  }
  if (!facts) return undefined;
  const length = streams === 1 && facts.codec !== 'Ogg FLAC' ? Math.max(0, end - skip) : 0;
  return { ...facts, length };
}

function codecOf(bytes: Uint8Array, view: DataView, at: number, size: number): OggFacts | undefined {
  if (startsWith(bytes, at, '\x01vorbis') && size >= 30) {
    const sampleRate = view.getUint32(at + 12, true);
    return { codec: 'Ogg Vorbis', channelCount: bytes[at + 11]!, sampleRate, length: 0 };
  }
  if (startsWith(bytes, at, 'OpusHead') && size >= 19) {
    return { codec: 'Ogg Opus', channelCount: bytes[at + 9]!, sampleRate: 48000, length: 0 };
  }
  if (startsWith(bytes, at, '\x7fFLAC'))
    return { codec: 'Ogg FLAC', channelCount: 0, sampleRate: 0, length: 0 };
  return undefined;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte << 24;
  for (let bit = 0; bit < 8; bit++) value = value & 0x80000000 ? (value << 1) ^ 0x04c11db7 : value << 1;
  return value >>> 0;
});

/** CRC-32 of a page (polynomial 04c11db7, no reflection), its own checksum field taken as 0. */
function checksum(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0;
  for (let i = from; i < to; i++) {
    const byte = i >= from + 22 && i < from + 26 ? 0 : bytes[i]!;
    crc = ((crc << 8) ^ TABLE[(crc >>> 24) ^ byte]!) >>> 0;
  }
  return crc;
}

const damaged = (why: string): AudioFileError => new AudioFileError(`The Ogg file is damaged: ${why}.`);
