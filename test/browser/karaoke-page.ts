import type { BrowserContext, Page } from 'playwright-core';
import { writeWav } from '../../src/audio/wav.ts';
import { RealFFT } from '../../src/dsp/real-fft.ts';
import { dropOn, type DroppedFile } from './browser.ts';

/** What the tests read of the app. */
export interface KaraokeWindow {
  sotto: {
    stream: MediaStream;
    session: EventTarget & {
      deck: { player: { position: number; duration: number; playing: boolean } };
      meters: { inputRms: number; outputRms: number };
      settings: { headphones: string };
      pause(): void;
      seek(seconds: number): void;
      setLoop(loop: boolean): void;
    };
  };
}

export function wavFile(name: string, channels: readonly Float32Array[], sampleRate: number): DroppedFile {
  const { bytes } = writeWav({ channels, sampleRate, format: 'pcm16' });
  return { name, mimeType: 'audio/wav', buffer: Buffer.from(bytes) };
}

export const textFile = (name: string, text: string): DroppedFile => ({
  name,
  mimeType: 'text/plain',
  buffer: Buffer.from(text),
});

/** The app in the karaoke view. */
export async function openKaraoke(
  context: BrowserContext,
  url: string,
): Promise<{ page: Page; errors: string[] }> {
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(url);
  await page.getByTestId('view').getByText('Sing').click();
  await page.getByTestId('mix-remove').waitFor();
  return { page, errors };
}

/** Drops files anywhere on the page, and waits until they play. */
export async function dropSong(page: Page, ...files: DroppedFile[]): Promise<void> {
  await drop(page, files);
  await page.getByTestId('source-name').filter({ hasText: files[0]!.name }).waitFor();
  await page.locator('[data-testid=state][data-status=playing]').waitFor();
}

export const drop = (page: Page, files: readonly DroppedFile[]): Promise<void> =>
  dropOn(page.locator('sotto-app'), files);

/** What the separator makes of the level, dB, over some seconds from the next moment on. */
export async function changeOfLevel(page: Page, seconds: number): Promise<number> {
  await page.waitForTimeout(300);
  return page.evaluate(async (duration) => {
    const { session } = (window as unknown as KaraokeWindow).sotto;
    let [input, output] = [0, 0];
    const listen = () => {
      input += session.meters.inputRms ** 2;
      output += session.meters.outputRms ** 2;
    };
    session.addEventListener('meters', listen);
    await new Promise((resolve) => setTimeout(resolve, 1000 * duration));
    session.removeEventListener('meters', listen);
    return 10 * Math.log10(output / input);
  }, seconds);
}

/** The last 0.7 s of what the app puts out, and its rate. */
export async function hear(page: Page): Promise<{ samples: Float32Array; rate: number }> {
  const { samples, rate } = await page.evaluate(async () => {
    const { stream } = (window as unknown as KaraokeWindow).sotto;
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 32768 });
    new MediaStreamAudioSourceNode(context, { mediaStream: stream }).connect(analyser);
    await new Promise((resolve) => setTimeout(resolve, 950));
    const block = new Float32Array(analyser.fftSize);
    analyser.getFloatTimeDomainData(block);
    await context.close();
    return { samples: Array.from(block), rate: context.sampleRate };
  });
  return { samples: Float32Array.from(samples), rate };
}

/** Frequency in Hz of the strongest partial between two frequencies: the peak of a spectrum under a Hann window, interpolated. */
export function pitchOf(samples: Float32Array, rate: number, low: number, high: number): number {
  const size = 2 ** Math.floor(Math.log2(samples.length));
  const fft = new RealFFT(size);
  const windowed = Float64Array.from(
    { length: size },
    (_, n) => samples[n]! * Math.sin((Math.PI * n) / size) ** 2,
  );
  const spectrum = new Float64Array(2 * fft.bins);
  fft.forward(windowed, spectrum);
  const decibels = (bin: number) => Math.log(Math.hypot(spectrum[2 * bin]!, spectrum[2 * bin + 1]!) + 1e-12);
  let peak = Math.ceil((low * size) / rate);
  for (let bin = peak; bin <= (high * size) / rate; bin++) if (decibels(bin) > decibels(peak)) peak = bin;
  const [left, middle, right] = [decibels(peak - 1), decibels(peak), decibels(peak + 1)];
  return ((peak + (0.5 * (left - right)) / (left - 2 * middle + right)) * rate) / size;
}

/** Seconds of the song. */
export const position = (page: Page): Promise<number> =>
  page.evaluate(() => (window as unknown as KaraokeWindow).sotto.session.deck.player.position);

/** Where the song is, again and again. */
export const positions = (page: Page, seconds: number): Promise<number[]> =>
  page.evaluate(async (duration) => {
    const { deck } = (window as unknown as KaraokeWindow).sotto.session;
    const seen: number[] = [];
    const end = performance.now() + 1000 * duration;
    while (performance.now() < end) {
      seen.push(deck.player.position);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
    return seen;
  }, seconds);

export const seek = (page: Page, seconds: number): Promise<void> =>
  page.evaluate((to) => (window as unknown as KaraokeWindow).sotto.session.seek(to), seconds);

/** Presses a button several times. */
export async function press(page: Page, testId: string, times: number): Promise<void> {
  for (let i = 0; i < times; i++) await page.getByTestId(testId).click();
}
