import { chromium, type Browser, type Page } from 'playwright-core';
// @ts-expect-error -- a plain script, shared with the installer
import { findBrowser } from '../../scripts/find-browser.mjs';

const FLAGS = [
  '--no-sandbox',
  '--autoplay-policy=no-user-gesture-required',
  '--use-fake-ui-for-media-stream',
  '--use-fake-device-for-media-stream',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-quic',
];

/** Starts Chromium; `microphone` is a WAV file that it hears, over and over. */
export function launch(options: { microphone?: string; flags?: string[] } = {}): Promise<Browser> {
  const flags = options.microphone ? [`--use-file-for-fake-audio-capture=${options.microphone}`] : [];
  return chromium.launch({
    executablePath: (findBrowser as () => string | undefined)()!,
    args: [...FLAGS, ...flags, ...(options.flags ?? [])],
  });
}

/** A page at a URL that fails the test on any uncaught error. */
export async function open(browser: Browser, url: string): Promise<{ page: Page; errors: string[] }> {
  const page = await browser.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(url);
  return { page, errors };
}

/** The page with the library in `window.sotto` and standardized-audio-context in `window.standardized`. */
export async function openLibraryPage(browser: Browser, origin: string): Promise<Page> {
  const { page } = await open(browser, `${origin}/.cache/page/`);
  await page.waitForFunction(() => document.title === 'ready');
  return page;
}
