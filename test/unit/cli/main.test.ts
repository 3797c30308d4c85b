import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWav, writeWav } from '../../../src/audio/wav.ts';
import type { Audio, SampleFormat } from '../../../src/audio/wav.ts';
import { normalizeAtoms, writeSafetensors } from '../../../src/dictionary/index.ts';
import { magnitudeFrames } from '../../../src/dsp/frames.ts';
import { PRESETS } from '../../../src/presets.ts';
import { render } from '../../../src/separator/render.ts';
import { amplitudeAt, sumOf } from '../../helpers/audio.ts';
import { levelDb } from '../../helpers/quality.ts';
import { runCli, runHere } from '../../helpers/run-cli.ts';
import { maximumDifference, noise, sine } from '../../helpers/signals.ts';
import { twoBandDictionary } from '../../helpers/small-dictionaries.ts';

const RATE = 16000;
/** "voice" below 2 kHz, "noise" above it. */
const dictionary = {
  ...twoBandDictionary(),
  sources: [
    { label: 'voice', from: 0, to: 3 },
    { label: 'noise', from: 3, to: 6 },
  ],
};
let folder = '';
const at = (name: string): string => path.join(folder, name);
const save = async (name: string, bytes: Uint8Array): Promise<string> => {
  await writeFile(at(name), bytes);
  return at(name);
};
const saveWav = (name: string, audio: Audio): Promise<string> => save(name, writeWav(audio).bytes);
const load = async (name: string): Promise<Audio> => readWav(new Uint8Array(await readFile(at(name))));

/** A low and a high tone. */
const tones = (length: number, sampleRate = RATE, shift = 0): Float32Array =>
  sumOf([sine(length, 500 + shift, sampleRate, 0.3), sine(length, 3000 + shift, sampleRate, 0.3)]);
const wav = (channels: Float32Array[], format: SampleFormat = 'pcm16', sampleRate = RATE): Audio => ({
  sampleRate,
  channels,
  format,
});

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'sotto-cli-'));
  await save('d.safetensors', writeSafetensors(dictionary));
  await saveWav('tones.wav', wav([tones(8000)]));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const denoise = (input: string, output: string, ...options: string[]): ReturnType<typeof runHere> =>
  runHere(['denoise', at(input), at(output), '--dictionary', at('d.safetensors'), ...options]);

