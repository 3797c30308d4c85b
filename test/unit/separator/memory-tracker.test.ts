import { describe, expect, it } from 'vitest';
import { MemoryTracker } from '../../../src/separator/memory-tracker.ts';

describe('MemoryTracker', () => {
  it('is the plain mean of the first frames, then smooths with each of its factors', () => {
    const tracker = new MemoryTracker(2, Float32Array.of(0.5, 0.75));
    const x = new Float32Array(8);
    const frames = [
      [4, 0],
      [8, 2],
      [0, 4],
      [4, 2],
    ];
    const seen = frames.map((frame) => {
      x.set(frame);
      tracker.process(x, 4);
      return [...x.subarray(4)];
    });
    expect(seen[0]).toEqual([4, 0, 4, 0]);
    expect(seen[1]).toEqual([6, 1, 6, 1]);
    // From the third frame on the first factor, 1/2, is below 2/3.
    expect(seen[2]![0]).toBe(3);
    expect(seen[2]![2]).toBeCloseTo(4, 6);
    expect(seen[3]![0]).toBe(3.5);
    expect(seen[3]![2]).toBeCloseTo(4, 6);
    expect(x[2]).toBe(0);
    tracker.reset();
    x.set([1, 3]);
    tracker.process(x, 4);
    expect([...x.subarray(4)]).toEqual([1, 3, 1, 3]);
  });
});
