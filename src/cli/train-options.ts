import { availableParallelism } from 'node:os';
import { MAX_FFT_SIZE } from '../dictionary/index.ts';
import { DIVERGENCES } from '../nmf/divergence.ts';
import type { Divergence } from '../nmf/divergence.ts';
import { STARTS } from '../nmf/initialization.ts';
import type { Start } from '../nmf/initialization.ts';
import type { TrainingLayout } from '../training/index.ts';
import type { Arguments } from './command.ts';
import { CommandError } from './errors.ts';
import { METHODS, TRAIN_OPTIONS } from './train-option-table.ts';

export type TrainMode = 'batch' | 'mini-batch' | 'passes' | 'shard';

/** What the options of "sotto train" say, checked. */
export interface TrainPlan {
  readonly mode: TrainMode;
  /** In the order in which they were first named. */
  readonly sources: readonly {
    readonly label: string;
    readonly paths: readonly string[];
    readonly atomCount: number;
  }[];
  readonly layout: TrainingLayout;
  readonly divergence: Divergence;
  readonly exponent: number;
  /** Part of the variance that chooses the number of atoms; undefined: as many as were asked for. */
  readonly variance: number | undefined;
  /** Whether reconstruction atoms are trained on mixtures at the end. */
  readonly refine: boolean;
  readonly iterations: number;
  readonly tolerance: number;
  readonly method: 'accelerated' | 'batch';
  readonly start: Start;
  readonly restarts: number;
  readonly sparsity: number;
  readonly seed: number;
  readonly maxFrames: number;
  readonly epochs: number;
  readonly forget: number;
  readonly passes: number;
  readonly shard: { readonly index: number; readonly count: number };
  readonly threads: number;
  /** Options that make the command again, without those that say where files are. */
  readonly command: string;
}

/** Throws a CommandError for what is missing, out of range, or does not go together. */
export function readTrainPlan(args: Arguments): TrainPlan {
  const mode = readMode(args);
  const sources = readSources(args);
  const fftSize = whole(args, 'fft-size', 1024, 16, MAX_FFT_SIZE);
  if ((fftSize & (fftSize - 1)) !== 0)
    throw new CommandError(`--fft-size is ${fftSize}; it must be a power of two.`);
  const shard = readShard(args);
  return {
    mode,
    sources,
    layout: {
      sampleRate: whole(args, 'sample-rate', 48000, 1000, 768000),
      fftSize,
      windowLength: fftSize,
      hop: whole(args, 'hop', fftSize / 4, 1, fftSize),
    },
    divergence: choice(args, 'divergence', DIVERGENCES, 'kullback-leibler'),
    exponent: real(args, 'exponent', 1, 0.05, 4),
    variance: args.text('variance') === undefined ? undefined : real(args, 'variance', 0.9, 0.01, 0.999),
    refine: readRefine(args, sources.length),
    iterations: whole(args, 'iterations', 60, 1, 100000),
    tolerance: real(args, 'tolerance', 1e-4, 0, 1),
    method: choice(args, 'method', METHODS, 'accelerated'),
    start: choice(args, 'init', STARTS, 'frames'),
    restarts: whole(args, 'restarts', 1, 1, 1000),
    sparsity: real(args, 'sparsity', 0, 0, 1e6),
    seed: whole(args, 'seed', 0, 0, 2 ** 31),
    maxFrames: whole(args, 'max-frames', 20000, 1, 2 ** 22),
    epochs: whole(args, 'epochs', 1, 1, 1000),
    forget: real(args, 'forget', 0.8, 0, 1),
    passes: mode === 'shard' ? 1 : whole(args, 'passes', 1, 1, 100000),
    shard,
    threads: whole(args, 'threads', availableParallelism(), 1, 1024),
    command: commandOf(args, sources),
  };
}

/** Options that say nothing in a mode are refused there: who gives them expects something of them. */
const ONLY_IN: Readonly<Record<string, readonly TrainMode[]>> = {
  iterations: ['batch'],
  variance: ['batch'],
  refine: ['batch'],
  tolerance: ['batch'],
  method: ['batch'],
  restarts: ['batch'],
  'max-frames': ['batch'],
  fixed: ['batch', 'mini-batch'],
  init: ['batch', 'mini-batch'],
  epochs: ['mini-batch'],
  forget: ['mini-batch'],
  start: ['passes', 'shard'],
  statistics: ['shard'],
  out: ['batch', 'mini-batch', 'passes'],
};

const MODE_NAMES: Readonly<Record<TrainMode, string>> = {
  batch: 'batch training',
  'mini-batch': '--mini-batch',
  passes: '--passes',
  shard: '--shard',
};

