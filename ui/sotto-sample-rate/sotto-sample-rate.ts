import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { controls } from '../shared/controls.styles.ts';
import { dialog } from '../shared/dialog.styles.ts';

const USUAL = [48000, 44100, 32000, 22050, 16000, 8000];

const styles = css`
  .select {
    display: flex;
    margin-bottom: 22px;
  }

  select {
    min-height: 40px;
    font-size: 13.5px;
  }

  code {
    font-size: 0.95em;
  }
`;

/**
 * @summary Asks for the sample rate of a dictionary file that does not say it, as a bare .npy.
 */
@customElement('sotto-sample-rate')
export class SottoSampleRate extends LitElement {
  static override styles = [controls, dialog, styles];

  @state() private fileName = '';
  @query('dialog') private dialog!: HTMLDialogElement;
  @query('select') private select!: HTMLSelectElement;

  /** Opens the dialog: Hz, or undefined after Escape or Cancel. */
  async ask(fileName: string): Promise<number | undefined> {
    this.fileName = fileName;
    await this.updateComplete;
    this.dialog.returnValue = '';
    this.dialog.showModal();
    await new Promise((resolve) => this.dialog.addEventListener('close', resolve, { once: true }));
    return this.dialog.returnValue ? Number(this.dialog.returnValue) : undefined;
  }

  override render(): TemplateResult {
    return html`<dialog aria-labelledby="title" aria-describedby="text" data-testid="sample-rate-dialog">
      <h2 id="title">At which sample rate was it made?</h2>
      <p id="text">
        “${this.fileName}” holds atoms, but not their sample rate (the option <code>sampleRate</code>), and so
        not which frequencies they mean.
      </p>
      <div class="select">
        <select aria-label="Sample rate" data-testid="sample-rate">
          ${USUAL.map((rate) => html`<option value=${rate}>${rate / 1000} kHz</option>`)}
        </select>
      </div>
      <div class="choices">
        <button
          type="button"
          class="first"
          data-testid="sample-rate-ok"
          @click=${() => this.dialog.close(this.select.value)}
        >
          Load
        </button>
        <button type="button" @click=${() => this.dialog.close('')}>Cancel</button>
      </div>
    </dialog>`;
  }
}
