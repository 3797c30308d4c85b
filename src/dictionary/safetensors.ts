import { checkDictionary } from './check.ts';
import type { Dictionary, NamedTensor } from './dictionary.ts';
import { DictionaryError, shown } from './errors.ts';
import { halfFloat } from './half-float.ts';
import { fileKind } from './magic.ts';
import { isRecord, metadataOf, parseMetadata } from './metadata.ts';
import { decodeUtf8, encodeUtf8 } from './utf8.ts';

/*
 * safetensors (https://github.com/huggingface/safetensors): 8 bytes of header length (little-endian), a JSON header that gives
 * each tensor's dtype, shape and place, and the values. Files come from anywhere, so nothing in them is believed.
 */

const MAX_HEADER = 1 << 20;
const MAX_TENSORS = 256;
const LONGEST_NAME = 128;
const ATOMS = 'atoms';

/** Bytes of a value. A file may hold tensors of types that are not read; they are left alone. */
const DTYPE_BYTES: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  U64: 8,
  I32: 4,
  U32: 4,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

const READERS: Readonly<Record<string, (view: DataView, at: number) => number>> = {
  F64: (view, at) => view.getFloat64(at, true),
  F32: (view, at) => view.getFloat32(at, true),
  F16: (view, at) => halfFloat(view.getUint16(at, true)),
  U8: (view, at) => view.getUint8(at),
};
/** Types of atoms. */
const FLOATS = ['F64', 'F32', 'F16'];

interface Entry {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Bytes from the end of the header. */
  readonly from: number;
  readonly to: number;
}

/**
 * Reads a dictionary file. The tensor "atoms" (K x F; F16, F32 or F64) and the metadata make the dictionary; other tensors of
 * these types and of bytes are kept in {@link Dictionary.tensors}. Throws a {@link DictionaryError} that says what is wrong and what would be right.
 */
export function readSafetensors(bytes: Uint8Array): Dictionary {
  const { header, start } = readHeader(bytes);
  const entries = readEntries(header, bytes.length - start);
  const metadata = parseMetadata(Object.hasOwn(header, '__metadata__') ? header['__metadata__'] : undefined);
  const entry = entries.find(({ name }) => name === ATOMS);
  if (!entry) {
    const names = entries.map(({ name }) => shown(name)).join(', ') || 'no tensor at all';
    throw new DictionaryError(`The file has no tensor "${ATOMS}"; it has ${shown(names, 200)}.`);
  }
  if (!FLOATS.includes(entry.dtype)) {
    throw new DictionaryError(
      `The tensor "${ATOMS}" is of type ${shown(entry.dtype)}; it must be one of ${FLOATS.join(', ')}.`,
    );
  }
  const [atomCount, bins] = entry.shape;
  if (entry.shape.length !== 2 || atomCount === undefined || bins === undefined) {
    throw new DictionaryError(
      `The tensor "${ATOMS}" has the shape ${shown(entry.shape)}; it must be [number of atoms, FFT size / 2 + 1].`,
    );
  }
  const tensors = entries
    .filter((e) => e.name !== ATOMS && isRead(e))
    .map((e): NamedTensor => ({
      name: e.name,
      shape: e.shape,
      data: readValues(bytes, start, e),
      ...(e.dtype === 'U8' && { stored: 'bytes' }),
    }));
  const dictionary: Dictionary = {
    ...metadata,
    atoms: readValues(bytes, start, entry),
    atomCount,
    bins,
    ...(tensors.length > 0 && { tensors }),
  };
  checkDictionary(dictionary);
  for (const tensor of tensors) checkFinite(tensor);
  return dictionary;
}

/**
 * A dictionary as a file. The same dictionary always gives the same bytes: fixed order, header padded with spaces so that the
 * values start at a multiple of 8. Throws a {@link DictionaryError} for a dictionary that could not be read back.
 */
