import { parseArgs } from 'node:util';
import { CommandError } from './errors.ts';
import type { Terminal } from './terminal.ts';

/** One option of a command; the help and the parser both read it. */
export interface Option {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** Name of the value in the help. */
  readonly value?: string;
  readonly help: string;
  /** May be given more than once; see {@link Arguments.texts}. */
  readonly multiple?: boolean;
}

export type OptionTable = Readonly<Record<string, Option>>;

export interface Arguments {
  readonly positionals: readonly string[];
  /** The text of an option, or undefined when it was not given. */
  text(name: string): string | undefined;
  /** The texts of an option that may be given more than once, in their order. */
  texts(name: string): readonly string[];
  has(name: string): boolean;
}

export interface Command {
  readonly name: string;
  /** One line. */
  readonly summary: string;
  /** Names of the positional arguments, all of them needed. */
  readonly positionals: readonly string[];
  readonly options: OptionTable;
  /** Further help under the options. */
  readonly notes?: string;
  run(args: Arguments, terminal: Terminal): Promise<void>;
}

export const COMMON_OPTIONS: OptionTable = {
  quiet: { type: 'boolean', short: 'q', help: 'Say nothing but errors.' },
  help: { type: 'boolean', short: 'h', help: 'Show this help.' },
};

/** Reads the arguments after the command's name. Throws a CommandError for what the command does not know or lacks. */
export function parseCommand(command: Command, words: readonly string[]): Arguments {
  const options = { ...command.options, ...COMMON_OPTIONS };
  const hint = `See "sotto ${command.name} --help".`;
  let parsed;
  try {
    parsed = parseArgs({
      args: joinNegative(words),
      options: Object.fromEntries(
        Object.entries(options).map(([name, { type, short, multiple }]) => [
          name,
          { type, ...(short && { short }), ...(multiple && { multiple }) },
        ]),
      ),
      allowPositionals: true,
      strict: true,
    });
  } catch (error) {
    throw new CommandError(`${parseProblem(error as NodeJS.ErrnoException)} ${hint}`);
  }
  const { values, positionals } = parsed;
  if (!values['help']) {
    const missing = command.positionals[positionals.length];
    if (missing) throw new CommandError(`${missing} is missing: ${usage(command)}. ${hint}`);
    const extra = positionals[command.positionals.length];
    if (extra !== undefined) {
      throw new CommandError(`"${extra}" is one argument too many: ${usage(command)}. ${hint}`);
    }
  }
  return {
    positionals,
    text: (name) => {
      const value = values[name];
      return typeof value === 'string' ? value : undefined;
    },
    texts: (name) => {
      const value = values[name];
      return Array.isArray(value) ? value.filter((text) => typeof text === 'string') : [];
    },
    has: (name) => values[name] !== undefined && values[name] !== false,
  };
}

/** "--reduction -5" as "--reduction=-5": a negative number is a value, and the command says that it is out of range. */
function joinNegative(words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const last = joined.at(-1);
    if (/^-[\d.]/.test(word) && last !== undefined && /^--[a-z-]+$/.test(last)) {
      joined[joined.length - 1] = `${last}=${word}`;
    } else joined.push(word);
  }
  return joined;
}

function parseProblem(error: NodeJS.ErrnoException): string {
  const option = /'(-[^' ]*)/.exec(error.message)?.[1] ?? 'an option';
  if (error.code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return `There is no option ${option}.`;
  if (/does not take an argument/.test(error.message)) return `The option ${option} takes no value.`;
  if (/argument missing|ambiguous/.test(error.message)) {
    const name = /--[\w-]+/.exec(error.message)?.[0] ?? option;
    return `The option ${name} needs a value.`;
  }
  return `${error.message.split('\n')[0]!.replace(/\.$/, '')}.`;
}

/** "sotto denoise IN OUT [options]". */
export const usage = (command: Command): string =>
  ['sotto', command.name, ...command.positionals, '[options]'].join(' ');

export function commandHelp(command: Command): string {
  const rows = Object.entries({ ...command.options, ...COMMON_OPTIONS }).map(([name, option]) => [
    `  ${option.short ? `-${option.short}, ` : '    '}--${name}${option.value ? ` ${option.value}` : ''}`,
    option.help,
  ]);
  const width = Math.max(...rows.map(([left]) => left!.length)) + 2;
  const lines = rows.map(([left, right]) => left!.padEnd(width) + right);
  const notes = command.notes ? ['', command.notes] : [];
  return [command.summary, '', `Usage: ${usage(command)}`, '', ...lines, ...notes].join('\n');
}
