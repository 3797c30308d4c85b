import { SAMPLE_RATE } from './material.ts';
import type { Dnsmos } from './metrics/dnsmos.ts';
import { segmentalSnr } from './metrics/segmental-snr.ts';
import { siSdr } from './metrics/si-sdr.ts';
import { intelligibility } from './metrics/stoi.ts';

/** Every measure of quality, in the order of the tables. Higher is better in all of them. */
export const METRICS = ['siSdr', 'stoi', 'estoi', 'segSnr', 'sig', 'bak', 'ovrl', 'p808'] as const;
export type Metric = (typeof METRICS)[number];

/** Those for which a clean reference is not needed. */
export const OPINIONS = ['sig', 'bak', 'ovrl', 'p808'] as const satisfies readonly Metric[];

export type Scores = Readonly<Partial<Record<Metric, number>>>;

/** All measures of an estimate that lies on the clean speech. Those of DNSMOS are there when it is given. */
export async function score(estimate: Float32Array, clean: Float32Array, dnsmos?: Dnsmos): Promise<Scores> {
  return {
    siSdr: siSdr(estimate, clean),
    ...intelligibility(estimate, clean, SAMPLE_RATE),
    segSnr: segmentalSnr(estimate, clean, SAMPLE_RATE),
    ...(dnsmos && (await dnsmos.score(estimate, SAMPLE_RATE))),
  };
}
