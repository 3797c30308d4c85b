import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { writeWav } from '../../src/audio/wav.ts';
import { DICTIONARY_FORMATS, readDictionary, writeDictionary } from '../../src/dictionary/index.ts';
import { bandDictionary } from '../helpers/dictionaries.ts';
import { fixtureSamples } from '../helpers/fixtures.ts';
import { levelDb } from '../helpers/quality.ts';
import { noise, sine, wail } from '../helpers/signals.ts';
import { dropOn, launch, type DroppedFile } from './browser.ts';
import { violations } from './accessibility.ts';
import { compareWithRenders, listenIn, recordNode, setControl } from './running-node.ts';

const RATE = 16000;
const app = `${inject('origin')}/dist/app/index.html`;
const MICROPHONE = fileURLToPath(new URL('../fixtures/speech-and-noise.wav', import.meta.url));

function wav(name: string, samples: Float32Array, sampleRate = RATE): DroppedFile {
  const { bytes } = writeWav({ channels: [samples], sampleRate, format: 'pcm16' });
  return { name, mimeType: 'audio/wav', buffer: Buffer.from(bytes) };
}

/** Twenty seconds of speech: the same sentence over and over, each time a little slower and softer. */
function longSpeech(): Float32Array {
  const speech = fixtureSamples('speech');
  const long = new Float32Array(20 * RATE);
  let at = 0;
  for (let round = 0; at < long.length; round++) {
    const step = 1 / (1 + 0.04 * round);
    const gain = 1 / (1 + 0.1 * round);
    for (let n = 0; n * step < speech.length - 1 && at < long.length; n++) {
      const whole = Math.floor(n * step);
      const part = n * step - whole;
      long[at++] = gain * ((1 - part) * speech[whole]! + part * speech[whole + 1]!);
    }
  }
  return long;
}

/** An expectation that comes true within a while, on a slow machine too. */
const eventually = <T>(get: () => T | Promise<T>) => expect.poll(get, { timeout: 20_000 });

let browser: Browser;
beforeAll(async () => {
  browser = await launch({ microphone: MICROPHONE });
});
afterAll(() => browser?.close());

/** The app in the training view. `query`: of its address. */
async function openTraining(context: BrowserContext, query = ''): Promise<{ page: Page; errors: string[] }> {
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(app + query);
  await page.getByTestId('view').getByText('Train').click();
  return { page, errors };
}

/** Drops files on the first source that is to be learned, as from the desktop. */
const drop = (page: Page, files: readonly DroppedFile[]): Promise<void> =>
  dropOn(page.getByTestId('takes-zone').first(), files);

async function setIterations(page: Page, iterations: number): Promise<void> {
  const options = page.getByTestId('training-options');
  if (!(await options.getAttribute('open'))) await options.locator('summary').click();
  await page.getByTestId('option-iterations').fill(String(iterations));
  await page.getByTestId('option-iterations').blur();
}

const learn = async (page: Page, files: readonly DroppedFile[], iterations = 8): Promise<void> => {
  await drop(page, files);
  await eventually(() => page.getByTestId('take').count()).toBe(files.length);
  await setIterations(page, iterations);
  await page.getByTestId('start-training').click();
  await page.getByTestId('training-result').waitFor({ timeout: 100_000 });
};

const dictionaryInUse = (page: Page): Promise<string | null> =>
  page.getByTestId('dictionary').locator('option:checked').textContent();

/** Level in dB of what the app puts out, over 0.4 s. */
const heard = async (page: Page): Promise<number> => {
  const samples = await page.evaluate(async () => {
    const { stream } = (window as unknown as { sotto: { stream: MediaStream } }).sotto;
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 16384 });
    new MediaStreamAudioSourceNode(context, { mediaStream: stream }).connect(analyser);
    await new Promise((resolve) => setTimeout(resolve, 450));
    const block = new Float32Array(analyser.fftSize);
    analyser.getFloatTimeDomainData(block);
    await context.close();
    return Array.from(block);
  });
  return levelDb(Float32Array.from(samples));
};

async function play(page: Page, file: DroppedFile): Promise<void> {
  await page.getByTestId('audio-file').setInputFiles(file);
  await page.locator('[data-testid=state][data-status=playing]').waitFor();
}

/** Rows of the built-in dictionaries. */
const BUILT_IN = 3;

