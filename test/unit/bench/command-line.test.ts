import { describe, expect, it } from 'vitest';
import { checkSplit, chooseSystems } from '../../../bench/command-line.ts';

describe('chooseSystems', () => {
  const systems = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];

  it('takes those that are named, in the order they are in, and all without names', () => {
    expect(chooseSystems(systems, 'c, a', 'mix').map(({ name }) => name)).toEqual(['a', 'c']);
    expect(chooseSystems(systems, undefined, 'mix')).toEqual(systems);
  });

  it('lets what is measured anyhow be named', () => {
    expect(chooseSystems(systems, 'mix', 'mix')).toEqual([]);
  });

  it('says which name is not there, which are, and why', () => {
    expect(() => chooseSystems(systems, 'a,d', 'mix', 'No d today.')).toThrow(
      /names d,.*a, b, c\. No d today\.$/,
    );
  });
});

describe('checkSplit', () => {
  it('knows test and train', () => {
    expect(['test', 'train'].map(checkSplit)).toEqual(['test', 'train']);
    expect(() => checkSplit('sealed')).toThrow(/sealed; it must be test or train/);
  });
});
