import { describe, expect, it } from 'vitest';
import { atomImage } from '../../../src/dictionary/index.ts';
import type { Dictionary } from '../../../src/dictionary/index.ts';
import { dictionaryOf } from '../../helpers/small-dictionaries.ts';

/** An atom of a single line, in 257 bins of 31.25 Hz. */
const line = (bin: number, floor = 0): Float32Array =>
  new Float32Array(257).fill(floor).fill(1, bin, bin + 1);
const lines = (...bins: number[]): Dictionary => ({
  ...dictionaryOf(bins.map((bin) => line(bin))),
  sources: [
    { label: 'first', from: 0, to: 3 },
    { label: 'second', from: 3, to: bins.length },
  ],
});
const brightestRow = (image: { width: number; height: number; pixels: Uint8Array }, x: number): number => {
  const column = Array.from({ length: image.height }, (_, y) => image.pixels[y * image.width + x]!);
  return column.indexOf(Math.max(...column));
};

describe('the image of a dictionary', () => {
  const dictionary = lines(200, 20, 60, 100, 10);

  it('has a column per atom, by rising centroid within each source', () => {
    const image = atomImage(dictionary);
    expect(image).toMatchObject({ width: 5, height: 128, atoms: [1, 2, 0, 4, 3] });
    expect(image.sources).toEqual([
      { label: 'first', from: 0, to: 3 },
      { label: 'second', from: 3, to: 5 },
    ]);
    expect(atomImage(dictionary, { order: 'file' }).atoms).toEqual([0, 1, 2, 3, 4]);
  });

  it('shows a line at its frequency on a logarithmic axis, the highest frequency on top', () => {
    const image = atomImage(dictionary, { height: 300 });
    expect([image.lowest, image.highest]).toEqual([50, 8000]);
    for (const [x, atom] of image.atoms.entries()) {
      const frequency = [200, 20, 60, 100, 10][atom]! * 31.25;
      const expected = 300 * (1 - Math.log(frequency / 50) / Math.log(8000 / 50));
      // Where a bin is wider than a row, a line is drawn as a peak between its neighbours.
      expect(Math.abs(brightestRow(image, x) + 0.5 - expected)).toBeLessThan(2);
    }
    const octave = (300 * Math.log(2)) / Math.log(8000 / 50);
    const octaves = atomImage(lines(40, 80, 160, 9), { height: 300 });
    expect(brightestRow(octaves, 0) - brightestRow(octaves, 1)).toBeCloseTo(octave, -0.5);
    expect(brightestRow(octaves, 1) - brightestRow(octaves, 2)).toBeCloseTo(octave, -0.5);
  });

  it('is white at the largest value of each atom, grey in proportion to dB, black below the range', () => {
    const two = dictionaryOf([line(100, 10 ** (-30 / 20)), line(30, 10 ** (-70 / 20))]);
    const image = atomImage(two, { order: 'file' });
    const column = (x: number): number[] => Array.from({ length: 128 }, (_, y) => image.pixels[2 * y + x]!);
    expect(Math.max(...column(0))).toBe(255);
    expect(Math.min(...column(0))).toBeCloseTo(127.5, -0.5);
    expect(Math.max(...column(1))).toBe(255);
    expect(Math.min(...column(1))).toBe(0);
    // A dictionary of powers has twice the dB of its values.
    const powers = atomImage({ ...two, exponent: 2 }, { order: 'file' });
    expect(Math.min(...powers.pixels.filter((_, i) => i % 2 === 0))).toBeCloseTo(255 * 0.75, -0.5);
  });

  it('may be wider than it has atoms, or narrower, and then shows the loudest of its neighbours', () => {
    const wide = atomImage(dictionary, { width: 15, height: 40 });
    for (let y = 0; y < 40; y++) {
      const row = wide.pixels.subarray(y * 15, (y + 1) * 15);
      for (let x = 0; x < 15; x++) expect(row[x]).toBe(row[3 * Math.floor(x / 3)]);
    }
    expect(wide.sources[1]).toEqual({ label: 'second', from: 9, to: 15 });
    const all = atomImage(dictionary, { height: 40 });
    const narrow = atomImage(dictionary, { width: 1, height: 40 });
    for (let y = 0; y < 40; y++) {
      expect(narrow.pixels[y]).toBe(Math.max(...all.pixels.subarray(5 * y, 5 * y + 5)));
    }
  });

  it.each([[0], [-1], [1.5], [1e6], [Number.NaN]])('is not made %s pixels wide', (width) => {
    expect(() => atomImage(dictionary, { width })).toThrow(/cannot be made; sides are from 1 to 16384/);
  });
});
