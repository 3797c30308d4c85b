import { describe, expect, it } from 'vitest';
import { cutWindows, mapScores } from '../../../bench/quality/metrics/dnsmos.ts';
import { downsample } from '../../../bench/quality/metrics/downsample.ts';
import { melFilters, melSpectrogram } from '../../../bench/quality/metrics/mel.ts';
import { segmentalSnr } from '../../../bench/quality/metrics/segmental-snr.ts';
import { siSdr } from '../../../bench/quality/metrics/si-sdr.ts';
import { intelligibility } from '../../../bench/quality/metrics/stoi.ts';
import { maximumDifference, noise, sine } from '../../helpers/signals.ts';

const RATE = 10000;

/** Noise that comes and goes four times a second in each of its bands at another time, as speech does. */
function speechLike(length: number, seed: number): Float32Array {
  const result = new Float32Array(length);
  for (let band = 0; band < 12; band++) {
    const carrier = 200 * 1.25 ** band;
    const rough = noise(length, seed + band, 1);
    let level = 0;
    for (let n = 0; n < length; n++) {
      level = 0.99 * level + 0.01 * rough[n]!;
      const rate = 3 + 0.3 * band;
      const envelope = Math.max(0, Math.sin((2 * Math.PI * rate * n) / RATE + band)) ** 2;
      result[n]! += envelope * (0.3 + level) * Math.sin((2 * Math.PI * carrier * n) / RATE);
    }
  }
  return result;
}

const mix = (a: Float32Array, b: Float32Array, gain: number): Float32Array =>
  a.map((value, i) => value + gain * b[i]!);

describe('siSdr', () => {
  const target = sine(4800, 1000, 48000);
  const error = sine(4800, 2000, 48000);

  it('is the SNR in dB where the error is orthogonal to the target', () => {
    expect(siSdr(mix(target, error, 0.1), target)).toBeCloseTo(20, 3);
    expect(siSdr(mix(target, error, 1), target)).toBeCloseTo(0, 3);
  });

  it('does not depend on the level or the sign of the estimate', () => {
    const estimate = mix(target, error, 0.3);
    const other = estimate.map((value) => -7 * value);
    expect(siSdr(other, target)).toBeCloseTo(siSdr(estimate, target), 4);
  });

  it('refuses signals of different lengths', () => {
    expect(() => siSdr(target.subarray(1), target)).toThrow(/4799 samples and the target 4800/);
  });
});

describe('segmentalSnr', () => {
  const target = sine(48000, 1000, 48000);

  it('is 6.02 dB where the estimate has half the level, for the error is then half the target', () => {
    const half = target.map((value) => value / 2);
    expect(segmentalSnr(half, target, 48000)).toBeCloseTo(20 * Math.log10(2), 3);
  });

  it('is at most 35 dB, and at least -10 dB', () => {
    expect(segmentalSnr(target, target, 48000)).toBe(35);
    expect(
      segmentalSnr(
        target.map((value) => -99 * value),
        target,
        48000,
      ),
    ).toBe(-10);
  });

  it('counts a loud and a quiet second alike', () => {
    const steps = target.map((value, i) => (i < 24000 ? value : value / 1000));
    const estimate = steps.map((value, i) => value * (i < 24000 ? 0.9 : 0.5));
    const expected = (20 + 20 * Math.log10(2)) / 2;
    expect(segmentalSnr(estimate, steps, 48000)).toBeCloseTo(expected, 0);
  });
});

