import path from 'node:path';
import { writeSafetensors } from '../dictionary/index.ts';
import { mergeStatistics } from '../training/streaming/merge.ts';
import { readStatistics, StatisticsError } from '../training/streaming/statistics-file.ts';
import type { ShardStatistics } from '../training/streaming/statistics-file.ts';
import type { Command } from './command.ts';
import { CommandError } from './errors.ts';
import { checkWritable, readBytes, writeWhole } from './files.ts';

export const merge: Command = {
  name: 'merge',
  summary: 'Makes a dictionary from the statistics of all shards of "sotto train --shard".',
  positionals: [],
  options: {
    out: { type: 'string', short: 'o', value: 'D.safetensors', help: 'The dictionary to write.' },
    statistics: {
      type: 'string',
      short: 's',
      value: 'FILE',
      multiple: true,
      help: 'The statistics of a shard. Once per shard, in any order.',
    },
    sort: {
      type: 'boolean',
      help: 'Atoms by centroid, and without those that died out: for the last round.',
    },
    name: { type: 'string', value: 'TEXT', help: 'Of the dictionary; default the name of the file.' },
    description: { type: 'string', value: 'TEXT', help: 'For the card.' },
    licence: { type: 'string', value: 'TEXT', help: 'For the card.' },
  },
  async run(args, terminal) {
    const output = args.text('out');
    const files = args.texts('statistics');
    if (output === undefined) throw new CommandError('--out is missing. See "sotto merge --help".');
    if (files.length === 0)
      throw new CommandError('--statistics is missing: once per shard. See "sotto merge --help".');
    await checkWritable(output);
    const parts: ShardStatistics[] = [];
    for (const file of files) {
      const bytes = await readBytes(file);
      parts.push(named(file, () => readStatistics(bytes)));
    }
    const name = args.text('name') ?? (path.parse(output).name.slice(0, 100) || 'dictionary');
    const result = named(undefined, () => mergeStatistics(parts, { name, sort: args.has('sort') }));
    const said = result.sources.map(
      ({ label, frames, divergence }) =>
        `${label}: ${frames} frames, divergence ${divergence.toPrecision(6)} per frame`,
    );
    const [description, licence] = [args.text('description'), args.text('licence')];
    const card = {
      ...(description !== undefined && { description }),
      ...(licence !== undefined && { licence }),
      data: said.join('; '),
      command: `sotto train --shard I/${parts.length}, sotto merge`,
    };
    await writeWhole(output, writeSafetensors({ ...result.dictionary, card }));
    for (const line of said) terminal.detail(`${line} at the start of the round`);
    terminal.print(output);
  },
};

function named<T>(file: string | undefined, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof StatisticsError)) throw error;
    throw new CommandError(file === undefined ? error.message : `${file}: ${error.message}`);
  }
}
