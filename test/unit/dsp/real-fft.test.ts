import { describe, expect, it } from 'vitest';
import { RealFFT } from '../../../src/dsp/real-fft.ts';
import { magnitudeFrames } from '../../../src/dsp/frames.ts';
import { kernelFftFloats, padBins } from '../../../src/kernel/kernel.ts';
import { availableKernels } from '../../helpers/kernels.ts';
import { maximumDifference, noise, sine } from '../../helpers/signals.ts';

describe('RealFFT', () => {
  it.each([4, 8, 64, 512, 2048])('of size %i agrees with the sum that defines it, and inverts', (size) => {
    const fft = new RealFFT(size);
    const x = Float64Array.from(noise(size, size));
    const spectrum = new Float64Array(2 * fft.bins);
    fft.forward(x, spectrum);
    for (const k of [0, 1, size / 4, size / 2]) {
      let re = 0;
      let im = 0;
      for (let n = 0; n < size; n++) {
        re += x[n]! * Math.cos((2 * Math.PI * k * n) / size);
        im -= x[n]! * Math.sin((2 * Math.PI * k * n) / size);
      }
      expect(spectrum[2 * k]).toBeCloseTo(re, 9);
      expect(spectrum[2 * k + 1]).toBeCloseTo(im, 9);
    }
    const y = new Float64Array(size);
    fft.inverse(spectrum, y);
    expect(maximumDifference(x, y)).toBeLessThan(1e-12);
  });

  describe.each(availableKernels())('in the kernel $name', ({ factory }) => {
    it.each([4, 8, 16, 32, 64, 1024, 2048])('of size %i agrees with the plain one, and inverts', (size) => {
      const plain = new RealFFT(size);
      const fft = new RealFFT(size, factory(kernelFftFloats(size) + 3 * padBins(2 * size + 4)));
      const x = fft.allocate(size);
      x.set(noise(size, size));
      const spectrum = fft.allocate(2 * fft.bins);
      fft.forward(x, spectrum);
      const expected = new Float64Array(2 * fft.bins);
      plain.forward(x, expected);
      expect(maximumDifference(spectrum, expected)).toBeLessThan(1e-13 * size);
      const y = fft.allocate(size);
      fft.inverse(spectrum, y);
      expect(maximumDifference(x, y)).toBeLessThan(1e-12);
    });
  });
});

describe('magnitudeFrames', () => {
  it('puts a sine at its bin, with the sum of the window as its height', () => {
    const layout = { fftSize: 1024, windowLength: 1024, hop: 256 };
    const { frames, count, bins } = magnitudeFrames(sine(4096, 3000, 48000, 1), layout);
    expect(count).toBe(13);
    const frame = frames.subarray(5 * bins, 6 * bins);
    const peak = frame.indexOf(Math.max(...frame));
    expect(peak).toBe(64);
    // Half the sum of a square-root Hann window of N samples: N / pi.
    expect(frame[peak]).toBeCloseTo(1024 / Math.PI, 1);
  });

  it('finds no frame in a signal shorter than a window', () => {
    expect(magnitudeFrames(new Float32Array(100), { fftSize: 512, windowLength: 512, hop: 128 }).count).toBe(
      0,
    );
  });
});
