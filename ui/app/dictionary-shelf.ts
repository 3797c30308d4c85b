import {
  readDictionary,
  writeSafetensors,
  type Dictionary,
  type ReadDictionaryOptions,
} from '../../src/dictionary/index.ts';
import { DictionaryLibrary, type KeptDictionary, notKeptMessage } from './dictionary-library.ts';

const files = import.meta.glob<string>('../../dictionaries/*.safetensors', {
  query: '?url',
  import: 'default',
  eager: true,
});

const LABELS: Readonly<Record<string, string>> = {
  denoise: 'Denoise',
  'voice-noise': 'Voice + noise (plain)',
  'vocals-accompaniment': 'Vocals + accompaniment',
};

/** Longest wait, in ms, for what is kept: some browsers never answer. */
const PATIENCE = 2000;
const LONGEST_LABEL = 80;

export interface Choice {
  readonly id: string;
  readonly label: string;
  readonly origin: 'built-in' | KeptDictionary['origin'];
  /** ms since 1970; undefined for the built-in ones. */
  readonly created: number | undefined;
}

/** An id, and where the browser refused to keep the dictionary, the reason. */
export interface Kept {
  readonly id: string;
  readonly warning: string | undefined;
}

/** The dictionaries to choose from: the built-in ones, and the user's own, which stay in the browser. */
export class DictionaryShelf {
  /** Resolves once the user's own are listed. Never rejects. */
  readonly ready: Promise<void>;
  readonly #urls = new Map(
    Object.entries(files).map(([path, url]) => [path.replace(/^.*\/|\.safetensors$/g, ''), url]),
  );
  /** Read and checked, by id. */
  readonly #open = new Map<string, Promise<Dictionary>>();
  readonly #choices = new Map<string, Choice>();
  readonly #kept = new Map<string, KeptDictionary>();
  readonly #library = new DictionaryLibrary();

  constructor() {
    for (const id of [...Object.keys(LABELS), ...this.#urls.keys()]) {
      this.#choices.set(id, { id, label: LABELS[id] ?? id, origin: 'built-in', created: undefined });
    }
    const listed = this.#library.list().then(
      (all) => all.forEach((kept) => this.#enter(kept)),
      () => undefined,
    );
    this.ready = Promise.race([listed, new Promise<void>((resolve) => setTimeout(resolve, PATIENCE))]);
  }

  get choices(): Choice[] {
    return [...this.#choices.values()];
  }

  has(id: string): boolean {
    return this.#choices.has(id);
  }

  label(id: string): string {
    return this.#choices.get(id)?.label ?? id;
  }

  /** A label that no other dictionary has. */
  freeLabel(wanted: string): string {
    const taken = new Set(this.choices.map(({ label }) => label));
    for (let n = 1; ; n++) {
      const label = n === 1 ? wanted : `${wanted} ${n}`;
      if (!taken.has(label)) return label;
    }
  }

  /** Reads a file of any kind of dictionary and keeps it. Rejects with the reader's message, which says what is wrong with it. */
  async add(file: File, options: ReadDictionaryOptions = {}): Promise<Kept> {
    const name = plainLabel(file.name.replace(/\.[^.]*$/, '')) || 'Dictionary';
    const bytes = new Uint8Array(await file.arrayBuffer());
    // A file of Sotto's own says its name itself, and takes no other.
    const dictionary = readDictionary(bytes, { name, ...options });
    return this.#keep(`file:${file.name}`, dictionary, dictionary.name || name, 'file');
  }

  /** Keeps a dictionary learned here, under its name. */
  keep(dictionary: Dictionary): Promise<Kept> {
    const id = `own:${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 8)}`;
    return this.#keep(id, dictionary, dictionary.name, 'learned');
  }

  /** Gives one of the user's own another name. */
  async rename(id: string, wanted: string): Promise<Kept> {
    const before = this.#kept.get(id);
    const label = plainLabel(wanted);
    if (!before || !label || label === before.label) return { id, warning: undefined };
    const dictionary = { ...(await this.open(id)), name: label };
    return this.#store({ ...before, label, bytes: writeSafetensors(dictionary) }, dictionary);
  }

  /** Takes one of the user's own away; what is returned puts it back. */
  async remove(id: string): Promise<() => Promise<Kept>> {
    const before = this.#kept.get(id);
    if (!before) return async () => ({ id, warning: undefined });
    const dictionary = await this.open(id);
    this.#choices.delete(id);
    this.#kept.delete(id);
    this.#open.delete(id);
    await this.#library.delete(id).catch(() => undefined);
    return () => this.#store(before, dictionary);
  }

  /** Fetches or reads, and checks, a dictionary once. A failure is not kept, so that the next call tries again. */
  open(id: string): Promise<Dictionary> {
    let opening = this.#open.get(id);
    if (!opening) {
      opening = this.#read(id);
      this.#open.set(id, opening);
      opening.catch(() => this.#open.delete(id));
    }
    return opening;
  }

  #keep(id: string, dictionary: Dictionary, label: string, origin: KeptDictionary['origin']): Promise<Kept> {
    const bytes = writeSafetensors(dictionary);
    return this.#store({ id, label, origin, created: Date.now(), bytes }, dictionary);
  }

  async #store(kept: KeptDictionary, dictionary: Dictionary): Promise<Kept> {
    this.#enter(kept);
    this.#open.set(kept.id, Promise.resolve(dictionary));
    try {
      await this.#library.save(kept);
      return { id: kept.id, warning: undefined };
    } catch (error) {
      return { id: kept.id, warning: notKeptMessage(kept.label, error) };
    }
  }

  #enter(kept: KeptDictionary): void {
    const { id, label, origin, created } = kept;
    this.#kept.set(id, kept);
    this.#choices.set(id, { id, label, origin, created });
  }

  async #read(id: string): Promise<Dictionary> {
    const kept = this.#kept.get(id);
    if (kept) return readDictionary(kept.bytes);
    const url = this.#urls.get(id);
    if (!url) throw new Error('It is not in this browser any more.');
    const response = await fetch(url);
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    return readDictionary(new Uint8Array(await response.arrayBuffer()));
  }
}

/** A label as a dictionary's name may be: no control characters, not too long. */
export const plainLabel = (text: string): string =>
  text
    .replaceAll(/[\p{C}\u2028\u2029]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, LONGEST_LABEL)
    .trim();
