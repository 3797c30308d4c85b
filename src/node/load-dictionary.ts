import { readDictionary, type Dictionary, type ReadDictionaryOptions } from '../dictionary/index.ts';

/** A dictionary, or where to read one: a URL (a string is one, too) or a file of the user's. */
export type DictionarySource = Dictionary | string | URL | Blob;

/**
 * Reads a dictionary: Sotto's own, or an .npz, .npy or WAV of bases, for which `options` say what the file does not. Throws a
 * DictionaryError that says what is wrong with the file, or an Error when it cannot be fetched.
 */
export async function loadDictionary(
  source: DictionarySource,
  options: ReadDictionaryOptions = {},
): Promise<Dictionary> {
  if (source instanceof Blob) {
    const name = 'name' in source && typeof source.name === 'string' ? baseName(source.name) : undefined;
    return readDictionary(new Uint8Array(await source.arrayBuffer()), { ...(name && { name }), ...options });
  }
  if (typeof source === 'string' || source instanceof URL) {
    return readDictionary(await download(source), options);
  }
  return source;
}

/** The name of a file, as a dictionary's that has none: without ending, control characters, or more than fits. */
const baseName = (name: string): string =>
  name
    .replace(/\.[^.]*$/, '')
    .replaceAll(/[\p{C}\u2028\u2029]/gu, '?')
    .slice(0, 100)
    .trim();

async function download(url: string | URL): Promise<Uint8Array> {
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new Error(
      `The dictionary ${url} could not be fetched: ${error instanceof Error ? error.message : error}`,
      { cause: error },
    );
  }
  if (!response.ok) {
    throw new Error(`The dictionary ${url} could not be fetched: the server answered ${response.status}.`);
  }
  return new Uint8Array(await response.arrayBuffer());
}
