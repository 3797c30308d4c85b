import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { DictionaryError, readDictionary, writeDictionary, writeNpy } from '../../../src/dictionary/index.ts';
import { readZip, writeZip } from '../../../src/dictionary/zip.ts';
import { deflated, exchangeFixture, patched } from '../../helpers/exchange.ts';
import { randomSource } from '../../helpers/signals.ts';
import { twoBandDictionary } from '../../helpers/small-dictionaries.ts';

const text = (length: number, fill = 65): Uint8Array => new Uint8Array(length).fill(fill);
/** Offset of the entry of the directory of an archive of one member. */
const directory = (bytes: Uint8Array): number => Buffer.from(bytes).indexOf('PK\x01\x02', 0, 'latin1');
function changed(
  bytes: Uint8Array,
  change: (view: DataView, directory: number, end: number) => void,
): Uint8Array {
  const copy = bytes.slice();
  change(new DataView(copy.buffer), directory(copy), copy.length - 22);
  return copy;
}

const small = deflated({ 'a.npy': text(5000) });
const stored = writeZip([['a.npy', text(100)]]);
const firstRandom = randomSource(1);
const randomBytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => 256 * firstRandom());
/** Of bytes that no deflate makes smaller. */
const large = deflated({ 'a.npy': randomBytes(300_000) });
const two = writeZip([
  ['a.npy', text(100)],
  ['b.npy', text(100)],
]);

describe('a ZIP archive', () => {
  it('gives the members that were put in, stored or deflated', () => {
    const [only] = readZip(small);
    expect(only).toMatchObject({ name: 'a.npy', size: 5000 });
    expect(only!.read()).toEqual(text(5000));
    expect(readZip(two).map(({ name }) => name)).toEqual(['a.npy', 'b.npy']);
    expect(readZip(deflated({ 'e.npy': new Uint8Array(0) }))[0]!.read()).toHaveLength(0);
  });

  it('is found before a comment, and within a larger buffer', () => {
    const comment = changed(small, (view, _, end) => view.setUint16(end + 20, 3, true));
    expect(readZip(Uint8Array.of(...comment, 1, 2, 3))[0]!.read()).toEqual(text(5000));
    const larger = new Uint8Array(small.length + 9);
    larger.set(small, 5);
    expect(readZip(larger.subarray(5, 5 + small.length))[0]!.read()).toEqual(text(5000));
  });

  const wrong: readonly [string, Uint8Array, RegExp][] = [
    ['that is cut off', small.slice(0, -1), /cut off: its directory, at the end, is missing/],
    [
      'of several parts',
      changed(small, (v, _, end) => v.setUint16(end + 4, 1, true)),
      /one of several parts/,
    ],
    [
      'whose directory is elsewhere',
      changed(small, (v, _, end) => v.setUint32(end + 16, 3, true)),
      /directory of the ZIP archive is damaged/,
    ],
    [
      'with more members than it has',
      changed(small, (v, _, end) => (v.setUint16(end + 8, 2, true), v.setUint16(end + 10, 2, true))),
      /directory of the ZIP archive is damaged/,
    ],
    [
      'with endlessly many members',
      changed(small, (v, _, end) => (v.setUint16(end + 8, 2000, true), v.setUint16(end + 10, 2000, true))),
      /has 2000 members; at most 1024/,
    ],
    ['that is ZIP64', changed(small, (v, _, end) => v.setUint32(end + 16, 0xffffffff, true)), /ZIP64/],
    ['with a member that is ZIP64', changed(small, (v, d) => v.setUint32(d + 24, 0xffffffff, true)), /ZIP64/],
    ['that is encrypted', changed(small, (v, d) => v.setUint16(d + 8, 1, true)), /"a\.npy" .* is encrypted/],
    ['compressed otherwise', changed(small, (v, d) => v.setUint16(d + 10, 12, true)), /by method 12; stored/],
    [
      'that says more than deflate can do',
      changed(small, (v, d) => v.setUint32(d + 24, 100_000_000, true)),
      /bytes become 100000000, which cannot be/,
    ],
    [
      'stored in another size',
      changed(stored, (v, d) => v.setUint32(d + 24, 101, true)),
      /its 100 bytes become 101/,
    ],
    [
      'whose member is elsewhere',
      changed(small, (v, d) => v.setUint32(d + 42, 1, true)),
      /is not where the directory says/,
    ],
    [
      'whose member runs into the directory',
      changed(stored, (v, d) => (v.setUint32(d + 20, 4000, true), v.setUint32(d + 24, 4000, true))),
      /"a\.npy" of the ZIP archive is cut off/,
    ],
    ['with a name twice', patched(two, 'b.npy', 'a.npy'), /is in it twice/],
    ['with a name that is no text', patched(small, 'a.npy', '\xff.npy'), /name that is not UTF-8/],
    [
      'whose members share their bytes',
      changed(two, (v, d) => v.setUint32(d + 46 + 5 + 42, 0, true)),
      /overlaps another/,
    ],
    [
      'that would fill the memory',
      changed(large, (v, d) => v.setUint32(d + 24, 2 ** 28 + 1, true)),
      /would take 268435457 bytes when inflated; at most 268435456/,
    ],
  ];
  it.each(wrong)('%s: is refused before anything is inflated', (_, bytes, message) => {
    expect(() => readZip(bytes)).toThrow(message);
    expect(() => readZip(bytes)).toThrow(DictionaryError);
  });

  const damaged: readonly [string, Uint8Array, RegExp][] = [
    [
      'larger than it says',
      changed(small, (v, d) => v.setUint32(d + 24, 4000, true)),
      /larger when inflated than the 4000/,
    ],
    [
      'smaller than it says',
      changed(small, (v, d) => v.setUint32(d + 24, 6000, true)),
      /smaller when inflated/,
    ],
    ['changed', patched(stored, 'AAAA', 'AABA'), /checksum is wrong/],
    ['no deflate at all', changed(small, (v) => v.setUint8(30 + 5, 0xff)), /cannot be inflated/],
  ];
  it.each(damaged)('with a member that is %s: is refused', (_, bytes, message) => {
    const [member] = readZip(bytes);
    expect(() => member!.read()).toThrow(message);
  });
});

