import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { SampleFormat } from '../audio/wav.ts';
import { readAudio, writeAudio } from './audio-file.ts';
import type { Arguments, Command } from './command.ts';
import { CommandError, fileProblem } from './errors.ts';
import { checkWritable } from './files.ts';
import { loadDictionary } from './load-dictionary.ts';
import {
  controlOption,
  DICTIONARY_OPTION,
  FORMAT_OPTION,
  modeOption,
  readControls,
  readFormat,
  readMode,
} from './options.ts';
import { separateAudio } from './separate-audio.ts';
import type { Terminal } from './terminal.ts';

export const separate: Command = {
  name: 'separate',
  summary: 'Writes each source of a dictionary to a file of its own; together they are the input.',
  positionals: ['IN'],
  options: {
    dictionary: DICTIONARY_OPTION,
    'out-dir': {
      type: 'string',
      short: 'o',
      value: 'DIR',
      help: 'Folder for the files; made when it is not there.',
    },
    mode: modeOption('quality'),
    exponent: controlOption('exponent'),
    ...FORMAT_OPTION,
  },
  notes: 'Files are 32-bit float where the depth of the input would break the sum.',
  run,
};

async function run(args: Arguments, terminal: Terminal): Promise<void> {
  const input = args.positionals[0]!;
  const dictionaryFile = needed(args, 'dictionary');
  const folder = needed(args, 'out-dir');
  const mode = readMode(args, 'quality');
  const parameters = readControls(args);
  const format = readFormat(args);
  const audio = await readAudio(input);
  for (const note of audio.notes) terminal.note(note);
  const dictionary = await loadDictionary(dictionaryFile);
  await makeFolder(folder);
  const files = fileNames(dictionary.sources.map(({ label }) => label)).map((name) =>
    path.join(folder, name),
  );
  for (const file of files) await checkWritable(file);
  const job = { mode, dictionary, outputs: 'sources', parameters, label: 'Separating' } as const;
  const rendered = separateAudio(input, audio, job, terminal);
  const count = audio.channels.length;
  const chosen = format ?? exactFormat(audio.format, rendered);
  for (const [s, file] of files.entries()) {
    const channels = rendered.slice(s * count, (s + 1) * count);
    const clipped = await writeAudio(file, { ...audio, channels, format: chosen });
    if (clipped > 0) {
      terminal.note(
        `${clipped} samples of ${file} were above full scale and are cut; --format float32 keeps them.`,
      );
    }
    terminal.print(file);
  }
}

function needed(args: Arguments, name: string): string {
  const text = args.text(name);
  if (text !== undefined) return text;
  throw new CommandError(`--${name} is missing. See "sotto separate --help".`);
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new CommandError(`Cannot make the folder ${folder}: ${fileProblem(error)}.`);
  }
}

/** The input's format where rounding and full scale leave the sum of all files the input, or 32-bit float. */
function exactFormat(format: SampleFormat, rendered: readonly Float32Array[]): SampleFormat {
  if (format === 'pcm16') return 'float32';
  if (format.startsWith('float')) return format;
  const fits = rendered.every((channel) => channel.every((sample) => Math.abs(sample) < 1));
  return fits ? format : 'float32';
}

/**
 * A file name per label: labels come from a file of anyone, so only letters, digits and a few signs stay in them, and
 * two that become alike are numbered.
 */
export function fileNames(labels: readonly string[]): string[] {
  const taken = new Set<string>();
  return labels.map((label) => {
    const plain = label
      .normalize('NFC')
      .replaceAll(/[^\p{L}\p{N}_ -]+/gu, '-')
      .trim();
    const base = /[\p{L}\p{N}]/u.test(plain) ? plain : 'source';
    let name = `${base}.wav`;
    for (let i = 2; taken.has(name.toLowerCase()); i++) name = `${base}-${i}.wav`;
    taken.add(name.toLowerCase());
    return name;
  });
}
