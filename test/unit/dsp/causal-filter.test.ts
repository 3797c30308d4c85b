import { describe, expect, it } from 'vitest';
import { CausalFilterDesign } from '../../../src/dsp/causal-filter.ts';
import { RealFFT } from '../../../src/dsp/real-fft.ts';
import { maximumDifference, noise, randomSource } from '../../helpers/signals.ts';

const FFT_SIZE = 512;
const BINS = FFT_SIZE / 2 + 1;
const TAPS = 48;
const fft = new RealFFT(FFT_SIZE);

const spectrumOf = (samples: ArrayLike<number>): Float64Array => {
  const spectrum = new Float64Array(2 * BINS);
  const padded = new Float64Array(FFT_SIZE);
  padded.set(Array.from(samples));
  fft.forward(padded, spectrum);
  return spectrum;
};

/** Noise whose energy falls towards high frequencies by 40 dB, as that of a voice does. */
const dull = noise(FFT_SIZE, 5);
for (let n = 1; n < FFT_SIZE; n++) dull[n] = 0.95 * dull[n - 1]! + dull[n]!;
const sound = spectrumOf(dull);

const gains = (gain: (hertzOfNyquist: number) => number) =>
  Float64Array.from({ length: BINS }, (_, f) => gain(f / (BINS - 1)));
const shelf = gains((x) => 0.2 + 0.8 / (1 + (x / 0.3) ** 4));

function design(gain: Float64Array, spectra = [sound], taps = TAPS): Float64Array {
  const filter = new Float64Array(taps).fill(NaN);
  const designer = new CausalFilterDesign({ fft, taps });
  designer.observe(spectra);
  expect(designer.process(gain, filter)).toBe(true);
  return filter;
}

/** Weighted as the design promises: by the sound's magnitude to the power 1.5, and a thousandth of its mean everywhere. */
function error(filter: ArrayLike<number>, gain: Float64Array, spectrum = sound): number {
  const response = spectrumOf(filter);
  const weights = gain.map((_, f) => Math.hypot(spectrum[2 * f]!, spectrum[2 * f + 1]!) ** 1.5);
  const floor = (1e-3 * weights.reduce((a, b) => a + b)) / BINS;
  return gain.reduce((sum, g, f) => {
    const once = f === 0 || f === BINS - 1 ? 1 : 2;
    const difference = (response[2 * f]! - g) ** 2 + response[2 * f + 1]! ** 2;
    return sum + once * (weights[f]! + floor) * difference;
  }, 0);
}

describe('CausalFilterDesign', () => {
  it.each([1, 0.125, 2, 0])('makes of the same gain %f everywhere a multiplication', (g) => {
    const filter = design(new Float64Array(BINS).fill(g));
    expect(filter[0]).toBeCloseTo(g, 9);
    expect(filter.subarray(1).every((tap) => Math.abs(tap) < 1e-9)).toBe(true);
  });

  it('finds the taps with the least error: any change of any of them makes it larger', () => {
    const filter = design(shelf);
    const least = error(filter, shelf);
    for (let n = 0; n < TAPS; n++) {
      for (const step of [1e-3, -1e-3]) {
        const changed = filter.slice();
        changed[n]! += step;
        expect(error(changed, shelf)).toBeGreaterThan(least);
      }
    }
  });

  it('keeps to the gains within 1.5 dB where the sound is, and raises nothing by more than 1 dB', () => {
    const response = spectrumOf(design(shelf));
    for (let f = 0; f < BINS; f++) {
      const decibels = 20 * Math.log10(Math.hypot(response[2 * f]!, response[2 * f + 1]!));
      if (f < 0.15 * BINS) expect(Math.abs(decibels - 20 * Math.log10(shelf[f]!))).toBeLessThan(1.5);
      expect(decibels).toBeLessThan(1);
    }
  });

  it('is linear: filters of masks that sum to one sum to the unit impulse', () => {
    const random = randomSource(3);
    const masks = [gains(random), gains(random)];
    const rest = gains(() => 0).map((_, f) => 1 - masks[0]![f]! - masks[1]![f]!);
    const parts = [...masks, rest].map((mask) => design(mask));
    const sum = parts[0]!.map((tap, n) => tap + parts[1]![n]! + parts[2]![n]!);
    const impulse = new Float64Array(TAPS);
    impulse[0] = 1;
    expect(maximumDifference(sum, impulse)).toBeLessThan(1e-9);
  });

  it('is the same for any level of the sound, and has a filter for silence too', () => {
    const quiet = sound.map((value) => 1e-6 * value);
    expect(maximumDifference(design(shelf, [quiet]), design(shelf))).toBeLessThan(1e-9);
    const silence = design(shelf, [new Float64Array(2 * BINS)]);
    expect(silence.every(Number.isFinite)).toBe(true);
  });

  it('hears all channels', () => {
    const other = spectrumOf(noise(FFT_SIZE, 8));
    const none = new Float64Array(2 * BINS);
    expect(maximumDifference(design(shelf, [none, sound]), design(shelf))).toBeLessThan(1e-12);
    expect(maximumDifference(design(shelf, [other, sound]), design(shelf))).toBeGreaterThan(1e-3);
  });

  it('stands a single tone, whose other frequencies have no energy', () => {
    const tone = spectrumOf(Float64Array.from({ length: FFT_SIZE }, (_, n) => Math.sin(n)));
    const filter = design(shelf, [tone]);
    const response = spectrumOf(filter);
    const loudest = gains(() => 0).map((_, f) => Math.hypot(response[2 * f]!, response[2 * f + 1]!));
    expect(Math.max(...loudest)).toBeLessThan(2);
  });

  it('says when something was not a number', () => {
    const designer = new CausalFilterDesign({ fft, taps: TAPS });
    const filter = new Float64Array(TAPS);
    designer.observe([sound]);
    const broken = shelf.slice();
    broken[7] = NaN;
    expect(designer.process(broken, filter)).toBe(false);
    designer.observe([sound.map(() => Infinity)]);
    expect(designer.process(shelf, filter)).toBe(false);
    designer.observe([sound]);
    expect(designer.process(shelf, filter)).toBe(true);
  });

  it('refuses numbers of taps that do not fit', () => {
    for (const taps of [0, 1.5, 257]) {
      expect(() => new CausalFilterDesign({ fft, taps })).toThrow(/1 to 256/);
    }
  });
});
