import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { chords, sung } from '../helpers/songs.ts';
import { launch } from './browser.ts';
import { changeOfLevel, dropSong, openKaraoke, position, wavFile } from './karaoke-page.ts';

const app = `${inject('origin')}/dist/app/index.html`;
const RATE = 44100;
const SECONDS = 24;

/** Chords that go round and round, and from the sixth second on a line sung over them. */
function song(): Float32Array {
  const voice = sung(SECONDS, RATE, 6);
  return chords(SECONDS, RATE).map((sample, i) => sample + voice[i]!);
}

describe('studying a song in the browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser?.close());

  it('goes on playing while it learns, uses what it learned, and finds it again for the same song', async () => {
    const context = await browser.newContext();
    const { page, errors } = await openKaraoke(context, app);
    const file = wavFile('song.wav', [song()], RATE);
    await dropSong(page, file);
    const study = page.locator('sotto-study');
    const before = await position(page);
    await study.getByRole('button', { name: 'Study this song' }).click();
    expect(await changeOfLevel(page, 1)).toBeGreaterThan(-20);
    await study.getByText('Its own voice and music are in use').waitFor({ timeout: 90_000 });
    expect(await position(page)).not.toBe(before);
    await page.locator('[data-testid=state][data-status=playing]').waitFor();
    // It learns 48 atoms of each; those that come with the app are more.
    await page.getByText('48 + 48').waitFor();
    await page.close();

    const later = await openKaraoke(context, app);
    await dropSong(later.page, file);
    await later.page.locator('sotto-study').getByText('Studied before').waitFor();
    await later.page.getByText('48 + 48').waitFor();
    expect([...errors, ...later.errors]).toEqual([]);
    await context.close();
  }, 150_000);
});
