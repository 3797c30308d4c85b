import { describe, expect, it } from 'vitest';
import { DictionaryError, readSafetensors, writeSafetensors } from '../../../src/dictionary/index.ts';
import type { Dictionary } from '../../../src/dictionary/index.ts';
import { twoBandDictionary } from '../../helpers/small-dictionaries.ts';

const good = (): Dictionary => twoBandDictionary({ fftSize: 32, windowLength: 32, hop: 8 });
const BINS = 17;
const ATOM_BYTES = 6 * BINS * 4;

type Header = Record<
  string,
  { dtype?: unknown; shape?: unknown; data_offsets?: unknown } & Record<string, unknown>
>;

/** A file from its header and values, as any program might write it. */
function file(header: unknown, values: Uint8Array, length?: number): Uint8Array {
  const json = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + json.length + values.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? json.length), true);
  bytes.set(json, 8);
  bytes.set(values, 8 + json.length);
  return bytes;
}

function parts(bytes: Uint8Array): { header: Header; values: Uint8Array } {
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))) as Header;
  return { header, values: bytes.slice(8 + length) };
}

/** A good file with one thing changed. */
function changed(change: (header: Header, values: DataView) => void, extra = 0): Uint8Array {
  const { header, values } = parts(writeSafetensors(good()));
  const longer = new Uint8Array(values.length + extra);
  longer.set(values);
  change(header, new DataView(longer.buffer));
  return file(header, longer);
}

const metadata = (key: string, value: unknown): Uint8Array =>
  changed((header) => {
    header['__metadata__']![key] = value;
  });
const sources = (list: unknown): Uint8Array => metadata('sources', JSON.stringify(list));
const text = (value: string): Uint8Array => new TextEncoder().encode(value);

describe('a dictionary file', () => {
  it('comes back the same, value for value', () => {
    const dictionary = good();
    expect(readSafetensors(writeSafetensors(dictionary))).toEqual(dictionary);
  });

  it('is written to the same bytes again after it was read', () => {
    const bytes = writeSafetensors({
      ...good(),
      card: { data: 'Zażółć gęślą jaźń 🎤', created: '2026' },
      tensors: [
        { name: 'update.1', shape: [2, 3], data: Float32Array.of(-1, 2, -3, 4, -5, 6) },
        { name: 'decay', shape: [], data: Float32Array.of(0.5) },
      ],
    });
    expect(writeSafetensors(readSafetensors(bytes))).toEqual(bytes);
  });

  it('has its values at a multiple of 8 bytes, after a header that any JSON reader reads', () => {
    const bytes = writeSafetensors(good());
    const { header, values } = parts(bytes);
    expect((bytes.length - values.length) % 8).toBe(0);
    expect(header['atoms']).toEqual({ dtype: 'F32', shape: [6, BINS], data_offsets: [0, ATOM_BYTES] });
    expect(header['__metadata__']!['fftSize']).toBe('32');
  });

  it('is read from the middle of a larger buffer, at any alignment', () => {
    const bytes = writeSafetensors(good());
    const larger = new Uint8Array(bytes.length + 3);
    larger.set(bytes, 3);
    expect(readSafetensors(larger.subarray(3))).toEqual(good());
  });

  it('may hold its atoms as F64', () => {
    const { header, values } = parts(writeSafetensors(good()));
    const doubles = Float64Array.from(new Float32Array(values.buffer));
    Object.assign(header['atoms']!, { dtype: 'F64', data_offsets: [0, 2 * ATOM_BYTES] });
    expect(readSafetensors(file(header, new Uint8Array(doubles.buffer)))).toEqual(good());
  });

  it('may hold tensors of later versions, of which floats are kept', () => {
    const bytes = changed((header, values) => {
      header['decay'] = { dtype: 'F32', shape: [2], data_offsets: [ATOM_BYTES, ATOM_BYTES + 8] };
      header['labels'] = { dtype: 'I8', shape: [4], data_offsets: [ATOM_BYTES + 8, ATOM_BYTES + 12] };
      values.setFloat32(ATOM_BYTES, 0.25, true);
      values.setFloat32(ATOM_BYTES + 4, -0.75, true);
    }, 12);
    expect(readSafetensors(bytes).tensors).toEqual([
      { name: 'decay', shape: [2], data: Float32Array.of(0.25, -0.75) },
    ]);
  });

  it('may hold tensors in half precision', () => {
    // 1, the smallest number above it, the largest, the smallest above 0, and what is nearest to a third.
    const halves = Uint16Array.of(0x3c00, 0x3c01, 0x7bff, 0x0001, 0x3555, 0xb555);
    const bytes = changed((header, values) => {
      header['w'] = { dtype: 'F16', shape: [2, 3], data_offsets: [ATOM_BYTES, ATOM_BYTES + 12] };
      for (const [i, half] of halves.entries()) values.setUint16(ATOM_BYTES + 2 * i, half, true);
    }, 12);
    const data = Float32Array.of(1, 1 + 2 ** -10, 65504, 2 ** -24, 1365 / 4096, -1365 / 4096);
    expect(readSafetensors(bytes).tensors).toEqual([{ name: 'w', shape: [2, 3], data }]);
  });

  it('may hold bytes, which are written as bytes again', () => {
    const data = Float32Array.of(0, 7, 255);
    const levels = { name: 'a', shape: [3], data, stored: 'bytes' } as const;
    const float = { name: 'b', shape: [1], data: Float32Array.of(0.5) };
    const bytes = writeSafetensors({ ...good(), tensors: [levels, float] });
    // Floats first, where they are aligned.
    expect(readSafetensors(bytes).tensors).toEqual([float, levels]);
    expect(parts(bytes).values.length).toBe(ATOM_BYTES + 4 + 3);
    const wrong = { ...levels, data: Float32Array.of(0, 256, 1) };
    expect(() => writeSafetensors({ ...good(), tensors: [wrong] })).toThrow(
      /"a" is stored as bytes, and holds 256/,
    );
  });

  it('is not written when it could not be read back', () => {
    expect(() => writeSafetensors({ ...good(), hop: 0 })).toThrow(/hop .* is 0/);
    const twice = { name: 'atoms', shape: [1], data: Float32Array.of(1) };
    expect(() => writeSafetensors({ ...good(), tensors: [twice] })).toThrow(/cannot be named "atoms"/);
  });
});

