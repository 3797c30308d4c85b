import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readWav, writeWav } from '../../src/audio/wav.ts';
import { readSafetensors } from '../../src/dictionary/index.ts';
import { PARAMETERS } from '../../src/parameters.ts';
import { createTypeScriptKernel } from '../../src/kernel/index.ts';
import { LATENCY_MODES } from '../../src/separator/latency-modes.ts';
import { render } from '../../src/separator/render.ts';
import type { SeparatorNode, SeparatorOptions } from '../../src/node/separator-node.ts';
import { bandDictionary } from '../helpers/dictionaries.ts';
import { fixtureSamples } from '../helpers/fixtures.ts';
import { runHere } from '../helpers/run-cli.ts';
import { levelDb } from '../helpers/quality.ts';
import { maximumDifference, noise, sine } from '../helpers/signals.ts';
import { launch, openLibraryPage } from './browser.ts';

let browser: Browser;
let page: Page;
const origin = inject('origin');
const workletUrl = `${origin}/dist/sotto.worklet.js`;

beforeAll(async () => {
  browser = await launch();
  page = await openLibraryPage(browser, origin);
});
afterAll(() => browser?.close());

const bands = bandDictionary([0, 3000, 24000], { labels: ['low', 'high'] });
/** Typed arrays do not travel into a page as they are. */
const portable = (dictionary = bands) => ({ ...dictionary, atoms: Array.from(dictionary.atoms) });

interface RenderJob {
  channels: number[][];
  sampleRate: number;
  options: Omit<SeparatorOptions, 'dictionary'>;
  dictionary: ReturnType<typeof portable>;
  family?: 'native' | 'standardized';
  renderSizeHint?: number;
}

/** Renders channels in the page through a real AudioWorklet. */
async function renderInPage(
  job: RenderJob,
): Promise<{ output: Float32Array[]; latency: number; kernel: string }> {
  const result = await page.evaluate(async (wanted) => {
    const standard = wanted.family === 'standardized';
    const Context = (standard
      ? window.standardized.OfflineAudioContext
      : OfflineAudioContext) as unknown as typeof OfflineAudioContext;
    const context = new Context({
      numberOfChannels: wanted.channels.length,
      length: wanted.channels[0]!.length,
      sampleRate: wanted.sampleRate,
      ...(wanted.renderSizeHint && { renderSizeHint: wanted.renderSizeHint }),
    });
    const separator: SeparatorNode = await window.sotto.createSeparator(context as never, {
      ...wanted.options,
      ...(standard && { AudioWorkletNode: window.standardized.AudioWorkletNode as never }),
      dictionary: { ...wanted.dictionary, atoms: Float32Array.from(wanted.dictionary.atoms) },
    });
    const buffer = context.createBuffer(
      wanted.channels.length,
      wanted.channels[0]!.length,
      wanted.sampleRate,
    );
    wanted.channels.forEach((channel, c) => buffer.copyToChannel(Float32Array.from(channel), c));
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(separator.node);
    separator.connect(context.destination);
    source.start();
    const rendered = await context.startRendering();
    return {
      output: wanted.channels.map((_, c) => Array.from(rendered.getChannelData(c))),
      latency: separator.latency,
      kernel: separator.kernel,
    };
  }, job);
  return { ...result, output: result.output.map((channel) => Float32Array.from(channel)) };
}

