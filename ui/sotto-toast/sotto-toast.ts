import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Notice } from '../app/audio-session.ts';
import { controls } from '../shared/controls.styles.ts';
import { icons } from '../shared/icons.ts';
import { styles } from './sotto-toast.styles.ts';

/** ms; an error stays until there was time to read it well. */
const STAY = { error: 12_000, info: 6000 };
const MOST = 3;

/**
 * @summary Notices at the edge of the page, read out as they come.
 */
@customElement('sotto-toast')
export class SottoToast extends LitElement {
  static override styles = [controls, styles];

  @state() private notices: readonly (Notice & { id: number })[] = [];
  #count = 0;

  /** Shows a notice; one with the same text takes the place of the old one. */
  show(notice: Notice): void {
    const id = ++this.#count;
    const others = this.notices.filter(({ text }) => text !== notice.text);
    this.notices = [...others, { ...notice, id }].slice(-MOST);
    setTimeout(() => this.#drop(id), notice.action ? STAY.error : STAY[notice.kind]);
  }

  override render(): TemplateResult {
    return html`<div
      class="region"
      role="status"
      aria-live="polite"
      aria-label="Notices"
      data-testid="notices"
    >
      ${repeat(
        this.notices,
        ({ id }) => id,
        ({ id, kind, text, action }) =>
          html`<div class="toast ${kind}" data-kind=${kind}>
            <span class="text">${text}</span>
            ${
              action
                ? html`<button
                    type="button"
                    class="action"
                    @click=${() => {
                      this.#drop(id);
                      action.run();
                    }}
                  >
                    ${action.label}
                  </button>`
                : nothing
            }
            <button type="button" aria-label="Close notice" @click=${() => this.#drop(id)}>
              ${icons.close}
            </button>
          </div>`,
      )}
    </div>`;
  }

  #drop(id: number): void {
    this.notices = this.notices.filter((notice) => notice.id !== id);
  }
}
