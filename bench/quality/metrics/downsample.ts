/** Zero crossings of the sinc on each side. */
const ZERO_CROSSINGS = 32;
/** Kaiser's beta for a stop band of about -90 dB. */
const KAISER_BETA = 9;

/** Coefficients for each of the positions between two input samples at which an output sample can lie. */
interface Filters {
  readonly phases: readonly Float64Array[];
  /** Input samples before the position that the coefficients reach back. */
  readonly before: number;
}

const known = new Map<string, Filters>();

/**
 * A signal at a lower rate: windowed sinc in polyphase form, -6 dB at 0.95 of the new Nyquist frequency, without delay. Rates are whole
 * numbers of Hz whose ratio is simple, for a filter is kept for each phase; anything else is resampleAudio's. The result has
 * ceil(length * to / from) samples. Throws a RangeError for a higher rate, or rates that are not whole.
 */
export function downsample(samples: Float32Array, from: number, to: number): Float32Array {
  if (!(Number.isInteger(from) && Number.isInteger(to) && to > 0 && to <= from)) {
    throw new RangeError(
      `Cannot go from ${from} Hz to ${to} Hz; both must be whole, and the second not above the first.`,
    );
  }
  if (from === to) return samples;
  let [a, b] = [from, to];
  while (b > 0) [a, b] = [b, a % b];
  const [down, up] = [from / a, to / a];
  const key = `${down}/${up}`;
  let filters = known.get(key);
  if (!filters) known.set(key, (filters = makeFilters(down, up)));
  const { phases, before } = filters;
  const taps = phases[0]!.length;
  const padded = new Float64Array(samples.length + 2 * taps);
  padded.set(samples, before);
  const output = new Float32Array(Math.ceil((samples.length * up) / down));
  for (let i = 0; i < output.length; i++) {
    const whole = Math.floor((i * down) / up);
    const coefficients = phases[(i * down) % up]!;
    let sum = 0;
    for (let k = 0; k < taps; k++) sum += coefficients[k]! * padded[whole + k]!;
    output[i] = sum;
  }
  return output;
}

function makeFilters(down: number, up: number): Filters {
  const cutoff = (0.95 * up) / down;
  const reach = ZERO_CROSSINGS / cutoff;
  const before = Math.ceil(reach);
  const phases = Array.from({ length: up }, (_, phase) =>
    Float64Array.from({ length: 2 * before + 1 }, (__, k) => {
      const distance = k - before - phase / up;
      if (Math.abs(distance) >= reach) return 0;
      const x = Math.PI * cutoff * distance;
      const window = besselI0(KAISER_BETA * Math.sqrt(1 - (distance / reach) ** 2)) / besselI0(KAISER_BETA);
      return cutoff * window * (x === 0 ? 1 : Math.sin(x) / x);
    }),
  );
  return { phases, before };
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
