import { html, LitElement, nothing, svg, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { controls } from '../shared/controls.styles.ts';
import {
  followPointer,
  numberText,
  settle,
  type SliderInfo,
  spokenText,
  valueAfterKey,
} from '../shared/slider.ts';
import { styles } from './sotto-knob.styles.ts';

/** Degrees from twelve o'clock to either end. */
const SWEEP = 135;
/** Drag, in px, from one end to the other. */
const TRAVEL = 220;
const RADIUS = 45;
const TICKS = Array.from({ length: 11 }, (_, index) => -SWEEP + (index * 2 * SWEEP) / 10);

const at = (degrees: number, radius: number): string => {
  const angle = (degrees * Math.PI) / 180;
  return `${(50 + radius * Math.sin(angle)).toFixed(2)} ${(50 - radius * Math.cos(angle)).toFixed(2)}`;
};

const arc = (from: number, to: number): string =>
  `M ${at(from, RADIUS)} A ${RADIUS} ${RADIUS} 0 ${to - from > 180 ? 1 : 0} 1 ${at(to, RADIUS)}`;

/**
 * @summary A rotary control of one parameter. Drag up or down (Shift: fine), arrow keys, PageUp, PageDown, Home, End;
 * double click or Delete: default; wheel while it has the focus.
 * @fires value-input - CustomEvent<number> of the value set by the user
 */
@customElement('sotto-knob')
export class SottoKnob extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) info!: SliderInfo;
  @property({ type: Number }) value = 0;
  @property({ type: Boolean, reflect: true }) large = false;

  /** Unrounded value of a drag, so that slow movements add up. */
  #dragged = 0;

  override render(): TemplateResult {
    const { info, value } = this;
    const angle = (((value - info.minValue) / (info.maxValue - info.minValue)) * 2 - 1) * SWEEP;
    const body = this.large ? 36 : 33;
    const number = numberText(value, info);
    return html`
      <div
        class="knob"
        role="slider"
        tabindex="0"
        aria-label=${info.label}
        aria-orientation="vertical"
        aria-valuemin=${info.minValue}
        aria-valuemax=${info.maxValue}
        aria-valuenow=${value}
        aria-valuetext=${spokenText(value, info)}
        title=${info.description}
        data-testid=${`knob-${info.name}`}
        @pointerdown=${this.#onPointer}
        @dblclick=${() => this.#set(info.defaultValue)}
        @keydown=${this.#onKey}
        @wheel=${this.#onWheel}
      >
        <svg viewBox="0 0 100 100" aria-hidden="true">
          <defs>
            <radialGradient id="body" cx="50%" cy="12%" r="95%">
              <stop offset="0" stop-color="#3a4252" />
              <stop offset="0.55" stop-color="#232935" />
              <stop offset="1" stop-color="#161a22" />
            </radialGradient>
          </defs>
          ${
            this.large
              ? TICKS.map((tick) => svg`<path class="tick" d="M ${at(tick, 51)} L ${at(tick, 53.5)}" />`)
              : nothing
          }
          <path class="groove" d=${arc(-SWEEP, SWEEP)} />
          ${angle > -SWEEP + 0.5 ? svg`<path class="arc" d=${arc(-SWEEP, angle)} />` : nothing}
          <circle class="body" cx="50" cy="50" r=${body} />
          <path class="pointer" d="M ${at(angle, body - 3)} L ${at(angle, body - (this.large ? 9 : 13))}" />
        </svg>
        ${
          this.large
            ? html`<div class="centre" aria-hidden="true">
                <span class="number">${number}</span><span class="unit">${info.unit}</span>
              </div>`
            : nothing
        }
      </div>
      <div class="label" aria-hidden="true">${info.label}</div>
      ${this.large ? nothing : html`<div class="value" aria-hidden="true">${number} ${info.unit}</div>`}
    `;
  }

  #set(value: number): void {
    if (value !== this.value) this.dispatchEvent(new CustomEvent('value-input', { detail: value }));
  }

  readonly #onPointer = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const { info } = this;
    this.#dragged = this.value;
    followPointer(event, (up) => {
      const moved = this.#dragged + (up / TRAVEL) * (info.maxValue - info.minValue);
      this.#dragged = Math.min(info.maxValue, Math.max(info.minValue, moved));
      this.#set(settle(this.#dragged, info));
    });
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const value = valueAfterKey(event, this.value, this.info);
    if (value === undefined) return;
    event.preventDefault();
    this.#set(value);
  };

  readonly #onWheel = (event: WheelEvent): void => {
    if (this.shadowRoot?.activeElement !== event.currentTarget) return;
    event.preventDefault();
    this.#set(settle(this.value - Math.sign(event.deltaY) * this.info.step, this.info));
  };
}