export function writeSafetensors(d: Dictionary): Uint8Array {
  checkDictionary(d);
  // Bytes come last, so that floats stand where they are aligned.
  const tensors: NamedTensor[] = [
    { name: ATOMS, shape: [d.atomCount, d.bins], data: d.atoms },
    ...(d.tensors ?? []).toSorted(
      (a, b) => Number(isBytes(a)) - Number(isBytes(b)) || (a.name < b.name ? -1 : 1),
    ),
  ];
  const header: [string, unknown][] = [['__metadata__', metadataOf(d)]];
  let size = 0;
  for (const tensor of tensors) {
    checkTensor(tensor, header);
    const bytes = isBytes(tensor);
    const end = size + (bytes ? 1 : 4) * tensor.data.length;
    const entry = { dtype: bytes ? 'U8' : 'F32', shape: tensor.shape, data_offsets: [size, end] };
    header.push([tensor.name, entry]);
    size = end;
  }
  const json = encodeUtf8(JSON.stringify(Object.fromEntries(header)));
  const length = Math.ceil(json.length / 8) * 8;
  if (length > MAX_HEADER) {
    throw new DictionaryError(
      `The header would be ${length} bytes long, at most ${MAX_HEADER} are allowed: shorten the card.`,
    );
  }
  const bytes = new Uint8Array(8 + length + size).fill(0x20, 8, 8 + length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, length, true);
  bytes.set(json, 8);
  let offset = 8 + length;
  for (const tensor of tensors) {
    const { data } = tensor;
    if (isBytes(tensor)) {
      bytes.set(data, offset);
      offset += data.length;
    } else for (let i = 0; i < data.length; i++, offset += 4) view.setFloat32(offset, data[i]!, true);
  }
  return bytes;
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; start: number } {
  if (bytes.length === 0)
    throw new DictionaryError('The file is empty; a dictionary (.safetensors) is needed.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Above 2^53 this is not exact, but far above the limit all the same.
  const length = bytes.length < 10 ? 0 : view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
  const likely = bytes[8] === 0x7b && length <= MAX_HEADER;
  const kind = likely ? undefined : fileKind(bytes);
  if (kind) throw new DictionaryError(`The file is ${kind}; a dictionary (.safetensors) is needed.`);
  if (bytes.length < 10) {
    throw new DictionaryError(`The file has only ${bytes.length} bytes: it is cut off, or not a dictionary.`);
  }
  if (bytes[8] !== 0x7b || length < 2) {
    throw new DictionaryError(
      'The file is not a dictionary: a safetensors file, 8 bytes of length and a JSON header, is needed.',
    );
  }
  if (length > MAX_HEADER) {
    throw new DictionaryError(
      `The header of the file says it has ${length} bytes; at most ${MAX_HEADER} are allowed.`,
    );
  }
  if (8 + length > bytes.length) {
    throw new DictionaryError(
      `The file is cut off: its header needs ${8 + length} bytes, and it has ${bytes.length}. Get it again.`,
    );
  }
  let header: unknown;
  try {
    header = JSON.parse(decodeUtf8(bytes.subarray(8, 8 + length)));
  } catch (error) {
    const why = error instanceof RangeError ? error.message : 'it is not JSON';
    throw new DictionaryError(`The header of the file cannot be read: ${why}.`);
  }
  if (!isRecord(header)) throw new DictionaryError('The header of the file must be a JSON object.');
  return { header, start: 8 + length };
}

/** Entries in the order of their places, which they share without gap or overlap, up to the end of the file. */
function readEntries(header: Record<string, unknown>, size: number): Entry[] {
  const names = Object.keys(header).filter((name) => name !== '__metadata__');
  if (names.length > MAX_TENSORS) {
    throw new DictionaryError(`The file has ${names.length} tensors; at most ${MAX_TENSORS} are allowed.`);
  }
  const entries = names
    .map((name) => readEntry(name, header[name]))
    .toSorted((a, b) => a.from - b.from || a.to - b.to);
  let end = 0;
  for (const { name, from, to } of entries) {
    if (to > size) {
      throw new DictionaryError(
        `The file is cut off: tensor ${shown(name)} ends at byte ${to}, and there are ${size}. Get it again.`,
      );
    }
    if (from < end)
      throw new DictionaryError(`Tensor ${shown(name)} overlaps another; each must have its own bytes.`);
    if (from > end) {
      throw new DictionaryError(
        `There are ${from - end} bytes before tensor ${shown(name)} that belong to no tensor.`,
      );
    }
    end = to;
  }
  if (end < size) {
    throw new DictionaryError(
      `There are ${size - end} bytes at the end of the file that belong to no tensor.`,
    );
  }
  return entries;
}

function readEntry(name: string, value: unknown): Entry {
  if (name === '' || name.length > LONGEST_NAME) {
    throw new DictionaryError(
      `A tensor has the name ${shown(name)}; names must have from 1 to ${LONGEST_NAME} characters.`,
    );
  }
  const tensor = `Tensor ${shown(name)}`;
  if (!isRecord(value))
    throw new DictionaryError(`${tensor} must be an object with dtype, shape and data_offsets.`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(DTYPE_BYTES, dtype)) {
    throw new DictionaryError(
      `${tensor} has the type ${shown(dtype)}; known are ${Object.keys(DTYPE_BYTES).join(', ')}.`,
    );
  }
  if (!isListOfSizes(shape) || shape.length > 8) {
    throw new DictionaryError(`${tensor} has the shape ${shown(shape)}; it must be up to 8 whole numbers.`);
  }
  if (!isListOfSizes(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw new DictionaryError(
      `${tensor} has the offsets ${shown(offsets)}; they must be two whole numbers, the first not above the second.`,
    );
  }
  const [from, to] = offsets as [number, number];
  const needed = shape.reduce((product, length) => product * length, DTYPE_BYTES[dtype]!);
  if (needed !== to - from) {
    throw new DictionaryError(
      `${tensor} has ${to - from} bytes; ${dtype} of shape ${shown(shape)} needs ${needed}.`,
    );
  }
  return { name, dtype, shape, from, to };
}

function isListOfSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

const isBytes = ({ stored }: NamedTensor): boolean => stored === 'bytes';

const isRead = ({ dtype }: Entry): boolean => Object.hasOwn(READERS, dtype);

function readValues(bytes: Uint8Array, start: number, { dtype, from, to }: Entry): Float32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset + start + from, to - from);
  const read = READERS[dtype]!;
  const size = DTYPE_BYTES[dtype]!;
  return Float32Array.from({ length: (to - from) / size }, (_, i) => read(view, size * i));
}

