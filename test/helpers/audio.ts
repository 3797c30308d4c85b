/** Sample by sample. */
export function sumOf(signals: readonly Float32Array[]): Float32Array {
  return Float32Array.from(signals[0]!, (_, i) => signals.reduce((sum, signal) => sum + signal[i]!, 0));
}

/** Amplitude of a sine of `hertz` in a signal (one bin of a DFT); meant for many periods. */
export function amplitudeAt(samples: Float32Array, hertz: number, sampleRate: number): number {
  let re = 0;
  let im = 0;
  for (let n = 0; n < samples.length; n++) {
    const phase = (2 * Math.PI * hertz * n) / sampleRate;
    re += samples[n]! * Math.cos(phase);
    im += samples[n]! * Math.sin(phase);
  }
  return (2 * Math.hypot(re, im)) / samples.length;
}
