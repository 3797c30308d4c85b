import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../../src/audio/wav.ts';
import { readSafetensors } from '../../../src/dictionary/index.ts';
import type { Dictionary } from '../../../src/dictionary/index.ts';
import { runHere } from '../../helpers/run-cli.ts';
import { maximumDifference, noise, sine } from '../../helpers/signals.ts';

const RATE = 8000;
const GRID = ['--sample-rate', String(RATE), '--fft-size', '128', '--threads', '2'];
let folder = '';
const at = (name: string): string => path.join(folder, name);
const save = async (name: string, samples: Float32Array, sampleRate = RATE): Promise<void> => {
  await mkdir(path.dirname(at(name)), { recursive: true });
  const { bytes } = writeWav({ sampleRate, channels: [samples], format: 'pcm16' });
  await writeFile(at(name), bytes);
};
const load = async (name: string): Promise<Dictionary> => readSafetensors(await readFile(at(name)));
const train = (...options: string[]): ReturnType<typeof runHere> => runHere(['train', ...GRID, ...options]);

/** Of a source of a dictionary, the fraction of its atoms' weight that lies below a frequency. */
function shareBelow(dictionary: Dictionary, label: string, frequency: number): number {
  const { bins, atoms, fftSize, sampleRate, sources } = dictionary;
  const { from, to } = sources.find((source) => source.label === label)!;
  let sum = 0;
  for (let k = from; k < to; k++) {
    for (let f = 0; f < (frequency * fftSize) / sampleRate; f++) sum += atoms[k * bins + f]!;
  }
  return sum / (to - from);
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sotto-train-'));
  for (let i = 0; i < 5; i++) await save(`low/${i}.wav`, sine(4000, 300 + 150 * i, RATE, 0.3));
  for (let i = 0; i < 4; i++) await save(`high/${i}.wav`, sine(4000, 2500 + 250 * i, RATE, 0.3));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const both = (): string[] => ['-s', `low=${at('low')}`, '-s', `high=${at('high')}`];

describe('sotto train', () => {
  it('chooses the number of atoms from the variance that they explain', async () => {
    const result = await train('-o', at('v.safetensors'), ...both(), '--atoms', '16', '--variance', '0.95');
    expect(result).toMatchObject({ code: 0 });
    const [low, high] = (await load('v.safetensors')).sources.map(({ from, to }) => to - from);
    // Five tones and four, each with a spectrum of its own.
    expect(low).toBeGreaterThanOrEqual(3);
    expect(low).toBeLessThanOrEqual(6);
    expect(high).toBeGreaterThanOrEqual(2);
    expect(high).toBeLessThanOrEqual(low!);
    expect(result.stderr).toMatch(/low: \d+ atoms explain 0\.95 of the variance/);
    expect(await train('-o', at('v.safetensors'), ...both(), '--variance', '2')).toMatchObject({ code: 1 });
  });

  it('trains reconstruction atoms on mixtures when asked to', async () => {
    for (let i = 0; i < 2; i++) {
      await save(`a/${i}.wav`, sine(12000, 400 + 50 * i, RATE, 0.3));
      await save(`b/${i}.wav`, noise(12000, i + 1, 0.3));
    }
    const sources = ['-s', `tone=${at('a')}`, '-s', `hiss=${at('b')}`];
    const result = await train('-o', at('r.safetensors'), ...sources, '--atoms', '4', '--refine');
    expect(result).toMatchObject({ code: 0 });
    const dictionary = await load('r.safetensors');
    const reconstruction = dictionary.tensors?.find(({ name }) => name === 'reconstruction');
    expect(reconstruction?.shape).toEqual([8, dictionary.bins]);
    expect(maximumDifference(reconstruction!.data, dictionary.atoms)).toBeGreaterThan(1e-3);
    const [, before, after] =
      /Error on mixtures: ([\d.e-]+) before, ([\d.e-]+) after/.exec(result.stderr) ?? [];
    if (before !== undefined) expect(Number(after)).toBeLessThanOrEqual(Number(before));
    const alone = await train('-o', at('r.safetensors'), '-s', `tone=${at('a')}`, '--refine');
    expect(alone.code).toBe(1);
    expect(alone.stderr).toMatch(/two or more/);
  });

  it('learns each source from its recordings, and fills the card in', async () => {
    const options = ['-o', at('d.safetensors'), ...both(), '--atoms', 'low=4,high=3', '--iterations', '20'];
    const result = await train(...options, '--licence', 'CC0-1.0', '--description', 'Two bands');
    expect(result).toMatchObject({ code: 0, stdout: `${at('d.safetensors')}\n`, stderr: '' });
    const dictionary = await load('d.safetensors');
    expect(dictionary.sources).toEqual([
      { label: 'low', from: 0, to: 4 },
      { label: 'high', from: 4, to: 7 },
    ]);
    expect(dictionary).toMatchObject({ name: 'd', sampleRate: RATE, fftSize: 128, hop: 32, exponent: 1 });
    expect(shareBelow(dictionary, 'low', 1700)).toBeGreaterThan(0.95);
    expect(shareBelow(dictionary, 'high', 1700)).toBeLessThan(0.05);
    expect(dictionary.card).toMatchObject({ licence: 'CC0-1.0', description: 'Two bands' });
    expect(dictionary.card.data).toMatch(/^low: 5 recordings, \d+ frames; high: 4 recordings, \d+ frames$/);
    expect(dictionary.card.command).toContain('--atoms low=4,high=3');
    // No one's folders are named in it.
    expect(JSON.stringify(dictionary.card)).not.toContain(folder);
  });

  it('makes the same bytes from the same seed on any number of threads, in every mode', async () => {
    for (const mode of [['--iterations', '10'], ['--mini-batch'], ['--passes', '2']]) {
      const base = [...both(), '--atoms', '4', '--name', 'same', ...mode];
      await train('-o', at('one.safetensors'), ...base, '--threads', '1');
      await train('-o', at('three.safetensors'), ...base, '--threads', '3');
      const bytes = await readFile(at('one.safetensors'));
      expect(bytes.equals(await readFile(at('three.safetensors')))).toBe(true);
    }
  });

  it.each([
    ['--mini-batch', ['--mini-batch', '--epochs', '3']],
    ['--passes', ['--passes', '12', '--seed', '3']],
  ])('learns the sources with %s', async (_, mode) => {
    expect(await train('-o', at('m.safetensors'), ...both(), '--atoms', '4', ...mode)).toMatchObject({
      code: 0,
    });
    const dictionary = await load('m.safetensors');
    expect(shareBelow(dictionary, 'low', 1700)).toBeGreaterThan(0.9);
    expect(shareBelow(dictionary, 'high', 1700)).toBeLessThan(0.1);
  });

  it('says what is wrong with each recording, and uses the others', async () => {
    await save('mixed/good.wav', noise(8000, 1, 0.3));
    await save('mixed/slow.wav', noise(4000, 2, 0.3), 4000);
    await save('mixed/silent.wav', new Float32Array(8000));
    await save('mixed/short.wav', noise(200, 3, 0.3));
    await save('mixed/none.wav', new Float32Array(0));
    await save(
      'mixed/clipped.wav',
      noise(8000, 4, 5).map((x) => Math.max(-1, Math.min(1, x))),
    );
    await writeFile(at('mixed/text.wav'), 'not a sound');
    for (const mode of [['--iterations', '5'], ['--mini-batch']]) {
      const source = ['-s', `all=${at('mixed')}`, '--atoms', '3'];
      const { code, stderr } = await train('-o', at('x.safetensors'), ...source, ...mode);
      expect(code).toBe(0);
      const about = (name: string): string =>
        stderr.split('\n').find((line) => line.includes(`${name}.wav`)) ?? `nothing about ${name}`;
      expect(about('silent')).toMatch(/silent: its peak is below -80 dBFS/);
      expect(about('short')).toMatch(/lasts 0\.025 s; it must last at least 0\.1 s/);
      expect(about('none')).toMatch(/empty/);
      expect(about('clipped')).toMatch(/% of it is clipped/);
      expect(about('text')).toMatch(/left out/);
      expect(about('slow')).toMatch(/4000 Hz: nothing above/);
      expect(about('good')).toBe('nothing about good');
    }
    const none = await train('-o', at('x.safetensors'), '-s', `all=${at('mixed/silent.wav')}`);
    expect(none).toMatchObject({ code: 1 });
    expect(none.stderr).toMatch(/No recording of "all" can be used/);
  });

  it('learns what a known source does not explain, and keeps the known one', async () => {
    await train('-o', at('known.safetensors'), '-s', `low=${at('low')}`, '--atoms', '5');
    const mix = sine(16000, 600, RATE, 0.3).map(
      (x, i) => x + 0.3 * Math.sin((2 * Math.PI * 3000 * i) / RATE),
    );
    await save('mix.wav', mix);
    for (const mode of [
      ['--iterations', '40'],
      ['--mini-batch', '--epochs', '20'],
    ]) {
      const result = await train(
        '-o',
        at('rest.safetensors'),
        '-s',
        `rest=${at('mix.wav')}`,
        '--atoms',
        '2',
        '--fixed',
        `${at('known.safetensors')}:low`,
        ...mode,
      );
      expect(result).toMatchObject({ code: 0 });
      const dictionary = await load('rest.safetensors');
      expect(dictionary.sources.map(({ label }) => label)).toEqual(['rest', 'low']);
      expect(shareBelow(dictionary, 'rest', 1700)).toBeLessThan(0.5);
      const known = await load('known.safetensors');
      expect(maximumDifference(dictionary.atoms.slice(-known.atoms.length), known.atoms)).toBeLessThan(1e-6);
    }
  });

  it('reads a large WAV file in pieces', async () => {
    const long = new Float32Array(17.5e6);
    const piece = sine(80000, 700, RATE, 0.3);
    for (let from = 0; from < long.length; from += 8 * piece.length) long.set(piece, from);
    await save('long.wav', long);
    const source = ['-s', `long=${at('long.wav')}`, '--atoms', '2', '--mini-batch', '--hop', '128'];
    expect(await train('-o', at('l.safetensors'), ...source)).toMatchObject({ code: 0, stderr: '' });
    const dictionary = await load('l.safetensors');
    expect(shareBelow(dictionary, 'long', 1500)).toBeGreaterThan(0.9);
    // A frame per 128 samples of the sounding eighth.
    const frames = Number(/(\d+) frames/.exec(dictionary.card.data!)![1]);
    expect(frames).toBeGreaterThan(0.95 * (long.length / 8 / 128));
    expect(frames).toBeLessThan(1.1 * (long.length / 8 / 128));
  });

  it('shows the divergence and the time left on a terminal', async () => {
    const args = [
      'train',
      ...GRID,
      '-o',
      at('t.safetensors'),
      ...both(),
      '--iterations',
      '100',
      '--tolerance',
      '0',
    ];
    const { stderr } = await runHere([...args, '--atoms', '16'], true);
    expect(stderr).toMatch(/Training \[#*-*\] +\d+ % {2}(low|high), divergence [\d.e+-]+ per frame/);
  });

  const wrong: readonly [string, string[], RegExp][] = [
    ['no output', ['-s', 'a=b.wav'], /--out is missing/],
    ['no source', ['-o', 'x.safetensors'], /--source is missing: LABEL=PATH/],
    ['a source without its label', ['-o', 'x', '-s', 'a.wav'], /"a\.wav"; it must be LABEL=PATH/],
    ['atoms of nobody', ['-o', 'x', '-s', 'a=b', '--atoms', 'c=3'], /names "c", which is no source/],
    ['no number of atoms', ['-o', 'x', '-s', 'a=b', '--atoms', 'many'], /whole number from 1 to 1024/],
    ['an odd FFT size', ['-o', 'x', '-s', 'a=b', '--fft-size', '1000'], /power of two/],
    ['an unknown divergence', ['-o', 'x', '-s', 'a=b', '--divergence', 'l1'], /one of euclidean/],
    ['two modes', ['-o', 'x', '-s', 'a=b', '--mini-batch', '--passes', '2'], /do not go together/],
    [
      'restarts of mini-batches',
      ['-o', 'x', '-s', 'a=b', '--mini-batch', '--restarts', '2'],
      /does not go with/,
    ],
    ['a shard out of range', ['--statistics', 'x', '-s', 'a=b', '--shard', '3/3'], /I from 0 to N - 1/],
    ['a shard without a file', ['-s', 'a=b', '--shard', '0/3'], /--statistics is missing/],
    ['a path that is not there', ['-o', 'x', '-s', 'a=nowhere'], /nowhere: there is no such file/],
  ];
  it.each(wrong)('refuses %s', async (_, options, message) => {
    const result = await runHere(['train', ...options]);
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(message);
  });
});

describe('sotto merge', () => {
  it('makes of the statistics of shards what one run makes', async () => {
    await train('-o', at('start.safetensors'), ...both(), '--atoms', '4', '--mini-batch');
    const round = [...both(), '--start', at('start.safetensors')];
    for (let i = 0; i < 3; i++) {
      const file = at(`shard-${i}.statistics`);
      expect(await train(...round, '--shard', `${i}/3`, '--statistics', file)).toMatchObject({ code: 0 });
    }
    const shards = [2, 0, 1].flatMap((i) => ['--statistics', at(`shard-${i}.statistics`)]);
    const merged = await runHere(['merge', '--sort', '-o', at('merged.safetensors'), ...shards]);
    expect(merged).toMatchObject({ code: 0, stdout: `${at('merged.safetensors')}\n` });
    await train('-o', at('single.safetensors'), ...round, '--passes', '1');
    const [one, all] = [await load('single.safetensors'), await load('merged.safetensors')];
    expect(all.sources).toEqual(one.sources);
    expect(maximumDifference(all.atoms, one.atoms)).toBeLessThan(1e-6);
    expect(maximumDifference(all.atoms, (await load('start.safetensors')).atoms)).toBeGreaterThan(1e-4);
    const missing = await runHere(['merge', '-o', at('m.safetensors'), ...shards.slice(2)]);
    expect(missing.stderr).toMatch(/Of 3 shards, 2 .* missing/);
    const wrong = await runHere(['merge', '-o', at('m.safetensors'), '-s', at('start.safetensors')]);
    expect(wrong.stderr).toMatch(/start\.safetensors: The file holds no statistics .* is it a dictionary\?/);
  });
});
