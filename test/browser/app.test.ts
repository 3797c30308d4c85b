import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { writeWav } from '../../src/audio/wav.ts';
import { writeSafetensors } from '../../src/dictionary/index.ts';
import { bandDictionary } from '../helpers/dictionaries.ts';
import { fixtureSamples } from '../helpers/fixtures.ts';
import { levelDb } from '../helpers/quality.ts';
import { noise, wail } from '../helpers/signals.ts';
import { launch, open } from './browser.ts';
import { violations } from './accessibility.ts';

const RATE = 16000;
const folder = mkdtempSync(join(tmpdir(), 'sotto-'));
const origin = inject('origin');
const app = (query = '') => `${origin}/dist/app/index.html${query}`;

/** Two seconds of a hissing fan, then a voice in it: what the fake microphone hears, over and over. */
function speechInNoise(): Float32Array {
  const speech = fixtureSamples('speech');
  const hiss = noise(2 * RATE + speech.length, 5, 0.03);
  for (let i = 1; i < hiss.length; i++) hiss[i] = 0.6 * hiss[i - 1]! + 0.8 * hiss[i]!;
  speech.forEach((sample, i) => (hiss[2 * RATE + i]! += sample));
  return hiss;
}

function wavFile(name: string, samples: Float32Array, sampleRate = RATE): string {
  const path = join(folder, name);
  const { bytes } = writeWav({ channels: [samples], sampleRate, format: 'pcm16' });
  writeFileSync(path, bytes);
  return path;
}

/** What went into the app's microphone and what came out of its stream, on one clock. */
async function record(
  page: Page,
  seconds: number,
): Promise<{ input: Float32Array; output: Float32Array; rate: number }> {
  const recorded = await page.evaluate(async (duration) => {
    const stream = (window as unknown as { sotto: { stream: MediaStream } }).sotto.stream;
    const raw = await navigator.mediaDevices.getUserMedia({
      audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: false },
    });
    const context = new AudioContext({ sampleRate: 48000 });
    const merger = new ChannelMergerNode(context, { numberOfInputs: 2 });
    const mono = (source: AudioNode) => {
      const gain = new GainNode(context, { channelCount: 1, channelCountMode: 'explicit' });
      source.connect(gain);
      return gain;
    };
    mono(new MediaStreamAudioSourceNode(context, { mediaStream: raw })).connect(merger, 0, 0);
    mono(new MediaStreamAudioSourceNode(context, { mediaStream: stream })).connect(merger, 0, 1);
    const recorder = context.createScriptProcessor(4096, 2, 1);
    const channels: number[][] = [[], []];
    recorder.onaudioprocess = ({ inputBuffer }) => {
      for (const c of [0, 1]) channels[c]!.push(...inputBuffer.getChannelData(c));
    };
    merger.connect(recorder).connect(context.destination);
    await new Promise((resolve) => setTimeout(resolve, duration * 1000));
    recorder.onaudioprocess = null;
    raw.getTracks().forEach((track) => track.stop());
    await context.close();
    return { channels, rate: context.sampleRate };
  }, seconds);
  const [input, output] = recorded.channels.map((channel) => Float32Array.from(channel));
  return { input: input!, output: output!, rate: recorded.rate };
}

/** Levels in dB of blocks of 50 ms. */
const levels = (samples: Float32Array, rate: number): number[] => {
  const size = Math.round(0.05 * rate);
  return Array.from({ length: Math.floor(samples.length / size) }, (_, b) =>
    levelDb(samples.subarray(b * size, (b + 1) * size)),
  );
};

const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(q * (values.length - 1))]!;

const notice = (page: Page) => page.getByTestId('notices');

