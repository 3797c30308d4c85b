import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWav, writeWav } from '../../../src/audio/wav.ts';
import { readSafetensors } from '../../../src/dictionary/index.ts';
import { siSdr } from '../../helpers/quality.ts';
import { runHere } from '../../helpers/run-cli.ts';
import { chords, sung } from '../../helpers/songs.ts';

const RATE = 16000;
let folder = '';
const at = (name: string): string => path.join(folder, name);
const save = (name: string, channels: Float32Array[]): Promise<void> =>
  writeFile(at(name), writeWav({ channels, sampleRate: RATE, format: 'float32' }).bytes);
const load = async (name: string) => readWav(new Uint8Array(await readFile(at(name)))).channels[0]!;

const backing = chords(8, RATE);
const voice = sung(8, RATE, 2);
const song = backing.map((value, i) => value + voice[i]!);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sotto-study-'));
  await save('song.wav', [song]);
  await save('silence.wav', [new Float32Array(4 * RATE)]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('sotto karaoke --study', () => {
  it('learns the song, takes more of the voice out, and keeps a dictionary that does the same again', async () => {
    const studied = ['--study', '--threads', '1', '--save-dictionary', at('song.safetensors')];
    expect(await runHere(['karaoke', at('song.wav'), at('studied.wav'), ...studied])).toMatchObject({
      code: 0,
      stdout: '',
    });
    expect(await runHere(['karaoke', at('song.wav'), at('live.wav')])).toMatchObject({ code: 0 });
    const again = ['--dictionary', at('song.safetensors')];
    expect(await runHere(['karaoke', at('song.wav'), at('again.wav'), ...again])).toMatchObject({ code: 0 });
    const gain = async (name: string) => siSdr(await load(name), backing) - siSdr(song, backing);
    expect(await gain('studied.wav')).toBeGreaterThan((await gain('live.wav')) + 1);
    expect(await gain('again.wav')).toBeCloseTo(await gain('studied.wav'), 5);
    const { name, sources } = readSafetensors(new Uint8Array(await readFile(at('song.safetensors'))));
    expect(name).toBe('song.wav');
    expect(sources.map(({ label }) => label)).toEqual(['vocals', 'accompaniment']);
  });

  it('says what is wrong with a song that is silent, and writes nothing', async () => {
    const run = await runHere(['karaoke', at('silence.wav'), at('none.wav'), '--study']);
    expect(run.code).not.toBe(0);
    expect(run.stderr).toMatch(/silence\.wav: 0\.0 s of the song are not silent; at least 2 s/);
    await expect(readFile(at('none.wav'))).rejects.toThrow(/ENOENT/);
  });

  it('has options that need --study, and a number of threads', async () => {
    const files = [at('song.wav'), at('none.wav')];
    const kept = await runHere(['karaoke', ...files, '--save-dictionary', at('d.safetensors')]);
    expect(kept.stderr).toMatch(/--save-dictionary .* needs --study/);
    const threads = await runHere(['karaoke', ...files, '--study', '--threads', 'many']);
    expect(threads.stderr).toMatch(/--threads is many/);
  });
});
