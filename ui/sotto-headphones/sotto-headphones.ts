import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, query, state } from 'lit/decorators.js';
import { controls } from '../shared/controls.styles.ts';
import { dialog } from '../shared/dialog.styles.ts';
import { icons } from '../shared/icons.ts';

export type HeadphonesAnswer = 'yes' | 'no' | 'cancel';

/**
 * @summary Asks for headphones before a microphone is heard through the speakers, which would feed back.
 */
@customElement('sotto-headphones')
export class SottoHeadphones extends LitElement {
  static override styles = [controls, dialog];

  @state() private use: 'listen' | 'sing' = 'listen';
  @query('dialog') private dialog!: HTMLDialogElement;

  /** Opens the dialog; Escape is 'cancel'. */
  ask(use: 'listen' | 'sing'): Promise<HeadphonesAnswer> {
    this.use = use;
    this.dialog.returnValue = 'cancel';
    this.dialog.showModal();
    return new Promise((resolve) => {
      this.dialog.addEventListener('close', () => resolve(this.dialog.returnValue as HeadphonesAnswer), {
        once: true,
      });
    });
  }

  override render(): TemplateResult {
    const close = (answer: HeadphonesAnswer) => () => this.dialog.close(answer);
    return html`<dialog aria-labelledby="title" aria-describedby="text">
      <span class="icon">${icons.headphones}</span>
      <h2 id="title">Are you wearing headphones?</h2>
      <p id="text">
        Through loudspeakers the microphone would hear itself and howl. A call or a recording gets the sound
        either way.
      </p>
      <div class="choices">
        <button type="button" class="first" autofocus @click=${close('yes')}>Yes, let me hear it</button>
        <button type="button" @click=${close('no')}>
          ${this.use === 'sing' ? 'No, only record me' : 'No, mute the speakers'}
        </button>
      </div>
    </dialog>`;
  }
}
