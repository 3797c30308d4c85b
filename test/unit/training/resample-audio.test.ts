import { describe, expect, it } from 'vitest';
import { resampleAudio } from '../../../src/training/index.ts';
import { toneRecording } from './signals.ts';

/** Largest difference in the middle of two signals, where the kernel has all its samples. */
function worst(a: Float32Array, b: Float32Array): number {
  let most = 0;
  for (let n = 1000; n < a.length - 1000; n++) most = Math.max(most, Math.abs(a[n]! - b[n]!));
  return most;
}

const tone = (frequency: number, rate: number) => toneRecording('tone', [frequency], 1, rate, 1).samples;

describe('resampling recordings', () => {
  it.each([
    [16000, 48000, 5000],
    [44100, 48000, 15000],
    [48000, 44100, 15000],
    [48000, 16000, 6900],
    [44100, 8000, 440],
    [11025, 48000, 3000],
  ])('from %i to %i Hz a tone of %i Hz is the same tone, without delay', (from, to, frequency) => {
    const resampled = resampleAudio(tone(frequency, from), from, to);
    expect(resampled).toHaveLength(to);
    expect(worst(resampled, tone(frequency, to))).toBeLessThan(1e-4);
  });

  it('lets through nothing above the new Nyquist frequency', () => {
    const resampled = resampleAudio(tone(9000, 48000), 48000, 16000);
    expect(worst(resampled, new Float32Array(resampled.length))).toBeLessThan(1e-4);
  });

  it('makes no images of a tone when the rate goes up', () => {
    const resampled = resampleAudio(tone(6900, 16000), 16000, 48000);
    expect(worst(resampled, tone(6900, 48000))).toBeLessThan(1e-4);
  });

  it('keeps a constant', () => {
    const resampled = resampleAudio(new Float32Array(4000).fill(0.5), 44100, 48000);
    expect(worst(resampled, new Float32Array(resampled.length).fill(0.5))).toBeLessThan(1e-4);
  });

  it('gives back the same samples at the same rate, and nothing for nothing', () => {
    const samples = tone(440, 48000);
    expect(resampleAudio(samples, 48000, 48000)).toBe(samples);
    expect(resampleAudio(new Float32Array(0), 16000, 48000)).toHaveLength(0);
  });

  it('wants rates', () => {
    expect(() => resampleAudio(new Float32Array(10), 0, 48000)).toThrow(/from 0 Hz to 48000 Hz/);
    expect(() => resampleAudio(new Float32Array(10), 48000, NaN)).toThrow(/above 0/);
  });
});
