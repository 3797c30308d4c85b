/** What the header of an MPEG audio frame says. (ISO/IEC 11172-3, 2.4.1.3, and 13818-3.) */
export interface MpegFrame {
  /** Byte in the file. */
  readonly at: number;
  readonly sampleRate: number;
  readonly channelCount: 1 | 2;
  /** Bytes; 0: not said (free format). */
  readonly size: number;
}

/** Farthest from the expected place where a first frame is looked for: tags are padded in many ways. */
const REACH = 1 << 17;

/** kbit/s by the header's index, for MPEG 1 layer 1, 2, 3, then MPEG 2 layer 1, then 2 and 3. */
const BITRATES = [
  [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const;
const RATES = [44100, 48000, 32000] as const;

/** Where the sound begins after an ID3v2 tag, of which MP3 files and some others have one; 0 without. */
export function endOfId3(bytes: Uint8Array): number {
  if (bytes.length < 10 || bytes[0] !== 0x49 || bytes[1] !== 0x44 || bytes[2] !== 0x33) return 0;
  const size = (bytes[6]! << 21) | (bytes[7]! << 14) | (bytes[8]! << 7) | bytes[9]!;
  return 10 + size + (bytes[5]! & 0x10 ? 10 : 0);
}

/** The first frame at or after `from` that another like it follows (or the end of the file). */
export function firstMpegFrame(bytes: Uint8Array, from: number, reach = REACH): MpegFrame | undefined {
  const last = Math.min(bytes.length - 4, from + reach);
  for (let at = from; at <= last; at++) {
    const frame = mpegFrame(bytes, at);
    if (!frame) continue;
    const next = at + frame.size;
    if (frame.size === 0 || next >= bytes.length - 4) return frame;
    const following = mpegFrame(bytes, next);
    if (following && following.sampleRate === frame.sampleRate) return frame;
  }
  return undefined;
}

function mpegFrame(bytes: Uint8Array, at: number): MpegFrame | undefined {
  const second = bytes[at + 1] ?? 0;
  const third = bytes[at + 2] ?? 0;
  const version = (second >> 3) & 3;
  const layer = 4 - ((second >> 1) & 3);
  const rate = RATES[(third >> 2) & 3];
  const bitrateIndex = third >> 4;
  if (bytes[at] !== 0xff || (second & 0xe0) !== 0xe0 || version === 1 || layer === 4) return undefined;
  if (rate === undefined || bitrateIndex === 15) return undefined;
  const first = version === 3;
  const sampleRate = first ? rate : version === 2 ? rate / 2 : rate / 4;
  const bitrate = 1000 * BITRATES[first ? layer - 1 : layer === 1 ? 3 : 4]![bitrateIndex]!;
  const padding = (third >> 1) & 1;
  const samples = layer === 3 && !first ? 576 : 1152;
  const size =
    layer === 1
      ? 4 * (Math.floor((12 * bitrate) / sampleRate) + padding)
      : Math.floor(((samples / 8) * bitrate) / sampleRate) + padding;
  const channelCount = (bytes[at + 3] ?? 0) >> 6 === 3 ? 1 : 2;
  return { at, sampleRate, channelCount, size: bitrate === 0 ? 0 : size };
}
