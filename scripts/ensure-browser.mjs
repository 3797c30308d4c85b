/**
 * Makes sure that the browser tests find a Chromium: an installed one, or Debian's package where this may be installed
 * (as root). Elsewhere it says exactly what to run, and fails: the tests do not skip.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { findBrowser } from './find-browser.mjs';

const found = findBrowser();
if (found) console.log(`Browser for the tests: ${found}`);
else install();

function install() {
  const isRoot = process.getuid?.() === 0;
  const hasApt = spawnSync('apt-get', ['--version'], { stdio: 'ignore' }).status === 0;
  if (isRoot && hasApt) {
    console.log('No Chromium found: installing the Debian package.');
    const apt = (...args) => execFileSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'] });
    apt('update');
    apt('install', '-y', '--no-install-recommends', 'chromium');
    if (findBrowser()) return;
  }
  console.error(
    [
      'The browser tests need Chromium or Chrome, and none was found. Install one, for example:',
      '  Debian or Ubuntu:  sudo apt-get update && sudo apt-get install -y chromium',
      '  macOS:             brew install --cask chromium',
      '  anywhere:          set SOTTO_BROWSER to the path of a Chromium or Chrome executable',
    ].join('\n'),
  );
  process.exit(1);
}
