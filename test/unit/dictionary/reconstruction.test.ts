import { describe, expect, it } from 'vitest';
import {
  checkDictionary,
  concatenateDictionaries,
  readNpz,
  readSafetensors,
  reconstructionOf,
  resampleDictionary,
  selectSources,
  withReconstruction,
  writeNpz,
  writeSafetensors,
} from '../../../src/dictionary/index.ts';
import type { Dictionary } from '../../../src/dictionary/index.ts';
import { maximumDifference, randomSource } from '../../helpers/signals.ts';
import { twoBandDictionary } from '../../helpers/small-dictionaries.ts';

const random = randomSource(3);
const plain = twoBandDictionary();
const refined = withReconstruction(
  plain,
  plain.atoms.map((value) => value * (0.2 + random())),
);
const rowsOf = (d: Dictionary): Float32Array => reconstructionOf(d)!;

describe('reconstruction atoms', () => {
  it('are written and read back as they are', () => {
    expect(readSafetensors(writeSafetensors(refined))).toEqual(refined);
    expect(rowsOf(readNpz(writeNpz(refined)))).toEqual(rowsOf(refined));
  });

  it('are not there in a plain dictionary, and can be taken off', () => {
    expect(reconstructionOf(plain)).toBeUndefined();
    expect(withReconstruction(refined, undefined)).toEqual(plain);
  });

  it('have the shape of the atoms', () => {
    const { bins } = plain;
    const tensors = (shape: number[], length: number) => [
      { name: 'reconstruction', shape, data: new Float32Array(length) },
    ];
    const check = (shape: number[], length: number) =>
      checkDictionary({ ...plain, tensors: tensors(shape, length) });
    expect(() => check([6, bins], 6 * bins)).not.toThrow();
    expect(() => check([5, bins], 5 * bins)).toThrow(
      /"reconstruction" has the shape \[5,257\]; .* \[6,257\]/,
    );
    expect(() => check([6 * bins], 6 * bins)).toThrow(/must be that of the atoms, \[6,257\]/);
    expect(() => check([6, bins], 5)).toThrow(/holds 5 values; 6 atoms of 257 bins need 1542/);
    const twice = [...refined.tensors!, ...refined.tensors!];
    expect(() => checkDictionary({ ...plain, tensors: twice })).toThrow(/2 tensors "reconstruction"/);
  });

  it.each([-1, Number.NaN, Infinity])('hold no %s', (value) => {
    const rows = rowsOf(refined).slice();
    rows[2 * plain.bins + 5] = value;
    expect(() => checkDictionary(withReconstruction(plain, rows))).toThrow(
      `Row 2 of the tensor "reconstruction" has the value ${value} in bin 5;`,
    );
  });

  it('go with their source', () => {
    const swapped = selectSources(refined, ['high', 'low']);
    const half = 3 * plain.bins;
    expect(rowsOf(swapped).slice(0, half)).toEqual(rowsOf(refined).slice(half));
    expect(rowsOf(swapped).slice(half)).toEqual(rowsOf(refined).slice(0, half));
  });

  it('are the atoms themselves for sources that were not refined', () => {
    const joined = concatenateDictionaries([selectSources(refined, ['low']), selectSources(plain, ['high'])]);
    const half = 3 * plain.bins;
    expect(rowsOf(joined).slice(0, half)).toEqual(rowsOf(refined).slice(0, half));
    expect(rowsOf(joined).slice(half)).toEqual(plain.atoms.slice(half));
    expect(reconstructionOf(concatenateDictionaries([plain]))).toBeUndefined();
  });
});

describe('reconstruction atoms on another grid', () => {
  /** Mask of the first source at a frequency (Hz), all activations alike. */
  function maskAt(d: Dictionary, hertz: number): number {
    const rows = rowsOf(d);
    const at = (k: number): number => {
      const position = (hertz * d.fftSize) / d.sampleRate;
      const below = Math.floor(position);
      const [a, b] = [rows[k * d.bins + below]!, rows[k * d.bins + Math.min(below + 1, d.bins - 1)]!];
      return a + (position - below) * (b - a);
    };
    const models = d.sources.map(({ from, to }) => {
      let model = 0;
      for (let k = from; k < to; k++) model += at(k);
      return model ** 2;
    });
    return models[0]! / (models[0]! + models[1]!);
  }

  // Smooth spectra: the grids differ in nothing but where they look.
  const smooth = (centre: number, width: number, d: Dictionary): number[] =>
    Array.from({ length: d.bins }, (_, f) => {
      const hertz = (f * d.sampleRate) / d.fftSize;
      return 0.01 + Math.exp(-(((hertz - centre) / width) ** 2));
    });
  const rows = [800, 1500, 2500, 3500, 5000, 6500].map((hertz) => smooth(hertz, 700, plain));
  const atoms = rows.map((row) => {
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map((value) => value / sum);
  });
  const made = withReconstruction(
    { ...plain, atoms: Float32Array.from(atoms.flat()) },
    Float32Array.from(atoms.flatMap((row, k) => row.map((value) => value * (1 + k)))),
  );

  it.each([
    { sampleRate: 16000, fftSize: 1024, windowLength: 512 },
    { sampleRate: 44100, fftSize: 2048, windowLength: 1411 },
    { sampleRate: 48000, fftSize: 2048, windowLength: 1536 },
  ])('make the same masks at the same Hz: $sampleRate Hz, FFT $fftSize', (grid) => {
    const d = resampleDictionary(made, grid);
    for (const hertz of [400, 1000, 2000, 2800, 3300, 4200, 6000]) {
      expect(Math.abs(maskAt(d, hertz) - maskAt(made, hertz))).toBeLessThan(0.02);
    }
  });

  it('stay the multiples of their atoms that they were', () => {
    const d = resampleDictionary(made, { sampleRate: 48000, fftSize: 1024 });
    for (let k = 0; k < d.atomCount; k++) {
      const atom = d.atoms.slice(k * d.bins, (k + 1) * d.bins).map((value) => value * (1 + k));
      const row = rowsOf(d).slice(k * d.bins, (k + 1) * d.bins);
      expect(maximumDifference(row, atom)).toBeLessThan(1e-6);
    }
  });

  it('of an atom above the new Nyquist frequency become the mean of the others, as the atom does', () => {
    const rate = 48000;
    const base = twoBandDictionary({ sampleRate: rate, fftSize: 1024, windowLength: 1024 });
    const { bins } = base;
    const high = Float32Array.from(base.atoms);
    high.fill(0, 0, bins);
    high[bins - 10] = 1;
    const d = withReconstruction(
      { ...base, atoms: high },
      high.map((value) => 2 * value),
    );
    const lower = resampleDictionary(d, { sampleRate: 16000, fftSize: 512 });
    expect(
      maximumDifference(
        rowsOf(lower),
        lower.atoms.map((value) => 2 * value),
      ),
    ).toBeLessThan(1e-6);
  });
});
