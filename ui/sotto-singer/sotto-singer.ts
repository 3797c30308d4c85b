import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { AudioSession } from '../app/audio-session.ts';
import { HIGHEST_LEVEL, LOWEST_LEVEL } from '../app/sing-along.ts';
import { controls } from '../shared/controls.styles.ts';
import { icons } from '../shared/icons.ts';
import { followSession } from '../shared/session-controller.ts';
import '../sotto-knob/sotto-knob.ts';
import '../sotto-meter/sotto-meter.ts';
import type { SottoMeter } from '../sotto-meter/sotto-meter.ts';
import { styles } from './sotto-singer.styles.ts';

const LEVEL = {
  name: 'voice-level',
  label: 'Level',
  description: 'How loud your voice is in what is heard and recorded.',
  unit: 'dB',
  minValue: LOWEST_LEVEL,
  maxValue: HIGHEST_LEVEL,
  defaultValue: 0,
  step: 1,
} as const;

const ROOM = {
  name: 'voice-room',
  label: 'Room',
  description: 'Reverberation: how much of a room is around your voice.',
  unit: '%',
  minValue: 0,
  maxValue: 100,
  defaultValue: 25,
  step: 5,
} as const;

/**
 * @summary The singer's microphone: on and off, which one, level, room, and whether one hears oneself.
 */
@customElement('sotto-singer')
export class SottoSinger extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) session!: AudioSession;
  @query('sotto-meter') private meter!: SottoMeter | null;

  constructor() {
    super();
    followSession(this);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.session.karaoke.singing.addEventListener('meters', this.#onMeters);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.session.karaoke.singing.removeEventListener('meters', this.#onMeters);
  }

  override render(): TemplateResult {
    const { singing } = this.session.karaoke;
    const on = singing.status === 'on';
    const text = { off: 'Sing along', starting: 'Opening', on: 'Stop microphone' }[singing.status];
    return html`
      <button
        type="button"
        class="start"
        aria-pressed=${on}
        aria-busy=${singing.status === 'starting'}
        data-testid="sing"
        @click=${() => (on ? singing.stop() : void singing.start())}
      >
        ${icons.microphone} ${text}
      </button>
      ${on ? this.#controls() : html`<p class="about">Your microphone on top of the song, without the noise of the room, with a little reverberation. Wear headphones: a microphone hears loudspeakers.</p>`}
    `;
  }

  #controls(): TemplateResult {
    const { microphones, settings, karaoke } = this.session;
    const { singing } = karaoke;
    return html`
      ${
        microphones.length > 1
          ? html`<div class="select">
              <select
                aria-label="Microphone to sing with"
                @change=${(event: Event) => void singing.start((event.target as HTMLSelectElement).value)}
              >
                ${microphones.map(
                  ({ id, label }) =>
                    html`<option value=${id} ?selected=${id === settings.deviceId}>${label}</option>`,
                )}
              </select>
            </div>`
          : html`<p class="name">${singing.name}</p>`
      }
      <div class="body">
        <div class="knobs">
          <sotto-knob
            .info=${LEVEL}
            .value=${singing.level}
            @value-input=${(event: CustomEvent<number>) => singing.setLevel(event.detail)}
          ></sotto-knob>
          <sotto-knob
            .info=${ROOM}
            .value=${singing.room}
            @value-input=${(event: CustomEvent<number>) => singing.setRoom(event.detail)}
          ></sotto-knob>
        </div>
        <sotto-meter label="Voice"></sotto-meter>
      </div>
      <label>
        <input
          type="checkbox"
          data-testid="hear-myself"
          .checked=${singing.heard}
          @change=${(event: Event) => (singing.heard = (event.target as HTMLInputElement).checked)}
        />
        <span
          >Hear myself
          ${
            singing.heard
              ? html`<small class="warning">With headphones only: loudspeakers would howl.</small>`
              : html`<small>You are recorded, but not heard.</small>`
          }</span
        >
      </label>
    `;
  }

  readonly #onMeters = (): void => {
    const { meters } = this.session.karaoke.singing;
    if (meters) this.meter?.setLevel(meters.peak, meters.rms);
  };
}
