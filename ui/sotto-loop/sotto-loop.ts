import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { AudioSession } from '../app/audio-session.ts';
import { rangeOf } from '../app/playhead.ts';
import { controls } from '../shared/controls.styles.ts';
import { followSession } from '../shared/session-controller.ts';
import { clock } from '../shared/text.ts';
import { styles } from './sotto-loop.styles.ts';

type Which = 'start' | 'end';

const NAMES: Readonly<Record<Which, { letter: string; label: string }>> = {
  start: { letter: 'A', label: 'Start of the loop' },
  end: { letter: 'B', label: 'End of the loop' },
};

/** Seconds of an arrow key, with Shift, and of PageUp and PageDown. */
const STEP = 0.1;
const FINE = 0.01;
const LEAP = 5;

/** To a tenth of a second, for a screen reader. */
const spoken = (seconds: number): string => `${clock(seconds)}${(seconds % 1).toFixed(1).slice(1)}`;

/**
 * @summary The marks A and B of a loop, under a waveform of the same width: drag, arrow keys (Shift: fine), PageUp, PageDown;
 * Delete removes both.
 */
@customElement('sotto-loop')
export class SottoLoop extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) session!: AudioSession;

  constructor() {
    super();
    followSession(this);
  }

  override render(): TemplateResult {
    const { marks } = this.session.karaoke;
    const loop = rangeOf(marks);
    return html`
      <div class="rail"></div>
      ${
        loop
          ? html`<div
              class="range"
              style="left:${this.#place(loop.start)}%;width:${this.#place(loop.end - loop.start)}%"
            ></div>`
          : nothing
      }
      ${this.#handle('start', marks.start)}${this.#handle('end', marks.end)}
    `;
  }

  get #duration(): number {
    return this.session.deck.player?.duration ?? 0;
  }

  #place(seconds: number): number {
    return this.#duration > 0 ? (100 * seconds) / this.#duration : 0;
  }

  #handle(which: Which, seconds: number | undefined): TemplateResult | typeof nothing {
    if (seconds === undefined) return nothing;
    const { letter, label } = NAMES[which];
    return html`<div
      class="handle"
      role="slider"
      tabindex="0"
      aria-label=${label}
      aria-valuemin="0"
      aria-valuemax=${this.#duration.toFixed(2)}
      aria-valuenow=${seconds.toFixed(2)}
      aria-valuetext=${spoken(seconds)}
      title="${label}: ${spoken(seconds)}"
      style="left:${this.#place(seconds)}%"
      data-testid="loop-${which}"
      @pointerdown=${(event: PointerEvent) => this.#onPointer(event, which)}
      @keydown=${(event: KeyboardEvent) => this.#onKey(event, which, seconds)}
    >
      ${letter}
    </div>`;
  }

  #onPointer(event: PointerEvent, which: Which): void {
    if (event.button !== 0) return;
    const handle = event.currentTarget as HTMLElement;
    const box = this.getBoundingClientRect();
    const move = ({ clientX }: PointerEvent) =>
      this.session.karaoke.drag(which, ((clientX - box.left) / box.width) * this.#duration);
    handle.setPointerCapture(event.pointerId);
    handle.addEventListener('pointermove', move);
    const stop = () => handle.removeEventListener('pointermove', move);
    handle.addEventListener('lostpointercapture', stop, { once: true });
  }

  #onKey(event: KeyboardEvent, which: Which, seconds: number): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { karaoke } = this.session;
    if (event.key === 'Delete' || event.key === 'Backspace') {
      event.preventDefault();
      karaoke.clearMarks();
      return;
    }
    const small = event.shiftKey ? FINE : STEP;
    const steps: Record<string, number> = {
      ArrowRight: small,
      ArrowUp: small,
      ArrowLeft: -small,
      ArrowDown: -small,
      PageUp: LEAP,
      PageDown: -LEAP,
      Home: -Infinity,
      End: Infinity,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    karaoke.drag(which, seconds + step);
  }
}
