import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { AudioSession } from '../app/audio-session.ts';
import { controls } from '../shared/controls.styles.ts';
import { icons } from '../shared/icons.ts';
import { followSession } from '../shared/session-controller.ts';
import '../sotto-meter/sotto-meter.ts';
import type { SottoMeter } from '../sotto-meter/sotto-meter.ts';
import { styles } from './sotto-output.styles.ts';

/**
 * @summary Meters of input, reduction and output; volume of the speakers; recording.
 */
@customElement('sotto-output')
export class SottoOutput extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) session!: AudioSession;
  @query('#in') private input!: SottoMeter | null;
  @query('#out') private output!: SottoMeter | null;
  @query('#reduction') private reduction!: SottoMeter | null;
  #clock: ReturnType<typeof setInterval> | undefined;

  constructor() {
    super();
    followSession(this, () => this.#onMeters());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
    this.#clock = undefined;
  }

  protected override willUpdate(): void {
    const recording = this.session.recordingSeconds !== undefined;
    if (recording && this.#clock === undefined) {
      this.#clock = setInterval(() => this.requestUpdate(), 1000);
    } else if (!recording) {
      clearInterval(this.#clock);
      this.#clock = undefined;
    }
  }

  override render(): TemplateResult {
    const { settings, recordingSeconds, recording, speakersMuted } = this.session;
    const percent = Math.round(settings.volume * 100);
    const speakers = speakersMuted ? 'Speakers are muted' : 'Mute speakers';
    return html`
      <div class="meters">
        <sotto-meter id="in" label="In"></sotto-meter>
        <sotto-meter id="reduction" label="Cut" kind="reduction"></sotto-meter>
        <sotto-meter id="out" label="Out"></sotto-meter>
      </div>
      <div class="row">
        <button
          type="button"
          class="speakers"
          aria-label="Mute speakers"
          title="${speakers}; the stream and recordings are not"
          aria-pressed=${speakersMuted}
          data-testid="mute-speakers"
          @click=${() => this.session.setSpeakersMuted(!speakersMuted)}
        >
          ${speakersMuted ? icons.muted : icons.speaker}
        </button>
        <input
          type="range"
          min="0"
          max="100"
          aria-label="Volume"
          aria-valuetext="${percent} %"
          data-testid="volume"
          style="--part:${percent}%"
          .value=${String(percent)}
          @input=${(event: Event) =>
            this.session.setVolume(Number((event.target as HTMLInputElement).value) / 100)}
        />
        <span class="percent" aria-hidden="true">${percent} %</span>
      </div>
      <div class="row">
        <button
          type="button"
          class="record"
          aria-pressed=${recordingSeconds !== undefined}
          title="Record what is heard"
          data-testid="record"
          @click=${() => void this.session.toggleRecording()}
        >
          ${recordingSeconds === undefined ? 'Record' : `Stop · ${Math.floor(recordingSeconds)} s`}
        </button>
        ${
          recording
            ? html`<a
                class="button"
                href=${recording.url}
                download=${recording.fileName}
                data-testid="recording"
                title=${recording.fileName}
                >${icons.download} Save ${recording.seconds.toFixed(0)} s</a
              >`
            : nothing
        }
      </div>
    `;
  }

  #onMeters(): void {
    const { meters, mix } = this.session;
    if (!meters) return;
    this.input?.setLevel(meters.inputPeak, meters.inputRms);
    this.output?.setLevel(meters.outputPeak, meters.outputRms);
    this.reduction?.setReduction(mix.bypass ? 0 : meters.reduction);
  }
}
