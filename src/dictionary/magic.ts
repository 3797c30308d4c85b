/*
 * What a file is by its first bytes, so that a message can say "this is a WAV file" and not "byte 0 is wrong".
 */

interface Signature {
  readonly what: string;
  readonly at: number;
  readonly text: string;
}

const SIGNATURES: readonly Signature[] = [
  { what: 'a WAV audio file', at: 8, text: 'WAVE' },
  { what: 'an AIFF audio file', at: 8, text: 'AIFF' },
  { what: 'an AIFF audio file', at: 8, text: 'AIFC' },
  { what: 'an AVI video file', at: 8, text: 'AVI ' },
  { what: 'a WebP image', at: 8, text: 'WEBP' },
  { what: 'a FLAC audio file', at: 0, text: 'fLaC' },
  { what: 'an Ogg audio file', at: 0, text: 'OggS' },
  { what: 'an MP3 audio file', at: 0, text: 'ID3' },
  { what: 'an MP4 or M4A file', at: 4, text: 'ftyp' },
  { what: 'a WebM or Matroska file', at: 0, text: '\x1a\x45\xdf\xa3' },
  { what: 'an AMR audio file', at: 0, text: '#!AMR' },
  { what: 'a Core Audio file', at: 0, text: 'caff' },
  { what: 'a Sun audio file', at: 0, text: '.snd' },
  { what: 'a NumPy .npy file', at: 0, text: '\x93NUMPY' },
  { what: 'a ZIP archive (or .npz)', at: 0, text: 'PK\x03\x04' },
  { what: 'an empty ZIP archive', at: 0, text: 'PK\x05\x06' },
  { what: 'a gzip file', at: 0, text: '\x1f\x8b' },
  { what: 'an HDF5 file', at: 0, text: '\x89HDF' },
  { what: 'a PNG image', at: 0, text: '\x89PNG' },
  { what: 'a JPEG image', at: 0, text: '\xff\xd8\xff' },
  { what: 'a PDF document', at: 0, text: '%PDF' },
  { what: 'a WebAssembly module', at: 0, text: '\0asm' },
  { what: 'an ELF program', at: 0, text: '\x7fELF' },
  { what: 'a Git LFS pointer and not the file itself', at: 0, text: 'version https://git-lfs' },
];

/** What the bytes are ("a WAV audio file", "a web page (HTML)"), or undefined for none of the known kinds. */
export function fileKind(bytes: Uint8Array): string | undefined {
  const found = SIGNATURES.find(({ at, text }) => startsWith(bytes, at, text));
  if (found) return found.what;
  const start = latin1(bytes, 0, Math.min(bytes.length, 512))
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart()
    .toLowerCase();
  if (start.startsWith('<!doctype html') || start.startsWith('<html') || start.startsWith('<head')) {
    return 'a web page (HTML)';
  }
  if (start.startsWith('<?xml') || start.startsWith('<svg')) return 'an XML document';
  if (start.startsWith('{') || start.startsWith('[')) return 'a JSON text';
  return undefined;
}

/** Whether the characters of `text` (one byte each) are at byte `at`. */
export function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  return bytes.length >= at + text.length && latin1(bytes, at, at + text.length) === text;
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i]!);
  return text;
}
