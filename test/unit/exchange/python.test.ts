import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readWav } from '../../../src/audio/wav.ts';
import { fitDictionaryTo, readDictionary, writeDictionary } from '../../../src/dictionary/index.ts';
import { magnitudeFrames } from '../../../src/dsp/frames.ts';
import { loadKernel } from '../../../src/kernel/index.ts';
import { twoBandDictionary } from '../../helpers/small-dictionaries.ts';

/** The first Python that has the modules. */
function findPython(modules: string): string | undefined {
  return ['python3', '/usr/bin/python3'].find(
    (python) => spawnSync(python, ['-c', `import ${modules}`], { timeout: 60_000 }).status === 0,
  );
}

const root = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
/** The programs of the page by the name in their first line. */
const programs = new Map(
  Array.from(
    readFileSync(root('docs/exchange.md'), 'utf8').matchAll(/^```python\n# (\w+\.py)\n(.*?)^```$/gms),
    ([, name, code]) => [name!, code!],
  ),
);

let folder = '';
const at = (name: string): string => path.join(folder, name);
function run(python: string, name: string, more = ''): string {
  writeFileSync(at(name), `${programs.get(name)}\n${more}`);
  const { status, stdout, stderr } = spawnSync(python, [name], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
  });
  expect(stderr).not.toMatch(/Traceback/);
  expect(status).toBe(0);
  return stdout;
}

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'sotto-exchange-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const numpy = findPython('numpy');
const scikitLearn = findPython('numpy, scipy, sklearn');
const without = (what: string, python: string | undefined): string =>
  python ? '' : ` (not run: no python3 with ${what} here)`;

describe('the Python programs of docs/exchange.md', () => {
  it('are three', () => {
    expect([...programs.keys()]).toEqual(['train.py', 'load_safetensors.py', 'load_npz.py']);
  });

  const loads: readonly [string, 'safetensors' | 'npz'][] = [
    ['load_safetensors.py', 'safetensors'],
    ['load_npz.py', 'npz'],
  ];
  it.skipIf(!numpy).each(loads)(`%s reads what Sotto wrote${without('NumPy', numpy)}`, (name, format) => {
    const dictionary = twoBandDictionary();
    writeFileSync(at(`dictionary.${format}`), writeDictionary(dictionary, format));
    const output = run(numpy!, name, 'np.save("atoms.npy", atoms)');
    expect(output).toBe('Two bands: 16000 Hz, FFT 512, hop 128\nlow: 3 atoms\nhigh: 3 atoms\n');
    expect(new Uint8Array(readFileSync(at('atoms.npy')))).toEqual(writeDictionary(dictionary, 'npy'));
  });

  it.skipIf(!scikitLearn)(
    `train.py makes a dictionary for Sotto${without('SciPy and scikit-learn', scikitLearn)}`,
    () => {
      copyFileSync(root('test/fixtures/speech.wav'), at('voice.wav'));
      copyFileSync(root('test/fixtures/noise.wav'), at('noise.wav'));
      run(scikitLearn!, 'train.py');
      const dictionary = readDictionary(new Uint8Array(readFileSync(at('dictionary.npz'))));
      expect(dictionary).toMatchObject({
        name: 'Voice and noise by scikit-learn',
        sampleRate: 16000,
        fftSize: 2048,
        hop: 512,
        atomCount: 36,
        sources: [
          { label: 'voice', from: 0, to: 24 },
          { label: 'noise', from: 24, to: 36 },
        ],
      });
      const createKernel = loadKernel().factory;
      for (const [source, file] of ['speech.wav', 'noise.wav'].entries()) {
        const [samples] = readWav(new Uint8Array(readFileSync(root(`test/fixtures/${file}`)))).channels;
        const { frames, count } = magnitudeFrames(samples!, dictionary);
        const fit = fitDictionaryTo(dictionary, frames, count, { createKernel });
        expect(fit.total).toBeLessThan(0.35);
        expect(fit.shares[source]!.share).toBeGreaterThan(0.6);
      }
    },
  );
});
