import { DictionaryError, shown } from './errors.ts';
import { fileKind, startsWith } from './magic.ts';
import { numpyType } from './npy-types.ts';
import type { TextType } from './npy-types.ts';
import { decodeUtf8 } from './utf8.ts';

/*
 * NumPy's .npy (numpy.lib.format, versions 1 to 3): a magic word, a Python dict of dtype, order and shape, and the values.
 * Nothing of the dict is evaluated: three fields are looked for in its text.
 */

export const NPY_MAGIC = '\x93NUMPY';
const MAX_HEADER = 1 << 16;
const MAX_DIMENSIONS = 8;
/** As many values as the largest dictionary has. */
const MAX_VALUES = 1 << 27;
const MAX_TEXTS = 1 << 14;

/** A matrix, or an array of any other number of dimensions, row-major. */
export interface NumpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** What an .npy holds: numbers as exact as they need to be, or texts; row-major. */
export type NumpyContent =
  | { readonly kind: 'number'; readonly shape: readonly number[]; readonly data: Float32Array | Float64Array }
  | { readonly kind: 'text'; readonly shape: readonly number[]; readonly data: readonly string[] };

/**
 * Reads an array of numbers as float32: f2, f4, f8, and whole numbers of 8 to 64 bits, in either byte order, in C or Fortran order.
 * Throws a {@link DictionaryError}.
 */
export function readNpy(bytes: Uint8Array): NumpyArray {
  const content = readNpyContent(bytes);
  if (content.kind !== 'number')
    throw new DictionaryError('The NumPy array holds texts; numbers are needed.');
  const { shape, data } = content;
  return { shape, data: data instanceof Float32Array ? data : Float32Array.from(data) };
}

/** Reads an array of numbers or texts. Throws a {@link DictionaryError}. */
export function readNpyContent(bytes: Uint8Array): NumpyContent {
  const { start, descr, fortran, shape } = readHeader(bytes);
  const type = numpyType(descr);
  const count = shape.reduce((product, n) => product * n, 1);
  const end = start + count * type.size;
  if (bytes.length < end) throw cutOff(end, bytes.length);
  if (bytes.length > end) {
    throw new DictionaryError(
      `There are ${bytes.length - end} bytes after the values of the NumPy array; there must be none.`,
    );
  }
  // Values of no bytes (texts of length 0) could be any number of them.
  const most = type.kind === 'text' ? MAX_TEXTS : MAX_VALUES;
  if (count > most) {
    throw new DictionaryError(`The NumPy array has ${count} values; at most ${most} are allowed.`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type.kind === 'text') {
    if (fortran && shape.length > 1) throw new DictionaryError('Texts in Fortran order cannot be read.');
    const data = Array.from({ length: count }, (_, i) => readText(view, start + i * type.size, type));
    return { kind: 'text', shape, data };
  }
  const data = type.single ? new Float32Array(count) : new Float64Array(count);
  for (let i = 0, at = start; i < count; i++, at += type.size) {
    data[i] = type.read(view, at, type.littleEndian);
  }
  return { kind: 'number', shape, data: fortran ? rowMajor(data, shape) : data };
}

interface Header {
  readonly descr: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
  /** Byte of the first value. */
  readonly start: number;
}

function readHeader(bytes: Uint8Array): Header {
  if (bytes.length === 0) throw new DictionaryError('The file is empty; a NumPy array (.npy) is needed.');
  if (!startsWith(bytes, 0, NPY_MAGIC)) {
    throw new DictionaryError(
      `The file is ${fileKind(bytes) ?? 'not a NumPy array'}; a .npy file is needed.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6] ?? 0;
  if (version < 1 || version > 3) {
    throw new DictionaryError(`The NumPy array has format version ${version}; versions 1 to 3 can be read.`);
  }
  const first = version === 1 ? 10 : 12;
  if (bytes.length < first) throw cutOff(first, bytes.length);
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (length > MAX_HEADER) {
    throw new DictionaryError(
      `The header of the NumPy array has ${length} bytes; at most ${MAX_HEADER} are allowed.`,
    );
  }
  const start = first + length;
  if (bytes.length < start) throw cutOff(start, bytes.length);
  return { ...parseHeader(bytes.subarray(first, start)), start };
}

function parseHeader(bytes: Uint8Array): Omit<Header, 'start'> {
  let text: string;
  try {
    text = decodeUtf8(bytes);
  } catch {
    throw new DictionaryError('The header of the NumPy array is not a text.');
  }
  const descr = /'descr'\s*:\s*'([^']{1,40})'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const tuple = /'shape'\s*:\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (descr === undefined && /'descr'\s*:\s*\[/.test(text)) {
    throw new DictionaryError('The NumPy array is of a structured type (records); plain numbers are needed.');
  }
  if (descr === undefined || tuple === undefined || order === undefined) {
    throw new DictionaryError(
      'The header of the NumPy array lacks its shape, order or type, or has another form.',
    );
  }
  const shape = tuple.split(',').flatMap((n) => (n.trim() === '' ? [] : [Number(n)]));
  if (shape.length > MAX_DIMENSIONS || !shape.every((n) => Number.isSafeInteger(n))) {
    throw new DictionaryError(
      `The NumPy array has the shape ${shown(shape)}; at most ${MAX_DIMENSIONS} whole numbers can be read.`,
    );
  }
  return { descr, fortran: order === 'True', shape };
}

/** One text of fixed length; the zeros that fill it up are not part of it. */
function readText(view: DataView, at: number, { size, characterSize, littleEndian }: TextType): string {
  let text = '';
  for (let i = at; i < at + size; i += characterSize) {
    const code = characterSize === 4 ? view.getUint32(i, littleEndian) : view.getUint8(i);
    if (code > 0x10ffff || (characterSize === 1 && code > 0x7f)) {
      throw new DictionaryError(`A text of the NumPy array has the character ${code}, which does not exist.`);
    }
    text += String.fromCodePoint(code);
  }
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) === 0) end--;
  return text.slice(0, end);
}

/** Values in Fortran order (the first index runs fastest) into C order (the last one does). */
function rowMajor<T extends Float32Array | Float64Array>(data: T, shape: readonly number[]): T {
  const result = data.slice() as T;
  const index = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    let to = 0;
    for (const [d, n] of shape.entries()) to = to * n + index[d]!;
    result[to] = data[i]!;
    for (let d = 0; d < shape.length; d++) {
      index[d]!++;
      if (index[d]! < shape[d]!) break;
      index[d] = 0;
    }
  }
  return result;
}

const cutOff = (needed: number, size: number): DictionaryError =>
  new DictionaryError(`The NumPy array is cut off: it needs ${needed} bytes, and there are ${size}.`);
