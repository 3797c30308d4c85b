import { availableParallelism } from 'node:os';
import { writeSafetensors, type Dictionary } from '../dictionary/index.ts';
import { loadKernel } from '../kernel/index.ts';
import { studySong } from '../training/index.ts';
import type { Arguments, OptionTable } from './command.ts';
import { CommandError } from './errors.ts';
import { checkWritable, writeWhole } from './files.ts';
import { plainName } from './noise-dictionary.ts';
import type { SuppressionContext } from './suppress.ts';
import { allowRelaxedSimd, createThreadPool } from './training-threads.ts';

export const STUDY_OPTIONS: OptionTable = {
  study: {
    type: 'boolean',
    help: "Listen to the whole song first, and learn its own voice and accompaniment. The dictionary's voice is where it begins.",
  },
  'save-dictionary': {
    type: 'string',
    value: 'FILE',
    help: 'With --study: where what was learned is kept, as .safetensors, for --dictionary.',
  },
  threads: { type: 'string', short: 't', value: 'N', help: 'With --study; default: one per core.' },
};

const LABELS = { listening: 'Listening', learning: 'Learning' } as const;

/** Throws a CommandError for options that do not go together, and for a file that cannot be written, before any work is done. */
export async function checkStudy(args: Arguments): Promise<void> {
  for (const name of ['save-dictionary', 'threads']) {
    if (args.text(name) !== undefined && !args.has('study')) {
      throw new CommandError(`--${name} is for what is learned from the song: it needs --study.`);
    }
  }
  readThreads(args);
  const file = args.text('save-dictionary');
  if (file !== undefined) await checkWritable(file);
}

/** The dictionary of the song itself where --study is given, or the given one. */
export async function studiedDictionary(
  base: Dictionary,
  args: Arguments,
  { input, audio, terminal }: SuppressionContext,
): Promise<Dictionary> {
  if (!args.has('study')) return base;
  allowRelaxedSimd();
  const pool = createThreadPool(readThreads(args), true);
  const started = performance.now();
  try {
    const song = { name: plainName(input), sampleRate: audio.sampleRate, channels: audio.channels };
    const { dictionary, seconds, sung } = await studySong(
      song,
      { base, createKernel: loadKernel().factory },
      pool,
      ({ stage, fraction }) => terminal.progress('Studying the song', fraction, LABELS[stage]),
    );
    const took = (performance.now() - started) / 1000;
    terminal.progress('Studying the song', 1, '');
    terminal.detail(
      `${seconds.toFixed(0)} s of sound studied in ${took.toFixed(0)} s; somebody sings in ${Math.round(100 * sung)} % of it.`,
    );
    const file = args.text('save-dictionary');
    if (file !== undefined) await writeWhole(file, writeSafetensors(dictionary));
    return dictionary;
  } catch (error) {
    if (error instanceof RangeError) throw new CommandError(`${input}: ${error.message}`);
    throw error;
  } finally {
    pool.close();
  }
}

function readThreads(args: Arguments): number {
  const text = args.text('threads');
  const threads = text === undefined ? availableParallelism() : Number(text);
  if (Number.isInteger(threads) && threads >= 1 && threads <= 1024) return threads;
  throw new CommandError(`--threads is ${text}; it must be a whole number from 1 to 1024.`);
}
