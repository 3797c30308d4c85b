import { createStore, del, entries, set, type UseStore } from 'idb-keyval';

/** A dictionary of the user's as it is kept in the browser. */
export interface KeptDictionary {
  readonly id: string;
  readonly label: string;
  /** Learned here, or loaded from a file. */
  readonly origin: 'learned' | 'file';
  /** ms since 1970. */
  readonly created: number;
  /** A safetensors file. */
  readonly bytes: Uint8Array;
}

/** The user's dictionaries in IndexedDB. All calls reject where the browser refuses, as in some private windows. */
export class DictionaryLibrary {
  #store: UseStore | undefined;

  /** Oldest first. */
  async list(): Promise<KeptDictionary[]> {
    const kept = await entries<string, KeptDictionary>(this.#opened());
    return kept
      .map(([, value]) => value)
      .filter(
        ({ id, label, bytes }) =>
          typeof id === 'string' && typeof label === 'string' && bytes instanceof Uint8Array,
      )
      .toSorted((a, b) => a.created - b.created);
  }

  async save(kept: KeptDictionary): Promise<void> {
    await set(kept.id, kept, this.#opened());
  }

  async delete(id: string): Promise<void> {
    await del(id, this.#opened());
  }

  #opened(): UseStore {
    this.#store ??= createStore('sotto', 'dictionaries');
    return this.#store;
  }
}

/** Says in plain words why a dictionary was not kept. */
export function notKeptMessage(label: string, error: unknown): string {
  const full = error instanceof DOMException && error.name === 'QuotaExceededError';
  const why = full
    ? 'The browser’s storage for this page is full'
    : 'This browser keeps nothing for this page (a private window, perhaps)';
  return `${why}: “${label}” can be used until the page is closed. Export it to have it again.`;
}