let browser: Browser;
beforeAll(async () => {
  browser = await launch({ microphone: wavFile('microphone.wav', speechInNoise()) });
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function startMicrophone(page: Page): Promise<void> {
  await page.getByTestId('source').getByText('Microphone').click();
  const yes = page.getByRole('button', { name: 'Yes, let me hear it' });
  await yes.click();
  await expect.poll(() => page.getByTestId('state').getAttribute('data-status')).toBe('playing');
  await page.waitForFunction(() => (window as unknown as { sotto: { stream?: MediaStream } }).sotto.stream);
}

describe('the built page in Chromium', () => {
  for (const query of ['', '?context=native']) {
    it(`takes noise out of a live microphone and leaves the voice ${query}`, async () => {
      const { page, errors } = await open(browser, app(query));
      await startMicrophone(page);
      await page.waitForTimeout(1500);
      const { input, output, rate } = await record(page, 11);
      const before = levels(input.subarray(rate), rate);
      const after = levels(output.subarray(rate), rate);
      // The quietest third of the input is noise alone, the loudest tenth is voice.
      const noiseDrop = quantile(before, 0.2) - quantile(after, 0.2);
      const voiceDrop = quantile(before, 0.93) - quantile(after, 0.93);
      expect(quantile(before, 0.2)).toBeGreaterThan(-60);
      expect(noiseDrop).toBeGreaterThan(6);
      expect(Math.abs(voiceDrop)).toBeLessThan(2.5);
      expect(errors).toEqual([]);
      await page.close();
    });
  }

  it('plays a sound file, and goes on playing through files that are not sound or not a dictionary', async () => {
    const { page, errors } = await open(browser, app());
    const song = wavFile('song.wav', wail(20 * 48000, 48000, 0.3), 48000);
    await page.getByTestId('audio-file').setInputFiles(song);
    await expect.poll(() => page.getByTestId('source-name').textContent()).toContain('song.wav');
    await page.waitForFunction(() => (window as unknown as { sotto: { stream?: MediaStream } }).sotto.stream);
    const heard = async () => levelDb((await record(page, 1.2)).output.subarray(24000));
    const level = await heard();
    expect(level).toBeGreaterThan(-60);

    const text = join(folder, 'notes.mp3');
    writeFileSync(text, 'These are words, not sound.');
    await page.getByTestId('audio-file').setInputFiles(text);
    await expect.poll(() => notice(page).textContent()).toMatch(/notes\.mp3/);

    const broken = join(folder, 'broken.safetensors');
    const good = writeSafetensors(bandDictionary([0, 3000, 24000], { labels: ['voice', 'noise'] }));
    writeFileSync(broken, good.subarray(0, good.length - 1000));
    await page.getByTestId('dictionary-file').setInputFiles(broken);
    await expect.poll(() => notice(page).textContent()).toMatch(/truncated|ends|short|bytes/i);
    expect(await heard()).toBeGreaterThan(level - 3);

    const other = join(folder, 'bands.safetensors');
    writeFileSync(other, writeSafetensors(bandDictionary([0, 300, 24000], { labels: ['voice', 'noise'] })));
    await page.getByTestId('dictionary-file').setInputFiles(other);
    await expect.poll(() => page.getByTestId('dictionary-facts').textContent()).toMatch(/4/);
    // The tone now belongs to the second source, which the preset takes out.
    await expect.poll(heard, { timeout: 20_000 }).toBeLessThan(level - 6);
    expect(errors).toEqual([]);
    await page.close();
  });

  it('says so when there is no microphone or it is refused, and the sound goes on', async () => {
    const { page, errors } = await open(browser, app());
    await page.getByTestId('play').click();
    await page.waitForFunction(() => (window as unknown as { sotto: { stream?: MediaStream } }).sotto.stream);
    for (const [name, expected] of [
      ['NotAllowedError', /permi|allow|refus/i],
      ['NotFoundError', /no microphone/i],
    ] as const) {
      await page.evaluate((error) => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', error));
      }, name);
      await page.getByTestId('source').getByText('Microphone').click();
      const dialog = page.getByRole('dialog');
      if (await dialog.isVisible()) await dialog.getByRole('button').first().click();
      const play = page.getByTestId('play');
      if ((await notice(page).textContent())?.match(expected) === null) await play.click();
      await expect.poll(() => notice(page).textContent()).toMatch(expected);
    }
    expect(errors).toEqual([]);
    await page.close();
  });

  it('can be used by keyboard and has no accessibility violations', async () => {
    const { page } = await open(browser, app());
    await page.getByTestId('play').click();
    await page.waitForTimeout(800);
    expect(await violations(page)).toEqual([]);
    const knob = page.getByTestId('knob-reduction');
    await knob.focus();
    const before = Number(await knob.getAttribute('aria-valuenow'));
    await page.keyboard.press('ArrowUp');
    await expect.poll(() => knob.getAttribute('aria-valuenow')).toBe(String(before + 1));
    await page.keyboard.press('Home');
    await expect.poll(() => knob.getAttribute('aria-valuetext')).toMatch(/0(\.0)? ?dB/);
    await page.close();
  });
});
