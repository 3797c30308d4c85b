import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { isVoice } from '../../src/dictionary/index.ts';
import { gainName, parameterInfo } from '../../src/parameters.ts';
import type { AudioSession } from '../app/audio-session.ts';
import { controls } from '../shared/controls.styles.ts';
import { CalmReduction } from '../shared/level.ts';
import { followSession } from '../shared/session-controller.ts';
import { sourceColours } from '../shared/source-colours.ts';
import '../sotto-activations/sotto-activations.ts';
import '../sotto-engine-bar/sotto-engine-bar.ts';
import '../sotto-knob/sotto-knob.ts';
import '../sotto-mixer/sotto-mixer.ts';
import '../sotto-output/sotto-output.ts';
import '../sotto-source-picker/sotto-source-picker.ts';
import '../sotto-spectrogram/sotto-spectrogram.ts';
import '../sotto-spectrum/sotto-spectrum.ts';
import '../sotto-transport/sotto-transport.ts';
import '../sotto-inspect/sotto-inspect.ts';
import '../sotto-karaoke/sotto-karaoke.ts';
import '../sotto-train/sotto-train.ts';
import { styles } from './sotto-panel.styles.ts';

/** What is between the source and the engine. */
export type View = 'mix' | 'karaoke' | 'train' | 'inspect';

const NEUTRAL = '#a5aec0';

/**
 * @summary The panel: source, engine, and between them one view: displays and controls, karaoke, training, or inspection.
 * @fires view - CustomEvent<View>: the user wants another view
 */
@customElement('sotto-panel')
export class SottoPanel extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) session!: AudioSession;
  @property({ reflect: true }) view: View = 'mix';
  /** Views are made when they are first looked at, and then stay. */
  readonly #seen = new Set<View>();
  @query('.cut b') private cut!: HTMLElement;
  readonly #reduction = new CalmReduction();

  constructor() {
    super();
    followSession(this, () => this.#onMeters());
  }

  protected override willUpdate(): void {
    this.toggleAttribute('many', this.session.sources.length > 3);
    this.#seen.add(this.view);
  }

  override render(): TemplateResult {
    const { session } = this;
    return html`
      <section class="card source" aria-label="Source">
        <sotto-source-picker .session=${session} ?songs=${this.view === 'karaoke'}></sotto-source-picker>
        <sotto-transport .session=${session} ?large=${this.view === 'karaoke'}></sotto-transport>
      </section>

      <div class="view mix" ?hidden=${this.view !== 'mix'}>${this.#mix()}</div>
      ${
        this.#seen.has('karaoke')
          ? html`<sotto-karaoke
              class="view"
              ?hidden=${this.view !== 'karaoke'}
              .session=${session}
            ></sotto-karaoke>`
          : nothing
      }
      ${
        this.#seen.has('train')
          ? html`<sotto-train
              class="view"
              ?hidden=${this.view !== 'train'}
              .session=${session}
              @inspect=${() => this.dispatchEvent(new CustomEvent<View>('view', { detail: 'inspect' }))}
            ></sotto-train>`
          : nothing
      }
      ${
        this.#seen.has('inspect')
          ? html`<sotto-inspect
              class="view"
              ?hidden=${this.view !== 'inspect'}
              .session=${session}
            ></sotto-inspect>`
          : nothing
      }

      <section class="card engine" aria-label="Engine">
        <sotto-engine-bar .session=${session}></sotto-engine-bar>
      </section>
    `;
  }

  #mix(): TemplateResult {
    const { session } = this;
    const { mix, sources } = session;
    const colours = sourceColours(sources.map(({ label }) => label));
    const { kept, removed } = this.#displayColours(colours);
    const voiced = session.settings.mode !== 'monitor' && sources.some(({ label }) => isVoice(label));
    const knob = (name: string, large = false): TemplateResult =>
      html`<sotto-knob
        ?large=${large}
        .info=${parameterInfo(name)}
        .value=${mix.value(name)}
        @value-input=${(event: CustomEvent<number>) => session.setParameter(name, event.detail)}
      ></sotto-knob>`;
    return html`
      <section class="card hero ${mix.bypass ? 'bypassed' : ''}" aria-label="Display">
        <sotto-spectrum .session=${session} .kept=${kept} .removed=${removed}></sotto-spectrum>
        <div class="cut" aria-hidden="true">
          <b data-testid="reduction-readout">0.0</b><span>dB cut</span>
        </div>
        <div class="history">
          <sotto-spectrogram .session=${session} .kept=${kept} .removed=${removed}></sotto-spectrogram>
          <p class="eyebrow">Activations</p>
          <sotto-activations .session=${session} .colours=${colours}></sotto-activations>
        </div>
        ${
          session.status === 'idle' && !session.meters
            ? html`<div class="invitation">
                <b>Press play, or drop a song or a recording</b>
                <span><kbd>Space</kbd> plays and pauses, <kbd>B</kbd> lets you hear the original</span>
              </div>`
            : nothing
        }
      </section>

      <section class="card sources" aria-labelledby="sources">
        <h2 id="sources">Sources</h2>
        <sotto-mixer .session=${session} .colours=${colours}></sotto-mixer>
      </section>

      <section class="card separation" aria-labelledby="separation">
        <div class="head">
          <h2 id="separation">Separation</h2>
          ${session.dictionary?.learned?.some((label) => label.toLowerCase() === 'noise') ? this.#adaptation() : nothing}
        </div>
        <div class="knobs ${voiced ? 'many' : ''}" style="--accent:${kept}">
          ${knob('reduction', true)}
          <div class="small">${knob('exponent')}${knob('smoothing')} ${voiced ? knob('comb') : nothing}</div>
        </div>
      </section>

      <section class="card output" aria-labelledby="output">
        <h2 id="output">Output</h2>
        <sotto-output .session=${session}></sotto-output>
      </section>
    `;
  }

  /** Whether learned noise goes on learning. */
  #adaptation(): TemplateResult {
    const { label, description } = parameterInfo('adaptation');
    const on = this.session.mix.value('adaptation') >= 0.5;
    return html`<button
      type="button"
      class="adapt"
      title=${description}
      aria-pressed=${on}
      data-testid="adaptation"
      @click=${() => this.session.setParameter('adaptation', on ? 0 : 1)}
    >
      ${label}
    </button>`;
  }

  /** What is kept has the colour of the loudest fader, what is removed that of the quietest. */
  #displayColours(colours: readonly string[]): { kept: string; removed: string } {
    const gains = colours.map((_, source) => this.session.mix.effective()[gainName(source)] ?? 0);
    const highest = Math.max(...gains);
    const lowest = Math.min(...gains);
    return {
      kept: colours[gains.indexOf(highest)] ?? NEUTRAL,
      removed: lowest < highest ? (colours[gains.indexOf(lowest)] ?? NEUTRAL) : NEUTRAL,
    };
  }

  #onMeters(): void {
    const { meters, mix } = this.session;
    if (!meters) return;
    const text = this.#reduction.update(mix.bypass ? 0 : meters.reduction);
    if (text !== undefined) this.cut.textContent = text;
  }
}
