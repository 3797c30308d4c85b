import { DictionaryError, shown } from './errors.ts';
import { fileKind, startsWith } from './magic.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/*
 * NumPy's .npy (numpy.lib.format, versions 1 to 3): a magic word, a Python dict of dtype, order and shape, and the values.
 */

const MAGIC = '\x93NUMPY';
const MAX_HEADER = 1 << 16;
const MAX_DIMENSIONS = 8;

/** A matrix, or an array of any other number of dimensions, row-major. */
export interface NumpyArray {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Reads an array of floats (f4 or f8, either byte order, C or Fortran order). Throws a {@link DictionaryError}. */
export function readNpy(bytes: Uint8Array): NumpyArray {
  if (bytes.length === 0) throw new DictionaryError('The file is empty; a NumPy array (.npy) is needed.');
  if (!startsWith(bytes, 0, MAGIC)) {
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
  const { descr, fortran, shape } = parseHeader(bytes.subarray(first, start));
  const size = descr.endsWith('8') ? 8 : 4;
  const count = shape.reduce((product, n) => product * n, 1);
  if (bytes.length < start + count * size) throw cutOff(start + count * size, bytes.length);
  if (bytes.length > start + count * size) {
    throw new DictionaryError(
      `There are ${bytes.length - start - count * size} bytes after the values of the NumPy array; there must be none.`,
    );
  }
  const little = descr[0] !== '>';
  const data = new Float32Array(count);
  for (let i = 0, at = start; i < count; i++, at += size) {
    data[i] = size === 8 ? view.getFloat64(at, little) : view.getFloat32(at, little);
  }
  return { shape, data: fortran ? rowMajor(data, shape) : data };
}

/** Writes float32, C order, version 1: what numpy.save writes of such an array, byte for byte. */
export function writeNpy({ shape, data }: NumpyArray): Uint8Array {
  const count = shape.reduce((product, n) => product * n, 1);
  if (count !== data.length) {
    throw new DictionaryError(
      `An array of shape ${shown(shape)} has ${count} values, and ${data.length} are given.`,
    );
  }
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dict = `{'descr': '<f4', 'fortran_order': False, 'shape': ${tuple}, }`;
  const start = Math.ceil((10 + dict.length + 1) / 64) * 64;
  const bytes = new Uint8Array(start + 4 * count);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < MAGIC.length; i++) bytes[i] = MAGIC.charCodeAt(i);
  bytes[6] = 1;
  view.setUint16(8, start - 10, true);
  bytes.set(encodeUtf8(`${dict.padEnd(start - 11)}\n`), 10);
  for (let i = 0; i < count; i++) view.setFloat32(start + 4 * i, data[i]!, true);
  return bytes;
}

function parseHeader(bytes: Uint8Array): { descr: string; fortran: boolean; shape: number[] } {
  let text: string;
  try {
    text = decodeUtf8(bytes);
  } catch {
    throw new DictionaryError('The header of the NumPy array is not a text.');
  }
  const descr = /'descr'\s*:\s*'([^']{1,40})'/.exec(text)?.[1];
  const order = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const tuple = /'shape'\s*:\s*\(([\d,\s]*)\)/.exec(text)?.[1];
  if (tuple === undefined || order === undefined) {
    throw new DictionaryError('The header of the NumPy array lacks its shape or order, or has another form.');
  }
  if (descr === undefined || !/^[<>=]f[48]$/.test(descr)) {
    throw new DictionaryError(`The NumPy array is of type ${shown(descr)}; float32 or float64 is needed.`);
  }
  const shape = tuple.split(',').flatMap((n) => (n.trim() === '' ? [] : [Number(n)]));
  if (shape.length > MAX_DIMENSIONS || !shape.every((n) => Number.isSafeInteger(n))) {
    throw new DictionaryError(
      `The NumPy array has the shape ${shown(shape)}; at most 8 whole numbers can be read.`,
    );
  }
  return { descr, fortran: order === 'True', shape };
}

/** Values in Fortran order (the first index runs fastest) into C order (the last one does). */
function rowMajor(data: Float32Array, shape: readonly number[]): Float32Array {
  const result = new Float32Array(data.length);
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
