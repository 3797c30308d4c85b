import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { controls } from '../shared/controls.styles.ts';
import { icons } from '../shared/icons.ts';
import { followPointer, settle, type SliderInfo, valueAfterKey } from '../shared/slider.ts';
import { styles } from './sotto-stepper.styles.ts';

/** Of a drag, px. */
const STEP_HEIGHT = 7;

/**
 * @summary A whole number with a button for less and one for more. Drag up and down, arrow keys, PageUp, PageDown, Home, End; double
 * click or Delete: default.
 * @fires value-input - CustomEvent<number> of the value set by the user
 */
@customElement('sotto-stepper')
export class SottoStepper extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) info!: Omit<SliderInfo, 'unit'>;
  @property({ type: Number }) value = 0;
  /** Shown behind the number. */
  @property() unit = '';
  /** Spoken behind the number. */
  @property({ attribute: false }) spokenUnit = '';
  /** Numbers above zero have a plus. */
  @property({ type: Boolean }) signed = false;

  override render(): TemplateResult {
    const { info, value } = this;
    const { label, minValue, maxValue, step } = info;
    const sign = value < 0 ? '−' : this.signed && value > 0 ? '+' : '';
    const button = (change: number, text: string) =>
      html`<button
        type="button"
        aria-label="${text} ${label.toLowerCase()}"
        ?disabled=${change < 0 ? value <= minValue : value >= maxValue}
        data-testid="${info.name}-${text.toLowerCase()}"
        @click=${() => this.#set(value + change)}
      >
        ${change < 0 ? icons.minus : icons.plus}
      </button>`;
    return html`
      <span class="label" aria-hidden="true">${label}</span>
      <div class="group" role="group" aria-label=${label}>
        ${button(-step, 'Less')}
        <div
          class="value ${value === info.defaultValue ? '' : 'altered'}"
          role="spinbutton"
          tabindex="0"
          aria-label=${label}
          aria-valuemin=${minValue}
          aria-valuemax=${maxValue}
          aria-valuenow=${value}
          aria-valuetext="${value} ${this.spokenUnit || this.unit}"
          title=${info.description}
          data-testid=${info.name}
          @pointerdown=${this.#onPointer}
          @dblclick=${() => this.#set(info.defaultValue)}
          @keydown=${this.#onKey}
        >
          <span>${sign}${Math.abs(value)}<small>${this.unit}</small></span>
        </div>
        ${button(step, 'More')}
      </div>
    `;
  }

  #set(value: number): void {
    const whole = Math.round(settle(value, { ...this.info, unit: '' }));
    if (whole !== this.value) this.dispatchEvent(new CustomEvent('value-input', { detail: whole }));
  }

  readonly #onPointer = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    let dragged = this.value;
    followPointer(event, (up) => {
      dragged += (up / STEP_HEIGHT) * this.info.step;
      this.#set(dragged);
    });
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const value = valueAfterKey(event, this.value, { ...this.info, unit: '' });
    if (value === undefined) return;
    event.preventDefault();
    this.#set(value);
  };
}
