import { describe, expect, it } from 'vitest';
import { LevelMeter } from '../../../src/separator/level-meter.ts';

const measured = (...blocks: number[][]): LevelMeter => {
  const meter = new LevelMeter();
  for (const block of blocks) meter.process([Float32Array.from(block)], 1, block.length);
  return meter;
};

describe('a level meter', () => {
  it('tells peak and root mean square over all blocks and channels, until it is reset', () => {
    const meter = new LevelMeter();
    meter.process([Float32Array.of(0.5, -1), Float32Array.of(0, 0.25)], 2, 2);
    meter.process([Float32Array.of(0.5), Float32Array.of(0.5)], 2, 1);
    expect(meter.peak).toBe(1);
    expect(meter.rms).toBeCloseTo(Math.sqrt((0.25 + 1 + 0.0625 + 0.25 + 0.25) / 6), 6);
    meter.reset();
    expect([meter.peak, meter.rms]).toEqual([0, 0]);
  });

  it('goes on after samples that are no numbers', () => {
    const meter = measured([0.5, NaN, Infinity, -Infinity], [0.25, 0.5]);
    expect(meter.peak).toBe(0.5);
    expect(meter.rms).toBeCloseTo(Math.sqrt((0.25 + 0.0625 + 0.25) / 6), 6);
  });

  it('takes a sample that is far too large for a peak, but not into the mean', () => {
    const meter = measured([2e6, 0.5]);
    expect(meter.peak).toBe(2e6);
    expect(meter.rms).toBeCloseTo(Math.sqrt(0.125), 6);
  });
});
