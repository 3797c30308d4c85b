import { existsSync } from 'node:fs';
import { DictionaryError, readSafetensors, resampleDictionary } from '../dictionary/index.ts';
import type { Dictionary } from '../dictionary/index.ts';
import type { FrameLayout } from '../separator/latency-modes.ts';
import { CommandError } from './errors.ts';
import { readBytes } from './files.ts';
import { builtInDictionary } from './package-files.ts';

/** Reads the dictionary of a file, or a built-in one by its name ("voice-noise"). */
export async function loadDictionary(fileOrName: string): Promise<Dictionary> {
  const builtIn = /^[a-z0-9-]+$/.test(fileOrName) ? builtInDictionary(fileOrName) : undefined;
  const file = builtIn && !existsSync(fileOrName) && existsSync(builtIn) ? builtIn : fileOrName;
  return readDictionary(file);
}

export async function loadBuiltIn(name: string): Promise<Dictionary> {
  const file = builtInDictionary(name);
  if (!existsSync(file)) {
    throw new CommandError(
      `The built-in dictionary ${file} is missing: install Sotto again, or give one with --dictionary.`,
    );
  }
  return readDictionary(file);
}

async function readDictionary(file: string): Promise<Dictionary> {
  const bytes = await readBytes(file);
  try {
    return readSafetensors(bytes);
  } catch (error) {
    if (error instanceof DictionaryError) throw new CommandError(`${file}: ${error.message}`);
    throw error;
  }
}

/** The dictionary on the grid of a layout, and a note for the user when that is another one. */
export function fitDictionary(
  dictionary: Dictionary,
  layout: FrameLayout,
): { readonly dictionary: Dictionary; readonly note: string | undefined } {
  const fitted = resampleDictionary(dictionary, layout);
  if (fitted === dictionary) return { dictionary, note: undefined };
  return {
    dictionary: fitted,
    note: `The dictionary "${dictionary.name}" (${grid(dictionary)}) is resampled to ${grid(fitted)}.`,
  };
}

const grid = (d: Dictionary): string => `${d.sampleRate} Hz, FFT ${d.fftSize}, window ${d.windowLength}`;
