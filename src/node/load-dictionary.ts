import { readSafetensors, type Dictionary } from '../dictionary/index.ts';

/** A dictionary, or where to read one: a URL (a string is one, too) or a file of the user's. */
export type DictionarySource = Dictionary | string | URL | Blob;

/**
 * Reads a dictionary. Throws a DictionaryError that says what is wrong with the file, or an Error when it cannot be
 * fetched.
 */
export async function loadDictionary(source: DictionarySource): Promise<Dictionary> {
  if (source instanceof Blob) return readSafetensors(new Uint8Array(await source.arrayBuffer()));
  if (typeof source === 'string' || source instanceof URL) return readSafetensors(await download(source));
  return source;
}

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
