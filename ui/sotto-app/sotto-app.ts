import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { AudioSession, type Notice } from '../app/audio-session.ts';
import { INSECURE_MESSAGE } from '../app/plain-errors.ts';
import { PRESET_IDS, PRESETS, type PresetId } from '../app/presets.ts';
import { controls } from '../shared/controls.styles.ts';
import { icons } from '../shared/icons.ts';
import { followSession } from '../shared/session-controller.ts';
import '../sotto-headphones/sotto-headphones.ts';
import type { SottoHeadphones } from '../sotto-headphones/sotto-headphones.ts';
import '../sotto-panel/sotto-panel.ts';
import type { View } from '../sotto-panel/sotto-panel.ts';
import '../sotto-sample-rate/sotto-sample-rate.ts';
import type { SottoSampleRate } from '../sotto-sample-rate/sotto-sample-rate.ts';
import '../sotto-segmented/sotto-segmented.ts';
import '../sotto-toast/sotto-toast.ts';
import type { SottoToast } from '../sotto-toast/sotto-toast.ts';
import { styles } from './sotto-app.styles.ts';

const PRESET_TITLES: Record<PresetId, string> = {
  denoise: 'Takes noise out of a voice',
  karaoke: 'Takes the voice out of a song',
};

const VIEWS: readonly { value: View; label: string; title: string }[] = [
  { value: 'mix', label: 'Mix', title: 'Faders and displays' },
  { value: 'karaoke', label: 'Sing', title: 'Karaoke: sing to a song without its voice' },
  { value: 'train', label: 'Train', title: 'Learn a voice, a noise, or any sources' },
  { value: 'inspect', label: 'Inspect', title: 'What is in the dictionary in use' },
];

const LYRICS_FILE = /\.lrc$/i;
const DICTIONARY_FILE = /\.(safetensors|npz|npy)$/i;

/** Elements that use the space bar or letters themselves. */
const CONTROLS = 'button, a, summary, input, select, textarea, dialog, [role=slider], [contenteditable]';

/**
 * @summary The app: header, panel, notices; files dropped anywhere; keys (space: play, B: bypass).
 *
 * Also on `window.sotto`: `session`, and `stream`, the processed sound as a MediaStream for a call or a recorder.
 */
@customElement('sotto-app')
export class SottoApp extends LitElement {
  static override styles = [controls, styles];

  readonly session = new AudioSession();
  @state() private dragging = false;
  @state() private view: View = 'mix';
  @query('sotto-toast') private toast!: SottoToast;
  @query('sotto-headphones') private headphones!: SottoHeadphones;
  @query('sotto-sample-rate') private sampleRate!: SottoSampleRate;

  constructor() {
    super();
    followSession(this);
    this.session.askForHeadphones = (use) => this.headphones.ask(use);
    this.session.askForSampleRate = (fileName) => this.sampleRate.ask(fileName);
    this.session.addEventListener('notice', (event) => {
      const { detail } = event as CustomEvent<Notice>;
      void this.updateComplete.then(() => this.toast.show(detail));
    });
  }

