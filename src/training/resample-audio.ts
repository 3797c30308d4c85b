/** Zero crossings of the sinc on each side. */
const ZERO_CROSSINGS = 48;
/** Values of the kernel's table per zero crossing; linear interpolation between them errs below -100 dB. */
const TABLE_DENSITY = 512;
/** Kaiser's beta for a stop band of about -90 dB. */
const KAISER_BETA = 9;

/** The kernel is 6 dB down at this fraction of the lower rate's Nyquist frequency. */
const CUTOFF = 0.945;

/** Up to this fraction of the lower rate's Nyquist frequency a resampled signal is what it was, to 0.1 dB; above, it fades out. */
export const RESAMPLED_PASSBAND = 0.9;

let table: Float64Array | undefined;

/**
 * A signal at another sample rate: windowed sinc (Kaiser), for any pair of rates in Hz. Flat up to {@link RESAMPLED_PASSBAND} of the lower
 * Nyquist frequency, -6 dB at 0.945 of it, and about -90 dB above it. The result has round(length * to / from) samples and lies on the input:
 * there is no delay. Not for the audio thread: it makes whole signals at once. Throws a RangeError unless both rates are
 * finite and above 0.
 */
export function resampleAudio(samples: Float32Array, from: number, to: number): Float32Array {
  if (!(from > 0 && to > 0 && Number.isFinite(from) && Number.isFinite(to))) {
    throw new RangeError(`Cannot resample from ${from} Hz to ${to} Hz; both must be finite and above 0.`);
  }
  if (from === to) return samples;
  table ??= kernelTable();
  const step = from / to;
  // Cycles per input sample at which the kernel is 6 dB down, times two.
  const cutoff = CUTOFF * Math.min(1, to / from);
  const reach = ZERO_CROSSINGS / cutoff;
  const scale = cutoff * TABLE_DENSITY;
  const output = new Float32Array(Math.round(samples.length / step));
  for (let i = 0; i < output.length; i++) {
    const centre = i * step;
    const first = Math.max(0, Math.ceil(centre - reach));
    const last = Math.min(samples.length - 1, Math.floor(centre + reach));
    let sum = 0;
    for (let j = first; j <= last; j++) {
      const at = Math.abs(centre - j) * scale;
      const whole = Math.trunc(at);
      const low = table[whole]!;
      sum += samples[j]! * (low + (at - whole) * (table[whole + 1]! - low));
    }
    output[i] = cutoff * sum;
  }
  return output;
}

/** One side of the windowed sinc, with a zero or two behind its end for the interpolation. */
function kernelTable(): Float64Array {
  const size = ZERO_CROSSINGS * TABLE_DENSITY;
  const values = new Float64Array(size + 2);
  for (let i = 0; i < size; i++) {
    const x = (Math.PI * i) / TABLE_DENSITY;
    const window = besselI0(KAISER_BETA * Math.sqrt(1 - (i / size) ** 2)) / besselI0(KAISER_BETA);
    values[i] = window * (i === 0 ? 1 : Math.sin(x) / x);
  }
  return values;
}

/** Modified Bessel function of order zero, by its power series. */
function besselI0(x: number): number {
  let term = 1;
  let sum = 1;
  for (let n = 1; term > 1e-12 * sum; n++) {
    term *= (x / (2 * n)) ** 2;
    sum += term;
  }
  return sum;
}
