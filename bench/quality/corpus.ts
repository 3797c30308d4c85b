import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isWav, readWav, type Audio } from '../../src/audio/wav.ts';
import { decodeCompressed } from '../../src/cli/decode.ts';
import { resampleAudio } from '../../src/training/index.ts';
import { SAMPLE_RATE } from './material.ts';

export type Split = 'test' | 'train';

/** Recordings that belong together by their name up to the first underscore: a speaker's, or a kind of noise. */
export interface Group {
  readonly name: string;
  /** Paths. */
  readonly files: readonly string[];
}

/** Recordings to make mixtures of. */
export interface Corpus {
  readonly speakers: readonly Group[];
  readonly noises: readonly Group[];
  /** Samples of a file: mono, 48 kHz. Files are kept once they are read. */
  load(file: string): Promise<Float32Array>;
}

/**
 * The recordings in `folder`/`split`/speech and `folder`/`split`/noise, sorted by name. Throws an Error where one of the two is missing or
 * empty.
 */
export function openCorpus(folder: string, split: Split): Corpus {
  const loaded = new Map<string, Promise<Float32Array>>();
  return {
    speakers: groups(path.join(folder, split, 'speech')),
    noises: groups(path.join(folder, split, 'noise')),
    load(file) {
      let samples = loaded.get(file);
      if (!samples) loaded.set(file, (samples = readMono(file)));
      return samples;
    },
  };
}

/** Samples of a file: the mean of its channels, at 48 kHz. */
export async function readMono(file: string): Promise<Float32Array> {
  const { channels, sampleRate } = await decode(file);
  const mono = new Float32Array(channels[0]!.length);
  for (const channel of channels)
    for (let i = 0; i < mono.length; i++) mono[i]! += channel[i]! / channels.length;
  return resampleAudio(mono, sampleRate, SAMPLE_RATE);
}

async function decode(file: string): Promise<Audio> {
  const bytes = readFileSync(file);
  if (isWav(bytes)) return readWav(bytes);
  // The FLAC decoder misses a last frame of few bytes (silence), unless something comes after it.
  const padded = new Uint8Array(bytes.length + 64);
  padded.set(bytes);
  const audio = await decodeCompressed(padded);
  if (!audio) throw new Error(`${file} is no sound that can be read.`);
  return audio;
}

function groups(folder: string): Group[] {
  const files = existsSync(folder)
    ? readdirSync(folder)
        .filter((file) => /\.(flac|wav|mp3|ogg|opus)$/i.test(file))
        .toSorted()
    : [];
  if (files.length === 0) {
    throw new Error(
      `There are no recordings in ${folder}; --data must name a folder that holds test/speech and test/noise.`,
    );
  }
  const byName = new Map<string, string[]>();
  for (const file of files) {
    const name = file.replace(/[_.].*$/, '');
    byName.set(name, [...(byName.get(name) ?? []), path.join(folder, file)]);
  }
  return [...byName].map(([name, members]) => ({ name, files: members }));
}
