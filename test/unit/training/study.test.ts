import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors, type Dictionary } from '../../../src/dictionary/index.ts';
import { loadKernel } from '../../../src/kernel/index.ts';
import { gainName, SILENCE_DB } from '../../../src/parameters.ts';
import { render } from '../../../src/separator/render.ts';
import { createLocalPool, SongStudy, studySong } from '../../../src/training/index.ts';
import { siSdr } from '../../helpers/quality.ts';
import { chords, sung } from '../../helpers/songs.ts';

const base = readSafetensors(
  new Uint8Array(
    readFileSync(new URL('../../../dictionaries/vocals-accompaniment.safetensors', import.meta.url)),
  ),
);
const pool = createLocalPool();
const createKernel = loadKernel().factory;
const RATE = 16000;

const sum = (a: Float32Array, b: Float32Array) => a.map((value, i) => value + b[i]!);
const study = (channels: Float32Array[], sampleRate = RATE) =>
  studySong({ name: 'song', sampleRate, channels }, { base, createKernel }, pool);

/** dB by which the backing is nearer to what it was than the song is. */
function gained(
  song: Float32Array,
  backing: Float32Array,
  dictionary: Dictionary,
  sampleRate = RATE,
): number {
  const [out] = render([song], {
    sampleRate,
    mode: 'quality',
    dictionary,
    parameters: { [gainName(0)]: SILENCE_DB, reduction: 36, smoothing: 0 },
  })!;
  return siSdr(out!, backing) - siSdr(song, backing);
}

describe('a song of chords that come again and a sung line', () => {
  const backing = chords(12, RATE);
  const voice = sung(12, RATE, 3);
  const song = sum(backing, voice);

  it('is separated better by at least 3 dB once it was studied, and by at least 5 dB in all', async () => {
    const { dictionary, seconds, finished } = await study([song]);
    expect(finished).toBe(true);
    expect(seconds).toBeGreaterThan(10);
    const live = gained(song, backing, base);
    const studied = gained(song, backing, dictionary);
    expect(studied).toBeGreaterThan(live + 3);
    expect(studied).toBeGreaterThan(5);
  });

  it('gives a dictionary that can be written, read and played: vocals, then accompaniment, on the grid of the song', async () => {
    const { dictionary } = await study([song.subarray(0, 5 * RATE)]);
    expect(dictionary).toMatchObject({
      name: 'song',
      sampleRate: RATE,
      learned: ['vocals', 'accompaniment'],
    });
    expect(dictionary.sources.map(({ label }) => label)).toEqual(['vocals', 'accompaniment']);
    const read = readSafetensors(writeSafetensors(dictionary));
    expect(gained(song, backing, read)).toBeCloseTo(gained(song, backing, dictionary), 3);
  });

  it('is known the better the more of it was heard', async () => {
    const parts = new SongStudy({ name: 'song', sampleRate: RATE, base, createKernel });
    parts.add([song.subarray(0, 4 * RATE)]);
    const early = await parts.learn(pool);
    parts.add([song.subarray(4 * RATE, 7 * RATE)]);
    parts.add([song.subarray(7 * RATE)]);
    const late = await parts.learn(pool);
    expect(late.seconds).toBeGreaterThan(early.seconds + 6);
    expect(late.sung).toBeGreaterThan(early.sung);
    expect(gained(song, backing, late.dictionary)).toBeGreaterThan(
      gained(song, backing, early.dictionary) + 1,
    );
  });

  it('gives the same dictionary each time', async () => {
    const part = [song.subarray(0, 4 * RATE)];
    const [one, two] = [await study(part), await study(part)];
    expect(one.dictionary.atoms).toEqual(two.dictionary.atoms);
  });

  it('stops where it is told to, with what it has', async () => {
    const fractions: number[] = [];
    const { dictionary, finished } = await studySong(
      { name: 'song', sampleRate: RATE, channels: [song] },
      { base, createKernel },
      pool,
      ({ fraction }) => {
        fractions.push(fraction);
        return fraction < 0.6;
      },
    );
    expect(finished).toBe(false);
    expect(dictionary.sources).toHaveLength(2);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(fractions.at(-1)).toBeLessThan(1);
  });
});

describe('a stereo song whose voice is at the side', () => {
  it('is studied all the same, and gains in both channels', async () => {
    const backing = chords(8, RATE);
    const voice = sung(8, RATE, 2);
    const left = sum(
      backing,
      voice.map((value) => 1.2 * value),
    );
    const right = sum(
      backing.map((value) => 0.8 * value),
      voice.map((value) => 0.2 * value),
    );
    const { dictionary } = await study([left, right]);
    const [l, r] = render([left, right], {
      sampleRate: RATE,
      mode: 'quality',
      dictionary,
      parameters: { [gainName(0)]: SILENCE_DB, reduction: 36, smoothing: 0 },
    })!;
    expect(siSdr(l!, backing)).toBeGreaterThan(siSdr(left, backing) + 5);
    expect(siSdr(r!, backing)).toBeGreaterThan(siSdr(right, backing));
  });
});

describe('songs that are none', () => {
  it('are refused when they are silent, too short, or have channels that do not fit', async () => {
    await expect(study([new Float32Array(5 * RATE)])).rejects.toThrow(/0\.0 s of the song are not silent/);
    await expect(study([chords(1, RATE)])).rejects.toThrow(/at least 2 s/);
    await expect(study([])).rejects.toThrow(/channels/);
    await expect(study([chords(3, RATE), chords(2, RATE)])).rejects.toThrow(/same length/);
    await expect(study([chords(3, 4000)], 4000)).rejects.toThrow(/4000 Hz/);
  });

  it('need a base that knows a voice', () => {
    const sources = [
      { label: 'wind', from: 0, to: 64 },
      { label: 'rain', from: 64, to: base.atomCount },
    ];
    expect(
      () => new SongStudy({ name: 'song', sampleRate: RATE, base: { ...base, sources }, createKernel }),
    ).toThrow(/wind, rain/);
  });

  it('give a finite dictionary when there is a voice alone, and most of it goes', async () => {
    const voice = sung(5, RATE);
    const { dictionary } = await study([voice]);
    const [out] = render([voice], {
      sampleRate: RATE,
      mode: 'quality',
      dictionary,
      parameters: { [gainName(0)]: SILENCE_DB, reduction: 36, smoothing: 0 },
    })!;
    const energy = (x: Float32Array) => x.reduce((total, value) => total + value * value, 0);
    expect(energy(out!)).toBeLessThan(0.1 * energy(voice));
  });

  it.each([8000, 96000])('work at %i Hz', async (rate) => {
    const backing = chords(4, rate);
    const song = sum(backing, sung(4, rate, 1));
    const { dictionary } = await study([song], rate);
    expect(dictionary.sampleRate).toBe(rate);
    expect(gained(song, backing, dictionary, rate)).toBeGreaterThan(2);
  });
});
