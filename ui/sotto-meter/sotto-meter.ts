import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { controls } from '../shared/controls.styles.ts';
import { CalmReduction, METER_FLOOR, meterHeight, TEXT_INTERVAL, toDecibels } from '../shared/level.ts';
import { styles } from './sotto-meter.styles.ts';

/** Fall of the bar per report, and reports for which the highest peak stays marked. */
const FALL = 0.86;
const HOLD = 36;
const LEVEL_MARKS = [0, -6, -12, -24, -40];
const REDUCTION_MARKS = [0, -12, -24, -36];
/** Deepest reduction that is shown, dB. */
const DEEPEST = 36;

/**
 * @summary A level meter: RMS bright, peak behind it, the highest peak held; or, of kind "reduction", dB from the top down.
 * Fed by `setLevel` or `setReduction` at each report, without a rendering.
 */
@customElement('sotto-meter')
export class SottoMeter extends LitElement {
  static override styles = [controls, styles];

  @property() label = '';
  @property({ reflect: true }) kind: 'level' | 'reduction' = 'level';
  @query('.well') private well!: HTMLElement;
  @query('.peak') private peakBar!: HTMLElement;
  @query('.rms') private rmsBar!: HTMLElement;
  @query('.hold') private holdMark!: HTMLElement;
  @query('.value') private text!: HTMLElement;

  #peak = 0;
  #rms = 0;
  #held = 0;
  #holding = 0;
  #loudest = 0;
  #reports = 0;
  readonly #reduction = new CalmReduction();

  /** Linear levels of a report. */
  setLevel(peak: number, rms: number): void {
    const height = meterHeight(toDecibels(peak));
    this.#peak = Math.max(height, this.#peak * FALL);
    this.#rms = Math.max(meterHeight(toDecibels(rms)), this.#rms * FALL);
    if (height >= this.#held || --this.#holding <= 0) {
      this.#held = this.#peak;
      this.#holding = HOLD;
    }
    this.#loudest = Math.max(this.#loudest, peak);
    if (!this.hasUpdated) return;
    this.peakBar.style.clipPath = `inset(${((1 - this.#peak) * 100).toFixed(2)}% 0 0 0)`;
    this.rmsBar.style.clipPath = `inset(${((1 - this.#rms) * 100).toFixed(2)}% 0 0 0)`;
    this.holdMark.style.opacity = this.#held > 0.01 ? '0.9' : '0';
    this.holdMark.style.bottom = `calc(${(this.#held * 100).toFixed(2)}% - 2px)`;
    if (this.#reports++ % TEXT_INTERVAL === 0) {
      const decibels = toDecibels(this.#loudest);
      this.#say(decibels, decibels <= METER_FLOOR ? '−∞' : decibels.toFixed(1).replace('-', '−'));
      this.#loudest = 0;
    }
  }

  /** Reduction of a report, in dB. */
  setReduction(decibels: number): void {
    const text = this.#reduction.update(decibels);
    if (!this.hasUpdated) return;
    const part = Math.min(1, this.#reduction.decibels / DEEPEST);
    this.rmsBar.style.clipPath = `inset(0 0 ${((1 - part) * 100).toFixed(2)}% 0)`;
    if (text !== undefined) this.#say(-this.#reduction.decibels, text);
  }

  override render(): TemplateResult {
    const lowest = this.kind === 'reduction' ? -DEEPEST : METER_FLOOR;
    return html`
      <div class="label" aria-hidden="true">${this.label}</div>
      <div class="body">
        <div class="marks" aria-hidden="true">
          ${(this.kind === 'reduction' ? REDUCTION_MARKS : LEVEL_MARKS).map((mark) => {
            const place = this.kind === 'reduction' ? 1 + mark / DEEPEST : meterHeight(mark);
            return html`<span style="bottom:${(place * 100).toFixed(1)}%">${Math.abs(mark)}</span>`;
          })}
        </div>
        <div
          class="well"
          role="meter"
          aria-label=${this.kind === 'reduction' ? 'Gain reduction' : `${this.label} level`}
          aria-valuemin=${lowest}
          aria-valuemax="0"
          aria-valuenow=${lowest}
          data-testid=${`meter-${this.label.toLowerCase()}`}
        >
          <div class="bar peak"></div>
          <div class="bar rms"></div>
          <div class="hold"></div>
        </div>
      </div>
      <div class="value" aria-hidden="true">${this.kind === 'reduction' ? '0.0' : '−∞'}</div>
    `;
  }

  #say(decibels: number, text: string): void {
    const lowest = this.kind === 'reduction' ? -DEEPEST : METER_FLOOR;
    this.text.textContent = text;
    this.well.setAttribute('aria-valuenow', Math.min(0, Math.max(lowest, decibels)).toFixed(1));
    this.well.setAttribute('aria-valuetext', `${text} dB`);
  }
}
