import { inflateSync, zipSync } from 'fflate';
import { crc32 } from './crc32.ts';
import { DictionaryError, shown } from './errors.ts';
import { fileKind, startsWith } from './magic.ts';
import { decodeUtf8 } from './utf8.ts';

/*
 * ZIP archives as numpy.savez and others write them (PKWARE APPNOTE 6.3): stored and deflated members. The directory at the end is
 * checked as a whole before anything is inflated: each member has its own bytes, and says a size that is allowed.
 */

const MAX_MEMBERS = 1024;
/** Bytes of all members together, once inflated. */
const MAX_SIZE = 1 << 28;
/** Deflate cannot shrink further than this. */
const MOST_RATIO = 1032;
const END_SIZE = 22;
const STORED = 0;
const DEFLATED = 8;
const UNKNOWN = 0xffffffff;

export interface ZipMember {
  readonly name: string;
  /** Bytes when inflated. */
  readonly size: number;
  /** Inflates it. Throws a {@link DictionaryError} when it is damaged. */
  read(): Uint8Array;
}

/** The members of an archive, none of them inflated yet. Throws a {@link DictionaryError} that says what is wrong. */
export function readZip(bytes: Uint8Array): ZipMember[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = findEnd(bytes, view);
  const count = view.getUint16(end + 10, true);
  const from = view.getUint32(end + 16, true);
  if (view.getUint16(end + 4, true) !== 0 || view.getUint16(end + 8, true) !== count) {
    throw new DictionaryError('The ZIP archive is one of several parts; a single file is needed.');
  }
  if (count === 0xffff || from === UNKNOWN) {
    throw new DictionaryError(
      'The ZIP archive is a large one (ZIP64), which cannot be read; it must be below 4 GiB.',
    );
  }
  if (count > MAX_MEMBERS) {
    throw new DictionaryError(`The ZIP archive has ${count} members; at most ${MAX_MEMBERS} are allowed.`);
  }
  const entries: Entry[] = [];
  let at = from;
  for (let i = 0; i < count; i++) {
    const entry = readEntry(bytes, view, at, end);
    entries.push(entry);
    at = entry.next;
  }
  checkEntries(entries, bytes, view, from);
  return entries.map((entry) => ({
    name: entry.name,
    size: entry.size,
    read: () => inflate(entry, bytes.subarray(entry.start, entry.start + entry.packed)),
  }));
}

/** An archive of stored members, in their order. The same members always give the same bytes. */
export function writeZip(members: readonly (readonly [name: string, bytes: Uint8Array])[]): Uint8Array {
  // The first moment that ZIP can write, in local time as ZIP has it.
  return zipSync(Object.fromEntries(members), { level: 0, mtime: new Date(1980, 0, 1) });
}

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  /** Bytes in the archive. */
  readonly packed: number;
  readonly size: number;
  /** Where its header begins. */
  readonly header: number;
  /** Where its bytes begin; known once the header is read. */
  start: number;
  /** Where the next entry of the directory begins. */
  readonly next: number;
}

/** Where the end record is: at the end, with a comment of just the length that it says. */
function findEnd(bytes: Uint8Array, view: DataView): number {
  if (bytes.length === 0) throw new DictionaryError('The file is empty; a ZIP archive (.npz) is needed.');
  if (!startsWith(bytes, 0, 'PK')) {
    throw new DictionaryError(
      `The file is ${fileKind(bytes) ?? 'not a ZIP archive'}; a ZIP archive (.npz) is needed.`,
    );
  }
  for (let at = bytes.length - END_SIZE; at >= Math.max(0, bytes.length - END_SIZE - 0xffff); at--) {
    if (view.getUint32(at, true) !== 0x06054b50) continue;
    if (at + END_SIZE + view.getUint16(at + 20, true) === bytes.length) return at;
  }
  throw new DictionaryError(
    'The ZIP archive is cut off: its directory, at the end, is missing. Get it again.',
  );
}

