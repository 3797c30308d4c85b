import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { AudioSession } from '../app/audio-session.ts';
import type { Choice } from '../app/dictionary-shelf.ts';
import { controls } from '../shared/controls.styles.ts';
import { exportMenu } from '../shared/export-menu.ts';
import { icons } from '../shared/icons.ts';
import { followSession } from '../shared/session-controller.ts';
import { styles } from './sotto-dictionaries.styles.ts';

const ORIGIN_TEXT = { 'built-in': 'Built in', learned: 'Learned here', file: 'From a file' } as const;

/**
 * @summary All dictionaries: which one is in use; to use, rename, delete and export.
 * @fires inspect - the user wants to see the dictionary in use
 */
@customElement('sotto-dictionaries')
export class SottoDictionaries extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) session!: AudioSession;
  @state() private renaming: string | undefined;
  @query('.rename') private field!: HTMLInputElement | null;

  constructor() {
    super();
    followSession(this);
  }

  override render(): TemplateResult {
    const { choices } = this.session.shelf;
    return html`
      <h2 id="own">Dictionaries</h2>
      <ul data-testid="dictionaries">
        ${repeat(
          choices,
          ({ id }) => id,
          (choice) => this.#row(choice),
        )}
      </ul>
      ${
        choices.some(({ origin }) => origin !== 'built-in')
          ? nothing
          : html`<p class="hint">
              What you learn here is kept in this browser, and listed with the built-in ones.
            </p>`
      }
    `;
  }

  #row(choice: Choice): TemplateResult {
    const { session } = this;
    const { id, label, origin, created } = choice;
    const inUse = id === session.dictionaryId;
    const about = [ORIGIN_TEXT[origin], created !== undefined && new Date(created).toLocaleDateString()];
    return html`<li class=${inUse ? 'used' : ''} data-testid="dictionary-row" data-id=${id}>
      ${
        this.renaming === id
          ? html`<input
              class="rename"
              type="text"
              maxlength="80"
              .value=${label}
              aria-label="New name of ${label}"
              data-testid="rename-field"
              @keydown=${(event: KeyboardEvent) => this.#onRenameKey(event, id)}
              @blur=${() => this.#endRename(id)}
            />`
          : html`<button
              type="button"
              class="choose"
              aria-pressed=${inUse}
              title=${inUse ? 'In use' : `Use “${label}”`}
              data-testid="use-dictionary"
              @click=${() => void session.chooseDictionary(id)}
            >
              <i></i>
              <span>
                <b>${label}</b>
                <small>${inUse ? 'In use · ' : ''}${about.filter(Boolean).join(' · ')}</small>
              </span>
            </button>`
      }
      <div class="tools">
        ${exportMenu(session, id)}
        ${
          origin === 'built-in'
            ? nothing
            : html`<button
                  type="button"
                  class="quiet"
                  aria-label="Rename ${label}"
                  title="Rename"
                  data-testid="rename"
                  @click=${() => void this.#startRename(id)}
                >
                  ${icons.pencil}
                </button>
                <button
                  type="button"
                  class="quiet"
                  aria-label="Delete ${label}"
                  title="Delete"
                  data-testid="delete"
                  @click=${() => void session.removeDictionary(id)}
                >
                  ${icons.bin}
                </button>`
        }
      </div>
    </li>`;
  }

  async #startRename(id: string): Promise<void> {
    this.renaming = id;
    await this.updateComplete;
    this.field?.select();
    this.field?.focus();
  }

  #onRenameKey(event: KeyboardEvent, id: string): void {
    if (event.key === 'Enter') this.#endRename(id);
    if (event.key === 'Escape') this.renaming = undefined;
  }

  #endRename(id: string): void {
    if (this.renaming !== id) return;
    const label = this.field?.value ?? '';
    this.renaming = undefined;
    void this.session.renameDictionary(id, label);
  }
}
