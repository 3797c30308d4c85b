import { DictionaryError, shown } from './errors.ts';
import { halfFloat } from './half-float.ts';

/** How the values of a NumPy type are read; `size` is in bytes. */
export interface NumberType {
  readonly kind: 'number';
  readonly size: number;
  readonly littleEndian: boolean;
  /** Whether a float32 holds every value. */
  readonly single: boolean;
  read(view: DataView, at: number, littleEndian: boolean): number;
}

export interface TextType {
  readonly kind: 'text';
  readonly size: number;
  readonly littleEndian: boolean;
  /** Bytes of a character: 4 ("U", UTF-32) or 1 ("S"). */
  readonly characterSize: 1 | 4;
}

type Reader = NumberType['read'];

const READERS: Readonly<Record<string, readonly [size: number, single: boolean, read: Reader]>> = {
  f2: [2, true, (view, at, little) => halfFloat(view.getUint16(at, little))],
  f4: [4, true, (view, at, little) => view.getFloat32(at, little)],
  f8: [8, false, (view, at, little) => view.getFloat64(at, little)],
  i1: [1, true, (view, at) => view.getInt8(at)],
  i2: [2, true, (view, at, little) => view.getInt16(at, little)],
  i4: [4, false, (view, at, little) => view.getInt32(at, little)],
  i8: [8, false, (view, at, little) => Number(view.getBigInt64(at, little))],
  u1: [1, true, (view, at) => view.getUint8(at)],
  u2: [2, true, (view, at, little) => view.getUint16(at, little)],
  u4: [4, false, (view, at, little) => view.getUint32(at, little)],
  u8: [8, false, (view, at, little) => Number(view.getBigUint64(at, little))],
};

const LONGEST_TEXT = 1 << 20;
const WANTED = 'float16, float32, float64 or whole numbers are needed';

/** What a NumPy type such as "<f4" means. Throws a {@link DictionaryError} that says why another one cannot be read. */
export function numpyType(descr: string): NumberType | TextType {
  const [, order, letter, digits] = /^([<>=|])([A-Za-z])(\d{0,9})/.exec(descr) ?? [];
  const type = `The NumPy array is of type ${shown(descr)}`;
  if (letter === 'O') {
    throw new DictionaryError(
      `${type}: Python objects (a pickle), which can run a program when they are read, so they never are. ` +
        `Save numbers, for instance array.astype("float32").`,
    );
  }
  if (letter === 'c')
    throw new DictionaryError(`${type}, complex numbers; save magnitudes, numpy.abs(array).`);
  const littleEndian = order !== '>';
  if (letter === 'U' || letter === 'S') {
    const characterSize = letter === 'U' ? 4 : 1;
    const length = Number(digits);
    if (length > LONGEST_TEXT) {
      throw new DictionaryError(
        `${type}: texts of ${length} characters; at most ${LONGEST_TEXT} are allowed.`,
      );
    }
    return { kind: 'text', size: characterSize * length, littleEndian, characterSize };
  }
  const name = `${letter}${digits}`;
  if (order === undefined || descr.length !== name.length + 1 || !Object.hasOwn(READERS, name)) {
    throw new DictionaryError(`${type}; ${WANTED}.`);
  }
  const [size, single, read] = READERS[name]!;
  return { kind: 'number', size, littleEndian, single, read };
}
