import { describe, expect, it } from 'vitest';
import {
  checkDictionary,
  concatenateDictionaries,
  normalizeAtoms,
  renameSources,
  selectSources,
  summarizeDictionary,
} from '../../../src/dictionary/index.ts';
import { dictionaryOf, twoBandDictionary } from '../../helpers/small-dictionaries.ts';

describe('normalizeAtoms', () => {
  it('scales each atom to sum to 1 and says by how much', () => {
    const sums = new Float32Array(2);
    expect(normalizeAtoms(Float32Array.of(1, 3, 2, 2), 2, sums)).toEqual(
      Float32Array.of(0.25, 0.75, 0.5, 0.5),
    );
    expect(sums).toEqual(Float32Array.of(4, 4));
  });

  it('refuses what has no sum', () => {
    expect(() => normalizeAtoms(Float32Array.of(1, 1, 0, 0), 2)).toThrow(/Atom 1 sums to 0/);
    expect(() => normalizeAtoms(Float32Array.of(Number.NaN, 1), 2)).toThrow(/Atom 0 sums to NaN/);
    expect(() => normalizeAtoms(Float32Array.of(1, 1, 1), 2)).toThrow(/3 values cannot be cut/);
  });
});

describe('sources', () => {
  const d = twoBandDictionary();

  it('are selected in the order asked for', () => {
    const swapped = selectSources(d, ['high', 'low']);
    checkDictionary(swapped);
    expect(swapped.sources.map(({ label }) => label)).toEqual(['high', 'low']);
    expect(swapped.atoms.slice(0, 3 * d.bins)).toEqual(d.atoms.slice(3 * d.bins));
    expect(selectSources(swapped, ['low', 'high']).atoms).toEqual(d.atoms);
    expect(() => selectSources(d, ['middle'])).toThrow(/no source "middle". It has: low, high/);
  });

  it('of several dictionaries stand behind one another, those of one label together', () => {
    const joined = concatenateDictionaries([d, selectSources(d, ['low'])], { name: 'Joined' });
    checkDictionary(joined);
    expect(joined.name).toBe('Joined');
    expect(joined.sources).toEqual([
      { label: 'low', from: 0, to: 6 },
      { label: 'high', from: 6, to: 9 },
    ]);
    expect(joined.atoms.slice(3 * d.bins, 6 * d.bins)).toEqual(d.atoms.slice(0, 3 * d.bins));
    expect(joined.atoms.slice(6 * d.bins)).toEqual(d.atoms.slice(3 * d.bins));
  });

  it('of dictionaries that differ do not go together', () => {
    expect(() => concatenateDictionaries([d, { ...d, sampleRate: 48000 }])).toThrow(
      /differ in sample rate \(16000 and 48000\)/,
    );
    expect(() => concatenateDictionaries([d, { ...d, exponent: 2 }])).toThrow(/differ in exponent/);
    expect(() => concatenateDictionaries([])).toThrow(/no dictionary/);
  });

  it('can be renamed, but not alike', () => {
    expect(renameSources(d, { high: 'noise' }).sources.map(({ label }) => label)).toEqual(['low', 'noise']);
    expect(() => renameSources(d, { high: 'low' })).toThrow(/Two sources/);
  });
});

describe('a summary', () => {
  it('counts atoms and says where in frequency they are', () => {
    const summary = summarizeDictionary(twoBandDictionary());
    const [low, high] = summary.sources;
    expect(summary).toMatchObject({ atomCount: 6, bins: 257, windowDuration: 0.032, hopDuration: 0.008 });
    expect(low).toMatchObject({ label: 'low', atomCount: 3 });
    expect(low!.highest).toBeLessThanOrEqual(2100);
    expect(high!.lowest).toBeGreaterThanOrEqual(1900);
    expect(high!.centroid).toBeGreaterThan(4500);
  });

  it('gives the centroid and the peak of each atom in Hz', () => {
    const line = Float32Array.from({ length: 257 }, (_, f) => (f === 64 ? 1 : 0));
    const [atom] = summarizeDictionary(dictionaryOf([line])).sources[0]!.atoms;
    expect(atom).toEqual({ centroid: 2000, peak: 2000, peakiness: 1 });
  });
});
