import { html, LitElement, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { controls } from '../shared/controls.styles.ts';
import { meterHeight, toDecibels } from '../shared/level.ts';
import {
  followPointer,
  numberText,
  settle,
  type SliderInfo,
  spokenText,
  valueAfterKey,
} from '../shared/slider.ts';
import { styles } from './sotto-fader.styles.ts';

const MARKS = [12, 6, 0, -6, -12, -24, -40, -60];
/** Bends the scale as on a mixing desk: most of the travel lies around 0 dB. */
const TAPER = 1.6;
/** Fall of the level meter from one drawing to the next. */
const FALL = 0.88;

/**
 * @summary A channel strip: fader in dB with the level of its source beside it, solo and mute. Drag (Shift: fine), arrow keys,
 * PageUp, PageDown, Home, End; double click or Delete: default; wheel while it has the focus.
 * @fires value-input - CustomEvent<number> of the value in dB set by the user
 * @fires mute-toggle
 * @fires solo-toggle
 * @cssproperty --colour - of the source
 */
@customElement('sotto-fader')
export class SottoFader extends LitElement {
  static override styles = [controls, styles];

  /** Name of the source. */
  @property() label = '';
  @property() colour = '';
  @property({ attribute: false }) info!: SliderInfo;
  @property({ type: Number }) value = 0;
  @property({ type: Boolean }) muted = false;
  @property({ type: Boolean }) soloed = false;
  /** Muted, or another source is soloed. */
  @property({ type: Boolean, reflect: true }) silent = false;
  @query('.fader') private fader!: HTMLElement;
  @query('.level i') private bar!: HTMLElement;

  #height = 0;
  #dragged = 0;

  /** Shows a linear level; call at each report of the meters. */
  setLevel(linear: number): void {
    this.#height = Math.max(meterHeight(toDecibels(linear)), this.#height * FALL);
    if (this.bar) this.bar.style.transform = `scaleY(${this.#height.toFixed(4)})`;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('colour')) this.style.setProperty('--colour', this.colour);
  }

  override render(): TemplateResult {
    const { info, value, label } = this;
    const place = this.#place(value) * 100;
    return html`
      <div class="name" title=${label}><span>${label}</span></div>
      <div class="strip">
        <div class="scale" aria-hidden="true">
          ${MARKS.map(
            (mark) =>
              html`<span style="bottom:${this.#place(mark) * 100}%"
                >${mark <= info.minValue ? '−∞' : mark > 0 ? `+${mark}` : String(mark).replace('-', '−')}</span
              >`,
          )}
        </div>
        <div
          class="fader"
          role="slider"
          tabindex="0"
          aria-label="${label} gain"
          aria-orientation="vertical"
          aria-valuemin=${info.minValue}
          aria-valuemax=${info.maxValue}
          aria-valuenow=${value}
          aria-valuetext=${spokenText(value, info)}
          title=${info.description}
          data-testid=${`fader-${info.name}`}
          @pointerdown=${this.#onPointer}
          @dblclick=${() => this.#set(info.defaultValue)}
          @keydown=${this.#onKey}
          @wheel=${this.#onWheel}
        >
          <div class="rail"><div class="fill" style="height:${place}%"></div></div>
          <div class="cap" style="bottom:calc(11px + (100% - 22px) * ${place / 100})"></div>
        </div>
        <div class="level" aria-hidden="true"><i></i></div>
      </div>
      <div class="readout" aria-hidden="true">${numberText(value, info)}<small>dB</small></div>
      <div class="buttons">
        <button
          type="button"
          class="solo"
          aria-pressed=${this.soloed}
          aria-label="Solo ${label}"
          title="Hear only this source"
          @click=${() => this.dispatchEvent(new Event('solo-toggle'))}
        >
          S
        </button>
        <button
          type="button"
          class="mute"
          aria-pressed=${this.muted}
          aria-label="Mute ${label}"
          title="Take this source away"
          @click=${() => this.dispatchEvent(new Event('mute-toggle'))}
        >
          M
        </button>
      </div>
    `;
  }

  #place(decibels: number): number {
    const { minValue, maxValue } = this.info;
    return ((decibels - minValue) / (maxValue - minValue)) ** TAPER;
  }

  #valueAt(place: number): number {
    const { minValue, maxValue } = this.info;
    return minValue + Math.min(1, Math.max(0, place)) ** (1 / TAPER) * (maxValue - minValue);
  }

  #set(value: number): void {
    if (value !== this.value) this.dispatchEvent(new CustomEvent('value-input', { detail: value }));
  }

  readonly #onPointer = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    const box = this.fader.getBoundingClientRect();
    const travel = box.height - 22;
    const pressed = 1 - (event.clientY - box.top - 11) / travel;
    this.#dragged = this.#place(this.value);
    // A press on the cap holds it where it is; one beside it brings it there.
    if (Math.abs(pressed - this.#dragged) * travel > 13) {
      this.#dragged = Math.min(1, Math.max(0, pressed));
      this.#set(settle(this.#valueAt(this.#dragged), this.info));
    }
    followPointer(event, (up) => {
      this.#dragged = Math.min(1, Math.max(0, this.#dragged + up / travel));
      this.#set(settle(this.#valueAt(this.#dragged), this.info));
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
