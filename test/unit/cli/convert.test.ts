import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeWav } from '../../../src/audio/wav.ts';
import { runCommandLine } from '../../../src/cli/command-line.ts';
import { readDictionary, writeDictionary } from '../../../src/dictionary/index.ts';
import type { Dictionary } from '../../../src/dictionary/index.ts';
import { exchangeFixture, unusualDictionary } from '../../helpers/exchange.ts';
import { runHere } from '../../helpers/run-cli.ts';
import { sine } from '../../helpers/signals.ts';
import { twoBandDictionary } from '../../helpers/small-dictionaries.ts';

let folder = '';
const at = (name: string): string => path.join(folder, name);
const load = async (name: string): Promise<Uint8Array> => new Uint8Array(await readFile(at(name)));
const convert = (input: string, output: string, ...options: string[]): ReturnType<typeof runHere> =>
  runHere(['convert', at(input), at(output), ...options]);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sotto-convert-'));
  await writeFile(at('two.safetensors'), writeDictionary(twoBandDictionary(), 'safetensors'));
  await writeFile(at('unusual.npz'), writeDictionary(unusualDictionary(), 'npz'));
  await writeFile(at('integers.npy'), exchangeFixture('integers.npy'));
  const tone = { sampleRate: 32000, channels: [sine(32000, 500, 32000, 0.3)], format: 'pcm16' } as const;
  await writeFile(at('tone.wav'), writeWav(tone).bytes);
  await writeFile(at('silence.wav'), writeWav({ ...tone, channels: [new Float32Array(9000)] }).bytes);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('sotto convert', () => {
  it('keeps everything between .safetensors and .npz', async () => {
    expect(await convert('unusual.npz', 'unusual.safetensors')).toEqual({ code: 0, stdout: '', stderr: '' });
    expect(await convert('unusual.safetensors', 'again.npz')).toMatchObject({ code: 0, stderr: '' });
    expect(await load('again.npz')).toEqual(await load('unusual.npz'));
  });

  it('says what has no place in .npy and .wav, and takes it from options on the way back', async () => {
    const { sources, card: _, ...rest } = twoBandDictionary();
    const npy = await convert('two.safetensors', 'two.npy');
    expect(npy.code).toBe(0);
    expect(npy.stderr).toMatch(
      /atoms alone: the sources \(low=0-2, high=3-5\), the sample rate \(16000 Hz\)/,
    );
    const facts = [
      '--name',
      'Two bands',
      '--window',
      'sqrt-hann',
      '--source',
      'high=3-5',
      '--source',
      'low=0-2',
    ];
    expect((await convert('two.npy', 'back.safetensors', '--sample-rate', '16000', ...facts)).code).toBe(0);
    expect(readDictionary(await load('back.safetensors'))).toEqual({ ...rest, sources, card: {} });
    const wav = await convert('two.safetensors', 'two.wav');
    expect(wav.stderr).toMatch(/atoms alone: the sources .*, the window \(512 samples\)/);
    expect((await convert('two.wav', 'back2.safetensors', ...facts)).code).toBe(0);
    expect(await load('back2.safetensors')).toEqual(await load('back.safetensors'));
  });

  it('reads every fact that can be given', async () => {
    const options =
      '--sample-rate 8000 --fft-size 64 --window-length 48 --hop 12 --exponent 2 --divergence euclidean --atoms columns ' +
      '--source voice=0-3 --source hum=4 --source noise=5';
    expect((await convert('integers.npy', 'integers.npz', ...options.split(' '))).code).toBe(0);
    const expected: Partial<Dictionary> = {
      name: 'integers',
      sampleRate: 8000,
      fftSize: 64,
      windowLength: 48,
      hop: 12,
      exponent: 2,
      divergence: 'euclidean',
      sources: [
        { label: 'voice', from: 0, to: 4 },
        { label: 'hum', from: 4, to: 5 },
        { label: 'noise', from: 5, to: 6 },
      ],
    };
    expect(readDictionary(await load('integers.npz'))).toMatchObject(expected);
  });

  const wrong: readonly [string, string, string, string[], RegExp][] = [
    [
      'an unknown ending',
      'two.safetensors',
      'x.mat',
      [],
      /must end in one of \.safetensors, \.npz, \.npy, \.wav/,
    ],
    ['no sample rate', 'integers.npy', 'x.npz', [], /integers\.npy: .* option sampleRate .*--sample-rate/],
    [
      'a rate that is no number',
      'integers.npy',
      'x.npz',
      ['--sample-rate', 'CD'],
      /--sample-rate is "CD"; .* number/,
    ],
    ['half a hop', 'integers.npy', 'x.npz', ['--hop', '12.5'], /--hop is "12\.5"; it must be a whole number/],
    [
      'a source without atoms',
      'integers.npy',
      'x.npz',
      ['--source', 'voice'],
      /--source is "voice"; .* voice=0-63/,
    ],
    ['a source backwards', 'integers.npy', 'x.npz', ['--source', 'voice=3-1'], /--source is "voice=3-1"/],
    [
      'a gap between sources',
      'integers.npy',
      'x.npz',
      ['--sample-rate', '8000', '--source', 'a=0-1', '--source', 'b=3-5'],
      /"b" starts at atom 3; it must start at 2/,
    ],
    ['another orientation', 'integers.npy', 'x.npz', ['--atoms', 'across'], /must be one of rows, columns/],
    ['a recording', 'tone.wav', 'x.npz', [], /tone\.wav: .* is a WAV audio file; a dictionary as WAV/],
    ['what WAV cannot hold', 'unusual.npz', 'x.wav', [], /Cannot write .*x\.wav: .* not 22050\.5/],
  ];
  it.each(wrong)(
    '%s: one line, exit code 1, and nothing written',
    async (_, input, output, options, message) => {
      const result = await convert(input, output, ...options);
      expect(result).toMatchObject({ code: 1, stdout: '' });
      expect(result.stderr).toMatch(message);
      expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
      expect((await readdir(folder)).filter((name) => name.startsWith('x.'))).toEqual([]);
    },
  );
});

