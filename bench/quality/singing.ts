import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { Report } from '../report.ts';
import { delayOf } from './alignment.ts';
import { readMono, type Split } from './corpus.ts';
import { QUANTUM, SAMPLE_RATE, type Material } from './material.ts';
import { noisy } from './systems/noisy.ts';
import { run, type System } from './systems/system.ts';

const FRAME = 0.02 * SAMPLE_RATE;
/** Of a song: enough of a voice, and soon done. */
const LONGEST = 30 * SAMPLE_RATE;
/** dB below the loudest frame: what lies lower is a pause or a breath. */
const ACTIVE = 35;
/** dB: a frame that loses more is cut. */
const CUT = 10;
/** dB: nothing at all. */
const SILENCE = -110;
const VOICE = 'vocals.flac';

/**
 * The share of the active frames (20 ms) of a dry sung voice that come out more than 10 dB lower, 0 to 1. Arrays of one length, aligned. NaN
 * where nothing is sung.
 */
export function shareCut(sung: Float32Array, output: Float32Array): number {
  const before = levels(sung);
  const after = levels(output);
  let loudest = -Infinity;
  for (const level of before) loudest = Math.max(loudest, level);
  let active = 0;
  let cut = 0;
  before.forEach((level, i) => {
    if (!(level > loudest - ACTIVE) || level <= SILENCE) return;
    active++;
    if (level - after[i]! > CUT) cut++;
  });
  return active > 0 ? cut / active : NaN;
}

/** dB of each whole frame. */
function levels(samples: Float32Array): number[] {
  return Array.from({ length: Math.floor(samples.length / FRAME) }, (_, i) => {
    let power = 0;
    for (const sample of samples.subarray(i * FRAME, (i + 1) * FRAME)) power += sample * sample;
    return 10 * Math.log10(power / FRAME + 1e-12);
  });
}

/** What each system cuts of the dry voices in `data`/`split`/music. Throws an Error where there are none. */
export async function singing(systems: readonly System[], data: string, split: Split): Promise<Report> {
  const folder = path.join(data, split, 'music');
  const songs = (existsSync(folder) ? readdirSync(folder).toSorted() : []).filter((song) =>
    existsSync(path.join(folder, song, VOICE)),
  );
  if (songs.length === 0) {
    throw new Error(`There is no singing in ${folder}; --singing needs folders there that hold ${VOICE}.`);
  }
  // Where nothing but the voice sounds there is no noise to learn.
  const measured = systems.filter(
    ({ oracle, name }) => !oracle && name !== noisy.name && name !== 'sotto-profile',
  );
  const shares = new Map(measured.map((system) => [system, [] as number[]]));
  for (const song of songs) {
    const voice = await readMono(path.join(folder, song, VOICE));
    const start = voice.findIndex((sample) => Math.abs(sample) > 1e-3);
    const sung = voice.slice(Math.max(0, start), Math.max(0, start) + LONGEST);
    const silence = new Float32Array(sung.length);
    const material: Material = { mixture: sung, clean: sung, noise: silence, profile: silence };
    for (const [system, list] of shares) {
      const output = await run(system, material, 0.2 * SAMPLE_RATE + QUANTUM);
      const delay = delayOf(output, sung);
      list.push(shareCut(sung, output.subarray(delay, delay + sung.length)));
    }
  }
  const percent = (share: number): number => Number((100 * share).toFixed(1));
  return {
    title: 'Singing: active frames of a dry voice that lose more than 10 dB, in percent',
    columns: ['system', 'mean', ...songs],
    rows: [...shares].map(([{ name }, list]) => [
      name,
      percent(list.reduce((sum, share) => sum + share, 0) / list.length),
      ...list.map(percent),
    ]),
    notes: [`The first ${LONGEST / SAMPLE_RATE} s of each voice; frames within ${ACTIVE} dB of the loudest.`],
  };
}
