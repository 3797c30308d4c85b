import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { readWav } from '../../src/audio/wav.ts';
import { fixtureSamples } from '../helpers/fixtures.ts';
import { levelDb } from '../helpers/quality.ts';
import { noise, sine } from '../helpers/signals.ts';
import { launch } from './browser.ts';
import { violations } from './accessibility.ts';
import {
  changeOfLevel,
  drop,
  dropSong,
  hear,
  type KaraokeWindow,
  openKaraoke,
  pitchOf,
  position,
  positions,
  press,
  seek,
  textFile,
  wavFile,
} from './karaoke-page.ts';

const app = `${inject('origin')}/dist/app/index.html`;
const MICROPHONE = fileURLToPath(new URL('../fixtures/speech-and-noise.wav', import.meta.url));
/** Of the fixtures, Hz. */
const SPEECH_RATE = 16000;
const RATE = 44100;

const LYRICS = '[ti:A song]\n[00:01.00]First line\n[00:03.00][00:07.00]Chorus\n[00:05.00]Second line';

const eventually = <T>(get: () => T | Promise<T>) => expect.poll(get, { timeout: 20_000 });

/** A voice at 44.1 kHz: the speech of the fixtures, drawn out to as many seconds. */
function voice(seconds: number): Float32Array {
  const speech = fixtureSamples('speech');
  return Float32Array.from({ length: seconds * RATE }, (_, n) => {
    const at = ((n * SPEECH_RATE) / RATE) % (speech.length - 1);
    const whole = Math.floor(at);
    return speech[whole]! + (at - whole) * (speech[whole + 1]! - speech[whole]!);
  });
}

/** Chords with a beat, a little other in each channel. */
function band(seconds: number): [Float32Array, Float32Array] {
  const hiss = noise(seconds * RATE, 11, 0.2);
  const side = (detune: number) =>
    Float32Array.from({ length: seconds * RATE }, (_, n) => {
      const time = n / RATE;
      const beat = time % 0.5;
      const chord = [110, 220, 277.2, 329.6, 440]
        .map((hertz) => Math.sin(2 * Math.PI * hertz * detune * time))
        .reduce((sum, partial) => sum + partial, 0);
      return 0.06 * chord * Math.exp(-3 * beat) + hiss[n]! * Math.exp(-60 * beat);
    });
  return [side(1), side(1.001)];
}

/** A tone whose pitch says which second it is: 300 Hz, 400 Hz and so on. */
function scale(seconds: number): Float32Array {
  let phase = 0;
  return Float32Array.from({ length: seconds * RATE }, (_, n) => {
    phase += (2 * Math.PI * (300 + 100 * Math.floor(n / RATE))) / RATE;
    return 0.3 * Math.sin(phase);
  });
}

let browser: Browser;
beforeAll(async () => {
  browser = await launch({ microphone: MICROPHONE });
});
afterAll(() => browser?.close());

/** The current line. */
const line = (page: Page) => page.locator('[data-testid=lyrics-line][aria-current=true]').textContent();

async function savedFiles(page: Page): Promise<{ name: string; bytes: Uint8Array }[]> {
  const links = page.getByTestId('song-file');
  await links.first().waitFor({ timeout: 60_000 });
  const files = [];
  for (let i = 0; i < (await links.count()); i++) {
    const [download] = await Promise.all([page.waitForEvent('download'), links.nth(i).click()]);
    files.push({
      name: download.suggestedFilename(),
      bytes: new Uint8Array(readFileSync((await download.path())!)),
    });
  }
  return files;
}

