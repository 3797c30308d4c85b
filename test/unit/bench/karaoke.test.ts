import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluate } from '../../../bench/karaoke/evaluate.ts';
import { analyse, applyGains, filter, frameCount, hannGrid } from '../../../bench/karaoke/frames.ts';
import { findSongs, loadSong, makeSong } from '../../../bench/karaoke/songs.ts';
import { centreSystem } from '../../../bench/karaoke/systems/centre.ts';
import { oracleSystem } from '../../../bench/karaoke/systems/oracle.ts';
import { tables } from '../../../bench/karaoke/tables.ts';
import { writeWav } from '../../../src/audio/wav.ts';
import { maximumDifference, noise, sine } from '../../helpers/signals.ts';

const RATE = 8000;
let folder: string;

/** Readers look at what is in a file, not at its name: WAV will do. */
function writeStem(file: string, channels: Float32Array[], sampleRate = RATE): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, writeWav({ sampleRate, channels, format: 'float32' }).bytes);
}

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sotto-karaoke-'));
  for (const name of ['b_song', 'a_song']) {
    const song = path.join(folder, 'train', 'music', name);
    writeStem(path.join(song, 'vocals.flac'), [sine(RATE, 700, RATE), sine(RATE, 700, RATE)]);
    writeStem(path.join(song, 'accompaniment.flac'), [noise(RATE, 1, 0.3), noise(RATE, 2, 0.3)]);
  }
  mkdirSync(path.join(folder, 'train', 'music', 'no song'));
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('songs', () => {
  it('are found in a split, or in the folder itself', () => {
    const inside = path.join(folder, 'train', 'music');
    const expected = [path.join(inside, 'a_song'), path.join(inside, 'b_song')];
    expect(findSongs(folder, 'train')).toEqual(expected);
    expect(findSongs(inside, 'test')).toEqual(expected);
  });

  it('are missed by name', () => {
    expect(() => findSongs(path.join(folder, 'nowhere'), 'test')).toThrow(/nowhere.*vocals\.flac/s);
  });

  it('are the sum of their stems', async () => {
    const { mix, vocals, backing, sampleRate, name } = await loadSong(findSongs(folder, 'train')[0]!);
    expect([name, sampleRate, mix.length]).toEqual(['a_song', RATE, 2]);
    expect(mix[1]![100]).toBeCloseTo(vocals[1]![100]! + backing[1]![100]!, 6);
  });

  it('can be cut to the part with most voice', async () => {
    const song = path.join(folder, 'late');
    const late = sine(4 * RATE, 500, RATE).map((value, n) => (n < 2 * RATE || n >= 3 * RATE ? 0 : value));
    writeStem(path.join(song, 'vocals.flac'), [late]);
    writeStem(path.join(song, 'accompaniment.flac'), [noise(4 * RATE, 3)]);
    const { vocals, mix } = await loadSong(song, 1);
    expect(mix[0]!.length).toBe(RATE);
    expect(maximumDifference(vocals[0]!, late.subarray(2 * RATE, 3 * RATE))).toBeLessThan(1e-6);
  });

  it('must have stems that agree, and something in each', async () => {
    const song = path.join(folder, 'bad');
    writeStem(path.join(song, 'vocals.flac'), [noise(RATE, 1)]);
    writeStem(path.join(song, 'accompaniment.flac'), [noise(RATE, 1), noise(RATE, 2)]);
    await expect(loadSong(song)).rejects.toThrow(/1 channels.*2 channels/);
    expect(() => makeSong('quiet', RATE, [new Float32Array(9)], [noise(9)])).toThrow(
      /quiet.*voice is silent/,
    );
  });
});

describe('frames', () => {
  it('give a signal back as it was, to both its ends', () => {
    const channels = [noise(5000, 1), noise(5000, 2)];
    const result = filter(channels, hannGrid(RATE), () => {});
    for (const [c, channel] of result.entries()) {
      expect(maximumDifference(channel, channels[c]!)).toBeLessThan(1e-6);
    }
  });

  it('apply gains a frame, one for all channels or one a channel', () => {
    const grid = hannGrid(RATE);
    const channels = [noise(3000, 1), noise(3000, 2)];
    const flat = (value: number) => new Float32Array(grid.fftSize / 2 + 1).fill(value);
    const frames = Array.from({ length: frameCount(3000, grid) });
    const together = applyGains(
      channels,
      grid,
      frames.map(() => [flat(0.5)]),
    );
    const apart = applyGains(
      channels,
      grid,
      frames.map(() => [flat(0), flat(1)]),
    );
    expect(
      maximumDifference(
        together[1]!,
        channels[1]!.map((x) => x / 2),
      ),
    ).toBeLessThan(1e-6);
    expect(apart[0]!.every((x) => x === 0)).toBe(true);
    expect(maximumDifference(apart[1]!, channels[1]!)).toBeLessThan(1e-6);
  });

  it('come in order, as many as are said', () => {
    const seen: number[] = [];
    analyse([noise(1000)], hannGrid(RATE), (k) => seen.push(k));
    expect(seen).toEqual(Array.from({ length: frameCount(1000, hannGrid(RATE)) }, (_, k) => k));
  });
});

describe('evaluate', () => {
  it('measures every system on every song, the song as it is first, and tables them', async () => {
    const load = findSongs(folder, 'train').map((song) => () => loadSong(song));
    const evaluation = await evaluate({ systems: [centreSystem, oracleSystem], songs: load });
    expect(evaluation.songs.map(({ name }) => name)).toEqual(['a_song', 'b_song']);
    const [mix, centre, oracle] = evaluation.systems;
    expect([mix!.name, centre!.name, oracle!.name]).toEqual(['mix', 'centre', 'oracle']);
    expect(centre!.latency).toBeCloseTo((1000 * 512) / RATE, 6);
    expect(oracle!.latency).toBeUndefined();
    for (const [i, { measures, cpu }] of centre!.songs.entries()) {
      // A tone in the middle of noise that is nowhere: what the centre mask is for.
      expect(measures.voiceDown).toBeGreaterThan(15);
      expect(measures.backing).toBeGreaterThan(mix!.songs[i]!.measures.backing + 5);
      expect(oracle!.songs[i]!.measures.backingSdr).toBeGreaterThan(measures.backingSdr);
      expect(cpu).toBeGreaterThan(0);
    }
    const reports = tables(evaluation, ['a note']);
    for (const { columns, rows } of reports) {
      for (const row of rows) expect(row.length).toBe(columns.length);
    }
    expect(reports[0]!.rows.map(([name]) => name)).toEqual(['centre', 'oracle']);
    expect(reports[0]!.notes).toContain('a note');
    // An oracle costs nobody anything.
    expect(reports.at(-1)!.rows.map(([name]) => name)).toEqual(['centre']);
  });

  it('refuses two systems of one name, and no songs', async () => {
    const songs = [() => loadSong(findSongs(folder, 'train')[0]!)];
    await expect(evaluate({ systems: [oracleSystem, oracleSystem], songs })).rejects.toThrow(/oracle/);
    await expect(evaluate({ systems: [], songs: [] })).rejects.toThrow(/no songs/);
  });
});
