import { DIVERGENCES } from '../nmf/divergence.ts';
import type { Divergence } from '../nmf/divergence.ts';
import type { Dictionary, DictionaryCard, Source } from './dictionary.ts';
import { DictionaryError, shown } from './errors.ts';

/*
 * The `__metadata__` of a dictionary file: texts by name, as safetensors wants them, that any reader of JSON understands.
 */

const FORMAT = 'sotto-dictionary';
const FORMAT_VERSION = 1;
export const CARD_KEYS = ['description', 'data', 'licence', 'command', 'scores', 'created'] as const;

/** What the metadata of a file says; what the atoms say (their number and bins) is not in it. */
export type DictionaryMetadata = Omit<Dictionary, 'atoms' | 'atomCount' | 'bins' | 'tensors'>;

/** Metadata in the order in which it is written. */
export function metadataOf(d: Dictionary): Record<string, string> {
  const metadata: Record<string, string> = {
    format: FORMAT,
    version: String(FORMAT_VERSION),
    name: d.name,
    sampleRate: String(d.sampleRate),
    fftSize: String(d.fftSize),
    windowLength: String(d.windowLength),
    hop: String(d.hop),
    window: d.window,
    exponent: String(d.exponent),
    divergence: d.divergence,
    sources: JSON.stringify(d.sources.map(({ label, from, to }) => ({ label, from, to }))),
  };
  if (d.learned?.length) metadata['learned'] = JSON.stringify(d.learned);
  for (const key of CARD_KEYS) {
    const value = d.card[key];
    if (value !== undefined) metadata[`card.${key}`] = value;
  }
  return metadata;
}

/** Reads it back. Throws a {@link DictionaryError} for what is missing or not understood; checkDictionary does the ranges. */
export function parseMetadata(metadata: unknown): DictionaryMetadata {
  if (metadata === undefined) {
    throw new DictionaryError(
      'The file is a safetensors file without metadata, so not a Sotto dictionary: sample rate, FFT size and sources must ' +
        'be in its "__metadata__".',
    );
  }
  if (!isRecord(metadata))
    throw new DictionaryError('The "__metadata__" of the file must be an object of texts.');
  for (const [key, value] of Object.entries(metadata)) {
    if (typeof value !== 'string') {
      throw new DictionaryError(`The metadata ${shown(key)} is ${shown(value)}; all metadata must be texts.`);
    }
  }
  const texts = metadata as Record<string, string>;
  checkFormat(texts);
  const divergence = text(texts, 'divergence');
  if (!DIVERGENCES.includes(divergence as Divergence)) {
    throw new DictionaryError(
      `The divergence of the dictionary is ${shown(divergence)}; it must be one of ${DIVERGENCES.join(', ')}.`,
    );
  }
  const learned = parseLearned(get(texts, 'learned'));
  return {
    name: text(texts, 'name'),
    sampleRate: number(texts, 'sampleRate'),
    fftSize: number(texts, 'fftSize'),
    windowLength: number(texts, 'windowLength'),
    hop: number(texts, 'hop'),
    window: text(texts, 'window'),
    exponent: number(texts, 'exponent'),
    divergence: divergence as Divergence,
    sources: parseSources(text(texts, 'sources')),
    card: cardOf((key) => get(texts, `card.${key}`)),
    ...(learned && { learned }),
  };
}

function parseLearned(json: string | undefined): readonly string[] | undefined {
  if (json === undefined) return undefined;
  let labels: unknown;
  try {
    labels = JSON.parse(json);
  } catch {
    labels = undefined;
  }
  if (Array.isArray(labels) && labels.every((label) => typeof label === 'string')) return labels;
  throw new DictionaryError(
    `The metadata "learned" is ${shown(json)}; it must be a JSON list of source labels.`,
  );
}

function checkFormat(texts: Record<string, string>): void {
  if (get(texts, 'format') !== FORMAT) {
    throw new DictionaryError(
      `The file is a safetensors file but not a Sotto dictionary: its metadata must have "format": "${FORMAT}".`,
    );
  }
  const version = number(texts, 'version');
  if (version !== FORMAT_VERSION) {
    throw new DictionaryError(
      `The dictionary has format version ${version}; this Sotto reads version ${FORMAT_VERSION}` +
        (version > FORMAT_VERSION ? ': a newer Sotto is needed.' : '.'),
    );
  }
}

function parseSources(json: string): Source[] {
  const wanted = 'it must be a JSON list of {"label", "from", "to"}';
  let list: unknown;
  try {
    list = JSON.parse(json);
  } catch {
    throw new DictionaryError(`The metadata "sources" is not JSON; ${wanted}.`);
  }
  if (!Array.isArray(list)) throw new DictionaryError(`The metadata "sources" is ${shown(list)}; ${wanted}.`);
  return list.map((entry: unknown) => {
    if (
      !isRecord(entry) ||
      typeof entry['label'] !== 'string' ||
      typeof entry['from'] !== 'number' ||
      typeof entry['to'] !== 'number'
    ) {
      throw new DictionaryError(`The metadata "sources" has the entry ${shown(entry)}; ${wanted}.`);
    }
    return { label: entry['label'], from: entry['from'], to: entry['to'] };
  });
}

/** The card of what `read` gives for each of its keys. */
export function cardOf(read: (key: string) => string | undefined): DictionaryCard {
  const card: Partial<Record<(typeof CARD_KEYS)[number], string>> = {};
  for (const key of CARD_KEYS) {
    const value = read(key);
    if (value !== undefined) card[key] = value;
  }
  return card;
}

function text(texts: Record<string, string>, key: string): string {
  const value = get(texts, key);
  if (value === undefined) throw new DictionaryError(`The metadata of the dictionary lacks "${key}".`);
  return value;
}

function number(texts: Record<string, string>, key: string): number {
  const value = text(texts, key);
  if (!/^-?\d{1,20}(\.\d{1,20})?(e[+-]?\d{1,3})?$/i.test(value)) {
    throw new DictionaryError(`The metadata "${key}" is ${shown(value)}; it must be a number.`);
  }
  return Number(value);
}

const get = (texts: Record<string, string>, key: string): string | undefined =>
  Object.hasOwn(texts, key) ? texts[key] : undefined;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