describe('a dictionary of another program', () => {
  it('is taken by every command', async () => {
    await writeFile(at('two.npz'), writeDictionary(twoBandDictionary(), 'npz'));
    const args = ['denoise', at('tone.wav'), at('out.wav'), '--remove', 'low', '--dictionary', at('two.npz')];
    expect((await runHere(args)).code).toBe(0);
  });
});

describe('sotto inspect', () => {
  it('measures how well a dictionary fits a recording at another rate, and which source it is', async () => {
    const { code, stdout } = await runHere(['inspect', at('two.safetensors'), '--recording', at('tone.wav')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/tone\.wav, \d+ frames:/);
    expect(stdout).toMatch(/made of: low (9\d|100) %, high \d(\.\d)? %/);
    const json = await runHere(['inspect', at('two.safetensors'), '-r', at('tone.wav'), '--json']);
    const { fit } = JSON.parse(json.stdout) as { fit: { median: number; shares: { share: number }[] } };
    expect(fit.median).toBeGreaterThan(0);
    expect(fit.shares[0]!.share).toBeGreaterThan(0.9);
  });

  it('says that a recording is silent', async () => {
    const { code, stderr } = await runHere(['inspect', at('two.safetensors'), '-r', at('silence.wav')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/silence\.wav: The recording is silent, or shorter than one window\./);
  });

  it('draws a PNG of all atoms', async () => {
    expect((await runHere(['inspect', at('two.safetensors'), '--heatmap', at('atoms.png')])).code).toBe(0);
    const png = Buffer.from(await load('atoms.png'));
    expect(png.subarray(1, 4).toString()).toBe('PNG');
    const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
    expect([width, height]).toEqual([6 * 160 + 2, 384]);
    const data = png.indexOf('IDAT');
    const rows = inflateSync(png.subarray(data + 4, data + 4 + png.readUInt32BE(data - 4)));
    expect(rows).toHaveLength((width + 1) * height);
    // The line between the sources, and on each side of it the low and the high band, in the top and the bottom row.
    const row = (y: number): Buffer => rows.subarray(y * (width + 1) + 1, (y + 1) * (width + 1));
    expect(Array.from(row(7).subarray(479, 483)).map((shade) => shade === 255)).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(row(0)[100]!).toBeLessThan(row(383)[100]!);
    expect(row(0)[900]!).toBeGreaterThan(row(383)[900]!);
    const wrong = await runHere(['inspect', at('two.safetensors'), '--heatmap', at('atoms.jpg')]);
    expect(wrong.stderr).toMatch(/must end in \.png/);
  });

  it('draws a small one on a terminal, with and without colour', async () => {
    const onTerminal = async (...more: string[]): Promise<string> => {
      let text = '';
      const stdout = { write: (part: string) => (text += part), isTTY: true, columns: 60 };
      const stderr = { write: () => true };
      expect(await runCommandLine(['inspect', at('two.safetensors'), ...more], { stdout, stderr })).toBe(0);
      return text;
    };
    const before = process.env['NO_COLOR'];
    try {
      delete process.env['NO_COLOR'];
      const colour = await onTerminal();
      expect(colour.match(/▀/g)).toHaveLength(14 * 6 * 4);
      expect(colour).toContain('\x1b[38;2;');
      process.env['NO_COLOR'] = '1';
      const plain = await onTerminal();
      expect(plain).not.toContain('\x1b');
      const lines = plain.trimEnd().split('\n');
      expect(Math.max(...lines.slice(-15).map((line) => line.length))).toBe(7 + 6 * 4 + 1);
      expect(lines.at(-1)).toMatch(/^ {7}low {10}high$/);
      expect(await onTerminal('--quiet')).not.toMatch(/[▀█]/);
    } finally {
      if (before === undefined) delete process.env['NO_COLOR'];
      else process.env['NO_COLOR'] = before;
    }
    expect((await runHere(['inspect', at('two.safetensors')])).stdout).not.toMatch(/[▀█]/);
  });
});
