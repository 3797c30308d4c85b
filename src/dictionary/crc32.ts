/** CRC-32 of ZIP and PNG (reflected polynomial 0xedb88320), as an unsigned number. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) {
    crc ^= bytes[i]!;
    // Four bits at a time: a table of 16 entries needs no set-up worth the name.
    crc = (crc >>> 4) ^ NIBBLES[crc & 15]!;
    crc = (crc >>> 4) ^ NIBBLES[crc & 15]!;
  }
  return ~crc >>> 0;
}

const NIBBLES = [
  0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158, 0x5005713c, 0xedb88320,
  0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c,
] as const;
