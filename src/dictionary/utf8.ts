/*
 * UTF-8 without TextEncoder and TextDecoder, which an AudioWorklet does not have.
 */

/** Bytes of a text. A lone surrogate becomes U+FFFD. */
export function encodeUtf8(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const character of text) {
    let code = character.codePointAt(0)!;
    if (code >= 0xd800 && code <= 0xdfff) code = 0xfffd;
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 0x3f));
    else if (code < 0x10000)
      bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    else {
      bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 0x3f));
      bytes.push(0x80 | ((code >> 6) & 0x3f), 0x80 | (code & 0x3f));
    }
  }
  return Uint8Array.from(bytes);
}

/** Smallest code point that needs 2, 3 and 4 bytes: fewer is an overlong form, which is not allowed. */
const SMALLEST = [0, 0x80, 0x800, 0x10000] as const;

/** Text of bytes. Throws a RangeError at the first byte that is not UTF-8 (overlong forms and surrogates included). */
export function decodeUtf8(bytes: Uint8Array): string {
  let text = '';
  let i = 0;
  while (i < bytes.length) {
    const first = bytes[i]!;
    const more = first < 0x80 ? 0 : first >= 0xc2 && first < 0xe0 ? 1 : (first & 0xf0) === 0xe0 ? 2 : 3;
    if (more === 3 && (first < 0xf0 || first > 0xf4)) throw notUtf8(i);
    let code = more === 0 ? first : first & (0x3f >> more);
    for (let j = 1; j <= more; j++) {
      const next = bytes[i + j];
      if (next === undefined || (next & 0xc0) !== 0x80) throw notUtf8(i);
      code = (code << 6) | (next & 0x3f);
    }
    const smallest = SMALLEST[more]!;
    if (code < smallest || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw notUtf8(i);
    text += String.fromCodePoint(code);
    i += more + 1;
  }
  return text;
}

const notUtf8 = (offset: number): RangeError => new RangeError(`byte ${offset} is not UTF-8`);
