import { describe, expect, it } from 'vitest';
import { resampleDictionary, summarizeDictionary } from '../../../src/dictionary/index.ts';
import type { Dictionary } from '../../../src/dictionary/index.ts';
import { magnitudeFrames } from '../../../src/dsp/frames.ts';
import { dictionaryOf, twoBandDictionary } from '../../helpers/small-dictionaries.ts';
import { maximumDifference, sine } from '../../helpers/signals.ts';

const atom = (d: Dictionary, k: number): Float32Array => d.atoms.subarray(k * d.bins, (k + 1) * d.bins);
const sum = (values: Float32Array): number => values.reduce((total, value) => total + value, 0);

/** Hz of the largest value, between bins by a parabola. */
function peak(d: Dictionary, k: number): number {
  const row = atom(d, k);
  let at = 1;
  for (let f = 1; f < row.length - 1; f++) if (row[f]! > row[at]!) at = f;
  const [a, b, c] = [row[at - 1]!, row[at]!, row[at + 1]!];
  return ((at + (0.5 * (a - c)) / (a - 2 * b + c)) * d.sampleRate) / d.fftSize;
}

/** One atom: the spectrum of a sine. */
function sineDictionary(
  hertz: number,
  sampleRate: number,
  fftSize: number,
  windowLength = fftSize,
): Dictionary {
  const layout = { fftSize, windowLength, hop: windowLength };
  const { frames } = magnitudeFrames(sine(4 * windowLength, hertz, sampleRate), layout);
  const bins = fftSize / 2 + 1;
  return dictionaryOf([frames.subarray(bins, 2 * bins)], { sampleRate, windowLength, hop: windowLength / 4 });
}

