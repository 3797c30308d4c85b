import type { FrameLayout } from '../latency-modes.ts';

/** One value a bin. */
export interface CueWeights {
  /** Of the log odds of each model, */
  readonly models: readonly Float32Array[];
  /** of the place's log odds, */
  readonly place: Float32Array;
  /** and what is added: below 0 for fewer mistakes at the cost of the backing. */
  readonly offset: Float32Array;
  /** Where a voice may be: 0 to 1. */
  readonly range: Float32Array;
}

/** Hz. Voices are rarely lower; bass and drums are in the middle too. */
const LOWEST = 130;
/** Hz: half the width of the transition. */
const TRANSITION = 15;

/** Hz: the weights are given here, and change with the logarithm of the frequency between them. */
const KNOTS = [300, 1500, 6000] as const;

/** `cues`: the weights of a dictionary (dictionary/cues.ts) for so many models. */
export function cueWeights(
  { bins, sampleRate, fftSize }: FrameLayout,
  cues: Float32Array,
  models: number,
  stereo: boolean,
): CueWeights {
  const rows = models + 2;
  const first = stereo ? 0 : rows;
  const frequencies = Float64Array.from({ length: bins }, (_, f) => (f * sampleRate) / fftSize);
  const row = (index: number): Float32Array => {
    const from = (first + index) * KNOTS.length;
    const values = cues.subarray(from, from + KNOTS.length);
    return Float32Array.from(frequencies, (frequency) => interpolate(values, frequency));
  };
  return {
    models: Array.from({ length: models }, (_, m) => row(m)),
    place: row(models),
    offset: row(models + 1),
    range: Float32Array.from(frequencies, (f) => 1 / (1 + Math.exp((LOWEST - f) / TRANSITION))),
  };
}

function interpolate(values: Float32Array, frequency: number): number {
  const last = KNOTS.length - 1;
  if (frequency <= KNOTS[0]) return values[0]!;
  for (let k = 0; k < last; k++) {
    if (frequency < KNOTS[k + 1]!) {
      const at = Math.log(frequency / KNOTS[k]!) / Math.log(KNOTS[k + 1]! / KNOTS[k]!);
      return values[k]! + at * (values[k + 1]! - values[k]!);
    }
  }
  return values[last]!;
}
