import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  checkDictionary,
  DictionaryError,
  readSafetensors,
  resampleDictionary,
  unfoldedTensors,
  writeSafetensors,
  type Dictionary,
} from '../../../src/dictionary/index.ts';
import { cuesOf, modelsOf } from '../../../src/dictionary/cues.ts';
import { twoBandDictionary } from '../../helpers/small-dictionaries.ts';

const unfolded = readSafetensors(readFileSync(new URL('../../golden/unfolded.safetensors', import.meta.url)));
const plain = twoBandDictionary();

const withWeights = (d: Dictionary, shape: number[], value = 0.5): Dictionary => {
  const data = new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value);
  return { ...d, tensors: [...(d.tensors ?? []), { name: 'cues', shape, data }] };
};

describe('the weights of cues', () => {
  it.each([
    ['atoms', plain, 3, 1],
    ['updates', unfolded, 3, 1],
    ['updates and atoms', unfolded, 4, 2],
  ])('are for %s, also through a file', (_, dictionary, rows, models) => {
    const weighted = withWeights(dictionary, [2, rows, 3]);
    expect(() => checkDictionary(weighted)).not.toThrow();
    const again = cuesOf(readSafetensors(writeSafetensors(weighted)))!;
    expect(again).toEqual(cuesOf(weighted));
    expect(modelsOf(again)).toBe(models);
  });

  it.each([
    ['too few', withWeights(plain, [2, 3, 2]), /has the shape \[2,3,2\]; it must be \[2,3,3\], or \[2,4,3\]/],
    ['too many', withWeights(unfolded, [2, 5, 3]), /has the shape \[2,5,3\]/],
    [
      'for updates that are not there',
      withWeights(plain, [2, 4, 3]),
      /the dictionary has no updates; it must be \[2,3,3\]/,
    ],
    ['without bounds', withWeights(plain, [2, 3, 3], 1000), /a value that is not from -100 to 100/],
    ['not numbers', withWeights(plain, [2, 3, 3], NaN), /a value that is not from -100 to 100/],
  ])('are refused when they are %s', (_, dictionary, message) => {
    expect(() => checkDictionary(dictionary)).toThrow(DictionaryError);
    expect(() => checkDictionary(dictionary)).toThrow(message);
  });

  it('go to another grid with atoms alone, and not without the updates that they were tuned with', () => {
    const grid = { sampleRate: 44100, fftSize: 2048 };
    expect(cuesOf(resampleDictionary(withWeights(plain, [2, 3, 3]), grid))).toBeDefined();
    const left = resampleDictionary(withWeights(unfolded, [2, 4, 3]), grid);
    expect(unfoldedTensors(left)).toHaveLength(0);
    expect(cuesOf(left)).toBeUndefined();
  });
});