  /** The processed sound at full level, whatever the volume; undefined until something has been started. */
  get stream(): MediaStream | undefined {
    return this.session.stream;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('keydown', this.#onKey);
    addEventListener('dragover', this.#onDragOver);
    addEventListener('dragleave', this.#onDragLeave);
    addEventListener('drop', this.#onDrop);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('keydown', this.#onKey);
    removeEventListener('dragover', this.#onDragOver);
    removeEventListener('dragleave', this.#onDragLeave);
    removeEventListener('drop', this.#onDrop);
  }

  override render(): TemplateResult {
    const { session } = this;
    const { settings, mix, modified } = session;
    return html`
      <header>
        <div class="left">
          <div class="brand">
            <button
              type="button"
              class="power"
              role="switch"
              aria-checked=${!mix.bypass}
              aria-label="Process sound"
              title="Bypass (B): hear the untouched sound, at the same time"
              data-testid="power"
              @click=${() => session.setBypass(!mix.bypass)}
            >
              ${icons.power}
            </button>
            <h1>Sotto</h1>
          </div>
          <sotto-segmented
            class="views"
            label="View"
            .value=${this.view}
            .segments=${VIEWS}
            data-testid="view"
            @choose=${(event: CustomEvent<View>) => this.#show(event.detail)}
          ></sotto-segmented>
        </div>
        <div class="presets" ?hidden=${this.view === 'karaoke'}>
          <sotto-segmented
            large
            label="Preset"
            .value=${settings.preset}
            .segments=${PRESET_IDS.map((value) => ({
              value,
              label: PRESETS[value].label,
              title: PRESET_TITLES[value],
            }))}
            data-testid="preset"
            @choose=${(event: CustomEvent<PresetId>) => void session.applyPreset(event.detail)}
          ></sotto-segmented>
          ${
            modified
              ? html`<button
                  type="button"
                  class="reset"
                  title="Back to the values of the preset"
                  data-testid="reset"
                  @click=${() => void session.applyPreset(settings.preset)}
                >
                  ${icons.reset} Reset
                </button>`
              : nothing
          }
        </div>
        ${this.#state()}
      </header>
      ${
        isSecureContext
          ? nothing
          : html`<p class="banner" role="alert">${icons.warning} ${INSECURE_MESSAGE}</p>`
      }
      <main>
        <sotto-panel
          .session=${session}
          .view=${this.view}
          @view=${(event: CustomEvent<View>) => this.#show(event.detail)}
        ></sotto-panel>
      </main>
      ${
        this.dragging
          ? html`<div class="drop">
              <b>Drop to open</b>
              <span
                >${
                  this.view === 'karaoke'
                    ? 'a song, with its lyrics (.lrc) if there are any'
                    : 'an audio file, or a dictionary (.safetensors, .npz, .npy)'
                }</span
              >
            </div>`
          : nothing
      }
      <sotto-headphones></sotto-headphones>
      <sotto-sample-rate></sotto-sample-rate>
      <sotto-toast></sotto-toast>
    `;
  }

  #show(view: View): void {
    this.view = view;
    if (view === 'karaoke') this.session.karaoke.enter();
  }

  #state(): TemplateResult {
    const { status, sampleRate, mix } = this.session;
    const names = { idle: 'Ready', starting: 'Starting', playing: 'Running', paused: 'Paused' };
    const text = mix.bypass ? 'Bypassed' : names[status];
    const rate = sampleRate ? ` · ${Number((sampleRate / 1000).toFixed(2))} kHz` : '';
    return html`<div
      class="state ${status} ${mix.bypass ? 'bypassed' : ''}"
      role="status"
      data-testid="state"
      data-status=${status}
    >
      ${text}${rate}
    </div>`;
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    const [target] = event.composedPath();
    const control = target instanceof Element ? target.closest(CONTROLS) : null;
    if (event.key === ' ' && !control) {
      event.preventDefault();
      this.session.toggle();
    } else if (
      event.key.toLowerCase() === 'b' &&
      !control?.matches('input, select, textarea, [contenteditable]')
    ) {
      this.session.setBypass(!this.session.mix.bypass);
    } else if (this.view === 'karaoke' && !control?.matches('input, select, textarea')) {
      if (event.key === '[') this.session.karaoke.mark('start');
      else if (event.key === ']') this.session.karaoke.mark('end');
    }
  };

  readonly #onDragOver = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    // In the training view recordings go to the source on which they are dropped.
    this.dragging = this.view !== 'train';
  };

  readonly #onDragLeave = (event: DragEvent): void => {
    if (event.relatedTarget === null) this.dragging = false;
  };

  readonly #onDrop = (event: DragEvent): void => {
    const dropped = [...(event.dataTransfer?.files ?? [])];
    const lyrics = dropped.find(({ name }) => LYRICS_FILE.test(name));
    const files = dropped.filter((each) => each !== lyrics);
    const [file] = files;
    this.dragging = false;
    if (lyrics) {
      event.preventDefault();
      void this.#openLyrics(lyrics, file);
      return;
    }
    if (!file || event.defaultPrevented) return;
    event.preventDefault();
    const { session } = this;
    const dictionary = files.find(({ name }) => DICTIONARY_FILE.test(name));
    if (dictionary) void session.loadDictionaryFile(dictionary);
    else if (this.view !== 'train') void session.useFile(file);
    else this.#learnFrom(files);
  };

  /** Lyrics belong to a song: to the one that comes with them, or else to the one that is there. */
  async #openLyrics(lyrics: File, song: File | undefined): Promise<void> {
    this.#show('karaoke');
    if (song) await this.session.useFile(song);
    await this.session.karaoke.openLyrics(lyrics);
  }

  /** Recordings dropped beside the sources that are to be learned: where there is only one, they are of it. */
  #learnFrom(files: readonly File[]): void {
    const { trainer } = this.session;
    const [draft, another] = trainer.drafts;
    if (draft && !another && !trainer.progress && !trainer.learned) void trainer.addFiles(draft, files);
    else this.session.notify('info', 'Drop recordings on the source that they are of.');
  }
}

declare global {
  interface Window {
    /** For pages and tests: the session behind the panel, and what it plays. */
    sotto: SottoApp;
  }
}
