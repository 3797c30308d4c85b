import type { Dictionary } from '../../src/dictionary/dictionary.ts';
import { readSafetensors } from '../../src/dictionary/index.ts';

const files = import.meta.glob<string>('../../dictionaries/*.safetensors', {
  query: '?url',
  import: 'default',
  eager: true,
});

const LABELS: Readonly<Record<string, string>> = {
  'voice-noise': 'Voice + noise',
  'vocals-accompaniment': 'Vocals + accompaniment',
};

/** The dictionaries to choose from: the built-in ones, and those loaded during this visit. */
export class DictionaryShelf {
  readonly #urls = new Map(
    Object.entries(files).map(([path, url]) => [path.replace(/^.*\/|\.safetensors$/g, ''), url]),
  );
  /** Read and checked, by id. */
  readonly #open = new Map<string, Promise<Dictionary>>();
  readonly #labels = new Map<string, string>();

  constructor() {
    for (const id of [...Object.keys(LABELS), ...this.#urls.keys()]) this.#labels.set(id, LABELS[id] ?? id);
  }

  get choices(): { id: string; label: string }[] {
    return [...this.#labels].map(([id, label]) => ({ id, label }));
  }

  label(id: string): string {
    return this.#labels.get(id) ?? id;
  }

  /** Reads a file and puts it on the shelf. Rejects with the reader's message, which says what is wrong with it. */
  async add(file: File): Promise<string> {
    const dictionary = readSafetensors(new Uint8Array(await file.arrayBuffer()));
    const id = `file:${file.name}`;
    this.#open.set(id, Promise.resolve(dictionary));
    this.#labels.set(id, dictionary.name || file.name);
    return id;
  }

  /** Fetches and checks a dictionary once. A failure is not kept, so that the next call tries again. */
  open(id: string): Promise<Dictionary> {
    let opening = this.#open.get(id);
    if (!opening) {
      opening = this.#fetch(id);
      this.#open.set(id, opening);
      opening.catch(() => this.#open.delete(id));
    }
    return opening;
  }

  async #fetch(id: string): Promise<Dictionary> {
    const url = this.#urls.get(id);
    if (!url) throw new Error('It is not among the built-in ones.');
    const response = await fetch(url);
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    return readSafetensors(new Uint8Array(await response.arrayBuffer()));
  }
}
