import { createRandom } from '../../src/nmf/random.ts';

export interface Estimate {
  readonly mean: number;
  /** Ends of the 95 % interval. */
  readonly low: number;
  readonly high: number;
}

export const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * The mean, and its 95 % interval by the percentile bootstrap (Efron and Tibshirani, "An introduction to the bootstrap", 1993, section 13.3): the values are
 * drawn again with putting back, `draws` times. The same for the same values.
 */
export function bootstrap(values: readonly number[], draws = 2000, seed = 1): Estimate {
  if (values.length === 0) return { mean: Number.NaN, low: Number.NaN, high: Number.NaN };
  const random = createRandom(seed);
  const means = Float64Array.from({ length: draws }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[random.integer(values.length)]!;
    return sum / values.length;
  }).toSorted();
  const at = (fraction: number): number => means[Math.round(fraction * (draws - 1))]!;
  return { mean: mean(values), low: at(0.025), high: at(0.975) };
}
