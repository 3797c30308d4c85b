import { chromium, type Browser, type Locator, type Page } from 'playwright-core';
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

/** A file as it is dropped. */
export interface DroppedFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** Drops files on an element, as from the desktop. */
export async function dropOn(target: Locator, files: readonly DroppedFile[]): Promise<void> {
  const dataTransfer = await target.page().evaluateHandle(
    (all) => {
      const transfer = new DataTransfer();
      for (const { name, mimeType, base64 } of all) {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        transfer.items.add(new File([bytes], name, { type: mimeType }));
      }
      return transfer;
    },
    files.map(({ buffer, ...rest }) => ({ ...rest, base64: buffer.toString('base64') })),
  );
  await target.dispatchEvent('dragover', { dataTransfer });
  await target.dispatchEvent('drop', { dataTransfer });
}