describe('a dictionary on another grid', () => {
  it('is the same object on its own', () => {
    const d = twoBandDictionary();
    expect(resampleDictionary(d, { sampleRate: 16000, fftSize: 512 })).toBe(d);
    expect(resampleDictionary(d, { sampleRate: 16000, fftSize: 512, windowLength: 512 })).toBe(d);
  });

  it('says where it stands, with window and hop of the same duration', () => {
    const d = resampleDictionary(twoBandDictionary(), { sampleRate: 32000, fftSize: 1024 });
    expect(d).toMatchObject({ sampleRate: 32000, fftSize: 1024, bins: 513, windowLength: 1024, hop: 256 });
    expect(d.sources).toEqual(twoBandDictionary().sources);
  });

  const grids = [
    { sampleRate: 48000, fftSize: 2048 },
    { sampleRate: 48000, fftSize: 1024 },
    { sampleRate: 44100, fftSize: 1024, windowLength: 941 },
    { sampleRate: 16000, fftSize: 512, windowLength: 340 },
    { sampleRate: 96000, fftSize: 4096 },
    { sampleRate: 8000, fftSize: 256 },
  ];
  it.each(grids)('keeps a peak of 1000 and of 3333 Hz where it is: $sampleRate Hz, FFT $fftSize', (grid) => {
    for (const hertz of [1000, 3333]) {
      const d = resampleDictionary(sineDictionary(hertz, 48000, 2048), grid);
      // A tenth of a bin where the grid is coarse: a line is not a parabola.
      expect(Math.abs(peak(d, 0) - hertz)).toBeLessThan((0.2 * grid.sampleRate) / grid.fftSize);
    }
  });

  it.each(grids)('has atoms that sum to 1: $sampleRate Hz, FFT $fftSize', (grid) => {
    const d = resampleDictionary(twoBandDictionary(), grid);
    for (let k = 0; k < d.atomCount; k++) expect(sum(atom(d, k))).toBeCloseTo(1, 5);
  });

  it('is the dictionary itself again after a finer grid', () => {
    const d = twoBandDictionary();
    const finer = resampleDictionary(d, { sampleRate: 16000, fftSize: 2048, windowLength: 512 });
    const back = resampleDictionary(finer, { sampleRate: 16000, fftSize: 512, windowLength: 512 });
    expect(maximumDifference(back.atoms, d.atoms)).toBeLessThan(1e-6);
  });

  it('looks as it would have been learned at the other rate', () => {
    const moved = resampleDictionary(sineDictionary(1500, 48000, 1024), { sampleRate: 24000, fftSize: 512 });
    const learned = sineDictionary(1500, 24000, 512);
    expect(maximumDifference(moved.atoms, learned.atoms)).toBeLessThan(0.01);
  });

  it('is blurred to what a shorter window resolves', () => {
    const long = sineDictionary(2000, 48000, 2048);
    const moved = resampleDictionary(long, { sampleRate: 48000, fftSize: 1024 });
    const learned = sineDictionary(2000, 48000, 1024);
    const spread = (d: Dictionary): number =>
      Math.sqrt(atom(d, 0).reduce((s, v, f) => s + v * (f * 46.875 - 2000) ** 2, 0));
    const ratio = spread(moved) / spread(learned);
    expect(ratio).toBeGreaterThan(0.7);
    expect(ratio).toBeLessThan(1.4);
  });

  it('goes on above the highest frequency it knows, alike for all atoms', () => {
    const d = twoBandDictionary();
    const wide = resampleDictionary(d, { sampleRate: 48000, fftSize: 2048 });
    const at = (k: number, hertz: number): number => atom(wide, k)[Math.round((hertz * 2048) / 48000)]!;
    for (let k = 0; k < d.atomCount; k++) {
      // 12 dB per octave.
      expect(at(k, 20000) / at(k, 10000)).toBeCloseTo(0.25, 2);
    }
    const below = at(4, 7500) / at(1, 7500);
    expect(Math.abs(Math.log2(at(4, 15000) / at(1, 15000) / below))).toBeLessThan(2);
  });

  it('replaces an atom that is all above the new Nyquist frequency by the mean of its source', () => {
    const spectrum = (from: number, to: number): Float32Array =>
      Float32Array.from({ length: 513 }, (_, f) => (f >= from && f < to ? 1 : 0));
    // 48 kHz, FFT 1024: bin 100 is 4.7 kHz, bin 85 is 4 kHz.
    const d = dictionaryOf([spectrum(10, 20), spectrum(30, 50), spectrum(200, 300)], { sampleRate: 48000 });
    const narrow = resampleDictionary(d, { sampleRate: 8000, fftSize: 256 });
    expect(narrow.atomCount).toBe(3);
    const mean = atom(narrow, 0).map((value, f) => (value + atom(narrow, 1)[f]!) / 2);
    expect(maximumDifference(atom(narrow, 2), mean)).toBeLessThan(1e-6);
  });

  it('refuses where a whole source is above the new Nyquist frequency', () => {
    const cymbal = Float32Array.from({ length: 513 }, (_, f) => (f > 200 ? 1 : 0));
    const d = dictionaryOf([cymbal], { sampleRate: 48000 });
    expect(() => resampleDictionary(d, { sampleRate: 8000, fftSize: 256 })).toThrow(
      /Source "all" .* all above 4000 Hz/,
    );
  });

  it('lets no line fall between coarser bins', () => {
    const line = Float32Array.from({ length: 1025 }, (_, f) => (f === 101 ? 1 : 0));
    const d = dictionaryOf([line], { sampleRate: 48000, windowLength: 512, hop: 128 });
    const coarse = resampleDictionary(d, { sampleRate: 48000, fftSize: 512 });
    const [summary] = summarizeDictionary(coarse).sources;
    expect(Math.abs(summary!.centroid - (101 * 48000) / 2048)).toBeLessThan(1);
  });

  it('drops the tensors that stood on the old grid', () => {
    const d = { ...twoBandDictionary(), tensors: [{ name: 'x', shape: [1], data: Float32Array.of(1) }] };
    expect(resampleDictionary(d, { sampleRate: 48000, fftSize: 1024 }).tensors).toBeUndefined();
  });

  it('refuses a grid that cannot be', () => {
    expect(() => resampleDictionary(twoBandDictionary(), { sampleRate: 16000, fftSize: 511 })).toThrow(
      /even/,
    );
    expect(() =>
      resampleDictionary(twoBandDictionary(), { sampleRate: 16000, fftSize: 512, windowLength: 600 }),
    ).toThrow(/window length 600/);
  });
});
