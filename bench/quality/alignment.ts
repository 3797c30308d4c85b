import { RealFFT } from '../../src/dsp/real-fft.ts';
import { SAMPLE_RATE } from './material.ts';

/** Samples: no system may be later than 200 ms. */
const LONGEST = 0.2 * SAMPLE_RATE;

/**
 * Samples by which `output` comes after `input`: where their cross-correlation is largest, from 0 to 200 ms. The sign of the output does not
 * matter.
 */
export function delayOf(output: Float32Array, input: Float32Array): number {
  const size = 2 ** Math.ceil(Math.log2(input.length + output.length));
  const fft = new RealFFT(size);
  const transform = (samples: Float32Array): Float64Array => {
    const time = new Float64Array(size);
    time.set(samples);
    const spectrum = new Float64Array(2 * fft.bins);
    fft.forward(time, spectrum);
    return spectrum;
  };
  const y = transform(output);
  const x = transform(input);
  const product = new Float64Array(x.length);
  for (let i = 0; i < x.length; i += 2) {
    product[i] = y[i]! * x[i]! + y[i + 1]! * x[i + 1]!;
    product[i + 1] = y[i + 1]! * x[i]! - y[i]! * x[i + 1]!;
  }
  const correlation = new Float64Array(size);
  fft.inverse(product, correlation);
  let best = 0;
  for (let lag = 0; lag <= LONGEST; lag++) {
    if (Math.abs(correlation[lag]!) > Math.abs(correlation[best]!)) best = lag;
  }
  return best;
}
