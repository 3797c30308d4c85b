import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  checkDictionary,
  isUnfolded,
  readSafetensors,
  withLearned,
  type Dictionary,
} from '../../../src/dictionary/index.ts';
import { noiseProfile } from '../../../src/training/index.ts';
import { noise } from '../../helpers/signals.ts';

const unfolded = readSafetensors(readFileSync(new URL('../../golden/unfolded.safetensors', import.meta.url)));
const hiss = { name: 'hiss', samples: noise(48000, 3, 0.2), sampleRate: 48000 };
const [first, second] = unfolded.sources;
const song: Dictionary = {
  ...unfolded,
  sources: [
    { ...first!, label: 'vocals' },
    { ...second!, label: 'accompaniment' },
  ],
};
const cues = { name: 'cues', shape: [2, 4, 3], data: new Float32Array(24) };

describe('learned atoms in a dictionary with updates', () => {
  it('keep the updates where the sources stay the same', () => {
    expect(isUnfolded(noiseProfile(hiss, unfolded, { atomCount: 4, iterations: 5 }).dictionary)).toBe(true);
  });

  it('leave out updates that know nothing of a further source', () => {
    const { dictionary } = noiseProfile(hiss, song, { atomCount: 4, iterations: 5 });
    expect(dictionary.sources.map(({ label }) => label)).toEqual(['vocals', 'accompaniment', 'noise']);
    expect(isUnfolded(dictionary)).toBe(false);
    expect(() => checkDictionary(dictionary)).not.toThrow();
  });

  it('leave out updates that were weighted beside the atoms that are gone', () => {
    const { tensors: _, ...plain } = song;
    const base = { ...song, tensors: [...song.tensors!, cues] };
    const dictionary = withLearned(base, plain, ['accompaniment']);
    expect(isUnfolded(dictionary)).toBe(false);
    expect(dictionary.learned).toEqual(['accompaniment']);
    expect(() => checkDictionary(dictionary)).not.toThrow();
  });
});
