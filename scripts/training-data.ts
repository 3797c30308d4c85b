import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FLACDecoder } from '@wasm-audio-decoders/flac';
import type { Recording } from '../src/training/index.ts';

/** A row of the recordings' manifest.json. */
export interface ManifestRow {
  readonly file: string;
  readonly kind: string;
  readonly source: string;
  readonly licence: string;
  readonly rate: number;
  readonly seconds: number;
  readonly speaker?: string;
  readonly sex?: string;
  readonly type?: string;
}

/** Whom a shipped dictionary owes its recordings to. */
export interface Attribution {
  /** As in the manifest's `source`, and its `licence`: a row counts only where both fit. */
  readonly source: string;
  readonly licence: RegExp;
  readonly title: string;
  readonly terms: string;
}

/** The ONLY sources on which voice-noise may be trained. What is not listed is not read. */
export const ALLOWED: readonly Attribution[] = [
  {
    source: 'LibriSpeech train-clean-100 via Resemblyzer',
    licence: /^CC BY 4\.0$/,
    title: 'LibriSpeech (V. Panayotov, G. Chen, D. Povey and S. Khudanpur, 2015), train-clean-100',
    terms: 'CC BY 4.0',
  },
  {
    source: 'LibriSpeech test-other via Resemblyzer',
    licence: /^CC BY 4\.0$/,
    title: 'LibriSpeech (V. Panayotov, G. Chen, D. Povey and S. Khudanpur, 2015), test-other',
    terms: 'CC BY 4.0',
  },
  {
    source: 'VCTK via auspicious3000/autovc',
    licence: /^CC BY 4\.0$/,
    title: 'CSTR VCTK Corpus (C. Veaux, J. Yamagishi and K. MacDonald), speaker p225',
    terms: 'CC BY 4.0',
  },
  {
    source: 'TSP Speech',
    licence: /^TSP/,
    title: 'TSP Speech Database (P. Kabal, McGill University), speakers FA and MC',
    terms: 'published as BSD-like',
  },
  {
    source: 'esc10',
    licence: /^CC BY 3\.0$/,
    title: 'ESC-10 (K. J. Piczak, 2015), clips by authors of freesound.org',
    terms: 'CC BY 3.0',
  },
  {
    source: 'moodist',
    licence: /Pixabay|CC0/,
    title: 'Ambient sounds of moodist (MAZE)',
    terms: 'Pixabay Content Licence or CC0',
  },
  {
    source: 'noisekun',
    licence: /CC0/,
    title: 'Ambient sounds of Noisekun',
    terms: 'CC0 or CC BY, per sound',
  },
  {
    source: 'ibm',
    licence: /CC0/,
    title: 'Samples of the IBM MAX Audio Classifier, from freesound.org',
    terms: 'CC0 or CC BY',
  },
  {
    source: 'ambeng',
    licence: /Public domain/,
    title: 'Ambient Engine sounds',
    terms: 'public domain or CC BY',
  },
];

const attributionOf = (row: ManifestRow): Attribution | undefined =>
  ALLOWED.find(({ source, licence }) => source === row.source && licence.test(row.licence));

/** All rows of the training part. Nothing outside of train/ is ever looked at: the rest is for tests. */
export async function trainingRows(data: string): Promise<ManifestRow[]> {
  const rows = JSON.parse(await readFile(join(data, 'manifest.json'), 'utf8')) as ManifestRow[];
  return rows.filter(({ file }) => file.startsWith('train/') && !file.includes('..'));
}

export const mayTrain = (row: ManifestRow): boolean => attributionOf(row) !== undefined;

/** The sources of these rows, in the order of the list above, with the number of recordings and minutes of each. */
export function attributions(rows: readonly ManifestRow[]): string[] {
  return ALLOWED.flatMap((entry) => {
    const own = rows.filter((row) => attributionOf(row) === entry);
    if (own.length === 0) return [];
    const minutes = own.reduce((sum, row) => sum + row.seconds, 0) / 60;
    return [`${entry.title}: ${own.length} recordings, ${minutes.toFixed(1)} min, ${entry.terms}`];
  });
}

/** One mono recording per row, channels averaged. All are FLAC files. */
export async function loadRecordings(data: string, rows: readonly ManifestRow[]): Promise<Recording[]> {
  const recordings: Recording[] = [];
  for (const row of rows) {
    const bytes = await readFile(join(data, row.file));
    // The decoder loses the last frame, at most a tenth of a second, of one file in a hundred; that does no harm here.
    const decoder = new FLACDecoder();
    await decoder.ready;
    const { channelData, sampleRate } = await decoder.decodeFile(new Uint8Array(bytes));
    decoder.free();
    const samples = new Float32Array(channelData[0]!.length);
    for (const channel of channelData) {
      for (let n = 0; n < samples.length; n++) samples[n]! += channel[n]! / channelData.length;
    }
    recordings.push({ name: row.file, samples, sampleRate });
  }
  return recordings;
}