describe('an .npz', () => {
  const atoms = writeNpy({ shape: [4, 257], data: new Float32Array(4 * 257).fill(1) });
  const rate = writeNpy({ shape: [], data: Float32Array.of(16000) });
  const read = (members: Record<string, Uint8Array>): unknown =>
    readDictionary(deflated({ 'sample_rate.npy': rate, ...members }));
  const textArray = (dictionary = twoBandDictionary()): Uint8Array =>
    readZip(writeDictionary(dictionary, 'npz'))
      .find(({ name }) => name === 'labels.npy')!
      .read();

  it('of a single matrix needs no name for it', () => {
    expect(read({ 'arr_0.npy': atoms })).toMatchObject({ atomCount: 4 });
  });

  const wrong: readonly [string, Record<string, Uint8Array>, RegExp][] = [
    ['without a matrix', {}, /no array that is surely the atoms: .*; it has "sample_rate"/],
    [
      'of two matrices of no known name',
      { 'x.npy': atoms, 'y.npy': atoms },
      /no array that is surely the atoms/,
    ],
    ['whose atoms are texts', { 'atoms.npy': textArray() }, /"atoms" holds texts/],
    [
      'whose rate is a list',
      { 'atoms.npy': atoms, 'hop_length.npy': atoms },
      /"hop_length" must be a single number/,
    ],
    ['whose name is a number', { 'atoms.npy': atoms, 'name.npy': rate }, /"name" must be a single text/],
    [
      'of another divergence',
      { 'atoms.npy': atoms, 'divergence.npy': rate },
      /"divergence" must be a single text/,
    ],
    ['with ranges alone', { 'atoms.npy': atoms, 'ranges.npy': rate }, /"ranges" but not "labels"/],
    [
      'whose labels are numbers',
      { 'atoms.npy': atoms, 'labels.npy': rate },
      /"labels" must be a list of texts/,
    ],
    ['with too few labels', { 'atoms.npy': atoms, 'labels.npy': textArray() }, /2 labels for 4 atoms/],
    [
      'with too few ranges',
      { 'atoms.npy': atoms, 'labels.npy': textArray(), 'ranges.npy': rate },
      /"ranges" must have two numbers for each label/,
    ],
    ['with a huge fact', { 'atoms.npy': atoms, 'name.npy': text(2 << 20) }, /"name" has 2097152 bytes/],
    ['with a broken array', { 'atoms.npy': atoms.slice(0, 200) }, /In the array "atoms": .* is cut off/],
    [
      'with a tensor of texts',
      { 'atoms.npy': atoms, 'tensor.a.npy': textArray() },
      /"tensor\.a" must hold finite/,
    ],
    [
      'of a wrong FFT size',
      { 'atoms.npy': atoms, 'n_fft.npy': rate },
      /rows of 257 bins; an FFT of 16000 gives 8001/,
    ],
  ];
  it.each(wrong)('%s: says what is wrong', (_, members, message) => {
    expect(() => read(members)).toThrow(message);
    expect(() => read(members)).toThrow(DictionaryError);
  });

  it('that is another ZIP archive says what is in it', () => {
    expect(() => readDictionary(deflated({ 'word/document.xml': text(9) }))).toThrow(
      /a ZIP archive, but no \.npz: .* it has "word\/document\.xml"/,
    );
    expect(() => readDictionary(zipSync({}))).toThrow(/it has "no file at all"/);
  });

  const files: readonly [string, Uint8Array][] = [
    ['Sotto', writeDictionary(twoBandDictionary({ fftSize: 32, windowLength: 32, hop: 8 }), 'npz')],
    ['NumPy, stored', exchangeFixture('scikit-learn.npz')],
    ['NumPy, deflated', exchangeFixture('librosa.npz')],
  ];
  it.each(files)('of %s, changed anywhere, is read or refused with a reason', (_, whole) => {
    const random = randomSource(5);
    for (let i = 0; i < 3000; i++) {
      const bytes = whole.slice(0, i % 3 === 0 ? Math.floor(random() * whole.length) : whole.length);
      for (let n = 0; n < 1 + (i % 4); n++)
        bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      try {
        readDictionary(bytes);
      } catch (error) {
        if (!(error instanceof DictionaryError)) throw error;
        expect(error.message).toMatch(/^[A-Z].*\.$/s);
      }
    }
  });
});
