import { DictionaryError } from '../dictionary/index.ts';
import { commandHelp, parseCommand, type Command } from './command.ts';
import { convert } from './convert.ts';
import { denoise } from './denoise.ts';
import { CommandError } from './errors.ts';
import { inspect } from './inspect.ts';
import { karaoke } from './karaoke.ts';
import { merge } from './merge.ts';
import { packageVersion } from './package-files.ts';
import { separate } from './separate.ts';
import { streamTerminal, type Streams } from './terminal.ts';
import { train } from './train.ts';

const COMMANDS: readonly Command[] = [denoise, karaoke, separate, inspect, convert, train, merge];

function help(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length)) + 2;
  return [
    'Sotto takes unwanted sound out of recordings.',
    '',
    'Usage: sotto COMMAND ...',
    '',
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`),
    '',
    '"sotto COMMAND --help" shows the options of a command; "sotto --version" the version.',
  ].join('\n');
}

async function dispatch(words: readonly string[], streams: Streams): Promise<void> {
  const [first, ...rest] = words;
  if (first === '--help' || first === '-h' || first === 'help') {
    const command = COMMANDS.find(({ name }) => name === rest[0]);
    streams.stdout.write(`${command ? commandHelp(command) : help()}\n`);
    return;
  }
  if (first === '--version') {
    streams.stdout.write(`${packageVersion()}\n`);
    return;
  }
  const names = COMMANDS.map(({ name }) => name).join(', ');
  if (first === undefined) throw new CommandError(`A command is missing: ${names}. See "sotto --help".`);
  const command = COMMANDS.find(({ name }) => name === first);
  if (!command) {
    const what = first.startsWith('-') ? 'option' : 'command';
    throw new CommandError(`There is no ${what} "${first}". There are: ${names}. See "sotto --help".`);
  }
  const args = parseCommand(command, rest);
  if (args.has('help')) {
    streams.stdout.write(`${commandHelp(command)}\n`);
    return;
  }
  await command.run(args, streamTerminal(streams, args.has('quiet')));
}

/**
 * Runs one command line, given without the program's name, and returns the exit code: 0, or 1 after one line on `stderr`
 * that says what is wrong.
 */
export async function runCommandLine(words: readonly string[], streams: Streams): Promise<0 | 1> {
  try {
    await dispatch(words, streams);
    return 0;
  } catch (error) {
    const known = error instanceof CommandError || error instanceof DictionaryError;
    const message = error instanceof Error ? error.message : String(error);
    streams.stderr.write(`sotto: ${known ? '' : 'unexpected error: '}${message}\n`);
    if (!known && process.env['SOTTO_DEBUG'] && error instanceof Error)
      streams.stderr.write(`${error.stack}\n`);
    return 1;
  }
}