describe('SeparatorNode in Chromium', () => {
  for (const mode of LATENCY_MODES) {
    for (const sampleRate of [16000, 44100, 48000]) {
      it(`is late by exactly its latency: ${mode} at ${sampleRate} Hz`, async () => {
        const impulse = new Float32Array(8192);
        impulse[1000] = 1;
        const { output, latency } = await renderInPage({
          channels: [Array.from(impulse)],
          sampleRate,
          options: { mode, workletUrl, channelCount: 1, parameters: { reduction: 0 } },
          dictionary: portable(),
        });
        const y = output[0]!;
        const peak = y.reduce((best, value, i) => (Math.abs(value) > Math.abs(y[best]!) ? i : best), 0);
        expect(peak - 1000).toBe(latency);
        expect(y[peak]).toBeCloseTo(1, 4);
      });
    }
  }

  for (const family of ['native', 'standardized'] as const) {
    it(`renders offline what the command line renders, to 1e-5, with ${family} contexts`, async () => {
      const tone = sine(48000, 700, 48000, 0.2);
      const hiss = noise(48000, 3, 0.1);
      const left = tone.map((value, i) => value + hiss[i]!);
      const right = tone.map((value, i) => 0.5 * value - hiss[i]!);
      const parameters = { gain1: -60, reduction: 30 };
      const { output, latency, kernel } = await renderInPage({
        channels: [Array.from(left), Array.from(right)],
        sampleRate: 48000,
        options: { mode: 'quality', workletUrl, parameters },
        dictionary: portable(),
        family,
      });
      expect(['simd', 'relaxed-simd']).toContain(kernel);
      const expected = render([left, right], {
        sampleRate: 48000,
        mode: 'quality',
        dictionary: bands,
        parameters,
      })!;
      for (const c of [0, 1]) {
        const late = output[c]!.subarray(latency);
        expect(maximumDifference(late, expected[c]!.subarray(0, late.length))).toBeLessThan(1e-5);
        expect(levelDb(late)).toBeGreaterThan(-40);
      }
    });
  }

  it('renders offline what "sotto denoise" writes, to 1e-5', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sotto-'));
    const [input, output] = [join(folder, 'in.wav'), join(folder, 'out.wav')];
    const speech = fixtureSamples('speech-and-noise');
    await writeFile(input, writeWav({ channels: [speech], sampleRate: 16000, format: 'float32' }).bytes);
    const dictionaryFile = new URL('../../dictionaries/voice-noise.safetensors', import.meta.url);
    const run = await runHere(['denoise', input, output, '--dictionary', fileURLToPath(dictionaryFile)]);
    expect(run.code).toBe(0);
    const written = readWav(new Uint8Array(await readFile(output))).channels[0]!;
    await rm(folder, { recursive: true });

    const reduction = PARAMETERS.find(({ name }) => name === 'reduction')!.defaultValue;
    const rendered = await renderInPage({
      channels: [[...speech, ...new Float32Array(1024)]],
      sampleRate: 16000,
      options: { workletUrl, channelCount: 1, parameters: { gain1: -60, reduction } },
      dictionary: portable(readSafetensors(new Uint8Array(await readFile(dictionaryFile)))),
    });
    const late = rendered.output[0]!.subarray(rendered.latency, rendered.latency + speech.length);
    expect(maximumDifference(late, written)).toBeLessThan(1e-5);
    expect(maximumDifference(late, speech)).toBeGreaterThan(0.01);
  });

  it('gives the same with the TypeScript twin, and says that it runs and why', async () => {
    const x = noise(16000, 9, 0.2);
    const job = {
      channels: [Array.from(x)],
      sampleRate: 48000,
      options: { workletUrl, channelCount: 1, parameters: { gain1: -60 } },
      dictionary: portable(),
    } as const;
    const { output, kernel, latency } = await renderInPage({
      ...job,
      channels: [Array.from(x)],
      options: { ...job.options, kernel: 'typescript' },
    });
    expect(kernel).toBe('typescript');
    const expected = render([x], {
      sampleRate: 48000,
      mode: 'balanced',
      dictionary: bands,
      kernel: createTypeScriptKernel,
      parameters: { gain1: -60 },
    })!;
    const late = output[0]!.subarray(latency);
    expect(maximumDifference(late, expected[0]!.subarray(0, late.length))).toBeLessThan(1e-5);
  });

  it('tells by an event and a property when WebAssembly is refused', async () => {
    const told = await page.evaluate(
      async ([url, dictionary]) => {
        const compile = WebAssembly.compile;
        WebAssembly.compile = () => Promise.reject(new Error('refused by the content security policy'));
        try {
          const context = new OfflineAudioContext(1, 128, 48000);
          const separator = await window.sotto.createSeparator(context as never, {
            workletUrl: url,
            dictionary: { ...dictionary, atoms: Float32Array.from(dictionary.atoms) },
          });
          const heard = await new Promise<{ kernel: string; reason: string }>((resolve) =>
            separator.addEventListener('kernel', (event) => resolve(event as never)),
          );
          return { kernel: separator.kernel, reason: heard.reason, same: heard.kernel === separator.kernel };
        } finally {
          WebAssembly.compile = compile;
        }
      },
      [workletUrl, portable()] as const,
    );
    expect(told).toMatchObject({ kernel: 'typescript', same: true });
    expect(told.reason).toMatch(/refused by the content security policy/);
  });

  it('exchanges dictionary and mode while sound flows; a broken dictionary changes nothing', async () => {
    const result = await page.evaluate(
      async ([url, first, second]) => {
        const revive = (d: typeof first) => ({ ...d, atoms: Float32Array.from(d.atoms) });
        const context = new AudioContext({ sampleRate: 48000 });
        const separator = await window.sotto.createSeparator(context as never, {
          workletUrl: url,
          dictionary: revive(first),
          parameters: { gain1: -60, reduction: 60 },
        });
        const oscillator = new OscillatorNode(context, { frequency: 700 });
        const analyser = new AnalyserNode(context, { fftSize: 8192 });
        oscillator.connect(separator.node);
        separator.connect(analyser);
        analyser.connect(context.destination);
        oscillator.start();
        const level = async () => {
          await new Promise((resolve) => setTimeout(resolve, 600));
          const samples = new Float32Array(analyser.fftSize);
          analyser.getFloatTimeDomainData(samples);
          return 10 * Math.log10(samples.reduce((a, b) => a + b * b, 0) / samples.length + 1e-12);
        };
        const events: string[] = [];
        for (const type of ['dictionarychange', 'modechange', 'fault']) {
          separator.addEventListener(type, () => events.push(type));
        }
        let snapshots = 0;
        let sources = 0;
        separator.addEventListener('meters', (event) => {
          snapshots++;
          sources = (event as unknown as { sourceLevels: Float32Array }).sourceLevels.length;
        });
        const levels = [await level()];
        await separator.setMode('quality');
        levels.push(await level());
        const latency = separator.latency;
        let error = '';
        await separator
          .loadDictionary(new Blob(['<!doctype html><title>Not found</title>']))
          .catch((reason: Error) => (error = reason.message));
        await separator
          .loadDictionary({ ...revive(first), atoms: new Float32Array(3) })
          .catch((reason: Error) => (error += ` | ${reason.message}`));
        levels.push(await level());
        await separator.loadDictionary(revive(second));
        levels.push(await level());
        separator.close();
        await context.close();
        return { levels, events, error, latency, snapshots, sources };
      },
      [workletUrl, portable(), portable(bandDictionary([0, 300, 24000]))] as const,
    );
    expect(result.levels[0]).toBeGreaterThan(-6);
    expect(result.levels[1]).toBeGreaterThan(-6);
    expect(result.levels[2]).toBeGreaterThan(-6);
    expect(result.levels[3]).toBeLessThan(-40);
    expect(result.latency).toBe(2048);
    expect(result.events).toEqual(['modechange', 'dictionarychange']);
    expect(result.error).toMatch(/HTML/i);
    expect(result.error).toMatch(/\|/);
    expect(result.snapshots).toBeGreaterThan(20);
    expect(result.sources).toBe(2);
  });

  it('works with other render quanta than 128', async () => {
    const x = noise(16000, 2, 0.2);
    const options = { workletUrl, channelCount: 1, parameters: { gain1: -60 } } as const;
    const job = { channels: [Array.from(x)], sampleRate: 48000, options, dictionary: portable() };
    const usual = await renderInPage(job);
    const large = await renderInPage({ ...job, renderSizeHint: 512 });
    expect(maximumDifference(usual.output[0]!, large.output[0]!)).toBeLessThan(1e-6);
  });

  it('says what is wrong: a worklet that is not there, an unknown parameter, a dictionary that is not there', async () => {
    const messages = await page.evaluate(
      async ([root, dictionary]) => {
        const attempt = (options: object) =>
          window.sotto
            .createSeparator(new OfflineAudioContext(1, 128, 48000) as never, {
              workletUrl: `${root}/dist/sotto.worklet.js`,
              dictionary: { ...dictionary, atoms: Float32Array.from(dictionary.atoms) },
              ...options,
            })
            .then(
              () => 'made',
              (error: Error) => error.message,
            );
        return {
          worklet: await attempt({ workletUrl: `${root}/nowhere.js` }),
          parameter: await attempt({ parameters: { volume: 1 } }),
          missing: await attempt({ dictionary: `${root}/nowhere.safetensors` }),
          fine: await attempt({}),
        };
      },
      [origin, portable()] as const,
    );
    expect(messages.worklet).toMatch(/could not be loaded from .*nowhere\.js/);
    expect(messages.parameter).toMatch(/no parameter "volume"/);
    expect(messages.missing).toMatch(/server answered 404/);
    expect(messages.fine).toBe('made');
  });

  it('runs from the built package with nothing but a module import, its own worklet and dictionary', async () => {
    const plain = await browser.newPage();
    await plain.goto(`${origin}/dist/app/index.html`);
    // As a string: the test runner would rewrite the import, and the page would not know the rewritten one.
    const made = await plain.evaluate<{ labels: string[]; latency: number }>(`(async () => {
      const library = await import('${origin}/dist/sotto.js');
      const separator = await library.createSeparator(new OfflineAudioContext(2, 128, 48000));
      return { labels: separator.sources.map((source) => source.label), latency: separator.latency };
    })()`);
    expect(made.labels).toEqual(['voice', 'noise']);
    expect(made.latency).toBe(512);
    await plain.close();
  });

  it('starts as a preset of the built package says', async () => {
    const plain = await browser.newPage();
    await plain.goto(`${origin}/dist/app/index.html`);
    const made = await plain.evaluate<{ labels: string[]; latency: number; set: number[] }>(`(async () => {
      const { createSeparator, PRESETS } = await import('${origin}/dist/sotto.js');
      const dictionary = '${origin}/dictionaries/' + PRESETS.karaoke.dictionary + '.safetensors';
      const separator = await createSeparator(new OfflineAudioContext(2, 128, 48000), { ...PRESETS.karaoke, dictionary });
      const set = ['gain0', 'reduction', 'smoothing'].map((name) => separator.parameters.get(name).value);
      return { labels: separator.sources.map((source) => source.label), latency: separator.latency, set };
    })()`);
    expect(made).toEqual({ labels: ['vocals', 'accompaniment'], latency: 2048, set: [-60, 36, 0] });
    await plain.close();
  });
});
