import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Dictionary } from '../../src/dictionary/index.ts';
import type { Song, StudyProgress } from '../../src/training/index.ts';
import { textOf } from '../app/plain-errors.ts';
import { songKey, StudiedSongs } from '../app/studied-songs.ts';
import { Cancelled, StudyRun } from '../app/training-client.ts';
import { controls } from '../shared/controls.styles.ts';
import { progressBar } from '../shared/progress-bar.styles.ts';
import { styles } from './sotto-study.styles.ts';

/** A studied dictionary: `detail` of the event `studied`. */
export interface Studied {
  readonly dictionary: Dictionary;
  /** The song that it is of. */
  readonly song: Song;
  /** It was kept from an earlier study. */
  readonly kept: boolean;
}

const DOING: Readonly<Record<StudyProgress['stage'], string>> = {
  listening: 'Listening to the song',
  learning: 'Learning its voice and its music',
};

/**
 * "Study this song": learns the dictionary of a song in a worker, keeps it in the browser with the song, and finds it again when the song
 * comes back. The song may play on meanwhile.
 *
 * @fires studied - CustomEvent<Studied>: a dictionary is there, to be loaded into the running node
 */
@customElement('sotto-study')
export class SottoStudy extends LitElement {
  static override styles = [controls, progressBar, styles];

  /** The samples at the rate at which they play. A new object is a new song: a study under way ends. */
  @property({ attribute: false }) song: Song | undefined;
  /** Knows what voices are like in general: the built-in vocals + accompaniment. */
  @property({ attribute: false }) base: Dictionary | undefined;

  @state() private progress: StudyProgress | undefined;
  @state() private state: 'new' | 'studied' | 'kept' = 'new';
  @state() private failure = '';
  readonly #songs = new StudiedSongs();
  #run: StudyRun | undefined;
  #key: Promise<string> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.cancel();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('song')) return;
    this.cancel();
    this.state = 'new';
    this.failure = '';
    this.#key = this.song && songKey(this.song);
    // Without a secure context there is no hash: the song is then studied anew each time.
    this.#key?.catch(() => undefined);
    if (this.song) void this.#find(this.song);
  }

  /** Starts a study; the song's old dictionary stays until the new one is there. */
  async start(): Promise<void> {
    const { song, base } = this;
    if (!song || !base || this.#run) return;
    this.failure = '';
    this.progress = { stage: 'listening', fraction: 0 };
    let run: StudyRun | undefined;
    try {
      run = new StudyRun(song, base, (progress) => {
        if (this.#run === run) this.progress = progress;
      });
      this.#run = run;
      const { dictionary } = await run.result;
      if (this.#run !== run) return;
      this.state = 'studied';
      this.#tell({ dictionary, song, kept: false });
      // Not kept is no failure: it plays.
      const key = await this.#key?.catch(() => undefined);
      if (key !== undefined) await this.#songs.keep(key, dictionary).catch(() => undefined);
    } catch (error) {
      if (!(error instanceof Cancelled) && this.#run === run) this.failure = textOf(error);
    } finally {
      if (this.#run === run) this.#end();
    }
  }

  /** Ends a study at once. */
  cancel(): void {
    this.#run?.cancel();
    this.#end();
  }

  #end(): void {
    this.#run = undefined;
    this.progress = undefined;
  }

  async #find(song: Song): Promise<void> {
    const key = await this.#key?.catch(() => undefined);
    const dictionary = key === undefined ? undefined : await this.#songs.find(key);
    if (!dictionary || this.song !== song || this.#run || this.state !== 'new') return;
    this.state = 'kept';
    this.#tell({ dictionary, song, kept: true });
  }

  #tell(detail: Studied): void {
    this.dispatchEvent(new CustomEvent<Studied>('studied', { detail }));
  }

  protected override render(): TemplateResult {
    const { progress } = this;
    if (progress) {
      const percent = Math.round(100 * progress.fraction);
      return html`<p id="doing">${DOING[progress.stage]} …</p>
        <div
          class="bar"
          role="progressbar"
          aria-labelledby="doing"
          aria-valuemin="0"
          aria-valuemax="100"
          aria-valuenow=${percent}
        >
          <i style="transform: scaleX(${progress.fraction})"></i>
        </div>
        <button @click=${() => this.cancel()}>Cancel</button>`;
    }
    const again = this.state !== 'new';
    return html`<button ?disabled=${!this.song || !this.base} @click=${() => void this.start()}>
        ${again ? 'Study again' : 'Study this song'}
      </button>
      <p class=${this.failure ? 'failure' : ''} role="status">${this.failure || this.#text()}</p>`;
  }

  #text(): string {
    if (this.state === 'new') return 'Listens to all of it, and then tells voice and music apart better.';
    return this.state === 'kept'
      ? 'Studied before: its own voice and music are in use.'
      : 'Its own voice and music are in use.';
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'sotto-study': SottoStudy;
  }
}
