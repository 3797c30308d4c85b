import { delayOf } from './alignment.ts';
import { openCorpus, type Split } from './corpus.ts';
import { measureCost, type Cost } from './cost.ts';
import { SAMPLE_RATE, type Material } from './material.ts';
import { loadDnsmos } from './metrics/dnsmos.ts';
import { makeMixture, planMixtures, type MixturePlan } from './mixtures.ts';
import { score, type Scores } from './scores.ts';
import { run, type System } from './systems/system.ts';
import { noisy } from './systems/noisy.ts';

export interface EvaluateOptions {
  /** The mixture itself is measured whether it is among them or not. Names must differ. */
  readonly systems: readonly System[];
  /** Holds `split`/speech and `split`/noise, and for DNSMOS metrics/. */
  readonly data: string;
  /** Default 'test'. Whoever tunes must say 'train'. */
  readonly split?: Split;
  /** Mixtures. Default 48. */
  readonly count?: number;
  /** Default 1. */
  readonly seed?: number;
  /** Whether to measure DNSMOS, where it is installed: the slowest of the measures. Default true. */
  readonly dnsmos?: boolean;
  /** Whether to measure what the systems cost. Default false. */
  readonly cost?: boolean;
  /** A line on what is being done. */
  readonly onProgress?: (text: string) => void;
}

export interface SystemResult {
  readonly name: string;
  readonly description: string;
  readonly oracle: boolean;
  /** Samples from input to output, measured on clean speech. */
  readonly latency: number;
  /** One per mixture. */
  readonly scores: readonly Scores[];
  /** Undefined where it was not asked for, or says nothing (an oracle, the mixture). */
  readonly cost?: Cost;
}

export interface Evaluation {
  readonly mixtures: readonly MixturePlan[];
  /** The mixture as it is comes first. */
  readonly systems: readonly SystemResult[];
  /** Of the clean speech: what an opinion score can reach. Empty without DNSMOS. */
  readonly clean: readonly Scores[];
  readonly dnsmos: boolean;
}

/**
 * Mixes, runs every system on the same mixtures in quanta of 128 samples, brings the outputs onto the clean speech, and measures them from where
 * the speech begins. Deterministic but for the cost. Throws an Error where the recordings are missing, or where a system fails.
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  const { data, split = 'test', count = 48, seed, onProgress = () => {} } = options;
  const systems = [noisy, ...options.systems.filter(({ name }) => name !== noisy.name)];
  const twice = systems.find(({ name }, i) => systems.findIndex((other) => other.name === name) !== i);
  if (twice) throw new Error(`There are two systems named ${twice.name}; every name must be its own.`);
  const corpus = openCorpus(data, split);
  const mixtures = planMixtures(corpus, count, seed);
  if (mixtures.length === 0) throw new Error(`The count of mixtures is ${count}; it must be at least 1.`);
  const dnsmos = (options.dnsmos ?? true) ? await loadDnsmos(`${data}/metrics`) : undefined;

  const first = await makeMixture(mixtures[0]!, corpus);
  const results = new Map<System, { latency: number; scores: Scores[]; cost?: Cost }>();
  for (const system of systems) {
    results.set(system, { latency: await measureLatency(system, first), scores: [] });
  }
  const clean: Scores[] = [];
  for (const plan of mixtures) {
    onProgress(
      `mixture ${plan.index + 1} of ${mixtures.length}: ${plan.speaker} in ${plan.noise} at ${plan.snr} dB`,
    );
    const mixture = await makeMixture(plan, corpus);
    const target = mixture.clean.subarray(mixture.leadIn);
    if (dnsmos) clean.push(await dnsmos.score(target, SAMPLE_RATE));
    for (const [system, { latency, scores }] of results) {
      const output = await run(system, mixture, latency);
      const start = latency + mixture.leadIn;
      scores.push(await score(output.slice(start, start + target.length), target, dnsmos));
    }
  }
  for (const [system, result] of results) {
    if (!options.cost || system.oracle || system === noisy) continue;
    onProgress(`cost of ${system.name}`);
    result.cost = await measureCost(system, first);
  }
  return {
    mixtures,
    systems: [...results].map(([{ name, description, oracle = false }, result]) => ({
      name,
      description,
      oracle,
      ...result,
    })),
    clean,
    dnsmos: dnsmos !== undefined,
  };
}

/** Samples from input to output, on speech without noise. */
async function measureLatency(system: System, material: Material): Promise<number> {
  const { clean, profile } = material;
  const alone = { mixture: clean, clean, noise: new Float32Array(clean.length), profile };
  return delayOf(await run(system, alone), clean);
}
