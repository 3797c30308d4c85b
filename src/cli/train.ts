import path from 'node:path';
import { writeSafetensors } from '../dictionary/index.ts';
import type { DictionaryCard } from '../dictionary/index.ts';
import type { ShardPool } from '../training/parallel/messages.ts';
import type { Arguments, Command } from './command.ts';
import { CommandError } from './errors.ts';
import { checkWritable, writeWhole } from './files.ts';
import type { Terminal } from './terminal.ts';
import { trainBatch } from './train-batch.ts';
import { TRAIN_OPTIONS } from './train-option-table.ts';
import { readTrainPlan } from './train-options.ts';
import type { TrainPlan } from './train-options.ts';
import { gatherShard, trainPasses, trainStream } from './train-stream.ts';
import type { Trained } from './train-stream.ts';
import { createThreadPool } from './training-threads.ts';
import { findRecordings } from './training-recordings.ts';

/** A source and its files. */
export interface SourceFiles {
  readonly label: string;
  readonly atomCount: number;
  readonly files: readonly string[];
}

/** What a way to train is given. */
export interface TrainJob {
  readonly plan: TrainPlan;
  readonly sources: readonly SourceFiles[];
  readonly pool: ShardPool;
  readonly args: Arguments;
  readonly terminal: Terminal;
  readonly name: string;
}

export const train: Command = {
  name: 'train',
  summary: 'Learns a dictionary from recordings of each source alone.',
  positionals: [],
  options: TRAIN_OPTIONS,
  notes: [
    'sotto train -o D.safetensors --source voice=speech/ --source noise=fan.wav --atoms voice=64,noise=32',
    '',
    'Without --mini-batch, --passes or --shard all recordings are held in memory, and at most --max-frames frames of each',
    'source are used. docs/training-at-scale.md has the rest.',
  ].join('\n'),
  run,
};

async function run(args: Arguments, terminal: Terminal): Promise<void> {
  const plan = readTrainPlan(args);
  const output = args.text('out') ?? args.text('statistics')!;
  await checkWritable(output);
  const sources: SourceFiles[] = [];
  for (const { label, atomCount, paths } of plan.sources) {
    sources.push({ label, atomCount, files: await findRecordings(paths) });
  }
  const name = args.text('name') ?? (path.parse(output).name.slice(0, 100) || 'dictionary');
  // A stream of recordings keeps this thread busy enough.
  const pool = createThreadPool(plan.threads, plan.mode === 'batch');
  const job: TrainJob = { plan, sources, pool, args, terminal, name };
  try {
    if (plan.mode === 'shard') {
      await writeWhole(output, await gatherShard(job));
      terminal.print(output);
      return;
    }
    const ways = { batch: trainBatch, 'mini-batch': trainStream, passes: trainPasses } as const;
    const trained = await ways[plan.mode](job);
    for (const { label, frames, left } of trained.sources)
      terminal.detail(`${label}: ${frames} frames, ${left}`);
    await writeWhole(output, writeSafetensors({ ...trained.dictionary, name, card: cardOf(job, trained) }));
    terminal.print(output);
  } catch (error) {
    if (error instanceof RangeError) throw new CommandError(error.message);
    throw error;
  } finally {
    pool.close();
  }
}

function cardOf({ sources, args, plan }: TrainJob, trained: Trained): DictionaryCard {
  const counted = sources.map(({ label, files }) => {
    const frames = trained.sources.find((source) => source.label === label)?.frames ?? 0;
    return `${label}: ${files.length} recording${files.length === 1 ? '' : 's'}, ${frames} frames`;
  });
  const [description, licence] = [args.text('description'), args.text('licence')];
  return {
    ...(description !== undefined && { description }),
    ...(licence !== undefined && { licence }),
    data: counted.join('; '),
    command: plan.command,
    scores: trained.sources.map(({ label, left }) => `${label}: ${left}`).join('; '),
  };
}
