import type { Source } from '../../src/dictionary/index.ts';
import { SILENCE_DB } from '../../src/parameters.ts';

/** What one wants of a song with a voice. */
export type SongMix = 'remove' | 'guide' | 'voice' | 'song';

/** dB; soft enough to sing over, loud enough to follow. */
export const GUIDE_DB = -12;

const GAINS: Readonly<Record<SongMix, { voice: number; music: number }>> = {
  remove: { voice: SILENCE_DB, music: 0 },
  guide: { voice: GUIDE_DB, music: 0 },
  voice: { voice: 0, music: SILENCE_DB },
  song: { voice: 0, music: 0 },
};

/** Which source is sung; the first where none is called so. */
export const voiceOf = (sources: readonly Pick<Source, 'label'>[]): number =>
  Math.max(
    0,
    sources.findIndex(({ label }) => /voc|voice|sing|speech/i.test(label)),
  );

/** Gains by source, dB. */
export function gainsOf(songMix: SongMix, sources: readonly Pick<Source, 'label'>[]): number[] {
  const sung = voiceOf(sources);
  const { voice, music } = GAINS[songMix];
  return sources.map((_, source) => (source === sung ? voice : music));
}

/** The mix that has these gains; undefined: the user's own. */
export function songMixOf(
  gains: readonly number[],
  sources: readonly Pick<Source, 'label'>[],
): SongMix | undefined {
  const same = (songMix: SongMix) =>
    gainsOf(songMix, sources).every((gain, source) => gain === gains[source]);
  return (Object.keys(GAINS) as SongMix[]).find(same);
}
