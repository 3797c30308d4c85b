import { describe, expect, it } from 'vitest';
import { FadingFilter } from '../../../src/dsp/fading-filter.ts';
import { maximumDifference, noise } from '../../helpers/signals.ts';

const TAPS = 13;
const FADE = 40;
const x = Float64Array.from(noise(TAPS + 200, 3));
const first = noise(TAPS, 1);
const second = noise(TAPS, 2);

const convolve = (filter: ArrayLike<number>, n: number) =>
  Array.from(filter).reduce((sum, tap, k) => sum + tap * x[TAPS + n - k]!, 0);

/** 50 samples of the first filter, then 150 that begin with the fade to the second. */
function run(blocks: readonly number[]): Float32Array {
  const filter = new FadingFilter({ taps: TAPS, fade: FADE });
  const y = new Float32Array(200);
  let at = 0;
  let block = 0;
  const to = (end: number) => {
    while (at < end) {
      const count = Math.min(blocks[block++ % blocks.length]!, end - at);
      filter.process(x, TAPS + at, y, at, count);
      filter.advance(count);
      at += count;
    }
  };
  filter.next.set(first);
  filter.change();
  to(50);
  filter.next.set(second);
  filter.change();
  to(200);
  return y;
}

describe('FadingFilter', () => {
  it('goes linearly from one filter to the next, over the fade', () => {
    const y = run([200]);
    for (let n = FADE; n < 50; n++) expect(y[n]).toBeCloseTo(convolve(first, n), 5);
    for (let n = 50; n < 200; n++) {
      const mix = Math.min(1, (n - 49) / FADE);
      expect(y[n]).toBeCloseTo((1 - mix) * convolve(first, n) + mix * convolve(second, n), 5);
    }
  });

  it('gives the same however the stream is cut', () => {
    for (const blocks of [[1], [2], [7, 1, 32], [64]]) {
      expect(maximumDifference(run(blocks), run([200]))).toBeLessThan(1e-6);
    }
  });

  it('passes the input as it is, or multiplied, after a reset', () => {
    const filter = new FadingFilter({ taps: TAPS, fade: FADE });
    const y = new Float32Array(99);
    filter.process(x, TAPS, y, 0, 99);
    expect(maximumDifference(y, x.subarray(TAPS, TAPS + 99))).toBeLessThan(1e-7);
    filter.next.fill(5);
    filter.change();
    filter.reset(0.5);
    filter.process(x, TAPS, y, 0, 99);
    expect(y[98]).toBeCloseTo(0.5 * x[TAPS + 98]!, 6);
  });
});