function readEntry(bytes: Uint8Array, view: DataView, at: number, end: number): Entry {
  const damaged = new DictionaryError('The directory of the ZIP archive is damaged. Get it again.');
  if (at + 46 > end || view.getUint32(at, true) !== 0x02014b50) throw damaged;
  const nameLength = view.getUint16(at + 28, true);
  const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  if (next > end) throw damaged;
  let name: string;
  try {
    name = decodeUtf8(bytes.subarray(at + 46, at + 46 + nameLength));
  } catch {
    throw new DictionaryError('A member of the ZIP archive has a name that is not UTF-8.');
  }
  const member = `Member ${shown(name)} of the ZIP archive`;
  if (view.getUint16(at + 8, true) & 1)
    throw new DictionaryError(`${member} is encrypted, so it cannot be read.`);
  const method = view.getUint16(at + 10, true);
  if (method !== STORED && method !== DEFLATED) {
    throw new DictionaryError(
      `${member} is compressed by method ${method}; stored (0) and deflated (8) can be read.`,
    );
  }
  const packed = view.getUint32(at + 20, true);
  const size = view.getUint32(at + 24, true);
  const header = view.getUint32(at + 42, true);
  if (packed === UNKNOWN || size === UNKNOWN || header === UNKNOWN) {
    throw new DictionaryError(
      `${member} is a large one (ZIP64), which cannot be read; it must be below 4 GiB.`,
    );
  }
  if (method === STORED ? size !== packed : size > MOST_RATIO * packed + 64) {
    throw new DictionaryError(
      `${member} says that its ${packed} bytes become ${size}, which cannot be: the archive is damaged, or a trap.`,
    );
  }
  return { name, method, crc: view.getUint32(at + 16, true), packed, size, header, start: 0, next };
}

/** Sizes, names, and that each member has its own bytes before the directory, which begins at byte `limit`. */
function checkEntries(entries: Entry[], bytes: Uint8Array, view: DataView, limit: number): void {
  let total = 0;
  let end = 0;
  const names = new Set<string>();
  for (const entry of entries.toSorted((a, b) => a.header - b.header)) {
    const member = `Member ${shown(entry.name)} of the ZIP archive`;
    if (names.has(entry.name))
      throw new DictionaryError(`${member} is in it twice; each name must be there once.`);
    names.add(entry.name);
    total += entry.size;
    if (entry.header < end) {
      throw new DictionaryError(`${member} overlaps another; each must have its own bytes.`);
    }
    if (entry.header + 30 > limit || view.getUint32(entry.header, true) !== 0x04034b50) {
      throw new DictionaryError(`${member} is not where the directory says: the archive is damaged.`);
    }
    entry.start =
      entry.header + 30 + view.getUint16(entry.header + 26, true) + view.getUint16(entry.header + 28, true);
    end = entry.start + entry.packed;
    if (end > limit || limit > bytes.length) {
      throw new DictionaryError(`${member} is cut off. Get the file again.`);
    }
  }
  if (total > MAX_SIZE) {
    throw new DictionaryError(
      `The ZIP archive would take ${total} bytes when inflated; at most ${MAX_SIZE} are allowed.`,
    );
  }
}

function inflate({ name, method, crc, size }: Entry, packed: Uint8Array): Uint8Array {
  const member = `Member ${shown(name)} of the ZIP archive`;
  let data = packed;
  if (method === DEFLATED) {
    try {
      // One byte more than it says shows one that becomes larger; no more is ever written.
      data = inflateSync(packed, { out: new Uint8Array(size + 1) });
    } catch (error) {
      const why = error instanceof RangeError ? 'it is larger than it says' : `${(error as Error).message}`;
      throw new DictionaryError(`${member} cannot be inflated: ${why}.`);
    }
    if (data.length !== size) {
      const what = data.length > size ? 'larger' : 'smaller';
      throw new DictionaryError(`${member} is ${what} when inflated than the ${size} bytes that it says.`);
    }
  }
  if (crc32(data) !== crc)
    throw new DictionaryError(`${member} is damaged: its checksum is wrong. Get it again.`);
  return data;
}
