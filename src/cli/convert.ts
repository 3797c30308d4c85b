import path from 'node:path';
import { DICTIONARY_FORMATS, DictionaryError, writeDictionary } from '../dictionary/index.ts';
import type {
  Dictionary,
  DictionaryFormat,
  Orientation,
  ReadDictionaryOptions,
  Source,
} from '../dictionary/index.ts';
import { DIVERGENCES } from '../nmf/divergence.ts';
import type { Arguments, Command } from './command.ts';
import { CommandError } from './errors.ts';
import { checkWritable, writeWhole } from './files.ts';
import { readDictionaryFile } from './load-dictionary.ts';

export const convert: Command = {
  name: 'convert',
  summary: 'Turns a dictionary into one for another program, or one of another program into one for Sotto.',
  positionals: ['IN', 'OUT'],
  options: {
    'sample-rate': { type: 'string', value: 'HZ', help: 'Sample rate, where IN does not say it.' },
    'fft-size': {
      type: 'string',
      value: 'N',
      help: 'FFT size; default from the side of the matrix that is a power of two and one.',
    },
    'window-length': { type: 'string', value: 'N', help: 'Samples of the window; default the FFT size.' },
    hop: {
      type: 'string',
      value: 'N',
      help: 'Samples from frame to frame; default a quarter of the window.',
    },
    window: { type: 'string', value: 'NAME', help: 'Name of the window; default hann.' },
    exponent: { type: 'string', value: 'NUMBER', help: 'Of |X|^exponent; 2 for powers; default 1.' },
    divergence: {
      type: 'string',
      value: 'NAME',
      help: `${DIVERGENCES.join(', ')}; default ${DIVERGENCES[1]}.`,
    },
    source: {
      type: 'string',
      value: 'LABEL=FIRST-LAST',
      multiple: true,
      help: 'Atoms of a source, counted from 0, for instance voice=0-63; once for each source.',
    },
    atoms: {
      type: 'string',
      value: 'rows|columns',
      help: 'How atoms lie in a matrix whose sides do not tell.',
    },
    name: { type: 'string', value: 'NAME', help: 'Name of the dictionary; default the name of the file.' },
  },
  notes: [
    'The ending of OUT says what is written: .safetensors (Sotto), .npz (NumPy, everything that the dictionary says), .npy (NumPy,',
    'the atoms alone), .wav (bases for FluCoMa, the atoms alone). IN may be any of them, from any program.',
  ].join('\n'),
  async run(args, terminal) {
    const [input, output] = args.positionals as [string, string];
    const format = formatOf(output);
    const options = readOptions(args);
    await checkWritable(output);
    const dictionary = renamed(await readDictionaryFile(input, options), args.text('name'));
    let bytes;
    try {
      bytes = writeDictionary(dictionary, format);
    } catch (error) {
      if (error instanceof DictionaryError)
        throw new CommandError(`Cannot write ${output}: ${error.message}`);
      throw error;
    }
    await writeWhole(output, bytes);
    const left = leftOut(dictionary, format);
    if (left) terminal.note(`${output} holds the atoms alone: ${left} had no place in it.`);
    terminal.detail(`${dictionary.atomCount} atoms of ${dictionary.bins} bins are in ${output}.`);
  },
};

function formatOf(output: string): DictionaryFormat {
  const ending = path.extname(output).slice(1).toLowerCase();
  const format = DICTIONARY_FORMATS.find((name) => name === ending);
  if (format) return format;
  const endings = DICTIONARY_FORMATS.map((name) => `.${name}`).join(', ');
  throw new CommandError(`Cannot write ${output}: the name of a dictionary must end in one of ${endings}.`);
}

function readOptions(args: Arguments): ReadDictionaryOptions {
  const sources = args.texts('source').map(parseSource);
  const divergence = args.text('divergence');
  const orientation = args.text('atoms');
  return definedOnly({
    sampleRate: number(args, 'sample-rate', false),
    fftSize: number(args, 'fft-size'),
    windowLength: number(args, 'window-length'),
    hop: number(args, 'hop'),
    window: args.text('window'),
    exponent: number(args, 'exponent', false),
    divergence: divergence === undefined ? undefined : oneOf(DIVERGENCES, 'divergence', divergence),
    orientation:
      orientation === undefined ? undefined : oneOf<Orientation>(['rows', 'columns'], 'atoms', orientation),
    name: args.text('name'),
    sources: sources.length > 0 ? sources.toSorted((a, b) => a.from - b.from) : undefined,
  });
}

/** "voice=0-63": the atoms 0 to 63, or "hum=64" for a single one. */
function parseSource(text: string): Source {
  const [, label, first, last = first] = /^(.+)=(\d{1,6})(?:-(\d{1,6}))?$/.exec(text) ?? [];
  if (label === undefined || Number(last) < Number(first)) {
    throw new CommandError(
      `--source is "${text}"; it must be a label and its first and last atom, such as voice=0-63.`,
    );
  }
  return { label, from: Number(first), to: Number(last) + 1 };
}

function number(args: Arguments, name: string, whole = true): number | undefined {
  const text = args.text(name);
  if (text === undefined) return undefined;
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (!(value > 0 && value < Infinity) || (whole && !Number.isInteger(value))) {
    throw new CommandError(`--${name} is "${text}"; it must be a ${whole ? 'whole ' : ''}number above 0.`);
  }
  return value;
}

function oneOf<T extends string>(allowed: readonly T[], name: string, text: string): T {
  const found = allowed.find((value) => value === text);
  if (found !== undefined) return found;
  throw new CommandError(`--${name} is "${text}"; it must be one of ${allowed.join(', ')}.`);
}

const renamed = (d: Dictionary, name: string | undefined): Dictionary =>
  name === undefined ? d : { ...d, name };

/** What a format without metadata cannot hold, in words. */
function leftOut(d: Dictionary, format: DictionaryFormat): string | undefined {
  if (format !== 'npy' && format !== 'wav') return undefined;
  const parts = [
    `the sources (${d.sources.map(({ label, from, to }) => `${label}=${from}-${to - 1}`).join(', ')})`,
  ];
  if (format === 'npy') parts.push(`the sample rate (${d.sampleRate} Hz)`);
  parts.push(`the window (${d.windowLength} samples), the hop (${d.hop} samples) and the card`);
  if (d.tensors) parts.push('the further tensors');
  return parts.join(', ');
}

const definedOnly = (options: ReadDictionaryOptions): ReadDictionaryOptions =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
