import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { AudioSession } from '../app/audio-session.ts';
import { CanvasView, reducedMotion } from '../shared/canvas.ts';
import { controls } from '../shared/controls.styles.ts';
import { icons } from '../shared/icons.ts';
import { meterHeight, toDecibels } from '../shared/level.ts';
import { followSession } from '../shared/session-controller.ts';
import { styles } from './sotto-transport.styles.ts';

/** Width of a bar of the waveform and of the gap after it, px. */
const BAR = 2;
const GAP = 1.5;
/** Seconds of an arrow key, and of PageUp and PageDown. */
const STEP = 1;
const LEAP = 10;
/** Levels of a microphone that are kept. */
const HISTORY = 400;

const clock = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`;

/**
 * @summary Play and pause, position in the waveform of a file or clip, loop; for a microphone the level of the last seconds.
 */
@customElement('sotto-transport')
export class SottoTransport extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) session!: AudioSession;
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
    if (this.session.deck.kind !== 'microphone') this.#levels = [];
    this.#tell();
    this.#view?.invalidate();
  }

  override render(): TemplateResult {
    const { deck, status, settings } = this.session;
    const duration = deck.player?.duration ?? 0;
    const playing = status === 'playing';
    const live = deck.kind === 'microphone';
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
      ${
        live
          ? html`<div class="time" data-testid="time">${playing ? 'Live' : 'Off'}</div>`
          : html`<div class="time" data-testid="time">
                <b class="now" style="font-weight:500">0:00</b>
                <span>/ ${duration ? clock(duration) : '–:––'}</span>
              </div>
              <button
                type="button"
                class="loop"
                aria-label="Loop"
                title="Play again from the start"
                aria-pressed=${settings.loop}
                @click=${() => this.session.setLoop(!settings.loop)}
              >
                ${icons.loop}
              </button>`
      }
    `;
  }

  #openView(): void {
    this.#view = new CanvasView(this.canvas, () => this.#draw());
  }

  #onMeters(): void {
    const { meters, deck, status } = this.session;
    if (deck.kind === 'microphone' && meters && status === 'playing') {
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
    const { context, width, height } = view;
    const { deck, status } = this.session;
    context.clearRect(0, 0, width, height);
    const bars = Math.floor(width / (BAR + GAP));
    const { player, waveform } = deck;
    const played = player ? player.position / player.duration : 0;
    for (let bar = 0; bar < bars; bar++) {
      let level = 0;
      let light = false;
      if (deck.kind === 'microphone') {
        level = this.#levels[this.#levels.length - bars + bar] ?? 0;
        light = status === 'playing';
      } else if (waveform.length > 0) {
        const last = Math.floor(((bar + 1) * waveform.length) / bars);
        for (let i = Math.floor((bar * waveform.length) / bars); i <= last; i++) {
          level = Math.max(level, waveform[i] ?? 0);
        }
        light = bar / bars < played;
      }
      const tall = Math.max(2, level * (height - 8));
      context.fillStyle = light ? '#dbe4f5' : 'rgb(255 255 255 / 20%)';
      context.beginPath();
      context.roundRect(bar * (BAR + GAP), (height - tall) / 2, BAR, tall, 1);
      context.fill();
    }
    if (player) {
      context.fillStyle = '#ffffff';
      context.fillRect(Math.min(width - 1.5, played * width), 2, 1.5, height - 4);
    }
    this.#tell();
    if (status === 'playing' && player && !reducedMotion()) view.invalidate();
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
