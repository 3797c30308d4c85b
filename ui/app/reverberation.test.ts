import { describe, expect, it } from 'vitest';
import { roomImpulse } from './reverberation.ts';

const RATE = 48000;

const levelDb = (samples: Float32Array) =>
  10 * Math.log10(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);

describe('the room around a singer', () => {
  it('decays by 60 dB in its time', () => {
    const [left] = roomImpulse(RATE, 1.2);
    const level = (seconds: number) => levelDb(left!.subarray(seconds * RATE, (seconds + 0.05) * RATE));
    expect(level(0.05) - level(1.05)).toBeCloseTo(50, -1);
  });

  it('keeps the words clear: nothing for the first hundredth of a second', () => {
    const [left] = roomImpulse(RATE, 1.2);
    expect(left!.subarray(0, 0.01 * RATE).every((value) => value === 0)).toBe(true);
  });

  it('has unit energy and is other in each ear', () => {
    const [left, right] = roomImpulse(RATE, 1.2);
    const product = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, n) => sum + value * b[n]!, 0);
    expect(product(left!, left!)).toBeCloseTo(1, 3);
    expect(product(right!, right!)).toBeCloseTo(1, 3);
    expect(Math.abs(product(left!, right!))).toBeLessThan(0.1);
  });
});
