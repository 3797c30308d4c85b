import { describe, expect, it } from 'vitest';
import { selectSources } from '../../../src/dictionary/index.ts';
import { learnSources } from '../../../src/training/index.ts';
import { createLocalPool } from '../../../src/training/parallel/handler.ts';
import { twoBandDictionary } from '../../helpers/small-dictionaries.ts';
import { noise, sine } from '../../helpers/signals.ts';

const RATE = 16000;
const base = twoBandDictionary();
const tone = { name: 'tone', samples: sine(RATE, 1000, RATE, 0.3), sampleRate: RATE };
const hiss = { name: 'hiss', samples: noise(RATE, 4, 0.2), sampleRate: RATE };
const layout = { sampleRate: 48000, fftSize: 1024, windowLength: 1024, hop: 256 };
const settings = { name: 'Mine', layout, iterations: 10 };

describe('sources learned into a dictionary', () => {
  it('stand in the place of its own, on its grid; the others stay to the bit', async () => {
    const job = { sources: [{ label: 'low', recordings: [tone], atomCount: 4 }], settings, base };
    const { dictionary } = await learnSources(job, createLocalPool());
    expect(dictionary).toMatchObject({ name: 'Mine', sampleRate: RATE, fftSize: base.fftSize });
    expect(dictionary.sources.map(({ label }) => label)).toEqual(['low', 'high']);
    expect(selectSources(dictionary, ['high']).atoms).toEqual(selectSources(base, ['high']).atoms);
    const peak = 1000 / (RATE / base.fftSize);
    const first = dictionary.atoms.subarray(0, dictionary.bins);
    expect(first[peak]).toBe(Math.max(...first));
  });

  it('come after its own where it has none of the label', async () => {
    const job = { sources: [{ label: 'hiss', recordings: [hiss], atomCount: 4 }], settings, base };
    const { dictionary } = await learnSources(job, createLocalPool());
    expect(dictionary.sources.map(({ label }) => label)).toEqual(['low', 'high', 'hiss']);
  });

  it('are all there is without a base, on the grid of the settings', async () => {
    const sources = [
      { label: 'tone', recordings: [{ ...tone, sampleRate: 48000 }], atomCount: 2 },
      { label: 'hiss', recordings: [{ ...hiss, sampleRate: 48000 }], atomCount: 3 },
    ];
    const { dictionary } = await learnSources({ sources, settings }, createLocalPool());
    expect(dictionary).toMatchObject({ sampleRate: 48000, fftSize: 1024, atomCount: 5 });
  });

  it('need a base that keeps something', async () => {
    const sources = ['low', 'high'].map((label) => ({ label, recordings: [tone], atomCount: 2 }));
    await expect(learnSources({ sources, settings, base }, createLocalPool())).rejects.toThrow(
      /"Two bands" has no source besides low, high to keep/,
    );
  });
});