describe('intelligibility', () => {
  const clean = speechLike(3 * RATE, 1);
  const disturbance = noise(3 * RATE, 99, 1);

  it('is one for the clean speech itself, at any level', () => {
    const same = intelligibility(
      clean.map((value) => value / 10),
      clean,
      RATE,
    );
    expect(same.stoi).toBeCloseTo(1, 6);
    expect(same.estoi).toBeCloseTo(1, 6);
  });

  it('falls as noise rises; for noise alone, ESTOI is near zero', () => {
    const at = [0.05, 0.3, 2].map((gain) => intelligibility(mix(clean, disturbance, gain), clean, RATE));
    for (const key of ['stoi', 'estoi'] as const) {
      expect(at[0]![key]).toBeGreaterThan(at[1]![key]);
      expect(at[1]![key]).toBeGreaterThan(at[2]![key]);
    }
    // STOI is not: its clipping lets the noise follow the speech.
    expect(Math.abs(intelligibility(disturbance, clean, RATE).estoi)).toBeLessThan(0.1);
  });

  it('leaves out what lies in pauses of the clean speech', () => {
    const silence = new Float32Array(RATE);
    const withPause = new Float32Array(clean.length + RATE);
    withPause.set(clean.subarray(0, RATE));
    withPause.set(silence, RATE);
    withPause.set(clean.subarray(RATE), 2 * RATE);
    const disturbed = withPause.slice();
    disturbed.set(disturbance.subarray(0, RATE - 512), RATE + 256);
    expect(intelligibility(disturbed, withPause, RATE).stoi).toBeGreaterThan(0.99);
  });

  it('says so when there is too little speech', () => {
    const short = clean.subarray(0, 3000);
    expect(() => intelligibility(short, short, RATE)).toThrow(/at least 30/);
  });
});

describe('downsample', () => {
  it.each([10000, 16000])('keeps a tone below the new Nyquist frequency as it is (%i Hz)', (rate) => {
    const result = downsample(sine(48000, 3000, 48000), 48000, rate);
    expect(result.length).toBe(rate);
    const inner = (samples: Float32Array): Float32Array => samples.subarray(200, -200);
    expect(maximumDifference(inner(result), inner(sine(rate, 3000, rate)))).toBeLessThan(1e-4);
  });

  it('leaves nothing of a tone above it', () => {
    const result = downsample(sine(48000, 9000, 48000), 48000, 16000);
    expect(Math.max(...result.subarray(200, -200).map(Math.abs))).toBeLessThan(1e-4);
  });

  it('does not raise a rate', () => {
    expect(() => downsample(new Float32Array(8), 8000, 16000)).toThrow(/not above/);
  });
});

describe('melSpectrogram', () => {
  const layout = { sampleRate: 16000, frame: 321, hop: 160, bands: 120 };

  it('gives 900 frames of 120 bands for nine seconds', () => {
    const frames = melSpectrogram(new Float32Array(144000), layout);
    expect(frames.length).toBe(900);
    expect(frames[0]!.length).toBe(120);
  });

  it('is loudest in the band of a tone', () => {
    const frame = melSpectrogram(sine(16000, 3000, 16000), layout)[50]!;
    const loudest = frame.indexOf(Math.max(...frame));
    const filter = melFilters(layout)[loudest]!;
    const centre = (filter.indexOf(Math.max(...filter)) * 16000) / 321;
    expect(Math.abs(centre - 3000)).toBeLessThan(100);
  });

  it('has filters of equal area, where they span several bins', () => {
    const areas = melFilters(layout)
      .slice(90)
      .map((filter) => (filter.reduce((a, b) => a + b, 0) * 16000) / 321);
    for (const area of areas) expect(area).toBeCloseTo(1, 1);
  });
});

describe('DNSMOS', () => {
  it('hears windows of 9.01 s, one second apart', () => {
    const samples = noise(11.5 * 16000, 3);
    const windows = cutWindows(samples);
    expect(windows.map((window) => window.length)).toEqual([144160, 144160]);
    expect(windows[1]![0]).toBe(samples[16000]);
  });

  it('repeats what is shorter', () => {
    const samples = noise(5 * 16000, 3);
    const [window, ...others] = cutWindows(samples);
    expect(others).toEqual([]);
    expect(window![5 * 16000 + 7]).toBe(samples[7]);
  });

  it('maps the raw outputs onto scores from one to five', () => {
    for (const raw of [1, 2, 3, 4, 5]) {
      for (const value of Object.values(mapScores(raw, raw, raw))) {
        expect(value).toBeGreaterThan(1);
        expect(value).toBeLessThan(5);
      }
    }
    expect(mapScores(4, 4, 4).ovrl).toBeGreaterThan(mapScores(3, 3, 3).ovrl);
  });
});
