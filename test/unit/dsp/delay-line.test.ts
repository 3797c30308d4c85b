import { describe, expect, it } from 'vitest';
import { DelayLine } from '../../../src/dsp/delay-line.ts';

describe('a delay line', () => {
  it.each([
    [0, [3, 5, 2]],
    [1, [1, 1, 8]],
    [4, [3, 5, 2]],
    [4, [4, 4, 4]],
    [4, [0, 11, 1]],
  ])('delays by %i samples, however the sound is cut into blocks (%j)', (latency, lengths) => {
    const line = new DelayLine();
    line.configure({ channels: 2, latency });
    for (const round of [1, 2]) {
      const heard: number[][] = [[], []];
      let next = 1;
      for (const length of lengths) {
        const inputs = [1, -1].map((sign) => Float32Array.from({ length }, (_, i) => sign * (next + i)));
        const outputs = [new Float32Array(length), new Float32Array(length)];
        line.process(inputs, outputs, length);
        outputs.forEach((output, c) => heard[c]!.push(...output));
        next += length;
      }
      const expected = Array.from({ length: next - 1 }, (_, i) => Math.max(0, i + 1 - latency));
      expect(heard[0], `round ${round}`).toEqual(expected);
      expect(heard[1], `round ${round}`).toEqual(expected.map((value) => (value ? -value : 0)));
      line.reset();
    }
  });
});
