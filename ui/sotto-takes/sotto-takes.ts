import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Take } from '../app/takes.ts';
import { LONGEST_CAPTURE, type Draft, type Trainer } from '../app/trainer.ts';
import { controls } from '../shared/controls.styles.ts';
import { icons } from '../shared/icons.ts';
import { meterHeight, toDecibels } from '../shared/level.ts';
import { miniWave } from '../shared/mini-wave.ts';
import { styles } from './sotto-takes.styles.ts';

const AUDIO = 'audio/*,video/*,.flac,.ogg,.opus,.wav,.mp3,.m4a';
/** A file of one of these is a dictionary, which the app opens wherever it is dropped. */
const DICTIONARY = /\.(safetensors|npz|npy)$/i;

const secondsText = (seconds: number): string =>
  seconds < 60
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

/**
 * @summary The recordings of one source that is to be learned: recorded here, dropped or chosen; each with what is wrong with it.
 */
@customElement('sotto-takes')
export class SottoTakes extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) trainer!: Trainer;
  @property({ attribute: false }) draft!: Draft;
  /** What is recorded, as the button says it. */
  @property() what = 'source';
  @property({ type: Boolean, reflect: true }) compact = false;
  /** Takes change in place: another value renders them again. */
  @property({ attribute: false }) tick = '';
  @state() private over = false;
  @query('input') private input!: HTMLInputElement;
  @query('.level i') private bar!: HTMLElement | null;
  @query('.left') private left!: HTMLElement | null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.trainer.addEventListener('level', this.#onLevel);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.trainer.removeEventListener('level', this.#onLevel);
  }

  override render(): TemplateResult {
    const { trainer, draft } = this;
    const recording = trainer.capture?.draft === draft;
    return html`
      <div
        class="zone ${this.over ? 'over' : ''} ${recording ? 'recording' : ''}"
        data-testid="takes-zone"
        @dragover=${this.#onDragOver}
        @dragleave=${() => (this.over = false)}
        @drop=${this.#onDrop}
      >
        ${recording ? this.#recorder() : this.#invitation()}
        <input
          type="file"
          multiple
          hidden
          accept=${AUDIO}
          data-testid="takes-file"
          @change=${this.#onFiles}
        />
      </div>
      ${
        draft.takes.length > 0
          ? html`<ul data-testid="takes">
              ${repeat(
                draft.takes,
                ({ id }) => id,
                (take) => this.#take(take),
              )}
            </ul>`
          : nothing
      }
    `;
  }

  #invitation(): TemplateResult {
    const { trainer, draft } = this;
    return html`
      <button
        type="button"
        class="record"
        data-testid="record-take"
        ?disabled=${trainer.capture !== undefined}
        @click=${() => void trainer.toggleCapture(draft)}
      >
        <i class="dot"></i>${draft.takes.length > 0 ? this.#another : `Record ${this.what}`}
      </button>
      <span class="or">${this.compact ? 'or drop here' : 'or drop recordings here'}</span>
      <button type="button" data-testid="choose-takes" @click=${() => this.input.click()}>
        ${icons.file} Choose files
      </button>
    `;
  }

  get #another(): string {
    return this.compact ? 'Record more' : 'Record another take';
  }

  #recorder(): TemplateResult {
    const { trainer, draft } = this;
    const { capture } = trainer;
    const opening = !capture?.recorder;
    return html`
      <button
        type="button"
        class="record stop"
        data-testid="stop-take"
        @click=${() => void trainer.toggleCapture(draft)}
      >
        ${icons.stop} Stop
      </button>
      <div
        class="level"
        role="meter"
        aria-label="Microphone level"
        aria-valuemin="-60"
        aria-valuemax="0"
        aria-valuenow="-60"
        data-testid="take-level"
      >
        <i></i>
      </div>
      <span class="left" role="timer" data-testid="take-left">
        ${opening ? 'Opening the microphone' : this.#leftText()}
      </span>
    `;
  }

  #take(take: Take): TemplateResult {
    const { trainer, draft } = this;
    const advice = trainer.advice(take);
    const { name } = take.recording;
    return html`<li class=${advice ? (advice.used ? 'advised' : 'unused') : ''} data-testid="take">
      <span class="wave">${miniWave(take.outline, 84, 26)}</span>
      <div class="about">
        <span class="name" title=${name}>${name}</span>
        ${
          advice
            ? html`<span class="advice" data-testid="take-advice"
                >${advice.used ? nothing : icons.warning}${advice.text}</span
              >`
            : nothing
        }
      </div>
      <span class="seconds">${secondsText(take.seconds)}</span>
      <button
        type="button"
        class="remove"
        aria-label="Remove ${name}"
        title="Remove"
        @click=${() => trainer.removeTake(draft, take)}
      >
        ${icons.close}
      </button>
    </li>`;
  }

  #leftText(): string {
    const seconds = this.trainer.capture?.seconds ?? 0;
    return `${secondsText(seconds)}, ${Math.ceil(LONGEST_CAPTURE - seconds)} s left`;
  }

  readonly #onLevel = (): void => {
    const { capture } = this.trainer;
    if (capture?.draft !== this.draft || !this.bar) return;
    const decibels = toDecibels(capture.peak);
    this.bar.style.transform = `scaleX(${meterHeight(decibels).toFixed(3)})`;
    this.bar.parentElement?.setAttribute('aria-valuenow', Math.max(-60, decibels).toFixed(0));
    if (this.left) this.left.textContent = this.#leftText();
  };

  readonly #onFiles = (): void => {
    const files = [...(this.input.files ?? [])];
    this.input.value = '';
    void this.trainer.addFiles(this.draft, files);
  };

  readonly #onDragOver = (event: DragEvent): void => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.over = true;
  };

  readonly #onDrop = (event: DragEvent): void => {
    this.over = false;
    const files = [...(event.dataTransfer?.files ?? [])].filter(({ name }) => !DICTIONARY.test(name));
    if (files.length === 0) return;
    event.preventDefault();
    void this.trainer.addFiles(this.draft, files);
  };
}