describe('training in the browser', () => {
  it('learns a voice from 20 s of dropped speech, uses it while sound flows, and has it when the page is opened again', async () => {
    const context = await browser.newContext();
    const { page, errors } = await openTraining(context);
    await play(page, wav('speech.wav', longSpeech()));
    await page.getByTestId('task-voice').click();
    expect(await page.getByTestId('training-missing').textContent()).toMatch(/record the voice/i);
    await learn(page, [wav('me.wav', longSpeech())]);
    expect(await dictionaryInUse(page)).toBe('My voice + noise');
    const inUse = await page.evaluate(() => {
      const { session } = (
        window as unknown as {
          sotto: { session: { dictionary: { atoms: Float32Array }; sources: { label: string }[] } };
        }
      ).sotto;
      return {
        labels: session.sources.map(({ label }) => label),
        atoms: Array.from(session.dictionary.atoms).every(Number.isFinite),
      };
    });
    expect(inUse).toEqual({ labels: ['voice', 'noise'], atoms: true });
    await eventually(() => heard(page)).toBeGreaterThan(-60);
    await page.waitForTimeout(400);
    await page.close();

    const again = await openTraining(context);
    await eventually(() => dictionaryInUse(again.page)).toBe('My voice + noise');
    await again.page.getByTestId('play').click();
    await again.page.locator('[data-testid=state][data-status=playing]').waitFor();
    await again.page.getByTestId('view').getByText('Inspect').click();
    expect(await again.page.getByTestId('training-card').textContent()).toMatch(/1 recording, 20 s/);
    expect([...errors, ...again.errors]).toEqual([]);
    await context.close();
  });

  it('puts the learned dictionary to work in the running node: it sounds as the engine renders with the downloaded file', async () => {
    const context = await browser.newContext();
    await listenIn(context);
    const { page, errors } = await openTraining(context, '?context=native');
    const speech = fixtureSamples('speech-and-noise');
    // Silence brings the node to rest, so that what follows does not depend on what it heard before.
    const silence = Math.round(1.2 * RATE);
    const test = new Float32Array(silence + Math.round(2.4 * RATE));
    test.set(speech.subarray(0, test.length - silence), silence);
    await play(page, wav('test.wav', test));
    await setControl(page, 'adaptation', 0);
    // Plain atoms: trained updates remember for many seconds what they heard before the tape began.
    await page.getByTestId('dictionary').selectOption({ label: 'Voice + noise (plain)' });
    await eventually(() => dictionaryInUse(page)).toBe('Voice + noise (plain)');
    await page.getByTestId('task-voice').click();
    await learn(page, [wav('me.wav', longSpeech())]);
    expect(await dictionaryInUse(page)).toBe('My voice + noise');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByTestId('dictionary-row').last().getByTestId('export').selectOption('safetensors'),
    ]);
    await recordNode(page, 19);
    const { level, withLearned, withOther } = await compareWithRenders(page, {
      library: `${inject('origin')}/dist/sotto.js`,
      learned: readFileSync((await download.path())!),
      other: `${inject('origin')}/dictionaries/denoise.safetensors`,
      seconds: 2.2,
    });
    expect(20 * Math.log10(level)).toBeGreaterThan(-60);
    // The largest difference of any sample, against the mean level: what the node heard before is not quite forgotten.
    expect(withLearned).toBeLessThan(0.1 * level);
    expect(withOther).toBeGreaterThan(level);
    expect(withOther).toBeGreaterThan(20 * withLearned);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('takes out the noise it has learned, and leaves silent, short and broken recordings aside with a message each', async () => {
    const context = await browser.newContext();
    const { page, errors } = await openTraining(context);
    const hum = wail(8 * RATE, RATE);
    await play(page, wav('hum in the room.wav', hum));
    const before = await heard(page);
    await learn(page, [
      wav('silent.wav', new Float32Array(3 * RATE)),
      wav('hum.wav', hum),
      wav('click.wav', sine(800, 700, RATE, 0.3)),
      wav(
        'clipped.wav',
        sine(3 * RATE, 200, RATE, 9).map((sample) => Math.max(-1, Math.min(1, sample))),
      ),
      { name: 'letter.mp3', mimeType: 'audio/mpeg', buffer: Buffer.from('These are words.') },
    ]);
    expect(await dictionaryInUse(page)).toBe('Voice + my noise');
    expect(await page.getByTestId('training-result').textContent()).toMatch(
      /Left out: silent\.wav, click\.wav, clipped\.wav, letter\.mp3/,
    );
    await eventually(() => heard(page)).toBeLessThan(before - 6);
    await page.getByTestId('learn-again').click();
    const rows = await page.getByTestId('take').allTextContents();
    const about = (name: string) => rows.find((row) => row.includes(name));
    expect(about('silent.wav')).toMatch(/left out: it is silent/i);
    expect(about('click.wav')).toMatch(/left out: it lasts 0\.050 s/i);
    expect(about('clipped.wav')).toMatch(/left out: .* clipped/i);
    expect(about('letter.mp3')).toMatch(/not an audio file/i);
    expect(about('hum.wav')).toMatch(/16 kHz: nothing above/);
    // Without a usable recording nothing can be started.
    await page.getByRole('button', { name: 'Remove hum.wav' }).click();
    expect(await page.getByTestId('start-training').isDisabled()).toBe(true);
    expect(await page.getByTestId('training-missing').textContent()).toMatch(/no recording .* can be used/i);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('leaves the old dictionary running when a training is cancelled, and uses what there is when it is finished early', async () => {
    const context = await browser.newContext();
    const { page, errors } = await openTraining(context);
    const speech = wav('speech.wav', longSpeech());
    await play(page, speech);
    const before = await dictionaryInUse(page);
    await drop(page, [speech]);
    await page.getByTestId('take').waitFor();
    await setIterations(page, 500);
    const start = async () => {
      await page.getByTestId('start-training').click();
      await page.getByTestId('divergence').waitFor();
      expect(await page.getByTestId('time-left').textContent()).toMatch(/left|preparing/i);
    };
    await start();
    const first = Number(await page.getByTestId('divergence').textContent());
    await eventually(async () => Number(await page.getByTestId('divergence').textContent())).toBeLessThan(
      first,
    );
    await eventually(() => heard(page)).toBeGreaterThan(-60);
    await page.getByTestId('cancel-training').click();
    await page.getByTestId('start-training').waitFor();
    expect(await dictionaryInUse(page)).toBe(before);
    expect(await page.getByTestId('dictionary-row').count()).toBe(BUILT_IN);
    await eventually(() => heard(page)).toBeGreaterThan(-60);

    await start();
    await page.getByTestId('finish-training').click();
    await page.getByTestId('training-result').waitFor({ timeout: 100_000 });
    expect(await page.getByTestId('training-result').textContent()).toMatch(/ended early/i);
    expect(await dictionaryInUse(page)).toBe('Voice + my noise');
    expect(errors).toEqual([]);
    await context.close();
  });

  it('learns sources of one’s own, renames, exports, deletes and brings back', async () => {
    const context = await browser.newContext();
    const { page, errors } = await openTraining(context);
    await page.getByTestId('task-sources').click();
    const labels = page.getByTestId('source-label');
    await labels.nth(0).fill('hiss');
    await labels.nth(1).fill('hiss');
    expect(await page.getByTestId('training-missing').textContent()).toMatch(/two sources are called/i);
    await labels.nth(1).fill('hum');
    const files = page.getByTestId('takes-file');
    await files.nth(0).setInputFiles(wav('a.wav', noise(3 * RATE, 3, 0.2)));
    await files.nth(1).setInputFiles(wav('b.wav', sine(3 * RATE, 300, RATE, 0.3)));
    await eventually(() => page.getByTestId('take').count()).toBe(2);
    await setIterations(page, 5);
    await page.getByTestId('option-atomCount').fill('4');
    await page.getByTestId('option-atomCount').blur();
    await page.getByTestId('start-training').click();
    await page.getByTestId('training-result').waitFor({ timeout: 100_000 });
    expect(await dictionaryInUse(page)).toBe('Hiss + hum');

    const row = page.getByTestId('dictionary-row').last();
    await row.getByTestId('rename').click();
    await page.getByTestId('rename-field').fill('My workshop');
    await page.keyboard.press('Enter');
    await eventually(() => dictionaryInUse(page)).toBe('My workshop');

    for (const format of DICTIONARY_FORMATS) {
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        row.getByTestId('export').selectOption(format),
      ]);
      expect(download.suggestedFilename()).toBe(`My workshop.${format}`);
      const bytes = new Uint8Array(readFileSync((await download.path())!));
      const facts = format === 'npy' ? { sampleRate: 48000 } : {};
      const exported = readDictionary(bytes, facts);
      expect(exported.atomCount).toBe(8);
      if (format === 'safetensors') {
        expect(exported.name).toBe('My workshop');
        expect(exported.sources.map(({ label }) => label)).toEqual(['hiss', 'hum']);
      }
    }

    await row.getByTestId('delete').click();
    await eventually(() => page.getByTestId('dictionary-row').count()).toBe(BUILT_IN);
    expect(await dictionaryInUse(page)).toBe('Denoise');
    await page.getByTestId('notices').getByText('Undo').click();
    await eventually(() => dictionaryInUse(page)).toBe('My workshop');
    await row.getByTestId('delete').click();
    await eventually(() => page.getByTestId('dictionary-row').count()).toBe(BUILT_IN);
    await page.reload();
    await page.getByTestId('view').getByText('Train').click();
    expect(await page.getByTestId('dictionary-row').count()).toBe(BUILT_IN);
    expect(await dictionaryInUse(page)).toBe('Denoise');
    expect(errors).toEqual([]);
    await context.close();
  });

  it('records takes with the microphone', async () => {
    const context = await browser.newContext();
    const { page, errors } = await openTraining(context);
    await page.getByTestId('record-take').click();
    const level = page.getByTestId('take-level');
    await eventually(async () => Number(await level.getAttribute('aria-valuenow'))).toBeGreaterThan(-50);
    await eventually(() => page.getByTestId('take-left').textContent()).toMatch(/1[89] s left/);
    await page.getByTestId('stop-take').click();
    await eventually(() => page.getByTestId('take').textContent()).toMatch(/Take 1\s+Short: /);
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    });
    await page.getByTestId('record-take').click();
    await eventually(() => page.getByTestId('notices').textContent()).toMatch(/refused/i);
    expect(await page.getByTestId('record-take').isEnabled()).toBe(true);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('says so where the browser keeps nothing, and uses the dictionary all the same', async () => {
    const context = await browser.newContext();
    await context.addInitScript(() => {
      IDBFactory.prototype.open = () => {
        throw new DOMException('no', 'SecurityError');
      };
    });
    const { page, errors } = await openTraining(context);
    await learn(page, [wav('hum.wav', sine(3 * RATE, 700, RATE, 0.3))], 5);
    expect(await page.getByTestId('notices').textContent()).toMatch(/keeps nothing for this page/i);
    expect(await dictionaryInUse(page)).toBe('Voice + my noise');
    expect(errors).toEqual([]);
    await context.close();
  });

  it('asks for the sample rate of atoms that come without one', async () => {
    const context = await browser.newContext();
    const { page, errors } = await openTraining(context);
    const bytes = writeDictionary(bandDictionary([0, 300, 24000]), 'npy');
    await page.getByTestId('dictionary-file').setInputFiles({
      name: 'atoms.npy',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from(bytes),
    });
    expect(await page.getByRole('dialog').textContent()).toMatch(/sampleRate/);
    await page.getByTestId('sample-rate').selectOption('16000');
    await page.getByTestId('sample-rate-ok').click();
    await eventually(() => page.getByTestId('dictionary-facts').textContent()).toMatch(/16 kHz/);
    expect(await dictionaryInUse(page)).toBe('atoms');
    expect(errors).toEqual([]);
    await context.close();
  });

  it('shows the atoms and how well they fit, without accessibility violations in any view', async () => {
    const context = await browser.newContext();
    const { page, errors } = await openTraining(context);
    expect(await violations(page)).toEqual([]);
    await play(page, wav('speech.wav', fixtureSamples('speech')));
    await page.getByTestId('view').getByText('Inspect').click();
    expect(await page.getByTestId('heat-map').getAttribute('aria-label')).toMatch(/64 of voice, 64 of noise/);
    expect(await page.getByTestId('source-table').textContent()).toMatch(/Voice\s*64/);
    await page.getByTestId('measure-fit').click();
    await eventually(() => page.getByTestId('fit').textContent()).toMatch(/\d %\s+error on “speech\.wav”/);
    expect(await violations(page)).toEqual([]);
    expect(errors).toEqual([]);
    await context.close();
  });
});
