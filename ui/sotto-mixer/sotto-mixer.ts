import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { gainName, parameterInfo } from '../../src/parameters.ts';
import type { AudioSession } from '../app/audio-session.ts';
import { controls } from '../shared/controls.styles.ts';
import { followSession } from '../shared/session-controller.ts';
import { titled } from '../shared/text.ts';
import '../sotto-fader/sotto-fader.ts';
import type { SottoFader } from '../sotto-fader/sotto-fader.ts';
import { styles } from './sotto-mixer.styles.ts';

/**
 * @summary A channel strip for each source of the dictionary.
 */
@customElement('sotto-mixer')
export class SottoMixer extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) session!: AudioSession;
  /** '#rrggbb' per source. */
  @property({ attribute: false }) colours: readonly string[] = [];

  constructor() {
    super();
    followSession(this, () => this.#onMeters());
  }

  override render(): TemplateResult {
    const { mix, sources } = this.session;
    if (sources.length === 0) return html`<p class="empty">The dictionary is being read.</p>`;
    const solo = mix.soloed.size > 0;
    return html`${sources.map(
      ({ label }, source) =>
        html`<sotto-fader
          .label=${titled(label)}
          .colour=${this.colours[source] ?? '#ffffff'}
          .info=${parameterInfo(gainName(source))}
          .value=${mix.value(gainName(source))}
          .muted=${mix.muted.has(source)}
          .soloed=${mix.soloed.has(source)}
          .silent=${solo ? !mix.soloed.has(source) : mix.muted.has(source)}
          @value-input=${(event: CustomEvent<number>) =>
            this.session.setParameter(gainName(source), event.detail)}
          @mute-toggle=${() => this.session.toggleMute(source)}
          @solo-toggle=${() => this.session.toggleSolo(source)}
        ></sotto-fader>`,
    )}`;
  }

  #onMeters(): void {
    const levels = this.session.meters?.sourceLevels;
    if (!levels) return;
    this.renderRoot
      .querySelectorAll<SottoFader>('sotto-fader')
      .forEach((fader, source) => fader.setLevel(levels[source] ?? 0));
  }
}
