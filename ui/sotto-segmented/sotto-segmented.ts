import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { controls } from '../shared/controls.styles.ts';
import { styles } from './sotto-segmented.styles.ts';

export interface Segment {
  readonly value: string;
  readonly label: string;
  readonly icon?: TemplateResult;
  /** Tooltip. */
  readonly title?: string;
}

/**
 * @summary One choice of a few, side by side: radio buttons, or with `actions` buttons, of which one may be pressed.
 * @fires choose - CustomEvent<string> of the value chosen by the user; also when it was chosen already
 */
@customElement('sotto-segmented')
export class SottoSegmented extends LitElement {
  static override styles = [controls, styles];

  /** Accessible name of the group. */
  @property() label = '';
  @property() value = '';
  @property({ attribute: false }) segments: readonly Segment[] = [];
  @property({ type: Boolean, reflect: true }) large = false;
  /** For choices that do more than being chosen, such as opening a file: arrow keys then do not choose. */
  @property({ type: Boolean }) actions = false;

  override render(): TemplateResult {
    if (this.actions) {
      return html`<div class="group" role="group" aria-label=${this.label}>
        ${this.segments.map(
          ({ value, label, icon, title }) =>
            html`<button
              type="button"
              aria-pressed=${value === this.value}
              title=${title ?? ''}
              data-value=${value}
              @click=${() => this.#choose(value)}
            >
              ${icon}${label}
            </button>`,
        )}
      </div>`;
    }
    const chosen = this.segments.some(({ value }) => value === this.value);
    return html`<div class="group" role="radiogroup" aria-label=${this.label} @keydown=${this.#onKey}>
      ${this.segments.map(
        ({ value, label, icon, title }, index) =>
          html`<button
            type="button"
            role="radio"
            aria-checked=${value === this.value}
            tabindex=${value === this.value || (!chosen && index === 0) ? 0 : -1}
            title=${title ?? ''}
            data-value=${value}
            @click=${() => this.#choose(value)}
          >
            ${icon}${label}
          </button>`,
      )}
    </div>`;
  }

  #choose(value: string): void {
    this.dispatchEvent(new CustomEvent('choose', { detail: value }));
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const count = this.segments.length;
    const at = this.segments.findIndex(({ value }) => value === this.value);
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const next = step !== undefined ? (at + step + count) % count : { Home: 0, End: count - 1 }[event.key];
    const segment = next === undefined ? undefined : this.segments[next];
    if (!segment) return;
    event.preventDefault();
    this.renderRoot.querySelectorAll<HTMLButtonElement>('button')[next ?? 0]?.focus();
    this.#choose(segment.value);
  };
}