describe('a file that is not a good dictionary', () => {
  const whole = writeSafetensors(good());
  const atoms = (change: Record<string, unknown>): Uint8Array =>
    changed((header) => Object.assign(header['atoms']!, change));
  const value = (index: number, x: number): Uint8Array =>
    changed((_, values) => values.setFloat32(4 * index, x, true));

  const cases: readonly [string, Uint8Array, RegExp][] = [
    ['empty', new Uint8Array(0), /file is empty/],
    ['an HTML page', text('<!DOCTYPE html>\n<html><body>Not found</body></html>'), /is a web page \(HTML\)/],
    ['an HTML page after blank lines', text('\n\n  <html lang="en">'), /is a web page \(HTML\)/],
    ['a WAV file', text('RIFF\x24\x00\x00\x00WAVEfmt '), /is a WAV audio file; a dictionary/],
    ['a JSON text', text('{"atoms": [1, 2, 3]}'), /is a JSON text/],
    [
      'an npy file',
      Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, 0, 0, 0, 0),
      /is a NumPy \.npy file/,
    ],
    ['a Git LFS pointer', text('version https://git-lfs.github.com/spec/v1\n'), /is a Git LFS pointer/],
    ['noise', Uint8Array.from({ length: 4096 }, (_, i) => (i * 7919 + 13) % 251), /is not a dictionary/],
    ['a few bytes', whole.slice(0, 5), /only 5 bytes/],
    ['cut off in the header', whole.slice(0, 100), /cut off: its header needs \d+ bytes, and it has 100/],
    [
      'cut off in the values',
      whole.slice(0, -4),
      /cut off: tensor "atoms" ends at byte 408, and there are 404/,
    ],
    [
      'a header of 2 MB',
      file('{'.padEnd(100), new Uint8Array(0), 2 << 20),
      /header .* has 2097152 bytes; at most/,
    ],
    ['a header of 2^63 bytes', file('{'.padEnd(100), new Uint8Array(0), 2 ** 62), /at most 1048576/],
    ['a header that is not JSON', file('{"atoms": nonsense', new Uint8Array(0)), /header .* not JSON/],
    [
      'a header nested deeply',
      file(`{"a":${'['.repeat(500000)}`, new Uint8Array(0)),
      /header .* cannot be read/,
    ],
    ['a header that is not UTF-8', changedByte(whole, 12, 0xff), /byte 4 is not UTF-8/],
    ['bytes after the end', Uint8Array.of(...whole, 1, 2, 3), /3 bytes at the end .* belong to no tensor/],
    ['no metadata', changed((header) => delete header['__metadata__']), /without metadata, so not a Sotto/],
    ['metadata that are a list', changed((h) => void (h['__metadata__'] = [] as never)), /must be an object/],
    ['metadata that are a number', metadata('hop', 8), /metadata "hop" is 8; all metadata must be texts/],
    ['another format', metadata('format', 'pt'), /not a Sotto dictionary/],
    ['a newer version', metadata('version', '2'), /format version 2; .* a newer Sotto is needed/],
    ['no FFT size', metadata('fftSize', undefined), /lacks "fftSize"/],
    ['an FFT size of words', metadata('fftSize', 'big'), /"fftSize" is "big"; it must be a number/],
    ['an FFT size in hexadecimal', metadata('fftSize', '0x20'), /"fftSize" is "0x20"/],
    ['an FFT size that does not fit', metadata('fftSize', '64'), /has 17 bins; an FFT of 64 gives 33/],
    ['an odd FFT size', metadata('fftSize', '33'), /FFT size .* is 33; it must be even/],
    ['a huge FFT size', metadata('fftSize', '1e9'), /FFT size .* from 16 to 65536/],
    ['a sample rate of 0', metadata('sampleRate', '0'), /sample rate .* is 0 Hz; .* from 8000 to 192000 Hz/],
    [
      'a window longer than the FFT',
      metadata('windowLength', '64'),
      /window length .* is 64; .* from 1 to 32/,
    ],
    ['a hop longer than the window', metadata('hop', '33'), /hop .* is 33; .* from 1 to 32/],
    ['an exponent of 0', metadata('exponent', '0'), /exponent .* is 0; it must be above 0/],
    ['an unknown divergence', metadata('divergence', 'cosine'), /"cosine"; it must be one of euclidean/],
    ['an empty name', metadata('name', '  '), /name .* must be a text that is not empty/],
    ['a name with control characters', metadata('name', 'a\x1b[2Jb'), /control characters/],
    ['a very long name', metadata('name', 'n'.repeat(1000)), /1000 characters; at most 200/],
    ['sources that are not JSON', metadata('sources', '[{'), /"sources" is not JSON/],
    ['sources that are an object', sources({ voice: 3 }), /must be a JSON list/],
    [
      'a source without a label',
      sources([{ from: 0, to: 6 }]),
      /must be a JSON list of \{"label", "from", "to"\}/,
    ],
    ['no sources', sources([]), /has 0 sources; it must have from 1 to 8/],
    [
      'nine sources',
      sources(Array.from({ length: 9 }, (_, i) => ({ label: `${i}`, from: i, to: i + 1 }))),
      /has 9 sou/,
    ],
    [
      'a gap between sources',
      sources([
        { label: 'a', from: 0, to: 2 },
        { label: 'b', from: 3, to: 6 },
      ]),
      /must start at 2/,
    ],
    [
      'sources that overlap',
      sources([
        { label: 'a', from: 0, to: 4 },
        { label: 'b', from: 3, to: 6 },
      ]),
      /must start at 4/,
    ],
    [
      'an empty source',
      sources([
        { label: 'a', from: 0, to: 0 },
        { label: 'b', from: 0, to: 6 },
      ]),
      /must end above 0/,
    ],
    ['a source beyond the end', sources([{ label: 'a', from: 0, to: 7 }]), /ends at atom 7; .* at most at 6/],
    ['atoms of no source', sources([{ label: 'a', from: 0, to: 5 }]), /cover 5 of 6 atoms/],
    [
      'two sources alike',
      sources([
        { label: 'a', from: 0, to: 3 },
        { label: 'a', from: 3, to: 6 },
      ]),
      /Two sources have/,
    ],
    ['a label of nothing', sources([{ label: '', from: 0, to: 6 }]), /label of source 1 .* not empty/],
    ['no atoms', changed((header) => renamed(header, 'atoms', 'W')), /no tensor "atoms"; it has .*W/],
    ['a tensor without a name', changed((header) => renamed(header, 'atoms', '')), /name ""/],
    [
      'atoms that are whole numbers',
      atoms({ dtype: 'I32' }),
      /is of type "I32"; it must be one of F64, F32, F16/,
    ],
    ['an unknown type', atoms({ dtype: 'F31' }), /has the type "F31"; known are/],
    ['a type named like a method', atoms({ dtype: 'constructor' }), /has the type "constructor"/],
    ['a shape that is not a list', atoms({ shape: 102 }), /has the shape 102/],
    ['a negative shape', atoms({ shape: [-6, -BINS] }), /has the shape \[-6,-17\]/],
    ['a shape of one dimension', atoms({ shape: [6 * BINS] }), /shape \[102\]; it must be \[number of atoms/],
    [
      'a shape that does not fit the bytes',
      atoms({ shape: [7, BINS] }),
      /has 408 bytes; F32 of shape \[7,17\] needs 476/,
    ],
    ['a shape whose product overflows', atoms({ shape: [2 ** 52, 2 ** 52] }), /needs 8\.11/],
    [
      'offsets beyond the file',
      atoms({ data_offsets: [1000, 1000 + ATOM_BYTES] }),
      /cut off: .* ends at byte 1408/,
    ],
    ['offsets in reverse', atoms({ data_offsets: [ATOM_BYTES, 0] }), /the first not above the second/],
    ['offsets that are fractions', atoms({ data_offsets: [0.5, ATOM_BYTES + 0.5] }), /two whole numbers/],
    [
      'a gap before the values',
      changed((h) => void (h['atoms']!.data_offsets = [4, 4 + ATOM_BYTES]), 4),
      /4 bytes before/,
    ],
    [
      'tensors that overlap',
      changed((h) => {
        h['other'] = { dtype: 'F32', shape: [1], data_offsets: [ATOM_BYTES - 4, ATOM_BYTES] };
      }),
      /"other" overlaps/,
    ],
    [
      'a further tensor that is not finite',
      changed((h, v) => {
        h['other'] = { dtype: 'F32', shape: [1], data_offsets: [ATOM_BYTES, ATOM_BYTES + 4] };
        v.setFloat32(ATOM_BYTES, Number.NaN, true);
      }, 4),
      /"other" has the value NaN/,
    ],
    ['a NaN', value(20, Number.NaN), /Atom 1 has the value NaN in bin 3; all values must be finite/],
    ['an infinity', value(0, Infinity), /Atom 0 has the value Infinity in bin 0/],
    [
      'a negative value',
      value(101, -0.25),
      /Atom 5 has the value -0\.25 in bin 16; no value may be negative/,
    ],
    ['an atom of zeros', changed((_, v) => clear(v, BINS, 2 * BINS)), /Atom 1 is zero in every bin/],
    ['an atom that does not sum to 1', value(0, 41), /Atom 0 sums to 41\.\d+; each atom must sum to 1/],
    [
      'zero atoms',
      changed((h) => Object.assign(h['atoms']!, { shape: [0, BINS], data_offsets: [0, 0] })),
      /at the end/,
    ],
    [
      '257 tensors',
      changed((h) => {
        for (let i = 0; i < 256; i++)
          h[`t${i}`] = { dtype: 'F32', shape: [0], data_offsets: [ATOM_BYTES, ATOM_BYTES] };
      }),
      /has 257 tensors; at most 256/,
    ],
    [
      'a property of all objects as a tensor',
      file('{"__proto__":{"dtype":"F32"}}'.padEnd(40), new Uint8Array(0)),
      /Tensor "__proto__" has the shape/,
    ],
  ];

  it.each(cases)('%s', (_, bytes, message) => {
    let error: unknown;
    try {
      readSafetensors(bytes);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(DictionaryError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message.length).toBeLessThan(400);
  });

  it('never throws anything else, whatever byte is changed', () => {
    for (let at = 0; at < whole.length; at++) {
      for (const byte of [0, 0xff, whole[at]! ^ 1]) {
        try {
          readSafetensors(changedByte(whole, at, byte));
        } catch (error) {
          if (!(error instanceof DictionaryError)) throw error;
        }
      }
    }
  });
});

function changedByte(bytes: Uint8Array, at: number, byte: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = byte;
  return copy;
}

function renamed(header: Header, from: string, to: string): void {
  header[to] = header[from]!;
  delete header[from];
}

function clear(values: DataView, from: number, to: number): void {
  for (let i = from; i < to; i++) values.setFloat32(4 * i, 0, true);
}
