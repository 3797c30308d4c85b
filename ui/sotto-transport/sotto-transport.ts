import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { AudioSession } from '../app/audio-session.ts';
import { CanvasView, reducedMotion } from '../shared/canvas.ts';
import { controls } from '../shared/controls.styles.ts';
import { icons } from '../shared/icons.ts';
import { meterHeight, toDecibels } from '../shared/level.ts';
import { followSession } from '../shared/session-controller.ts';
import { clock } from '../shared/text.ts';
import '../sotto-loop/sotto-loop.ts';
import { drawWaveform } from './draw-waveform.ts';
import { styles } from './sotto-transport.styles.ts';

/** Seconds of an arrow key, and of PageUp and PageDown. */
const STEP = 1;
const LEAP = 10;
/** Levels of a microphone that are kept. */
const HISTORY = 400;

/**
 * @summary Play and pause, position in the waveform of a file or clip, loop; for a microphone the level of the last seconds. A large
 * one has a taller waveform, and marks for a loop between two places.
 */
@customElement('sotto-transport')
export class SottoTransport extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) session!: AudioSession;
  @property({ type: Boolean, reflect: true }) large = false;
  @query('canvas') private canvas!: HTMLCanvasElement;
  @query('.seek') private slider!: HTMLElement;
  @query('.now') private now!: HTMLElement | null;

  #view: CanvasView | undefined;
  #levels: number[] = [];

  constructor() {
    super();
    followSession(this, () => this.#onMeters());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#openView();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#view?.dispose();
  }

  protected override firstUpdated(): void {
    this.#openView();
  }

  protected override updated(): void {
    if (!this.session.deck.live) this.#levels = [];
    this.#tell();
    this.#view?.invalidate();
  }

  override render(): TemplateResult {
    const { deck, status } = this.session;
    const duration = deck.player?.duration ?? 0;
    const playing = status === 'playing';
    const live = deck.live;
    const verb = live ? (playing ? 'Stop microphone' : 'Start microphone') : playing ? 'Pause' : 'Play';
    return html`
      <button
        type="button"
        class="play"
        aria-label=${verb}
        title="${verb} (space)"
        data-testid="play"
        aria-busy=${status === 'starting'}
        @click=${() => this.session.toggle()}
      >
        ${status === 'starting' ? html`<i class="wait"></i>` : playing ? icons.pause : icons.play}
      </button>
      <div class="wave">
        <div
          class="seek"
          role="slider"
          tabindex=${duration > 0 ? 0 : -1}
          aria-label="Position"
          aria-disabled=${duration === 0}
          aria-valuemin="0"
          aria-valuemax=${duration.toFixed(1)}
          aria-valuenow="0"
          data-testid="position"
          @pointerdown=${this.#onPointer}
          @keydown=${this.#onKey}
        >
          <canvas aria-hidden="true"></canvas>
        </div>
        ${this.large && duration === 0 ? html`<p class="hint">Press play, or drop a song anywhere</p>` : nothing}
        ${this.large && duration > 0 ? html`<sotto-loop .session=${this.session}></sotto-loop>` : nothing}
      </div>
      ${
        live
          ? html`<div class="time" data-testid="time">${playing ? 'Live' : 'Off'}</div>`
          : html`<div class="side">
              <div class="time" data-testid="time">
                <b class="now">0:00</b>
                <span>/ ${duration ? clock(duration) : '–:––'}</span>
              </div>
              <div class="buttons">${this.#buttons(duration)}</div>
            </div>`
      }
    `;
  }

  #buttons(duration: number): TemplateResult {
    const { karaoke, settings } = this.session;
    const { marks } = karaoke;
    const marked = marks.start !== undefined || marks.end !== undefined;
    return html`
      ${
        karaoke.altered && !this.large
          ? html`<button
              type="button"
              title="Back to the key and the tempo of the song"
              data-testid="unalter"
              @click=${() => {
                karaoke.setKey(0, 0);
                karaoke.setTempo(100);
              }}
            >
              ${karaoke.summary}
            </button>`
          : nothing
      }
      ${
        this.large
          ? html`${(['start', 'end'] as const).map(
              (which) =>
                html`<button
                  type="button"
                  class="mark"
                  aria-label="Loop ${which === 'start' ? 'from' : 'to'} here"
                  aria-pressed=${marks[which] !== undefined}
                  title="Loop ${which === 'start' ? 'from here ([)' : 'to here (])'}"
                  ?disabled=${duration === 0}
                  data-testid="mark-${which}"
                  @click=${() => karaoke.mark(which)}
                >
                  ${which === 'start' ? 'A' : 'B'}
                </button>`,
            )}`
          : nothing
      }
      ${
        marked
          ? html`<button
              type="button"
              class="mark"
              aria-label="Remove the loop between A and B"
              title="Remove the loop between A and B"
              data-testid="clear-marks"
              @click=${() => karaoke.clearMarks()}
            >
              ${this.large ? icons.close : 'A–B'}
            </button>`
          : nothing
      }
      <button
        type="button"
        class="loop"
        aria-label="Loop"
        title="Play again from the start"
        aria-pressed=${settings.loop}
        @click=${() => this.session.setLoop(!settings.loop)}
      >
        ${icons.loop}
      </button>
    `;
  }

  #openView(): void {
    this.#view = new CanvasView(this.canvas, () => this.#draw());
  }

  #onMeters(): void {
    const { meters, deck, status } = this.session;
    if (deck.live && meters && status === 'playing') {
      this.#levels.push(meterHeight(toDecibels(meters.inputPeak)));
      if (this.#levels.length > HISTORY) this.#levels.shift();
    }
    this.#view?.invalidate();
  }

  #tell(): void {
    const { player } = this.session.deck;
    if (!player) return;
    const text = clock(player.position);
    if (this.now && this.now.textContent !== text) {
      this.now.textContent = text;
      this.slider.setAttribute('aria-valuenow', player.position.toFixed(1));
      this.slider.setAttribute('aria-valuetext', `${text} of ${clock(player.duration)}`);
    }
  }

  #draw(): void {
    const view = this.#view;
    if (!view) return;
    const { deck, status } = this.session;
    drawWaveform(view, this.session, this.#levels);
    this.#tell();
    if (status === 'playing' && deck.player && !reducedMotion()) view.invalidate();
  }

  readonly #onPointer = (event: PointerEvent): void => {
    const { player } = this.session.deck;
    if (event.button !== 0 || !player) return;
    const box = this.slider.getBoundingClientRect();
    const seek = (x: number) => this.session.seek(((x - box.left) / box.width) * player.duration);
    const move = (next: PointerEvent) => seek(next.clientX);
    this.slider.setPointerCapture(event.pointerId);
    this.slider.addEventListener('pointermove', move);
    const stop = () => this.slider.removeEventListener('pointermove', move);
    this.slider.addEventListener('lostpointercapture', stop, { once: true });
    seek(event.clientX);
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const { player } = this.session.deck;
    if (!player || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps: Record<string, number> = {
      ArrowRight: STEP,
      ArrowUp: STEP,
      ArrowLeft: -STEP,
      ArrowDown: -STEP,
      PageUp: LEAP,
      PageDown: -LEAP,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    this.session.seek(Math.min(player.duration, Math.max(0, player.position + step)));
  };
}
