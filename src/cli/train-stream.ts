import type { Dictionary } from '../dictionary/index.ts';
import { createRandom } from '../nmf/random.ts';
import { checkLabels } from '../training/train-parallel.ts';
import { recordingFrames } from '../training/recording-frames.ts';
import type { FramePiece } from '../training/recording-frames.ts';
import { mergeStatistics } from '../training/streaming/merge.ts';
import { StatisticsSum } from '../training/streaming/statistics.ts';
import { writeStatistics } from '../training/streaming/statistics-file.ts';
import type { ShardStatistics } from '../training/streaming/statistics-file.ts';
import { gatherStatistics, trainMiniBatch } from '../training/streaming/train-streaming.ts';
import type { StreamProgress } from '../training/streaming/train-streaming.ts';
import { assembleDictionary, sortedAtoms } from '../training/train-dictionary.ts';
import type { LabelledAtoms } from '../training/train-dictionary.ts';
import { CommandError } from './errors.ts';
import { loadDictionary } from './load-dictionary.ts';
import { checkGrid, fixedSources } from './train-batch.ts';
import type { SourceFiles, TrainJob } from './train.ts';
import { readRecordings } from './training-recordings.ts';

export interface Trained {
  readonly dictionary: Dictionary;
  readonly sources: readonly {
    readonly label: string;
    readonly frames: number;
    /** What is left of the divergence, in words. */
    readonly left: string;
  }[];
}

/** Updates of a frame's activations from a flat start. */
const UPDATES = 10;

/** The frames of a source, file by file; what is wrong with a file is said once, however often the stream is gone through. */
class SourceStream {
  readonly #source: SourceFiles;
  readonly #job: TrainJob;
  readonly #said = new Set<string>();
  /** Files begun, over all times that the stream was gone through. */
  begun = 0;
  frames = 0;

  constructor(source: SourceFiles, job: TrainJob) {
    this.#source = source;
    this.#job = job;
  }

  readonly open = async function* (this: SourceStream): AsyncGenerator<FramePiece> {
    const { plan, terminal } = this.#job;
    const note = (text: string): void => {
      if (!this.#said.has(text)) terminal.note(text);
      this.#said.add(text);
    };
    this.frames = 0;
    for (const file of this.#source.files) {
      this.begun++;
      for await (const recording of readRecordings([file], { note })) {
        if (recording.sampleRate < plan.layout.sampleRate) {
          note(
            `"${file}" is at ${recording.sampleRate} Hz: nothing above that rate's range was learned from it.`,
          );
        }
        for (const piece of recordingFrames(recording, plan.layout, { exponent: plan.exponent })) {
          this.frames += piece.count;
          yield piece;
        }
      }
    }
  }.bind(this);

  /** Shows progress; `rounds`: how often the stream is gone through in all. */
  reporter(label: string, rounds: number): (progress: StreamProgress) => void {
    const all = this.#source.files.length * rounds;
    return ({ objective }) =>
      this.#job.terminal.progress(
        label,
        Math.min(0.999, Math.max(0, this.begun - 0.5) / all),
        `${this.#source.label}, divergence ${objective.toPrecision(4)} per frame`,
      );
  }
}

/** --mini-batch. */
export async function trainStream(job: TrainJob): Promise<Trained> {
  const { plan, sources, pool, args, terminal, name } = job;
  const { layout, divergence, exponent, sparsity, seed, start, epochs, forget } = plan;
  const bins = layout.fftSize / 2 + 1;
  const known = await fixedSources(args.texts('fixed'), layout);
  checkLabels([...sources.map(({ label }) => label), ...known.map(({ label }) => label)]);
  const fixed = new Float32Array(known.reduce((sum, { atoms }) => sum + atoms.length, 0));
  known.reduce((at, { atoms }) => (fixed.set(atoms, at), at + atoms.length), 0);
  const parts: LabelledAtoms[] = [];
  const reports: Trained['sources'][number][] = [];
  for (const [index, source] of sources.entries()) {
    const stream = new SourceStream(source, job);
    const show = stream.reporter('Training', epochs);
    let last = 0;
    const settings = {
      bins,
      divergence,
      sparsity,
      seed: seed + index,
      start,
      epochs,
      forget,
      updates: UPDATES,
    };
    const { atoms } = await usable(source.label, stream, () =>
      trainMiniBatch(stream.open, { ...settings, atomCount: source.atomCount, fixed }, pool, (progress) => {
        // Of a batch or so it would be chance.
        last = last === 0 ? progress.objective : 0.95 * last + 0.05 * progress.objective;
        show(progress);
      }),
    );
    terminal.progress('Training', 1, '');
    parts.push({ label: source.label, atoms: sortedAtoms(atoms, bins) });
    reports.push({
      label: source.label,
      frames: stream.frames,
      left: `divergence ${last.toPrecision(4)} per frame`,
    });
  }
  const dictionary = assembleDictionary([...parts, ...known], { name, layout, divergence, exponent });
  return { dictionary, sources: reports };
}

