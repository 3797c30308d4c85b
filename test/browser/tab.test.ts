import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { launch } from './browser.ts';

const origin = inject('origin');

/** The app in a page whose shared tab plays a tone, or has no sound at all. No test can press the browser's own button. */
async function pageWithTab(browser: Browser, sound: boolean): Promise<Page> {
  const page = await browser.newPage();
  await page.addInitScript((audible) => {
    navigator.mediaDevices.getDisplayMedia = async () => {
      const context = new AudioContext();
      const destination = context.createMediaStreamDestination();
      const tone = new OscillatorNode(context, { frequency: 440 });
      tone.connect(new GainNode(context, { gain: 0.1 })).connect(destination);
      tone.start();
      const picture = document.createElement('canvas').captureStream(1).getTracks();
      const stream = new MediaStream(audible ? [...picture, ...destination.stream.getTracks()] : picture);
      (window as unknown as { shared: MediaStream }).shared = stream;
      return stream;
    };
  }, sound);
  await page.goto(`${origin}/dist/app/index.html`);
  return page;
}

/** Strongest frequency of what comes out of the app, in Hz, and its level in dB. */
const heard = (page: Page): Promise<{ frequency: number; level: number }> =>
  page.evaluate(async () => {
    const { stream } = (window as unknown as { sotto: { stream: MediaStream } }).sotto;
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
    new MediaStreamAudioSourceNode(context, { mediaStream: stream }).connect(analyser);
    await new Promise((done) => setTimeout(done, 800));
    const spectrum = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(spectrum);
    const level = spectrum.reduce((most, value) => Math.max(most, value), -Infinity);
    const frequency = (spectrum.indexOf(level) * context.sampleRate) / analyser.fftSize;
    await context.close();
    return { frequency, level };
  });

describe('the sound of another tab', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  it('is heard, and the tab is let go when the sound is stopped', async () => {
    const page = await pageWithTab(browser, true);
    await page.getByTestId('source').getByText('Tab').click();
    await page.getByText('Another tab').waitFor();
    const { frequency, level } = await heard(page);
    expect(Math.abs(frequency - 440)).toBeLessThan(12);
    expect(level).toBeGreaterThan(-60);
    await page.getByTestId('play').click();
    const states = await page.evaluate(() =>
      (window as unknown as { shared: MediaStream }).shared.getTracks().map(({ readyState }) => readyState),
    );
    expect(states).toEqual(['ended', 'ended']);
    await page.close();
  }, 60_000);

  it('says what to tick when it was shared without sound', async () => {
    const page = await pageWithTab(browser, false);
    await page.getByTestId('source').getByText('Tab').click();
    await page.getByText('without its sound').waitFor();
    await page.close();
  }, 60_000);
});
