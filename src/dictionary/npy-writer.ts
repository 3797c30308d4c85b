import { DictionaryError, shown } from './errors.ts';
import { NPY_MAGIC } from './npy.ts';
import type { NumpyArray } from './npy.ts';
import { encodeUtf8 } from './utf8.ts';

/** Writes float32, C order, version 1: what numpy.save writes of such an array, byte for byte. */
export function writeNpy({ shape, data }: NumpyArray): Uint8Array {
  const count = shape.reduce((product, n) => product * n, 1);
  if (count !== data.length) {
    throw new DictionaryError(
      `An array of shape ${shown(shape)} has ${count} values, and ${data.length} are given.`,
    );
  }
  const { bytes, view, start } = begin('<f4', shape, 4 * count);
  for (let i = 0; i < count; i++) view.setFloat32(start + 4 * i, data[i]!, true);
  return bytes;
}

/** Writes numbers as int64 where all are whole, else as float64. Without a shape: a list of them. */
export function writeNpyNumbers(
  values: readonly number[],
  shape: readonly number[] = [values.length],
): Uint8Array {
  const whole = values.every((value) => Number.isSafeInteger(value));
  const { bytes, view, start } = begin(whole ? '<i8' : '<f8', shape, 8 * values.length);
  for (const [i, value] of values.entries()) {
    if (whole) view.setBigInt64(start + 8 * i, BigInt(value), true);
    else view.setFloat64(start + 8 * i, value, true);
  }
  return bytes;
}

/** Writes texts as NumPy's fixed-length UTF-32. */
export function writeNpyTexts(
  texts: readonly string[],
  shape: readonly number[] = [texts.length],
): Uint8Array {
  const characters = texts.map((text) => Array.from(text, (character) => character.codePointAt(0)!));
  const length = Math.max(1, ...characters.map((codes) => codes.length));
  const { bytes, view, start } = begin(`<U${length}`, shape, 4 * length * texts.length);
  for (const [i, codes] of characters.entries()) {
    for (const [j, code] of codes.entries()) view.setUint32(start + 4 * (i * length + j), code, true);
  }
  return bytes;
}

function begin(
  descr: string,
  shape: readonly number[],
  size: number,
): { bytes: Uint8Array; view: DataView; start: number } {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const start = Math.ceil((10 + dict.length + 1) / 64) * 64;
  const bytes = new Uint8Array(start + size);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < NPY_MAGIC.length; i++) bytes[i] = NPY_MAGIC.charCodeAt(i);
  bytes[6] = 1;
  view.setUint16(8, start - 10, true);
  bytes.set(encodeUtf8(`${dict.padEnd(start - 11)}\n`), 10);
  return { bytes, view, start };
}