/** --passes: what array jobs do, in one process. */
export async function trainPasses(job: TrainJob): Promise<Trained> {
  let atoms = await startingAtoms(job);
  const streams = job.sources.map((source) => new SourceStream(source, job));
  for (let pass = 0; ; pass++) {
    const statistics = await gatherAll(job, atoms, streams, job.plan.passes);
    const last = pass === job.plan.passes - 1;
    const { dictionary, sources } = mergeStatistics([statistics], { sort: last });
    if (last) {
      job.terminal.progress('Training', 1, '');
      const reports = sources.map(({ label, frames, divergence }) => ({
        label,
        frames,
        left: `divergence ${divergence.toPrecision(4)} per frame`,
      }));
      return { dictionary, sources: reports };
    }
    atoms = atomsOf(dictionary);
  }
}

/** --shard: the statistics of every n-th recording, as the bytes of a file. */
export async function gatherShard(job: TrainJob): Promise<Uint8Array> {
  const { index, count } = job.plan.shard;
  const sources = job.sources.map((source) => ({
    ...source,
    files: source.files.filter((_, i) => i % count === index),
  }));
  const own = { ...job, sources };
  const streams = sources.map((source) => new SourceStream(source, own));
  const statistics = await gatherAll(own, await startingAtoms(job), streams, 1);
  job.terminal.progress('Training', 1, '');
  return writeStatistics(statistics);
}

async function gatherAll(
  { plan, sources, pool }: TrainJob,
  atoms: readonly LabelledAtoms[],
  streams: readonly SourceStream[],
  rounds: number,
): Promise<ShardStatistics> {
  const { layout, exponent, divergence, sparsity, shard } = plan;
  const bins = layout.fftSize / 2 + 1;
  const gathered = [];
  for (const [i, { label, files }] of sources.entries()) {
    const stream = streams[i]!;
    const own = atoms[i]!.atoms;
    const settings = { bins, divergence, sparsity, updates: UPDATES };
    // A shard may have no recording of a source.
    const statistics =
      files.length === 0
        ? new StatisticsSum(own.length / bins, bins)
        : await gatherStatistics(stream.open, own, settings, pool, stream.reporter('Training', rounds));
    if (statistics!.frames === 0 && shard.count === 1) {
      throw new CommandError(`No recording of "${label}" can be used.`);
    }
    gathered.push({ label, atoms: own, statistics: statistics! });
  }
  return {
    // The name is that of the dictionary to come, which the merge gives.
    settings: { name: 'dictionary', layout, exponent, divergence, sparsity, updates: UPDATES },
    shard: shard.index,
    shards: shard.count,
    sources: gathered,
  };
}

/** The atoms of --start, or random ones: the same in all shards, as they depend on nothing but the seed. */
async function startingAtoms({ plan, sources, args }: TrainJob): Promise<LabelledAtoms[]> {
  const { layout, seed } = plan;
  const file = args.text('start');
  if (file !== undefined) {
    const dictionary = await loadDictionary(file);
    checkGrid(dictionary, layout, file);
    const labels = dictionary.sources.map(({ label }) => label);
    const wanted = sources.map(({ label }) => label);
    if (labels.length !== wanted.length || wanted.some((label) => !labels.includes(label))) {
      throw new CommandError(
        `${file} has the sources ${labels.join(', ')}; to start from it, give recordings of just these.`,
      );
    }
    const all = atomsOf(dictionary);
    return wanted.map((label) => all.find((part) => part.label === label)!);
  }
  const bins = layout.fftSize / 2 + 1;
  return sources.map(({ label, atomCount }, index) => {
    const random = createRandom(seed + index);
    const atoms = Float32Array.from({ length: atomCount * bins }, () => (0.5 + random.uniform()) / bins);
    return { label, atoms };
  });
}

const atomsOf = ({ sources, atoms, bins }: Dictionary): LabelledAtoms[] =>
  sources.map(({ label, from, to }) => ({ label, atoms: atoms.slice(from * bins, to * bins) }));

/** Work on a stream, of which nothing may have been usable. */
async function usable<T>(label: string, stream: SourceStream, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RangeError && stream.frames === 0) {
      throw new CommandError(`No recording of "${label}" can be used.`);
    }
    throw error;
  }
}
