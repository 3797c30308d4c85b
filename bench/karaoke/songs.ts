import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { readAudio } from '../../src/cli/audio-file.ts';

/** A sound: one array a channel, all of the same length. */
export type Channels = readonly Float32Array[];

/** A song and what it is made of; every array has the same length. */
export interface Song {
  readonly name: string;
  /** Hz, as in the file. */
  readonly sampleRate: number;
  /** vocals + backing, sample by sample. */
  readonly mix: Channels;
  readonly vocals: Channels;
  readonly backing: Channels;
}

/**
 * The folders of songs, sorted by name: those in `data`/`split`/music where there is such a folder, else those in `data` itself. A song is a folder that
 * holds vocals.flac and accompaniment.flac. Throws an Error where there is none.
 */
export function findSongs(data: string, split: string): string[] {
  const inSplit = path.join(data, split, 'music');
  const folder = existsSync(inSplit) ? inSplit : data;
  const names = existsSync(folder) ? readdirSync(folder).toSorted() : [];
  const songs = names
    .map((name) => path.join(folder, name))
    .filter((song) => STEMS.every((stem) => existsSync(path.join(song, stem))));
  if (songs.length > 0) return songs;
  throw new Error(
    `There are no songs in ${folder}; --data must name a folder that holds ${split}/music, or songs: folders with ${STEMS.join(' and ')}.`,
  );
}

const STEMS = ['vocals.flac', 'accompaniment.flac'] as const;

/**
 * Reads a song. With `seconds` above 0, the part of that length in which the voice has the most energy. Throws an Error where the stems differ in
 * rate, channels or length, or one of them is silent: nothing can be said then of how well it was separated.
 */
export async function loadSong(folder: string, seconds = 0): Promise<Song> {
  const [vocals, backing] = await Promise.all(STEMS.map((stem) => readAudio(path.join(folder, stem))));
  const shape = ({ channels, sampleRate }: typeof vocals & object): string =>
    `${channels.length} channels of ${channels[0]!.length} samples at ${sampleRate} Hz`;
  if (shape(vocals!) !== shape(backing!)) {
    throw new Error(
      `${folder}: the voice has ${shape(vocals!)}, the backing ${shape(backing!)}; they must agree.`,
    );
  }
  const { sampleRate } = vocals!;
  const song = makeSong(path.basename(folder), sampleRate, vocals!.channels, backing!.channels);
  return seconds > 0 ? excerpt(song, Math.round(seconds * sampleRate)) : song;
}

/** A song of its stems. Throws an Error where one is silent. */
export function makeSong(name: string, sampleRate: number, vocals: Channels, backing: Channels): Song {
  for (const [label, stem] of Object.entries({ voice: vocals, backing })) {
    if (stem.every((channel) => channel.every((sample) => sample === 0))) {
      throw new Error(`${name}: the ${label} is silent; a song needs both.`);
    }
  }
  return { name, sampleRate, mix: combine(vocals, backing, 1), vocals, backing };
}

/** a + factor b. */
export const combine = (a: Channels, b: Channels, factor: number): Float32Array[] =>
  a.map((channel, c) => channel.map((sample, i) => sample + factor * b[c]![i]!));

function excerpt({ name, sampleRate, vocals, backing }: Song, length: number): Song {
  const total = vocals[0]!.length;
  let energy = 0;
  let most = -1;
  let start = 0;
  const power = (i: number): number => vocals.reduce((sum, channel) => sum + channel[i]! ** 2, 0);
  for (let i = 0; i < total; i++) {
    energy += power(i) - (i >= length ? power(i - length) : 0);
    if (i >= length - 1 && energy > most) {
      most = energy;
      start = i - length + 1;
    }
  }
  const cut = (channels: Channels): Float32Array[] =>
    channels.map((channel) => channel.slice(start, start + length));
  return makeSong(name, sampleRate, cut(vocals), cut(backing));
}
