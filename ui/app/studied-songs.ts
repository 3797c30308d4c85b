import { createStore, entries, del, get, set, type UseStore } from 'idb-keyval';
import { readSafetensors, writeSafetensors, type Dictionary } from '../../src/dictionary/index.ts';
import type { Song } from '../../src/training/index.ts';

interface StudiedSong {
  /** ms since 1970. */
  readonly created: number;
  /** A safetensors file. */
  readonly bytes: Uint8Array;
}

/** Songs whose dictionaries are kept; the oldest go first. One takes about 1 MB. */
const MOST = 50;

/** A name for the sound of a song: the same samples at the same rate have the same. */
export async function songKey({ channels, sampleRate }: Omit<Song, 'name'>): Promise<string> {
  const hashes = await Promise.all(
    channels.map((channel) => crypto.subtle.digest('SHA-256', channel as Float32Array<ArrayBuffer>)),
  );
  const size = new TextEncoder().encode(`${sampleRate}/${channels.length}/${channels[0]?.length ?? 0}`);
  const all = new Uint8Array(32 * hashes.length + size.length);
  for (const [c, hash] of hashes.entries()) all.set(new Uint8Array(hash), 32 * c);
  all.set(size, 32 * hashes.length);
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', all));
  return [...digest.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The dictionaries of songs that were studied, in IndexedDB. */
export class StudiedSongs {
  #store: UseStore | undefined;

  /** Undefined where there is none, or the browser refuses, or what is kept cannot be read any more. */
  async find(key: string): Promise<Dictionary | undefined> {
    try {
      const kept = await get<StudiedSong>(key, this.#opened());
      return kept && readSafetensors(kept.bytes);
    } catch {
      return undefined;
    }
  }

  /** Rejects where the browser refuses, as in some private windows. */
  async keep(key: string, dictionary: Dictionary): Promise<void> {
    const store = this.#opened();
    await set(key, { created: Date.now(), bytes: writeSafetensors(dictionary) } satisfies StudiedSong, store);
    const all = await entries<string, StudiedSong>(store);
    const oldest = all.toSorted(([, a], [, b]) => a.created - b.created).slice(0, -MOST);
    for (const [old] of oldest) await del(old, store);
  }

  #opened(): UseStore {
    this.#store ??= createStore('sotto-songs', 'studied');
    return this.#store;
  }
}
