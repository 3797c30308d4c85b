/** What the command lines of the benches have in common. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

type Options = NonNullable<ParseArgsConfig['options']>;

/** The options given. With one that is not there the help is printed, and the process ends with status 2. */
export function readOptions<T extends Options>(
  options: T,
  help: string,
): ReturnType<typeof parseArgs<{ options: T }>>['values'] {
  try {
    return parseArgs({ options }).values;
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${help}`);
    return process.exit(2);
  }
}

/** Throws an Error unless the split is there. */
export function checkSplit(split: string): 'test' | 'train' {
  if (split === 'test' || split === 'train') return split;
  throw new Error(`--split is ${split}; it must be test or train.`);
}

/**
 * The systems that `only` names, separated by commas; all without it. What is compared with, `always`, is measured anyhow and may be named. `note`: why
 * some might be missing. Throws an Error for a name that is not there.
 */
export function chooseSystems<T extends { readonly name: string }>(
  systems: readonly T[],
  only: string | undefined,
  always: string,
  note = '',
): T[] {
  if (only === undefined) return [...systems];
  const names = only.split(',').map((name) => name.trim());
  const unknown = names.find((name) => name !== always && !systems.some((system) => system.name === name));
  if (unknown === undefined) return systems.filter(({ name }) => names.includes(name));
  const known = systems.map(({ name }) => name).join(', ');
  throw new Error(`--only names ${unknown}, which is not there. There are: ${known}. ${note}`.trimEnd());
}

/** Runs a bench; what it throws is said in one line. */
export async function runBench(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    process.exitCode = 1;
  }
}
