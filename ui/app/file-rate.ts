const MPEG_RATES = [44100, 48000, 32000];
/** Bytes in which the first frame of an MP3 is looked for, behind its tags. */
const SEARCHED = 65536;

const ascii = (bytes: Uint8Array, at: number, text: string): boolean =>
  [...text].every((character, i) => bytes[at + i] === character.charCodeAt(0));

/**
 * Sample rate (Hz) in the header of a FLAC, MP3 or Ogg file; undefined for others. A browser decodes at the rate that it is told, and does
 * not tell that of the file.
 */
export function fileRate(bytes: Uint8Array): number | undefined {
  if (ascii(bytes, 0, 'fLaC')) return positive((bytes[18]! << 12) | (bytes[19]! << 4) | (bytes[20]! >> 4));
  if (ascii(bytes, 0, 'OggS')) return oggRate(bytes);
  return mpegRate(bytes);
}

const positive = (rate: number): number | undefined => (rate >= 8000 && rate <= 192000 ? rate : undefined);

function oggRate(bytes: Uint8Array): number | undefined {
  const packet = 27 + (bytes[26] ?? 0);
  if (ascii(bytes, packet, 'OpusHead')) return 48000;
  if (!ascii(bytes, packet, '\x01vorbis')) return undefined;
  const at = packet + 12;
  return positive(bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16));
}

function mpegRate(bytes: Uint8Array): number | undefined {
  let start = 0;
  if (ascii(bytes, 0, 'ID3')) {
    const size = [6, 7, 8, 9].reduce((sum, at) => (sum << 7) | (bytes[at]! & 0x7f), 0);
    start = 10 + size;
  }
  for (let at = start; at < Math.min(bytes.length - 4, start + SEARCHED); at++) {
    const [sync, version, rate] = [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!];
    if (sync !== 0xff || (version & 0xe6) !== 0xe2) continue;
    const hertz = MPEG_RATES[(rate >> 2) & 3];
    const generation = (version >> 3) & 3;
    if (hertz === undefined || generation === 1 || rate >> 4 === 15) continue;
    return hertz / { 3: 1, 2: 2, 0: 4 }[generation as 0 | 2 | 3];
  }
  return undefined;
}
