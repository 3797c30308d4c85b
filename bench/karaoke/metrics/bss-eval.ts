import { cholesky, projectedEnergy } from './cholesky.ts';
import { correlate } from './correlate.ts';
import { decibels } from './decibels.ts';

/** Length of the filters that are forgiven, in samples; that of all published figures. */
const TAPS = 512;

/** In dB; higher is better. */
export interface BssScores {
  /** The source against all the rest. */
  readonly sdr: number;
  /** The source against the other sources. */
  readonly sir: number;
  /** The sources against what comes from none of them. */
  readonly sar: number;
}

/** What of an estimate lies in which space, as energy. */
export interface BssEnergies {
  /** What a filtered version of the source explains. */
  readonly source: number;
  /** What filtered versions of all sources explain. */
  readonly sources: number;
  readonly estimate: number;
}

/**
 * BSS Eval (Vincent, Gribonval and Fevotte, "Performance measurement in blind audio source separation", IEEE TASLP 14(4), 2006, section III.B): an
 * estimate is projected onto its true source and onto all of them, each in up to 512 delayed versions. Made once for the sources of one channel,
 * for most of the work does not depend on the estimate. A silent source explains nothing.
 */
export class BssEval {
  readonly #sources: readonly ArrayLike<number>[];
  /** Cholesky factors of the inner products of delayed sources: of each alone, and of all. */
  readonly #alone: readonly Float64Array[][];
  readonly #all: Float64Array[];
  /** Sources that are not silent: those that `#all` is made of. */
  readonly #heard: readonly number[];

  /** Throws a RangeError where the lengths differ. */
  constructor(sources: readonly ArrayLike<number>[]) {
    for (const source of sources) checkLength(source, sources[0]!);
    this.#sources = sources;
    const correlations = sources.map((a) => sources.map((b) => correlate(a, b, TAPS)));
    const gram = (chosen: readonly number[]): Float64Array[] =>
      chosen.flatMap((i) =>
        Array.from({ length: TAPS }, (_, a) =>
          Float64Array.from({ length: chosen.length * TAPS }, (__, column) => {
            const j = chosen[Math.floor(column / TAPS)]!;
            const lag = a - (column % TAPS);
            return lag >= 0 ? correlations[i]![j]![lag]! : correlations[j]![i]![-lag]!;
          }),
        ),
      );
    this.#heard = sources.flatMap((_, i) => (correlations[i]![i]![0]! > 0 ? [i] : []));
    this.#alone = sources.map((_, i) => (this.#heard.includes(i) ? cholesky(gram([i])) : []));
    this.#all = cholesky(gram(this.#heard));
  }

  /** What an estimate of source `index` consists of. Throws a RangeError where it is of another length than the sources. */
  energies(estimate: ArrayLike<number>, index: number): BssEnergies {
    checkLength(estimate, this.#sources[0]!);
    const products = this.#sources.map((source) => correlate(source, estimate, TAPS));
    const joint = new Float64Array(this.#heard.length * TAPS);
    for (const [place, i] of this.#heard.entries()) joint.set(products[i]!, place * TAPS);
    let energy = 0;
    for (let n = 0; n < estimate.length; n++) energy += estimate[n]! * estimate[n]!;
    return {
      source: projectedEnergy(this.#alone[index]!, products[index]!),
      sources: projectedEnergy(this.#all, joint),
      estimate: energy,
    };
  }
}

/** The ratios of the energies; of several channels, of their sums. */
export function bssScores(...channels: readonly BssEnergies[]): BssScores {
  const sum = (name: keyof BssEnergies): number =>
    channels.reduce((total, channel) => total + channel[name], 0);
  const [source, sources, estimate] = [sum('source'), sum('sources'), sum('estimate')];
  return {
    sdr: decibels(source, estimate - source),
    sir: decibels(source, sources - source),
    sar: decibels(sources, estimate - sources),
  };
}

function checkLength(signal: ArrayLike<number>, other: ArrayLike<number>): void {
  if (signal.length === other.length) return;
  throw new RangeError(`The signals have ${signal.length} and ${other.length} samples; they must agree.`);
}
