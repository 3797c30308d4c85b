import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../src/dictionary/index.ts';
import { gainName, SILENCE_DB } from '../../src/parameters.ts';
import { PRESETS } from '../../src/presets.ts';
import { readFileSync } from 'node:fs';
import { runHere } from '../helpers/run-cli.ts';

describe('presets', () => {
  for (const [name, unwanted] of [
    ['denoise', 'noise'],
    ['karaoke', 'vocals'],
  ] as const) {
    it(`${name} silences the ${unwanted} of its dictionary, and is what the command line starts with`, async () => {
      const { dictionary, mode, parameters } = PRESETS[name];
      const file = new URL(`../../dictionaries/${dictionary}.safetensors`, import.meta.url);
      const { sources } = readSafetensors(new Uint8Array(readFileSync(file)));
      const gains = sources.map((_, source) => parameters[gainName(source)]);
      expect(gains).toEqual(sources.map(({ label }) => (label === unwanted ? SILENCE_DB : 0)));
      const { stdout } = await runHere([name, '--help']);
      expect(stdout).toMatch(new RegExp(`default ${mode}`));
      for (const control of ['reduction', 'exponent', 'smoothing']) {
        expect(stdout).toMatch(new RegExp(`--${control}[^]*?default ${parameters[control]}\\)`));
      }
    });
  }
});
