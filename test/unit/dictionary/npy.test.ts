import { describe, expect, it } from 'vitest';
import { writeNpyTexts } from '../../../src/dictionary/npy-writer.ts';
import { DictionaryError, readNpy, writeNpy } from '../../../src/dictionary/index.ts';

/** What numpy.save wrote of [[0, .25, .5], [.75, 1, 1.25]]. */
const SAVED = {
  '<f4':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAACAPgAAAD8AAEA/AACAPwAAoD8=',
  '<f8, Fortran order':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyksIH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAAAAAAAAAAAAAAOg/AAAAAAAA0D8AAAAAAADwPwAAAAAAAOA/AAAAAAAA9D8=',
  '>f4':
    'k05VTVBZAQB2AHsnZGVzY3InOiAnPmY0JywgJ2ZvcnRyYW5fb3JkZXInOiBGYWxzZSwgJ3NoYXBlJzogKDIsIDMpLCB9ICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAAPoAAAD8AAAA/QAAAP4AAAD+gAAA=',
} as const;
const bytesOf = (base64: string): Uint8Array => Uint8Array.from(Buffer.from(base64, 'base64'));
const ARRAY = { shape: [2, 3], data: Float32Array.of(0, 0.25, 0.5, 0.75, 1, 1.25) };
const saved = bytesOf(SAVED['<f4']);

describe('a NumPy array', () => {
  it.each(Object.entries(SAVED))('of %s is read as NumPy wrote it', (_, base64) => {
    expect(readNpy(bytesOf(base64))).toEqual(ARRAY);
  });

  it('is written byte for byte as NumPy writes it', () => {
    expect(writeNpy(ARRAY)).toEqual(saved);
  });

  it.each([[[]], [[5]], [[0, 3]], [[2, 3, 4]]])('of shape %j comes back', (shape) => {
    const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i / 8);
    expect(readNpy(writeNpy({ shape, data }))).toEqual({ shape, data });
  });

  const replaced = (from: string, to: string): Uint8Array =>
    Uint8Array.from(Buffer.from(Buffer.from(saved).toString('latin1').replace(from, to), 'latin1'));
  const broken: readonly [string, Uint8Array, RegExp][] = [
    ['empty', new Uint8Array(0), /file is empty/],
    ['a ZIP archive', Uint8Array.of(0x50, 0x4b, 3, 4, 0), /is a ZIP archive \(or \.npz\); a \.npy file/],
    ['cut off in the magic', saved.slice(0, 8), /cut off/],
    ['cut off in the header', saved.slice(0, 60), /cut off: it needs 128 bytes, and there are 60/],
    ['cut off in the values', saved.slice(0, 150), /cut off: it needs 152 bytes, and there are 150/],
    ['too long', Uint8Array.of(...saved, 0), /1 bytes after the values/],
    ['of long doubles', replaced("'<f4', ", "'<f16',"), /type "<f16"; float16, float32, float64 or whole/],
    ['of truth values', replaced("'<f4'", "'|b1'"), /type "\|b1"; float16, float32/],
    ['of dates', replaced("'<f4'", "'<M8'"), /type "<M8"; float16/],
    ['of complex numbers', replaced("'<f4'", "'<c8'"), /complex numbers; save magnitudes/],
    ['of texts', writeNpyTexts(['a', 'b']), /holds texts; numbers are needed/],
    ['of records', replaced("'<f4', ", "[('a',"), /structured type/],
    ['of objects', replaced("'<f4'", "'|O' "), /type "\|O": Python objects \(a pickle\)/],
    ['of endless texts', replaced("'<f4', ", "'<U9999999',").slice(0, 152), /texts of 9999999 characters/],
    [
      'of endless empty texts',
      replaced(
        "'<f4', 'fortran_order': False, 'shape': (2, 3), }         ",
        "'<U0', 'fortran_order': False, 'shape': (99999, 99999), }",
      ).slice(0, 128),
      /at most 16384 are allowed/,
    ],
    ['of a version to come', replaced('NUMPY\x01', 'NUMPY\x09'), /format version 9/],
    ['of a shape that is no tuple', replaced('(2, 3)', '[2, 3]'), /lacks its shape/],
    ['of a huge shape', replaced('(2, 3), }   ', '(2, 3333), }'), /cut off: it needs 26792 bytes/],
  ];
  it.each(broken)('%s: says what is wrong', (_, bytes, message) => {
    expect(() => readNpy(bytes)).toThrow(message);
    expect(() => readNpy(bytes)).toThrow(DictionaryError);
  });

  it('is not written with another number of values than its shape has', () => {
    expect(() => writeNpy({ shape: [2, 2], data: new Float32Array(3) })).toThrow(
      /has 4 values, and 3 are given/,
    );
  });
});