function readMode(args: Arguments): TrainMode {
  const given = (['mini-batch', 'passes', 'shard'] as const).filter((name) => args.has(name));
  if (given.length > 1) throw new CommandError(`--${given[0]} and --${given[1]} do not go together.`);
  const mode = given[0] ?? 'batch';
  for (const [name, modes] of Object.entries(ONLY_IN)) {
    if (
      args.has(name) &&
      args.texts(name).length + (args.text(name) ?? '').length > 0 &&
      !modes.includes(mode)
    )
      throw new CommandError(
        `--${name} does not go with ${MODE_NAMES[mode]}; it belongs to ${modes.map((m) => MODE_NAMES[m]).join(' and ')}.`,
      );
  }
  if (args.has('start') && args.has('atoms'))
    throw new CommandError('--atoms does not go with --start: there are as many as in that dictionary.');
  const output = mode === 'shard' ? 'statistics' : 'out';
  if (args.text(output) === undefined)
    throw new CommandError(`--${output} is missing. See "sotto train --help".`);
  return mode;
}

function readRefine(args: Arguments, sources: number): boolean {
  if (!args.has('refine')) return false;
  if (sources >= 2 && args.texts('fixed').length === 0) return true;
  throw new CommandError(
    '--refine mixes the sources: it needs two or more with --source, and none with --fixed.',
  );
}

function readSources(args: Arguments): TrainPlan['sources'] {
  const paths = new Map<string, string[]>();
  for (const text of args.texts('source')) {
    const [label, path] = split(text, '=');
    if (!label || !path) {
      throw new CommandError(`--source is "${text}"; it must be LABEL=PATH, as in voice=recordings/voice.`);
    }
    paths.set(label, [...(paths.get(label) ?? []), path]);
  }
  if (paths.size === 0)
    throw new CommandError('--source is missing: LABEL=PATH, as in voice=recordings/voice.');
  const counts = readAtoms(args.text('atoms') ?? '64', [...paths.keys()]);
  return [...paths].map(([label, own]) => ({ label, paths: own, atomCount: counts.get(label)! }));
}

/** "64" for all, or "voice=64,noise=32"; 64 for those that are not named. */
function readAtoms(text: string, labels: readonly string[]): Map<string, number> {
  const count = (value: string): number => {
    if (/^\d+$/.test(value) && Number(value) >= 1 && Number(value) <= 1024) return Number(value);
    throw new CommandError(
      `--atoms is "${text}"; it must be a whole number from 1 to 1024, or LABEL=N,LABEL=N.`,
    );
  };
  const counts = new Map(labels.map((label) => [label, 64]));
  if (!text.includes('=')) {
    for (const label of labels) counts.set(label, count(text));
    return counts;
  }
  for (const item of text.split(',')) {
    const [label, value] = split(item, '=');
    if (!counts.has(label)) {
      throw new CommandError(
        `--atoms names "${label}", which is no source here. There are: ${labels.join(', ')}.`,
      );
    }
    counts.set(label, count(value ?? ''));
  }
  return counts;
}

function readShard(args: Arguments): TrainPlan['shard'] {
  const text = args.text('shard');
  if (text === undefined) return { index: 0, count: 1 };
  const [, i, n] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const [index, count] = [Number(i), Number(n)];
  if (i !== undefined && count >= 1 && index < count) return { index, count };
  throw new CommandError(`--shard is "${text}"; it must be I/N with I from 0 to N - 1, as in 0/8.`);
}

/** At the first separator; undefined behind it where there is none. */
export function split(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

function commandOf(args: Arguments, sources: TrainPlan['sources']): string {
  const words = ['sotto train'];
  for (const { label } of sources) words.push(`--source ${label}=...`);
  for (const [name, { type, multiple }] of Object.entries(TRAIN_OPTIONS)) {
    if (multiple || !args.has(name)) continue;
    if (['out', 'statistics', 'start', 'threads', 'name', 'description', 'licence'].includes(name)) continue;
    words.push(type === 'boolean' ? `--${name}` : `--${name} ${args.text(name)}`);
  }
  return words.join(' ');
}

function choice<T extends string>(args: Arguments, name: string, allowed: readonly T[], fallback: T): T {
  const text = args.text(name);
  const found = text === undefined ? fallback : allowed.find((value) => value === text);
  if (found !== undefined) return found;
  throw new CommandError(`--${name} is "${text}"; it must be one of ${allowed.join(', ')}.`);
}

function real(args: Arguments, name: string, fallback: number, least: number, most: number): number {
  const text = args.text(name);
  if (text === undefined) return fallback;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= least && value <= most) return value;
  throw new CommandError(`--${name} is "${text}"; it must be a number from ${least} to ${most}.`);
}

function whole(args: Arguments, name: string, fallback: number, least: number, most: number): number {
  const value = real(args, name, fallback, least, most);
  if (Number.isInteger(value)) return value;
  throw new CommandError(`--${name} is ${value}; it must be a whole number.`);
}
