import type { Report } from '../report.ts';
import type { Evaluation, SystemResult } from './evaluate.ts';
import { SAMPLE_RATE } from './material.ts';
import { OPINIONS, type Metric } from './scores.ts';
import type { Estimate } from './statistics.ts';
import { advantage, gain, gainsBy, level } from './summary.ts';

const NAMES: Readonly<Record<Metric, string>> = {
  siSdr: 'SI-SDR dB',
  stoi: 'STOI',
  estoi: 'ESTOI',
  segSnr: 'segSNR dB',
  sig: 'SIG',
  bak: 'BAK',
  ovrl: 'OVRL',
  p808: 'P.808',
};

/** Digits after the point. */
const DIGITS: Readonly<Record<Metric, number>> = {
  siSdr: 2,
  stoi: 3,
  estoi: 3,
  segSnr: 2,
  sig: 2,
  bak: 2,
  ovrl: 2,
  p808: 2,
};

export const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

/** Mean and interval, with signs. */
export function interval({ mean, low, high }: Estimate, digits: number): string {
  const signed = (value: number): string => (value < 0 ? '' : '+') + value.toFixed(digits);
  return `${signed(mean)} [${signed(low)}, ${signed(high)}]`;
}

/** All tables of an evaluation. */
export function tables(evaluation: Evaluation, notes: readonly string[]): Report[] {
  const { systems, dnsmos } = evaluation;
  const measured = systems.slice(1);
  const reports = [gains(evaluation, notes)];
  if (dnsmos) reports.push(opinions(evaluation));
  if (systems.some(({ cost }) => cost)) reports.push(costs(measured));
  const own =
    measured.find(({ name }) => name === 'sotto-balanced') ??
    measured.find(({ name }) => name.startsWith('sotto'));
  if (own && measured.length > 1) reports.push(pairs(evaluation, own));
  for (const [property, title] of [
    ['noise', 'SI-SDR gain in dB, per noise'],
    ['snr', 'SI-SDR gain in dB, per SNR'],
  ] as const) {
    reports.push({
      title,
      columns: [property, 'mixtures', ...measured.map(({ name }) => name)],
      rows: gainsBy(evaluation, property, 'siSdr').map(({ value, count, gains: row }) => [
        value,
        count,
        ...row.map((number) => rounded(number, 2)),
      ]),
    });
  }
  return reports;
}

function gains(evaluation: Evaluation, notes: readonly string[]): Report {
  const [noisy, ...measured] = evaluation.systems;
  const metrics = ['siSdr', 'stoi', 'estoi', 'segSnr'] as const;
  return {
    title: `Gains over the noisy mixture: mean [95 % interval], ${evaluation.mixtures.length} mixtures`,
    columns: ['system', ...metrics.map((metric) => NAMES[metric]), 'latency ms'],
    rows: measured.map((system) => [
      system.name,
      ...metrics.map((metric) => interval(gain(evaluation, system, metric), DIGITS[metric])),
      rounded((1000 * system.latency) / SAMPLE_RATE, 1),
    ]),
    notes: [
      `noisy: ${metrics.map((metric) => `${NAMES[metric]} ${level(noisy!, metric).toFixed(DIGITS[metric])}`).join(', ')}.`,
      ...measured.map(({ name, description }) => `${name}: ${description}.`),
      ...notes,
    ],
  };
}

function opinions(evaluation: Evaluation): Report {
  const clean = { name: 'clean', scores: evaluation.clean };
  const row = ({ name, scores }: Pick<SystemResult, 'name' | 'scores'>): (string | number)[] => [
    name,
    ...OPINIONS.map((metric) => rounded(level({ scores } as SystemResult, metric), DIGITS[metric])),
  ];
  return {
    title: 'DNSMOS: opinion scores that listeners would give, 1 to 5, estimated',
    columns: ['system', ...OPINIONS.map((metric) => NAMES[metric]), 'OVRL gain'],
    rows: [
      ...evaluation.systems.map((system) => [
        ...row(system),
        interval(gain(evaluation, system, 'ovrl'), DIGITS.ovrl),
      ]),
      [...row(clean), ''],
    ],
  };
}

function costs(measured: readonly SystemResult[]): Report {
  return {
    title: 'Cost and latency',
    columns: ['system', 'CPU s per s', 'p99 quantum ms', '% of a quantum', 'latency ms'],
    rows: measured
      .filter(({ cost }) => cost)
      .map(({ name, cost, latency }) => [
        name,
        rounded(cost!.cpu, 4),
        rounded(cost!.burst, 3),
        rounded(100 * cost!.load, 1),
        rounded((1000 * latency) / SAMPLE_RATE, 1),
      ]),
    notes: [
      'One channel at 48 kHz in quanta of 128 samples (2.67 ms), after a warm-up; the least of five passes, for p99 quantum by quantum.',
      'Latency is measured on clean speech by cross-correlation, without that of the AudioContext.',
    ],
  };
}

function pairs(evaluation: Evaluation, own: SystemResult): Report {
  const metrics: readonly Metric[] = [
    'siSdr',
    'stoi',
    'estoi',
    'segSnr',
    ...(evaluation.dnsmos ? (['ovrl'] as const) : []),
  ];
  return {
    title: `${own.name} minus the others, on the same mixtures: mean [95 % interval]`,
    columns: [`${own.name} minus`, ...metrics.map((metric) => NAMES[metric])],
    rows: evaluation.systems
      .slice(1)
      .filter((system) => system !== own)
      .map((system) => [
        system.name,
        ...metrics.map((metric) => interval(advantage(own, system, metric), DIGITS[metric])),
      ]),
  };
}
