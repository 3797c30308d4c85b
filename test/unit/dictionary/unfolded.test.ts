import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  checkDictionary,
  DictionaryError,
  readSafetensors,
  type Dictionary,
} from '../../../src/dictionary/index.ts';

const good = readSafetensors(readFileSync(new URL('../../golden/unfolded.safetensors', import.meta.url)));

/** The dictionary with one tensor changed, or left out. */
function changed(
  name: string,
  change: (data: Float32Array) => Float32Array | undefined,
  shape?: number[],
): Dictionary {
  const tensors = good.tensors!.flatMap((tensor) => {
    if (tensor.name !== `unfolded.${name}`) return [tensor];
    const data = change(tensor.data.slice());
    return data ? [{ ...tensor, data, shape: shape ?? tensor.shape }] : [];
  });
  return { ...good, tensors };
}
/** The tensors of a mask head, of the golden dictionary's 80 bands. */
const HEAD = ['floorShare', 'floorScale', 'excess', 'shortage', 'presence'];
const without = (names: readonly string[]): Dictionary => ({
  ...good,
  tensors: good.tensors!.filter(({ name }) => !names.includes(name.replace('unfolded.', ''))),
});
const first = (value: number) => (data: Float32Array) => {
  data[0] = value;
  return data;
};

describe('the tensors of an unfolded dictionary', () => {
  it('are accepted as they were trained, and without what a model need not have', () => {
    expect(() => checkDictionary(good)).not.toThrow();
    expect(() => checkDictionary(without([...HEAD, 'transition']))).not.toThrow();
  });

  it.each([
    ['a negative matrix', changed('w', first(-1)), /"unfolded\.w" holds -1; its values must be from 0/],
    [
      'a step that runs away',
      changed('eta', first(30)),
      /"unfolded\.eta" holds 30; its values must be from 0 to 2/,
    ],
    ['a decay above 1', changed('decay', first(1.5)), /"unfolded\.decay" holds 1\.5; .* from 0 to 1/],
    ['a bin beyond the bands', changed('places', first(1000)), /"unfolded\.places" holds 1000/],
    ['a missing matrix', changed('inject', () => undefined), /no tensor "unfolded\.inject"/],
    ['a misshapen matrix', changed('decay', (d) => d.subarray(1), [7]), /has the shape 7; it must be 8/],
    ['no dimensions', changed('w', (d) => d, [2 * 8 * 160]), /must be updates .* x atoms x rows/],
    [
      'a floor that lacks a band',
      changed('w', (d) => d.subarray(0, 2 * 8 * 159), [2, 8, 159]),
      /has 159 rows; they must be an even number, .* its magnitude and its floor/,
    ],
    [
      'a misshapen transition',
      changed('transition', (d) => d.subarray(0, 8), [8]),
      /has the shape 8; it must be 8 x 8/,
    ],
    [
      'a negative transition',
      changed('transition', first(-1)),
      /"unfolded\.transition" holds -1; its values must be from 0/,
    ],
    [
      'an atom that gives on more than it could ever lose',
      {
        ...good,
        tensors: good.tensors!.map((tensor) =>
          tensor.name === 'unfolded.transition' ? { ...tensor, data: tensor.data.map(() => 0.3) } : tensor,
        ),
      },
      /"unfolded\.decay" and "unfolded\.transition" atom 0 gives 3\.\d+ of its activation .* at most 2/,
    ],
    [
      'half a mask head',
      without(['excess', 'presence']),
      /mask head, but no "unfolded\.excess", "unfolded\.presence": there must be all five or none/,
    ],
    [
      'a floor of more than all',
      changed('floorShare', first(1.5)),
      /"unfolded\.floorShare" holds 1\.5; .* from 0 to 1/,
    ],
    ['a negative excess', changed('excess', first(-1)), /"unfolded\.excess" holds -1/],
    ['a presence a band', changed('presence', (d) => d, [1, 1]), /has the shape 1 x 1; it must be 1\./],
    [
      'a floor that falls',
      changed('scalars', (d) => d.map((v, i) => (i === 3 ? 0.5 : v))),
      /a rise from 1 to 2/,
    ],
    [
      'three sources',
      { ...good, sources: [0, 4, 8].map((from, i) => ({ label: `s${i}`, from, to: [4, 8, 16][i]! })) },
      /two sources; this one has 3/,
    ],
  ] as const)('%s is refused', (_, dictionary, message) => {
    expect(() => checkDictionary(dictionary)).toThrow(DictionaryError);
    expect(() => checkDictionary(dictionary)).toThrow(message);
  });
});