describe('singing in the browser', () => {
  it('plays a dropped song with the voice down within 2 s, and gives the voice back, softly or in full', async () => {
    const context = await browser.newContext();
    const { page, errors } = await openKaraoke(context, app);
    await page.evaluate(() => {
      const { session } = (window as unknown as KaraokeWindow).sotto;
      const reports: { at: number; input: number; output: number }[] = [];
      Object.assign(window, { reports });
      addEventListener(
        'drop',
        () => {
          const start = performance.now();
          session.addEventListener('meters', () => {
            const { inputRms, outputRms } = session.meters;
            reports.push({ at: performance.now() - start, input: inputRms ** 2, output: outputRms ** 2 });
          });
        },
        true,
      );
    });
    await dropSong(page, wavFile('a cappella.wav', [voice(30), voice(30)], RATE));
    await page.waitForTimeout(2500);
    const { first, change } = await page.evaluate(() => {
      const { reports } = window as unknown as { reports: { at: number; input: number; output: number }[] };
      const early = reports.filter(({ at, input }) => at < 2000 && input > 1e-6);
      const sum = (side: 'input' | 'output') => early.reduce((total, report) => total + report[side], 0);
      return { first: early[0]?.at ?? Infinity, change: 10 * Math.log10(sum('output') / sum('input')) };
    });
    expect(first).toBeLessThan(2000);
    expect(change).toBeLessThan(-4);

    const removed = await changeOfLevel(page, 4);
    expect(removed).toBeLessThan(-4);
    await page.getByTestId('mix-song').click();
    expect(Math.abs(await changeOfLevel(page, 4))).toBeLessThan(1);
    await page.getByTestId('mix-guide').click();
    expect(await page.getByTestId('mix-guide').getAttribute('aria-checked')).toBe('true');
    const guide = await changeOfLevel(page, 4);
    expect(guide).toBeLessThan(-2);
    expect(guide).toBeGreaterThan(removed - 0.5);

    await page.getByTestId('mix-remove').click();
    await dropSong(page, wavFile('band.wav', band(30), RATE));
    const music = await changeOfLevel(page, 4);
    expect(music).toBeGreaterThan(-3);
    await page.getByTestId('mix-voice').click();
    expect(await changeOfLevel(page, 4)).toBeLessThan(music - 3);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('goes to any place in the song by click, drag and keys', async () => {
    const context = await browser.newContext();
    const { page, errors } = await openKaraoke(context, app);
    await dropSong(page, wavFile('scale.wav', [scale(20)], RATE));
    await page.getByTestId('play').click();
    const slider = page.getByTestId('position');
    const { x, y, width, height } = (await slider.boundingBox())!;
    await page.mouse.click(x + width / 2, y + height / 2);
    expect(await position(page)).toBeCloseTo(10, 0);
    await page.mouse.move(x + width / 2, y + height / 2);
    await page.mouse.down();
    await page.mouse.move(x + width / 4, y + height / 2, { steps: 4 });
    await page.mouse.up();
    const quarter = await position(page);
    expect(quarter).toBeCloseTo(5, 0);
    await slider.press('ArrowRight');
    expect(await position(page)).toBeCloseTo(quarter + 1, 5);
    await slider.press('PageUp');
    expect(await position(page)).toBeCloseTo(quarter + 11, 5);
    await slider.press('Home');
    expect(await position(page)).toBe(0);
    await slider.press('End');
    expect(await position(page)).toBeGreaterThan(19.9);

    await page.getByTestId('mix-song').click();
    await seek(page, 8);
    await page.getByTestId('play').click();
    await page.waitForTimeout(150);
    const from = await position(page);
    const { samples, rate } = await hear(page);
    const to = await position(page);
    const heard = pitchOf(samples, rate, 250, 2500);
    expect(from).toBeGreaterThan(8);
    expect(heard).toBeGreaterThan(290 + 100 * Math.floor(from));
    expect(heard).toBeLessThan(310 + 100 * Math.floor(to));
    expect(errors).toEqual([]);
    await context.close();
  });

  it('repeats what is between two marks, at any tempo', async () => {
    const context = await browser.newContext();
    const { page, errors } = await openKaraoke(context, app);
    await dropSong(page, wavFile('scale.wav', [scale(20)], RATE));
    await page.getByTestId('mix-song').click();
    await page.getByTestId('play').click();
    await seek(page, 4);
    await page.getByTestId('mark-start').click();
    await seek(page, 5);
    await page.keyboard.press(']');
    expect(await page.getByTestId('loop-end').getAttribute('aria-valuetext')).toBe('0:05.0');
    await page.getByTestId('play').click();

    const stays = async () => {
      const seen = await positions(page, 2.6);
      expect(Math.min(...seen)).toBeGreaterThanOrEqual(3.99);
      expect(Math.max(...seen)).toBeLessThanOrEqual(5.01);
      expect(Math.max(...seen) - Math.min(...seen)).toBeGreaterThan(0.7);
      const { samples, rate } = await hear(page);
      expect(pitchOf(samples, rate, 250, 2500)).toBeCloseTo(700, -1);
    };
    await stays();
    await page.getByTestId('tempo').press('PageDown');
    await page.getByTestId('tempo').press('PageDown');
    await page.waitForTimeout(800);
    await stays();

    // A mark that is moved takes the playhead along.
    await page.getByTestId('loop-start').press('PageDown');
    await page.getByTestId('loop-end').press('ArrowLeft');
    expect(Number(await page.getByTestId('loop-start').getAttribute('aria-valuenow'))).toBe(0);
    expect(Number(await page.getByTestId('loop-end').getAttribute('aria-valuenow'))).toBeCloseTo(4.9, 5);
    await page.getByTestId('clear-marks').click();
    await eventually(() => position(page)).toBeGreaterThan(5.2);
    // Behind the loop one may listen on.
    await page.keyboard.press('[');
    await seek(page, 1);
    expect(await position(page)).toBeLessThan(2);
    expect(errors).toEqual([]);
    await context.close();
  });

  for (const query of ['', '?context=native']) {
    it(`shifts a tone by as many semitones and cents, and keeps it there at another tempo ${query}`, async () => {
      const context = await browser.newContext();
      const { page, errors } = await openKaraoke(context, app + query);
      await dropSong(page, wavFile('tone.wav', [sine(60 * RATE, 440, RATE, 0.3)], RATE));
      await page.getByTestId('mix-song').click();
      const measured = async () => {
        const { samples, rate } = await hear(page);
        expect(levelDb(samples)).toBeGreaterThan(-30);
        return 1200 * Math.log2(pitchOf(samples, rate, 200, 900) / 440);
      };
      // A busy machine drops blocks of the recording now and then.
      const cents = async () => {
        await page.waitForTimeout(700);
        return [await measured(), await measured(), await measured()].toSorted((a, b) => a - b)[1]!;
      };
      expect(Math.abs(await cents())).toBeLessThan(4);
      await press(page, 'key-more', 3);
      expect(Math.abs((await cents()) - 300)).toBeLessThan(10);
      await page.getByTestId('cents').press('PageUp');
      await page.getByTestId('cents').press('PageUp');
      expect(Math.abs((await cents()) - 320)).toBeLessThan(10);
      await page.getByTestId('tempo').press('End');
      await page.waitForTimeout(600);
      const before = await position(page);
      const start = Date.now();
      expect(Math.abs((await cents()) - 320)).toBeLessThan(10);
      const speed = ((await position(page)) - before) / ((Date.now() - start) / 1000);
      expect(speed).toBeGreaterThan(1.3);
      expect(speed).toBeLessThan(1.7);
      await page.getByTestId('tempo').press('Home');
      expect(Math.abs((await cents()) - 320)).toBeLessThan(10);
      await page.getByTestId('original').click();
      expect(Math.abs(await cents())).toBeLessThan(4);
      expect(errors).toEqual([]);
      await context.close();
    });
  }

  it('saves stems that sum to the song to the last bit, and the mix in its key and tempo', async () => {
    const context = await browser.newContext();
    const { page, errors } = await openKaraoke(context, app);
    const sung = voice(6);
    const channels = band(6).map((side) => side.map((sample, n) => sample + 0.8 * sung[n]!));
    const file = wavFile('My song.wav', channels, RATE);
    await dropSong(page, file);
    await page.getByTestId('save-stems').click();
    const files = await savedFiles(page);
    expect(files.map(({ name }) => name)).toEqual(['My song (vocals).wav', 'My song (accompaniment).wav']);
    const whole = (bytes: Uint8Array) =>
      readWav(bytes).channels.map((channel) => channel.map((sample) => Math.round(sample * 32768)));
    const song = whole(new Uint8Array(file.buffer));
    const [vocals, music] = files.map(({ bytes }) => whole(bytes));
    let deviation = 0;
    for (const [c, channel] of song.entries()) {
      expect(vocals![c]!.length).toBe(channel.length);
      for (const [n, sample] of channel.entries()) {
        deviation = Math.max(deviation, Math.abs(vocals![c]![n]! + music![c]![n]! - sample));
      }
    }
    expect(deviation).toBeLessThanOrEqual(1);
    expect(readWav(files[0]!.bytes).sampleRate).toBe(RATE);
    for (const { bytes } of files) expect(levelDb(readWav(bytes).channels[0]!)).toBeGreaterThan(-60);

    await dropSong(page, wavFile('tone.wav', [sine(5 * RATE, 440, RATE, 0.3)], RATE));
    expect(await page.getByTestId('song-file').count()).toBe(0);
    await page.getByTestId('mix-song').click();
    await press(page, 'key-less', 2);
    await page.getByTestId('tempo').press('PageUp');
    await page.getByTestId('tempo').press('PageUp');
    await page.getByTestId('tempo').press('PageUp');
    await page.getByTestId('tempo').press('PageDown');
    await page.getByTestId('save-mix').click();
    const [mix] = await savedFiles(page);
    expect(mix!.name).toBe('tone (mix).wav');
    const { channels: mixed, sampleRate } = readWav(mix!.bytes);
    expect(mixed[0]!.length / sampleRate).toBeCloseTo(5 / 1.2, 1);
    const middle = mixed[0]!.subarray(sampleRate, 2 * sampleRate);
    expect(Math.abs(1200 * Math.log2(pitchOf(middle, sampleRate, 200, 900) / 440) + 200)).toBeLessThan(10);
    expect(levelDb(middle)).toBeGreaterThan(-20);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('shows lyrics only where there are any, and follows the song', async () => {
    const context = await browser.newContext();
    const { page, errors } = await openKaraoke(context, app);
    expect(await page.getByTestId('lyrics-line').count()).toBe(0);
    await dropSong(page, wavFile('scale.wav', [scale(10)], RATE), textFile('scale.lrc', LYRICS));
    await eventually(() => page.getByTestId('lyrics-line').count()).toBe(4);
    await eventually(() => line(page)).toContain('Chorus');
    await eventually(() => line(page)).toContain('Second line');
    expect(await position(page)).toBeGreaterThanOrEqual(5);
    await page.getByTestId('play').click();
    await seek(page, 1.5);
    await eventually(() => line(page)).toContain('First line');
    await page.getByTestId('lyrics-line').nth(3).getByRole('button').click();
    expect(await position(page)).toBeCloseTo(7, 1);
    await eventually(() => line(page)).toContain('Chorus');

    await drop(page, [textFile('notes.lrc', 'Once upon a time')]);
    await eventually(() => page.getByTestId('notices').textContent()).toMatch(/notes\.lrc.*\[01:23\.45\]/);
    expect(await page.getByTestId('lyrics-line').count()).toBe(4);
    await dropSong(page, wavFile('other.wav', [scale(3)], RATE));
    expect(await page.getByTestId('lyrics-line').count()).toBe(0);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('puts a microphone on top, heard or only recorded, and records the performance', async () => {
    const context = await browser.newContext();
    const { page, errors } = await openKaraoke(context, app);
    await dropSong(page, wavFile('silence.wav', [new Float32Array(20 * RATE)], RATE));
    const level = async () => levelDb((await hear(page)).samples);
    expect(await level()).toBeLessThan(-80);
    await page.getByTestId('sing').click();
    await page.getByRole('button', { name: 'No, only record me' }).click();
    await eventually(level).toBeGreaterThan(-45);
    expect(await page.getByTestId('mute-speakers').last().getAttribute('aria-pressed')).toBe('false');
    await page.getByTestId('hear-myself').check();
    await eventually(level).toBeGreaterThan(-45);
    expect(await page.getByTestId('knob-voice-level').getAttribute('aria-valuetext')).toBe('0.0 dB');
    await page.getByTestId('knob-voice-level').press('Home');
    await eventually(level).toBeLessThan(-80);
    await page.getByTestId('knob-voice-level').press('Delete');

    const record = page.locator('sotto-karaoke').getByTestId('record');
    await record.click();
    await page.waitForTimeout(1500);
    await record.click();
    const link = page.locator('sotto-karaoke').getByTestId('recording');
    await link.waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    expect(download.suggestedFilename()).toMatch(/\.webm$/);
    expect(readFileSync((await download.path())!).length).toBeGreaterThan(4000);

    await page.getByTestId('sing').click();
    await eventually(level).toBeLessThan(-80);
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    });
    await page.getByTestId('sing').click();
    await eventually(() => page.getByTestId('notices').textContent()).toMatch(/refused/i);
    expect(await page.getByTestId('sing').getAttribute('aria-pressed')).toBe('false');
    expect(await page.getByTestId('state').getAttribute('data-status')).toBe('playing');
    expect(errors).toEqual([]);
    await context.close();
  });

  it('comes with the dictionary for songs, and has no accessibility violations, on a phone neither', async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
    const { page, errors } = await openKaraoke(context, app);
    await eventually(() => page.getByTestId('dictionary').locator('option:checked').textContent()).toMatch(
      /vocals/i,
    );
    expect(await violations(page)).toEqual([]);
    await dropSong(page, wavFile('scale.wav', [scale(10)], RATE), textFile('scale.lrc', LYRICS));
    await seek(page, 2);
    await page.getByTestId('mark-start').click();
    await seek(page, 6);
    await page.getByTestId('mark-end').click();
    await press(page, 'key-more', 1);
    await page.getByTestId('sing').click();
    await page.getByRole('button', { name: 'Yes, let me hear it' }).click();
    await page.getByTestId('hear-myself').waitFor();
    await page.getByTestId('save-stems').click();
    await page.getByTestId('song-file').first().waitFor({ timeout: 60_000 });
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    expect(errors).toEqual([]);
    await context.close();
  });
});
