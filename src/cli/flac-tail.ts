/**
 * The last frame of a FLAC file: from its sync code (RFC 9639, section 9.1) to the end of `bytes`, told from chance by the CRC-16
 * that ends it. Undefined when there is none. The library's splitter loses this frame in about one valid file of a hundred, where the
 * frame's own data look like a sync code.
 */
export function lastFlacFrame(bytes: Uint8Array): Uint8Array | undefined {
  const end = bytes.length - 2;
  const stored = (bytes[end]! << 8) | bytes[end + 1]!;
  const first = Math.max(0, bytes.length - MAX_FRAME);
  let tried = 0;
  for (let start = end - MIN_FRAME; start >= first; start--) {
    if (!looksLikeHeader(bytes, start)) continue;
    if (crc16(bytes, start, end) === stored) return bytes.subarray(start);
    if (++tried === MOST_CANDIDATES) return undefined;
  }
  return undefined;
}

const MIN_FRAME = 8;
/** A file made of sync codes must not keep us for minutes. */
const MOST_CANDIDATES = 64;

/** Sync code, and none of the reserved or forbidden values of the four bytes of a frame header. */
function looksLikeHeader(bytes: Uint8Array, at: number): boolean {
  const [sizes, format] = [bytes[at + 2]!, bytes[at + 3]!];
  return (
    bytes[at] === 0xff &&
    (bytes[at + 1]! & 0xfe) === 0xf8 &&
    sizes >> 4 !== 0 &&
    (sizes & 15) !== 15 &&
    format >> 4 < 11 &&
    ((format >> 1) & 7) !== 3 &&
    (format & 1) === 0
  );
}

/** Bytes: more than any encoder makes of its largest block. */
const MAX_FRAME = 512 * 1024;

/** Polynomial x^16 + x^15 + x^2 + 1, most significant bit first, start 0 (RFC 9639, section 9.3). */
function crc16(bytes: Uint8Array, from: number, to: number): number {
  let crc = 0;
  for (let i = from; i < to; i++) crc = ((crc << 8) & 0xffff) ^ TABLE[(crc >> 8) ^ bytes[i]!]!;
  return crc;
}

const TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x8005 : crc << 1;
  return crc;
});
