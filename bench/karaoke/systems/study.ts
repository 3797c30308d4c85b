import type { Dictionary } from '../../../src/dictionary/index.ts';
import { loadKernel } from '../../../src/kernel/index.ts';
import { studySong } from '../../../src/training/index.ts';
import type { ShardPool } from '../../../src/training/index.ts';
import type { Song } from '../songs.ts';
import { sottoSystem } from './sotto.ts';
import type { SlowSystem } from './system.ts';

/**
 * Sotto after "Study this song": a dictionary of the song is learned from the song alone, and the live engine, mode quality, plays the song
 * with it. The cost counts both.
 */
export function studySystem(base: Dictionary, pool: ShardPool): SlowSystem {
  return {
    name: 'sotto-study',
    description: `Sotto, mode quality, after studying the song with "${base.name}"`,
    latency: (sampleRate) => sottoSystem({ dictionary: base, mode: 'quality' }).latency(sampleRate),
    async separate(song: Song) {
      const { name, sampleRate, mix } = song;
      const { dictionary } = await studySong(
        { name, sampleRate, channels: mix },
        { base, createKernel: loadKernel().factory },
        pool,
      );
      return sottoSystem({ dictionary, mode: 'quality' }).separate(song);
    },
  };
}
