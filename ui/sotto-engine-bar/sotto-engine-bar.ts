import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { LATENCY_MODES, type LatencyMode } from '../../src/separator/latency-modes.ts';
import type { AudioSession } from '../app/audio-session.ts';
import type { Choice } from '../app/dictionary-shelf.ts';
import { controls } from '../shared/controls.styles.ts';
import { icons } from '../shared/icons.ts';
import { followSession } from '../shared/session-controller.ts';
import '../sotto-segmented/sotto-segmented.ts';
import { styles } from './sotto-engine-bar.styles.ts';

const MODE_TEXT: Record<LatencyMode, { label: string; title: string }> = {
  quality: { label: 'Quality', title: 'Longest windows: cleanest, for songs and recordings' },
  balanced: { label: 'Balanced', title: 'For calls' },
  live: { label: 'Live', title: 'Short delay, for playing and singing together' },
  monitor: {
    label: 'Monitor',
    title: 'No delay of its own, for hearing yourself: on headphones, where no echo needs cancelling',
  },
};

const KERNEL_TEXT = { 'relaxed-simd': 'Relaxed SIMD', simd: 'SIMD', typescript: 'No SIMD' } as const;

const milliseconds = (seconds: number): string => (seconds * 1000).toFixed(1);
const kilohertz = (hertz: number): string => `${Number((hertz / 1000).toFixed(2))} kHz`;

/**
 * @summary What does the work: dictionary, latency mode, latency, kernel.
 */
@customElement('sotto-engine-bar')
export class SottoEngineBar extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) session!: AudioSession;
  @query('input') private input!: HTMLInputElement;

  constructor() {
    super();
    followSession(this);
  }

  override render(): TemplateResult {
    const { session } = this;
    const own = session.shelf.choices.filter(({ origin }) => origin !== 'built-in');
    return html`
      <div class="group">
        <div class="select">
          <select
            aria-label="Dictionary"
            data-testid="dictionary"
            .value=${session.dictionaryId}
            @change=${(event: Event) =>
              void session.chooseDictionary((event.target as HTMLSelectElement).value)}
          >
            ${this.#options(session.shelf.choices.filter(({ origin }) => origin === 'built-in'))}
            ${own.length > 0 ? html`<optgroup label="Your own">${this.#options(own)}</optgroup>` : nothing}
          </select>
        </div>
        <button
          type="button"
          title="Load a dictionary file (.safetensors, .npz, .npy, FluCoMa .wav), or drop one anywhere"
          data-testid="load-dictionary"
          @click=${() => this.input.click()}
        >
          ${icons.open} Load
        </button>
        <input
          type="file"
          accept=".safetensors,.npz,.npy,.wav"
          hidden
          data-testid="dictionary-file"
          @change=${this.#onFile}
        />
        ${this.#facts()}
      </div>
      <div class="group">
        <sotto-segmented
          label="Latency mode"
          .value=${session.settings.mode}
          .segments=${LATENCY_MODES.map((value) => ({ value, ...MODE_TEXT[value] }))}
          data-testid="mode"
          @choose=${(event: CustomEvent<LatencyMode>) => void session.setMode(event.detail)}
        ></sotto-segmented>
        <div class="latency" data-testid="latency">${this.#latency()}</div>
        ${this.#kernel()}
      </div>
    `;
  }

  #options(choices: readonly Choice[]): TemplateResult {
    const { dictionaryId } = this.session;
    return html`${repeat(
      choices,
      ({ id }) => id,
      ({ id, label }) => html`<option value=${id} ?selected=${id === dictionaryId}>${label}</option>`,
    )}`;
  }

  #facts(): TemplateResult | typeof nothing {
    const { dictionary, resampled } = this.session;
    if (!dictionary) return nothing;
    const atoms = dictionary.sources.map(({ from, to }) => to - from).join(' + ');
    const about = [dictionary.name, dictionary.card.description, dictionary.card.licence];
    return html`<span class="facts" title=${about.filter(Boolean).join('\n')} data-testid="dictionary-facts">
      <b>${atoms}</b> atoms · ${kilohertz(dictionary.sampleRate)}
      ${
        resampled
          ? html`<span
              class="mark"
              title="Its atoms were brought onto the frequencies of this mode and sample rate"
              >resampled</span
            >`
          : nothing
      }
    </span>`;
  }

  #latency(): TemplateResult {
    const { latency, contextLatency } = this.session;
    return contextLatency === undefined
      ? html`<b>${milliseconds(latency)} ms</b> <span>latency</span>`
      : html`<b>${milliseconds(latency)} ms</b> <span>+ ${milliseconds(contextLatency)} ms browser</span>`;
  }

  #kernel(): TemplateResult | typeof nothing {
    const { kernel, kernelReason } = this.session;
    if (!kernel) return nothing;
    const slow = kernel === 'typescript';
    return html`<span
      class="kernel ${slow ? 'slow' : ''}"
      title=${kernelReason || (slow ? 'The slow kernel was asked for' : 'The fastest kernel is in use')}
      data-testid="kernel"
      data-kernel=${kernel}
    >
      ${slow ? icons.warning : nothing}${KERNEL_TEXT[kernel]}${
        slow && kernelReason ? html`: ${kernelReason}` : nothing
      }
    </span>`;
  }

  readonly #onFile = (): void => {
    const file = this.input.files?.[0];
    this.input.value = '';
    if (file) void this.session.loadDictionaryFile(file);
  };
}
