import type { AudioSession } from './audio-session.ts';
import { textOf } from './plain-errors.ts';
import { readSong, renderMix, renderStems } from './song-export.ts';

/** A file that is ready to be saved. */
export interface SongFile {
  readonly label: string;
  readonly fileName: string;
  readonly url: string;
  readonly bytes: number;
}

/** Hz, before a context is open. */
const USUAL_RATE = 48000;

/**
 * Makes WAV files of a song: its stems, which sum to it, or the mix as it is heard.
 *
 * @fires change - anything shown has changed
 */
export class SongSaver extends EventTarget {
  /** The last ones that were made. */
  files: readonly SongFile[] = [];
  /** What is being made, and how much of it is done, 0 to 1. */
  progress: { readonly kind: 'stems' | 'mix'; readonly fraction: number } | undefined;
  readonly #session: AudioSession;
  #abort: AbortController | undefined;

  constructor(session: AudioSession) {
    super();
    this.#session = session;
  }

  /** There is a song to be saved. */
  get ready(): boolean {
    const { deck, dictionary } = this.#session;
    return deck.original !== undefined && dictionary !== undefined;
  }

  /** Drops what was made, and ends what is being made. */
  clear(): void {
    this.#abort?.abort(new Error('Given up.'));
    this.#abort = undefined;
    this.progress = undefined;
    for (const { url } of this.files) URL.revokeObjectURL(url);
    this.files = [];
    this.#changed();
  }

  async save(kind: 'stems' | 'mix'): Promise<void> {
    const { deck, dictionary, settings, mix, karaoke, sources, sampleRate = USUAL_RATE } = this.#session;
    const { original, name } = deck;
    if (!original || !dictionary) return;
    this.clear();
    const abort = new AbortController();
    this.#abort = abort;
    const report = (fraction: number) => {
      if (abort.signal.aborted) return;
      this.progress = { kind, fraction };
      this.#changed();
    };
    report(0);
    const change = { semitones: karaoke.shift, rate: karaoke.tempo / 100 };
    // A bypass is for comparing by ear.
    const parameters = { ...mix.effective(), bypass: 0 };
    try {
      const song = await readSong(original, name, sampleRate);
      const job = { ...song, dictionary, mode: settings.mode, parameters };
      const title = titleOf(name);
      const made =
        kind === 'stems'
          ? (await renderStems(job, abort.signal, report)).map(
              (bytes, source) => [sources[source]?.label ?? `source ${source + 1}`, bytes] as const,
            )
          : [['mix', await renderMix(job, change, abort.signal, report)] as const];
      if (abort.signal.aborted) return;
      this.files = made.map(([label, bytes]) => ({
        label,
        fileName: `${title} (${label}).wav`,
        url: URL.createObjectURL(new Blob([bytes], { type: 'audio/wav' })),
        bytes: bytes.length,
      }));
    } catch (error) {
      if (abort.signal.aborted) return;
      this.#session.notify('error', `The song could not be saved. ${textOf(error)}`);
    }
    this.#abort = undefined;
    this.progress = undefined;
    this.#changed();
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}

/** A name for files: without an extension, and without what file systems refuse. */
const titleOf = (name: string): string =>
  name
    .replace(/\.[a-z0-9]{2,4}$/i, '')
    .replaceAll(/[\\/:*?"<>|]+/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim() || 'song';
