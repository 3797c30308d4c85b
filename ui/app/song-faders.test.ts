import { describe, expect, it } from 'vitest';
import { gainsOf, songMixOf, voiceOf } from './song-faders.ts';

const SONG = [{ label: 'vocals' }, { label: 'accompaniment' }];
const BAND = [{ label: 'drums' }, { label: 'Lead vocals' }, { label: 'guitar' }];

describe('the faders of a song', () => {
  it('find the voice by its name', () => {
    expect(voiceOf(SONG)).toBe(0);
    expect(voiceOf(BAND)).toBe(1);
    expect(voiceOf([{ label: 'a' }, { label: 'b' }])).toBe(0);
  });

  it('take the voice away, leave it as a guide, or leave nothing else', () => {
    expect(gainsOf('remove', SONG)).toEqual([-60, 0]);
    expect(gainsOf('guide', BAND)).toEqual([0, -12, 0]);
    expect(gainsOf('voice', BAND)).toEqual([-60, 0, -60]);
    expect(gainsOf('song', SONG)).toEqual([0, 0]);
  });

  it('are recognized, unless they are the user’s own', () => {
    for (const songMix of ['remove', 'guide', 'voice', 'song'] as const) {
      expect(songMixOf(gainsOf(songMix, BAND), BAND)).toBe(songMix);
    }
    expect(songMixOf([-20, 0], SONG)).toBeUndefined();
  });
});
