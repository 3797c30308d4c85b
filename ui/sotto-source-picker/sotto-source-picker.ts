import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { AudioSession } from '../app/audio-session.ts';
import { canShareTabs } from '../app/tab-audio.ts';
import { controls } from '../shared/controls.styles.ts';
import { icons } from '../shared/icons.ts';
import { followSession } from '../shared/session-controller.ts';
import '../sotto-segmented/sotto-segmented.ts';
import { styles } from './sotto-source-picker.styles.ts';

const SEGMENTS = [
  { value: 'demo', label: 'Demo clip', icon: icons.wave, title: 'The clip that comes with the app' },
  { value: 'microphone', label: 'Microphone', icon: icons.microphone, title: 'Listen to a microphone' },
  { value: 'tab', label: 'Tab', icon: icons.tab, title: 'Listen to what another tab plays' },
  { value: 'file', label: 'File', icon: icons.file, title: 'Open an audio file, or drop one anywhere' },
];

/**
 * @summary Chooses what is processed: the demo clip, a microphone, another tab or a file.
 */
@customElement('sotto-source-picker')
export class SottoSourcePicker extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) session!: AudioSession;
  /** Songs only, no microphone. */
  @property({ type: Boolean }) songs = false;
  @query('input') private input!: HTMLInputElement;

  constructor() {
    super();
    followSession(this);
  }

  override render(): TemplateResult {
    const { deck, microphones, settings } = this.session;
    return html`
      <sotto-segmented
        actions
        label="Source"
        .value=${deck.kind}
        .segments=${SEGMENTS.filter(
          ({ value }) => (value !== 'microphone' || !this.songs) && (value !== 'tab' || canShareTabs()),
        )}
        data-testid="source"
        @choose=${(event: CustomEvent<string>) => this.#choose(event.detail)}
      ></sotto-segmented>
      <input
        type="file"
        accept="audio/*,video/*,.flac,.ogg,.opus,.wav,.mp3,.m4a"
        hidden
        data-testid="audio-file"
        @change=${this.#onFile}
      />
      ${
        deck.kind === 'microphone' && microphones.length > 1
          ? html`<div class="select">
              <select
                aria-label="Microphone"
                data-testid="microphones"
                @change=${(event: Event) =>
                  void this.session.useMicrophone((event.target as HTMLSelectElement).value)}
              >
                ${microphones.map(
                  ({ id, label }) =>
                    html`<option value=${id} ?selected=${id === settings.deviceId}>${label}</option>`,
                )}
              </select>
            </div>`
          : html`<div class="about">
              <div class="name" title=${deck.name} data-testid="source-name">${deck.name}</div>
              ${deck.credit ? html`<div class="credit" title=${deck.credit}>${deck.credit}</div>` : nothing}
            </div>`
      }
    `;
  }

  #choose(kind: string): void {
    const { session } = this;
    if (kind === 'file') this.input.click();
    else if (kind === 'microphone') {
      if (session.deck.kind !== 'microphone' || session.status !== 'playing') void session.useMicrophone();
    } else if (kind === 'tab') {
      if (session.deck.kind !== 'tab' || session.status !== 'playing') void session.useTab();
    } else if (session.deck.kind !== 'demo') {
      if (session.status === 'playing') void session.useDemo();
      else session.select('demo');
    }
  }

  readonly #onFile = (): void => {
    const file = this.input.files?.[0];
    // So that the same file can be chosen again.
    this.input.value = '';
    if (file) void this.session.useFile(file);
  };
}
