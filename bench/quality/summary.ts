import type { Evaluation, SystemResult } from './evaluate.ts';
import type { Metric } from './scores.ts';
import { bootstrap, mean, type Estimate } from './statistics.ts';

/** The scores of a system in one measure, minus those of another, mixture by mixture. */
function differences(a: SystemResult, b: SystemResult, metric: Metric): number[] {
  return a.scores.map((scores, i) => scores[metric]! - b.scores[i]![metric]!);
}

/** Mean of a measure. */
export const level = (system: SystemResult, metric: Metric): number =>
  mean(system.scores.map((scores) => scores[metric]!));

/** Mean and interval of what a system has more than the mixture as it is. */
export const gain = (evaluation: Evaluation, system: SystemResult, metric: Metric): Estimate =>
  bootstrap(differences(system, evaluation.systems[0]!, metric));

/** Mean and interval of what one system has more than another on the same mixtures. */
export const advantage = (system: SystemResult, other: SystemResult, metric: Metric): Estimate =>
  bootstrap(differences(system, other, metric));

/** Mean gains for each value of a property of the mixtures (noise, snr), in the order of the values. */
export function gainsBy(
  evaluation: Evaluation,
  property: 'noise' | 'snr',
  metric: Metric,
): { readonly value: string | number; readonly count: number; readonly gains: readonly number[] }[] {
  const values = [...new Set(evaluation.mixtures.map((mixture) => mixture[property]))].toSorted((a, b) =>
    typeof a === 'number' ? a - Number(b) : a.localeCompare(String(b)),
  );
  return values.map((value) => {
    const chosen = evaluation.mixtures.flatMap((mixture, i) => (mixture[property] === value ? [i] : []));
    const gains = evaluation.systems.slice(1).map((system) => {
      const all = differences(system, evaluation.systems[0]!, metric);
      return mean(chosen.map((i) => all[i]!));
    });
    return { value, count: chosen.length, gains };
  });
}
