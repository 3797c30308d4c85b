import type { Dictionary, DictionaryCard } from '../../dictionary/dictionary.ts';
import { assembleDictionary, sortedAtoms } from '../train-dictionary.ts';
import { StatisticsSum } from './statistics.ts';
import { StatisticsError } from './statistics-file.ts';
import type { ShardStatistics } from './statistics-file.ts';
import { atomsFromStatistics } from './train-streaming.ts';

export interface MergeResult {
  readonly dictionary: Dictionary;
  /** Of the round whose statistics these are: frames, and divergence per frame under the atoms that the round began with. */
  readonly sources: readonly {
    readonly label: string;
    readonly frames: number;
    readonly divergence: number;
  }[];
}

/**
 * One update of the atoms from the statistics of all shards of a round. The sum is that of a single run over the whole corpus. Atoms
 * keep their order, so that a next round may start from the result; `sort` brings them by centroid and leaves out dead ones.
 * Throws a {@link StatisticsError} where a shard is missing, comes twice, or is of another round.
 */
export function mergeStatistics(
  parts: readonly ShardStatistics[],
  options: { readonly card?: DictionaryCard; readonly name?: string; readonly sort?: boolean } = {},
): MergeResult {
  const [first] = parts;
  if (!first) throw new StatisticsError('There are no statistics to merge.');
  const { settings, shards } = first;
  const seen = new Map<number, ShardStatistics>();
  for (const part of parts) {
    checkSameRound(first, part);
    if (seen.has(part.shard)) throw new StatisticsError(`Shard ${part.shard} of ${shards} is given twice.`);
    seen.set(part.shard, part);
  }
  const missing = Array.from({ length: shards }, (_, i) => i).filter((i) => !seen.has(i));
  if (missing.length > 0) {
    throw new StatisticsError(`Of ${shards} shards, ${missing.join(', ')} (counted from 0) is missing.`);
  }
  // In the order of the shards, whatever that of the files: the sum is then the same.
  const ordered = parts.toSorted((a, b) => a.shard - b.shard);
  const bins = settings.layout.fftSize / 2 + 1;
  const sums = first.sources.map(({ label, atoms }, i) => {
    const sum = new StatisticsSum(atoms.length / bins, bins);
    for (const { sources } of ordered) sum.add(sources[i]!.statistics, sources[i]!.statistics.frames);
    if (sum.frames === 0) throw new StatisticsError(`No shard has a frame of the source "${label}".`);
    return { label, atoms, sum };
  });
  const learned = sums.map(({ label, atoms, sum }) => {
    const next = atomsFromStatistics(atoms, sum, { ...settings, bins });
    return { label, atoms: options.sort ? sortedAtoms(next, bins) : next };
  });
  const { name, layout, divergence, exponent } = settings;
  const card = options.card ?? {};
  return {
    dictionary: assembleDictionary(learned, {
      name: options.name ?? name,
      layout,
      divergence,
      exponent,
      card,
    }),
    sources: sums.map(({ label, sum }) => ({
      label,
      frames: sum.frames,
      divergence: sum.divergence / sum.frames,
    })),
  };
}

function checkSameRound(a: ShardStatistics, b: ShardStatistics): void {
  const differ = (what: string): never => {
    throw new StatisticsError(
      `Shards ${a.shard} and ${b.shard} do not belong together: they differ in ${what}.`,
    );
  };
  if (a.shards !== b.shards) differ(`how many there are, ${a.shards} and ${b.shards}`);
  if (JSON.stringify(a.settings) !== JSON.stringify(b.settings)) differ('their settings');
  if (a.sources.length !== b.sources.length) differ('their sources');
  for (const [i, { label, atoms }] of a.sources.entries()) {
    const other = b.sources[i]!;
    if (other.label !== label || other.atoms.length !== atoms.length) differ('their sources');
    if (atoms.some((value, j) => value !== other.atoms[j])) differ('the atoms they started from');
  }
}
