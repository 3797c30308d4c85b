import type { KernelFactory } from '../../kernel/kernel.ts';
import { MaskAtoms } from '../../nmf/mask-atoms.ts';
import type { FrameLayout } from '../../separator/latency-modes.ts';
import { levelled } from '../discriminative.ts';
import { FrameCollector, MixtureSolver } from '../mixture-frames.ts';
import type { Mixture } from '../mixtures.ts';
import type { ShardPool } from '../parallel/messages.ts';
import { factorizeParallel } from '../parallel/parallel-factorize.ts';
import { assembleDictionary } from '../train-dictionary.ts';
import type { HeardBlock } from './heard-frames.ts';

/** Atoms a source. More follow the mistakes of the shares. */
const ATOMS = 48;
/** Of the factorization; fewer where it goes on from atoms that were learned before. */
const ITERATIONS = 30;
const MORE_ITERATIONS = 12;
/** Of the reconstruction atoms. */
const REFINEMENTS = 8;
const MASK_EXPONENT = 2;
/** Of the mean of an atom: where its reconstruction starts at least. */
const LEAST_START = 1e-4;
/** Of the loudest frame: a softer one has nothing of the source. */
const SILENT = 1e-4;
/** Parts of the work, for the progress. */
const FACTORIZATION_SHARE = 0.35;

export interface AtomsJob {
  readonly blocks: readonly HeardBlock[];
  /** A block each, count x bins: the voice's share of each magnitude. */
  readonly shares: readonly Float32Array[];
  readonly layout: FrameLayout;
  readonly createKernel: KernelFactory;
  /** Atoms of voice and accompaniment to go on from. */
  readonly start?: readonly Float32Array[] | undefined;
}

export interface SongAtoms {
  /** K x F each; atoms sum to 1. */
  readonly voice: Float32Array;
  readonly accompaniment: Float32Array;
  /** Atoms for the masks, those of the voice first; undefined where it was stopped before. */
  readonly reconstruction: Float32Array | undefined;
  readonly finished: boolean;
}

/**
 * Atoms of a song's voice and accompaniment from the shares of each, and reconstruction atoms with which the engine's own solver, run over the song, makes masks as
 * close to the shares as it can. `onProgress` gets a fraction; false stops.
 */
export async function learnAtoms(
  job: AtomsJob,
  pool: ShardPool,
  onProgress: (fraction: number) => boolean | void = () => {},
): Promise<SongAtoms> {
  const { layout, createKernel, blocks } = job;
  const { bins } = layout;
  const frames = blocks.reduce((sum, { count }) => sum + count, 0);
  const targets = [0, 1].map(() => new Float32Array(frames * bins)) as [Float32Array, Float32Array];
  const spectrum = new Float32Array(frames * bins);
  let at = 0;
  for (const [b, block] of blocks.entries()) {
    spectrum.set(block.spectrum, at);
    for (const [i, share] of job.shares[b]!.entries()) {
      targets[0][at + i] = share * block.spectrum[i]!;
      targets[1][at + i] = (1 - share) * block.spectrum[i]!;
    }
    at += block.spectrum.length;
  }
  const parts: Float32Array[] = [];
  let finished = true;
  for (const [s, target] of targets.entries()) {
    const factorization = await factorizeSource(target, bins, job.start?.[s], pool, (fraction) => {
      finished = onProgress((FACTORIZATION_SHARE * (s + fraction)) / 2) !== false;
      return finished;
    });
    parts.push(factorization);
  }
  const [voice, accompaniment] = parts as [Float32Array, Float32Array];
  const atoms = { voice, accompaniment };
  if (!finished) return { ...atoms, reconstruction: undefined, finished };
  const dictionary = assembleDictionary(
    [
      { label: 'voice', atoms: voice },
      { label: 'accompaniment', atoms: accompaniment },
    ],
    { name: 'song', layout },
  );
  const solver = new MixtureSolver(dictionary, createKernel);
  const activations = new Float32Array(frames * dictionary.atomCount);
  let done = 0;
  for (const block of blocks) {
    // Each block from the start: blocks between them may have been left out.
    const mixture = { ...block, sources: [0, 1], targets, observedBins: bins } as const satisfies Mixture;
    activations.set(solver.solve(mixture), done * dictionary.atomCount);
    done += block.count;
  }
  const collector = new FrameCollector(dictionary);
  collector.add({ spectrum, count: frames, observedBins: bins, sources: [0, 1], targets }, activations);
  const least = LEAST_START / bins;
  const masks = new MaskAtoms(collector.finish(), {
    createKernel,
    atomCount: dictionary.atomCount,
    bins,
    sources: dictionary.sources,
    exponent: MASK_EXPONENT,
    atoms: dictionary.atoms.map((value) => Math.max(value, least)),
  });
  for (let i = 1; i <= REFINEMENTS && finished; i++) {
    masks.iterate();
    const fraction = FACTORIZATION_SHARE + ((1 - FACTORIZATION_SHARE) * i) / REFINEMENTS;
    finished = onProgress(fraction) !== false;
    // A worker that is to stop hears of it in between.
    await undefined;
  }
  const rows = levelled(masks.partOfTheWay(1).atoms, dictionary, collector.meanActivations);
  return { ...atoms, reconstruction: rows, finished };
}

/** Atoms of one source from its part of all frames, without those in which it is silent. */
async function factorizeSource(
  target: Float32Array,
  bins: number,
  start: Float32Array | undefined,
  pool: ShardPool,
  onProgress: (fraction: number) => boolean,
): Promise<Float32Array> {
  const sums: number[] = [];
  for (let from = 0; from < target.length; from += bins) {
    sums.push(target.subarray(from, from + bins).reduce((sum, value) => sum + value, 0));
  }
  const loudest = sums.reduce((most, sum) => Math.max(most, sum), 0);
  const heard = sums.flatMap((sum, n) => (sum > SILENT * loudest ? [n] : []));
  const frames = new Float32Array(heard.length * bins);
  for (const [i, n] of heard.entries()) frames.set(target.subarray(n * bins, (n + 1) * bins), i * bins);
  const atomCount = start ? start.length / bins : Math.min(ATOMS, heard.length);
  const { atoms } = await factorizeParallel(
    frames,
    heard.length,
    bins,
    {
      atomCount,
      iterations: start ? MORE_ITERATIONS : ITERATIONS,
      start: 'frames',
      ...(start && { atoms: start }),
    },
    pool,
    ({ iteration, iterations }) => onProgress(iteration / iterations),
  );
  return atoms;
}