describe('sotto', () => {
  it('shows its commands, its version, and the options of each command', async () => {
    const help = await runHere(['--help']);
    expect(help).toMatchObject({ code: 0, stderr: '' });
    for (const name of ['denoise', 'karaoke', 'separate', 'inspect']) expect(help.stdout).toContain(name);
    expect((await runHere(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const own = await runHere(['denoise', '-h']);
    expect(own).toMatchObject({ code: 0, stderr: '' });
    expect(own.stdout).toMatch(/--noise-profile FILE/);
    expect(own.stdout).toMatch(/0 to 60 dB, default 24/);
  });

  const wrong: readonly [string, string[], RegExp][] = [
    ['nothing', [], /A command is missing/],
    ['an unknown command', ['destroy'], /no command "destroy"\. There are: denoise/],
    ['an unknown option', ['denoise', '--loud', 'a', 'b'], /no option --loud/],
    ['no output', ['denoise', 'a.wav'], /OUT is missing: sotto denoise IN OUT/],
    ['an argument too many', ['inspect', 'a', 'b'], /"b" is one argument too many/],
    ['an option without its value', ['denoise', 'a', 'b.wav', '--mode'], /--mode needs a value/],
    ['an unknown mode', ['denoise', 'a', 'b.wav', '--mode', 'slow'], /one of quality, balanced, live/],
    ['a reduction out of range', ['denoise', 'a', 'b.wav', '--reduction', '-3'], /"-3"; .* from 0 to 60 dB/],
    [
      'a reduction that is no number',
      ['denoise', 'a', 'b.wav', '--reduction', 'much'],
      /"much"; .* a number/,
    ],
    [
      'a file that is not there',
      ['denoise', 'nowhere.wav', 'b.wav'],
      /Cannot read nowhere\.wav: there is no such/,
    ],
    ['no folder for the output', ['denoise', 'a', 'nowhere/b.wav'], /Cannot write nowhere\/b\.wav/],
    ['an output that is not WAV', ['denoise', 'a', 'b.mp3'], /must end in \.wav/],
    ['no dictionary to separate by', ['separate', 'a', '--out-dir', 'x'], /--dictionary is missing/],
  ];
  it.each(wrong)('%s: one line on standard error, exit code 1', async (_, args, message) => {
    const result = await runHere([...args]);
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toMatch(message);
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('sotto denoise', () => {
  it('takes the high tone out and leaves the low one, sample by sample where it was', async () => {
    const input = sumOf([sine(8000, 500, RATE, 0.3), sine(8000, 3000, RATE, 0.3)]);
    const result = await denoise('tones.wav', 'out.wav', '--reduction', '40');
    expect(result).toMatchObject({ code: 0, stdout: '' });
    const [output] = (await load('out.wav')).channels;
    const middle = (x: Float32Array): Float32Array => x.slice(2000, 6000);
    expect(amplitudeAt(middle(output!), 3000, RATE)).toBeLessThan(0.01);
    expect(amplitudeAt(middle(output!), 500, RATE)).toBeGreaterThan(0.28);
    const left = Float32Array.from(
      output!,
      (y, i) => y - (input[i]! - 0.3 * Math.sin((2 * Math.PI * 3000 * i) / RATE)),
    );
    expect(levelDb(middle(left))).toBeLessThan(-40);
  });

  it('says on standard error that the dictionary is resampled, unless told to be quiet', async () => {
    expect((await denoise('tones.wav', 'said.wav')).stderr).toMatch(
      /^sotto: The dictionary "Two bands" \(16000 Hz, FFT 512, window 512\) is resampled to 16000 Hz, FFT 512, window 340\.\n$/,
    );
    expect((await denoise('tones.wav', 'said.wav', '--quiet')).stderr).toBe('');
  });

  const shapes: readonly [string, number, number, number, SampleFormat][] = [
    ['mono, 16 bits', RATE, 1, 4001, 'pcm16'],
    ['stereo, 24 bits', 44100, 2, 5000, 'pcm24'],
    ['three channels, 32 bits', 48000, 3, 4800, 'pcm32'],
    ['float at 8 kHz', 8000, 1, 2000, 'float32'],
    ['double float at 192 kHz', 192000, 1, 20000, 'float64'],
    ['shorter than a frame', RATE, 2, 10, 'pcm16'],
    ['one sample', RATE, 1, 1, 'pcm16'],
    ['no sample', RATE, 2, 0, 'pcm16'],
  ];
  it.each(shapes)(
    'gives back length, rate, channels and depth: %s',
    async (name, rate, count, length, format) => {
      const channels = Array.from({ length: count }, (_, c) => tones(length, rate, 100 * c));
      await saveWav(`${name}.wav`, wav(channels, format, rate));
      expect(await denoise(`${name}.wav`, `${name} out.wav`)).toMatchObject({ code: 0 });
      const output = await load(`${name} out.wav`);
      expect(output).toMatchObject({ sampleRate: rate, format });
      expect(output.channels.map((channel) => channel.length)).toEqual(channels.map(() => length));
      for (const channel of output.channels)
        expect(channel.every((sample) => Number.isFinite(sample))).toBe(true);
    },
  );

  it('is what the engine renders', async () => {
    const input = tones(8000);
    await saveWav('float.wav', wav([input], 'float32'));
    await denoise(
      'float.wav',
      'float out.wav',
      '--mode',
      'live',
      '--reduction',
      '30',
      '--exponent',
      '1',
      '--smoothing',
      '0',
    );
    const parameters = { gain1: -60, reduction: 30, exponent: 1, smoothing: 0 };
    const [rendered] = render([input], { sampleRate: RATE, mode: 'live', dictionary, parameters })!;
    expect(maximumDifference((await load('float out.wav')).channels[0]!, rendered!)).toBeLessThan(1e-6);
  });

  it('writes another format where asked, and says what is cut at full scale', async () => {
    await saveWav('loud.wav', wav([Float32Array.from(sine(8000, 500, RATE, 1.5))], 'float32'));
    const result = await denoise('loud.wav', 'loud out.wav', '--format', 'pcm16', '--quiet');
    expect(result).toMatchObject({ code: 0, stderr: '' });
    const spoken = await denoise('loud.wav', 'loud out.wav', '--format', 'pcm16');
    expect(spoken.stderr).toMatch(/\d+ samples of .* were above full scale and are cut/);
    expect((await load('loud out.wav')).format).toBe('pcm16');
  });

  it('takes samples that are not numbers as silence, and says so', async () => {
    const samples = tones(4000);
    samples.fill(Number.NaN, 1000, 1003);
    await saveWav('nan.wav', wav([samples], 'float32'));
    const result = await denoise('nan.wav', 'nan out.wav');
    expect(result.code).toBe(0);
    expect(result.stderr).toMatch(/3 samples are not finite numbers; they are taken as silence/);
    const [output] = (await load('nan out.wav')).channels;
    expect(output!.every((sample) => Number.isFinite(sample))).toBe(true);
  });

  it('learns the noise from a recording of it', async () => {
    const hum = noise(32000, 5, 0.1);
    const speech = sine(32000, 500, RATE, 0.3).fill(0, 0, 16000);
    await saveWav('hum.wav', wav([noise(32000, 9, 0.1)]));
    await saveWav('noisy.wav', wav([sumOf([speech, hum])]));
    // A voice that is the tone: what a dictionary does not know, the many atoms of the noise may explain as well.
    const tone = normalizeAtoms(magnitudeFrames(sine(512, 500, RATE), dictionary).frames, dictionary.bins);
    const atoms = dictionary.atoms.slice();
    for (const k of [0, 1, 2]) atoms.set(tone, k * dictionary.bins);
    await save('tone.safetensors', writeSafetensors({ ...dictionary, atoms }));
    const result = await runHere([
      'denoise',
      at('noisy.wav'),
      at('profiled.wav'),
      '--dictionary',
      at('tone.safetensors'),
      '--noise-profile',
      at('hum.wav'),
      '--reduction',
      '30',
    ]);
    expect(result.code).toBe(0);
    const [output] = (await load('profiled.wav')).channels;
    expect(levelDb(output!.slice(2000, 14000))).toBeLessThan(levelDb(hum) - 6);
    expect(amplitudeAt(output!.slice(20000, 28000), 500, RATE)).toBeGreaterThan(0.18);
  });

  it('freezes learned noise where it is asked to, and says where there is none', async () => {
    // A hiss that gives way to a hum near the voice: what follows it takes the hum out, what is frozen hears a voice in it.
    const hiss = (length: number, seed: number): Float32Array => {
      const white = noise(length + 1, seed, 0.1);
      return white.subarray(1).map((value, i) => value - white[i]!);
    };
    const hum = sumOf([530, 590, 660].map((hertz) => sine(64000, hertz, RATE, 0.05)));
    await saveWav('fan.wav', wav([hiss(32000, 9)]));
    await saveWav('changing.wav', wav([Float32Array.from([...hiss(32000, 5), ...hum])]));
    const args = ['denoise', at('changing.wav'), at('follows.wav'), '-q', '-d', at('tone.safetensors')];
    const profile = ['--noise-profile', at('fan.wav'), '--reduction', '24'];
    expect(await runHere([...args, ...profile])).toMatchObject({ code: 0 });
    args[2] = at('frozen.wav');
    expect(await runHere([...args, ...profile, '--freeze'])).toMatchObject({ code: 0 });
    const level = async (name: string): Promise<number> =>
      levelDb((await load(name)).channels[0]!.slice(80000, 94000));
    expect(await level('follows.wav')).toBeLessThan((await level('frozen.wav')) - 3);
    const refused = await runHere([...args, '--freeze']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/--freeze is for learned noise, .* has none: .* with --noise-profile/);
  });

  it('says what is wrong with a noise profile', async () => {
    await saveWav('silent.wav', wav([new Float32Array(16000)]));
    const result = await denoise('tones.wav', 'x.wav', '--quiet', '--noise-profile', at('silent.wav'));
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/^sotto: .*silent\.wav.*silent/);
  });

  it('may write over its input, and follows a link', async () => {
    await saveWav('same.wav', wav([tones(4000)]));
    await symlink(at('same.wav'), at('link.wav'));
    expect((await denoise('link.wav', 'link.wav')).code).toBe(0);
    const [output] = (await load('same.wav')).channels;
    expect(amplitudeAt(output!.slice(1000, 3000), 3000, RATE)).toBeLessThan(0.1);
  });

  it('asks which source to take out of a dictionary without noise', async () => {
    await save('bands.safetensors', writeSafetensors(twoBandDictionary()));
    const args = [
      'denoise',
      at('tones.wav'),
      at('removed.wav'),
      '-q',
      '-d',
      at('bands.safetensors'),
    ] as const;
    const asked = await runHere([...args]);
    expect(asked.code).toBe(1);
    expect(asked.stderr).toMatch(/no source noise; it has the sources low, high: say which with --remove/);
    expect((await runHere([...args, '--remove', 'middle'])).stderr).toMatch(/names "middle"/);
    expect((await runHere([...args, '--remove', 'low', '--reduction', '40'])).code).toBe(0);
    const [output] = (await load('removed.wav')).channels;
    expect(amplitudeAt(output!.slice(2000, 6000), 500, RATE)).toBeLessThan(0.02);
  });
});

describe('as a process', () => {
  it('separates a file', async () => {
    const result = await runCli(
      'denoise',
      at('tones.wav'),
      at('process.wav'),
      '-q',
      '-d',
      at('d.safetensors'),
    );
    expect(result).toEqual({ code: 0, stdout: '', stderr: '' });
    expect((await load('process.wav')).channels[0]).toHaveLength(8000);
  });

  it('ends with exit code 1 and one line, no stack trace, on standard error', async () => {
    const missing = await runCli('inspect', at('missing.safetensors'));
    expect(missing).toMatchObject({ code: 1, stdout: '' });
    expect(missing.stderr).toBe(
      `sotto: Cannot read ${at('missing.safetensors')}: there is no such file or folder.\n`,
    );
    const broken = await runCli('inspect', at('tones.wav'));
    expect(broken).toMatchObject({ code: 1, stdout: '' });
    expect(broken.stderr).toMatch(/^sotto: .*is a WAV audio file; a dictionary .*\n$/);
  });

  it('knows its version', async () => {
    expect((await runCli('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('on a terminal', () => {
  it('shows progress and speed, and clears the line', async () => {
    await saveWav('long.wav', wav([tones(160000)]));
    const result = await runHere(['denoise', at('long.wav'), at('x.wav'), '-d', at('d.safetensors')], true);
    expect(result.stderr).toMatch(/Denoising \[[#-]{24}\] +\d+ % {2}\d+\.\dx real time/);
    expect(result.stderr).toMatch(/10\.0 s of sound, \d+\.\d times faster than real time/);
    const quiet = await runHere(
      ['denoise', at('long.wav'), at('x.wav'), '-q', '-d', at('d.safetensors')],
      true,
    );
    expect(quiet.stderr).toBe('');
  });
});

describe('a broken file', () => {
  const whole = writeWav(wav([tones(4000)])).bytes;
  const broken: readonly [string, Uint8Array, RegExp][] = [
    ['an empty file', new Uint8Array(0), /The file is empty/],
    ['a text', new TextEncoder().encode('{"sound": "none"}'), /The file is a JSON text; WAV, FLAC, MP3/],
    ['a WAV that is cut off', whole.slice(0, 1000), /cut off: 8000 bytes of samples should be in it/],
    [
      'a WAV at 4 kHz',
      writeWav(wav([tones(400, 4000)], 'pcm16', 4000)).bytes,
      /4000 Hz; it must be from 8000 to/,
    ],
  ];
  it.each(broken)('%s: one clear line, exit code 1, and nothing written', async (_, bytes, message) => {
    await save('broken', bytes);
    await rm(at('never.wav'), { force: true });
    const result = await denoise('broken', 'never.wav');
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(message);
    expect(result.stderr.trimEnd().split('\n')).toHaveLength(1);
    expect((await readdir(folder)).filter((name) => name.includes('never'))).toEqual([]);
  });

  it('in place of a dictionary: the same', async () => {
    await save('bad.safetensors', writeSafetensors(dictionary).slice(0, 3000));
    const result = await runHere(['denoise', at('tones.wav'), at('never.wav'), '-d', at('bad.safetensors')]);
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(/^sotto: .*bad\.safetensors: The file is cut off: .*\n$/);
    expect((await readdir(folder)).filter((name) => name.includes('never'))).toEqual([]);
  });
});

describe('sotto separate', () => {
  const cases: readonly [SampleFormat, SampleFormat][] = [
    ['pcm16', 'float32'],
    ['pcm24', 'pcm24'],
    ['float32', 'float32'],
  ];
  it.each(cases)(
    'writes a file per source, which together are the input: %s as %s',
    async (format, written) => {
      const channels = [tones(8000), sumOf([tones(8000, RATE, 70), noise(8000, 3, 0.1)])];
      await saveWav('mix.wav', wav(channels, format));
      const directory = at(`sources of ${format}/deep`);
      const result = await runHere([
        'separate',
        at('mix.wav'),
        '-d',
        at('d.safetensors'),
        '--out-dir',
        directory,
      ]);
      expect(result.code).toBe(0);
      expect(result.stdout).toBe(`${directory}/voice.wav\n${directory}/noise.wav\n`);
      const input = await load('mix.wav');
      const voice = await load(`sources of ${format}/deep/voice.wav`);
      const rest = await load(`sources of ${format}/deep/noise.wav`);
      expect(voice.format).toBe(written);
      for (const [c, channel] of input.channels.entries()) {
        expect(maximumDifference(sumOf([voice.channels[c]!, rest.channels[c]!]), channel)).toBeLessThan(1e-5);
      }
      expect(levelDb(rest.channels[0]!)).toBeGreaterThan(-30);
    },
  );

  it('keeps labels from being paths', async () => {
    const labels = ['../../escape', 'a/b', 'A-b'];
    const sources = labels.map((label, s) => ({ label, from: 2 * s, to: 2 * s + 2 }));
    await save('paths.safetensors', writeSafetensors({ ...dictionary, sources }));
    const directory = at('inside');
    const result = await runHere([
      'separate',
      at('tones.wav'),
      '-d',
      at('paths.safetensors'),
      '-o',
      directory,
    ]);
    expect(result.code).toBe(0);
    expect((await readdir(directory)).toSorted()).toEqual(['-escape.wav', 'A-b-2.wav', 'a-b.wav']);
  });
});

describe('sotto inspect', () => {
  it('shows sources, grid and card', async () => {
    const { code, stdout } = await runHere(['inspect', at('d.safetensors')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/FFT +512 samples, 257 bins/);
    expect(stdout).toMatch(/licence +MIT/);
    expect(stdout).toMatch(/voice +3 +\d+ Hz +0 to 1969 Hz/);
  });

  it('gives one JSON object where asked', async () => {
    const { stdout } = await runHere(['inspect', at('d.safetensors'), '--json']);
    expect(JSON.parse(stdout)).toMatchObject({
      atomCount: 6,
      sources: [{ label: 'voice' }, { label: 'noise' }],
    });
  });
});

describe('sotto karaoke', () => {
  it('takes out the voice', async () => {
    const args = [at('tones.wav'), at('karaoke.wav'), '--dictionary', at('d.safetensors')] as const;
    expect((await runHere(['karaoke', ...args])).code).toBe(0);
    const [output] = (await load('karaoke.wav')).channels;
    expect(amplitudeAt(output!.slice(2000, 6000), 500, RATE)).toBeLessThan(0.02);
    expect(amplitudeAt(output!.slice(2000, 6000), 3000, RATE)).toBeGreaterThan(0.28);
  });

  it('starts with every control as the preset has it', async () => {
    // A tone that comes and goes: what smoothing does is heard.
    const input = tones(16000).map((value, i) => (i % 4000 < 2000 ? value : 0.1 * value));
    await saveWav('pulses.wav', wav([input], 'float32'));
    const args = [at('pulses.wav'), at('preset.wav'), '--dictionary', at('d.safetensors')] as const;
    expect((await runHere(['karaoke', ...args])).code).toBe(0);
    const [output] = (await load('preset.wav')).channels;
    const { mode, parameters } = PRESETS.karaoke;
    const rendered = (changed: Record<string, number> = {}) =>
      render([input], { sampleRate: RATE, mode, dictionary, parameters: { ...parameters, ...changed } })![0]!;
    expect(maximumDifference(output!, rendered())).toBeLessThan(1e-6);
    expect(maximumDifference(output!, rendered({ smoothing: 30 }))).toBeGreaterThan(1e-3);
    expect(maximumDifference(output!, rendered({ reduction: 24 }))).toBeGreaterThan(1e-3);
  });
});