function checkTensor(tensor: NamedTensor, header: readonly [string, unknown][]): void {
  if (
    tensor.name === '' ||
    tensor.name.length > LONGEST_NAME ||
    header.some(([name]) => name === tensor.name)
  ) {
    throw new DictionaryError(
      `A tensor cannot be named ${shown(tensor.name)}: names must be unique, with 1 to ${LONGEST_NAME} characters.`,
    );
  }
  const values = tensor.shape.reduce((product, length) => product * length, 1);
  if (values !== tensor.data.length) {
    throw new DictionaryError(
      `Tensor ${shown(tensor.name)} holds ${tensor.data.length} values; its shape ${shown(tensor.shape)} needs ${values}.`,
    );
  }
  checkFinite(tensor);
  const wrong = isBytes(tensor)
    ? tensor.data.find((value) => !(Number.isInteger(value) && value >= 0 && value < 256))
    : undefined;
  if (wrong === undefined) return;
  throw new DictionaryError(
    `Tensor ${shown(tensor.name)} is stored as bytes, and holds ${wrong}; its values must be whole numbers from 0 to 255.`,
  );
}

function checkFinite({ name, data }: NamedTensor): void {
  const bad = data.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) {
    throw new DictionaryError(`Tensor ${shown(name)} has the value ${data[bad]}; all values must be finite.`);
  }
}
