import { RealFFT } from './real-fft.ts';
import { analysisWindow } from './window.ts';

export interface MagnitudeFrames {
  /** count x bins magnitudes |X|, frame by frame. */
  readonly frames: Float32Array;
  readonly count: number;
  readonly bins: number;
}

/**
 * Magnitude spectra of all whole frames of a signal, for training. The window (`windowLength` values; periodic
 * square-root Hann by default) stands at the beginning of a zero-padded FFT, as in the streaming transform. A signal shorter than
 * one window has no frames.
 */
export function magnitudeFrames(
  samples: Float32Array,
  layout: { readonly fftSize: number; readonly windowLength: number; readonly hop: number },
  window: Float64Array = analysisWindow(layout.windowLength),
): MagnitudeFrames {
  const { fftSize, windowLength, hop } = layout;
  const fft = new RealFFT(fftSize);
  const count = Math.max(0, Math.floor((samples.length - windowLength) / hop) + 1);
  const frames = new Float32Array(count * fft.bins);
  const time = new Float64Array(fftSize);
  const spectrum = new Float64Array(2 * fft.bins);
  for (let t = 0; t < count; t++) {
    for (let n = 0; n < windowLength; n++) time[n] = samples[t * hop + n]! * window[n]!;
    fft.forward(time, spectrum);
    for (let f = 0; f < fft.bins; f++) {
      frames[t * fft.bins + f] = Math.hypot(spectrum[2 * f]!, spectrum[2 * f + 1]!);
    }
  }
  return { frames, count, bins: fft.bins };
}
