import { describe, expect, it } from 'vitest';
import { sourceColours } from './source-colours.ts';

describe('colours of sources', () => {
  it('are all different', () => {
    for (const labels of [
      ['voice', 'noise'],
      ['noise', 'noise 2', 'voice', 'voice 2', 'a', 'b', 'c', 'd'],
    ]) {
      expect(new Set(sourceColours(labels)).size).toBe(labels.length);
    }
  });

  it('follow the label, whatever its place', () => {
    const [voice, noise] = sourceColours(['voice', 'noise']);
    expect(sourceColours(['noise', 'voice'])).toEqual([noise, voice]);
  });

  it('tell vocals from a speaking voice', () => {
    expect(sourceColours(['vocals'])[0]).not.toBe(sourceColours(['voice'])[0]);
  });
});
