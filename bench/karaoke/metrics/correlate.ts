import { RealFFT } from '../../../src/dsp/real-fft.ts';

/**
 * sum over n of a[n] b[n + lag], for `lags` lags from 0; what is beyond the ends is 0. Blocks are multiplied as spectra, and their products
 * summed before they come back, so that long signals need no long transforms.
 */
export function correlate(a: ArrayLike<number>, b: ArrayLike<number>, lags: number): Float64Array {
  const fft = new RealFFT(2 ** Math.ceil(Math.log2(8 * lags)));
  const block = fft.size - lags + 1;
  const first = new Float64Array(fft.size);
  const second = new Float64Array(fft.size);
  const x = new Float64Array(2 * fft.bins);
  const y = new Float64Array(2 * fft.bins);
  const product = new Float64Array(2 * fft.bins);
  for (let start = 0; start < a.length; start += block) {
    for (let n = 0; n < fft.size; n++) {
      first[n] = n < block ? (a[start + n] ?? 0) : 0;
      second[n] = b[start + n] ?? 0;
    }
    fft.forward(first, x);
    fft.forward(second, y);
    for (let i = 0; i < x.length; i += 2) {
      product[i]! += x[i]! * y[i]! + x[i + 1]! * y[i + 1]!;
      product[i + 1]! += x[i]! * y[i + 1]! - x[i + 1]! * y[i]!;
    }
  }
  fft.inverse(product, first);
  return first.slice(0, lags);
}
