import { existsSync } from 'node:fs';
import path from 'node:path';
import { DictionaryError, readDictionary } from '../dictionary/index.ts';
import type { Dictionary, ReadDictionaryOptions } from '../dictionary/index.ts';
import { dictionaryForLayout } from '../separator/frame-model.ts';
import type { FrameLayout } from '../separator/latency-modes.ts';
import { CommandError } from './errors.ts';
import { readBytes } from './files.ts';
import { builtInDictionary } from './package-files.ts';

/** Reads the dictionary of a file, or a built-in one by its name ("denoise"). */
export async function loadDictionary(fileOrName: string): Promise<Dictionary> {
  const builtIn = /^[a-z0-9-]+$/.test(fileOrName) ? builtInDictionary(fileOrName) : undefined;
  const file = builtIn && !existsSync(fileOrName) && existsSync(builtIn) ? builtIn : fileOrName;
  return readDictionaryFile(file);
}

export async function loadBuiltIn(name: string): Promise<Dictionary> {
  const file = builtInDictionary(name);
  if (!existsSync(file)) {
    throw new CommandError(
      `The built-in dictionary ${file} is missing: install Sotto again, or give one with --dictionary.`,
    );
  }
  return readDictionaryFile(file);
}

/** Reads a dictionary file of any kind; one without a name gets the file's. */
export async function readDictionaryFile(
  file: string,
  options: ReadDictionaryOptions = {},
): Promise<Dictionary> {
  const bytes = await readBytes(file);
  try {
    return readDictionary(bytes, { name: nameFromFile(file), ...options });
  } catch (error) {
    if (error instanceof DictionaryError) throw new CommandError(`${file}: ${error.message}`);
    throw error;
  }
}

/** The name of a file without its ending, as a dictionary's, in which control characters are not allowed. */
const nameFromFile = (file: string): string =>
  path
    .parse(file)
    .name.replaceAll(/[\p{C}\u2028\u2029]/gu, '?')
    .slice(0, 100)
    .trim() || 'Imported dictionary';

/** The dictionary on the grid of a layout, and a note for the user when that is another one. */
export function fitDictionary(
  dictionary: Dictionary,
  layout: FrameLayout,
): { readonly dictionary: Dictionary; readonly note: string | undefined } {
  const fitted = dictionaryForLayout(dictionary, layout);
  if (fitted === dictionary) return { dictionary, note: undefined };
  return {
    dictionary: fitted,
    note: `The dictionary "${dictionary.name}" (${grid(dictionary)}) is resampled to ${grid(fitted)}.`,
  };
}

const grid = (d: Dictionary): string => `${d.sampleRate} Hz, FFT ${d.fftSize}, window ${d.windowLength}`;
