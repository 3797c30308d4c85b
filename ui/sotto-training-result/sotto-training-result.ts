import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { AudioSession } from '../app/audio-session.ts';
import { controls } from '../shared/controls.styles.ts';
import { exportMenu } from '../shared/export-menu.ts';
import { icons } from '../shared/icons.ts';
import { followSession } from '../shared/session-controller.ts';
import { titled } from '../shared/text.ts';
import { divergenceChart } from '../sotto-training-progress/sotto-training-progress.ts';
import { styles } from './sotto-training-result.styles.ts';

/**
 * @summary What a training has come to: the dictionary, how far the divergence fell, what was left out, and what to do next.
 * @fires inspect - the user wants to see the dictionary in use
 */
@customElement('sotto-training-result')
export class SottoTrainingResult extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) session!: AudioSession;

  constructor() {
    super();
    followSession(this);
  }

  override render(): TemplateResult | typeof nothing {
    const { session } = this;
    const { trainer } = session;
    if (!trainer.learned) return nothing;
    const { id, seconds, result, curves, leftOut } = trainer.learned;
    const inUse = session.dictionaryId === id;
    return html`<div class="result" data-testid="training-result">
      <div class="done">
        <span class="tick">${icons.check}</span>
        <div>
          <h3>${session.shelf.label(id)}</h3>
          <p>
            ${inUse ? 'In use now, and kept in this browser.' : 'Kept in this browser.'}
            ${result.finished ? '' : 'Ended early.'} ${result.tuned ? 'The masks are tuned to it.' : ''}
            Learned in ${seconds.toFixed(seconds < 10 ? 1 : 0)} s.
          </p>
        </div>
      </div>
      <div class="plot">
        ${divergenceChart(
          curves,
          result.sources.map(({ label }) => label),
        )}
      </div>
      <table>
        <thead>
          <tr>
            <th scope="col">Learned</th>
            <th scope="col">Atoms</th>
            <th scope="col">Frames</th>
            <th scope="col" title="Divergence from the recordings, relative to that of a flat spectrum">
              Explained
            </th>
          </tr>
        </thead>
        <tbody>
          ${result.sources.map(({ label, frames, divergence }) => {
            const source = result.dictionary.sources.find((own) => own.label === label);
            return html`<tr>
              <th scope="row">${titled(label)}</th>
              <td>${source ? source.to - source.from : 0}</td>
              <td>${frames}</td>
              <td>${(100 * (1 - divergence)).toFixed(1)} %</td>
            </tr>`;
          })}
        </tbody>
      </table>
      ${
        leftOut.length > 0
          ? html`<p class="failure">${icons.warning} Left out: ${leftOut.join(', ')}.</p>`
          : nothing
      }
      ${
        result.untuned
          ? html`<p class="failure">
              ${icons.warning} The masks could not be tuned to it. ${result.untuned}
            </p>`
          : nothing
      }
      <div class="ways">
        ${exportMenu(session, id)}
        <button type="button" @click=${() => this.dispatchEvent(new Event('inspect'))}>
          ${icons.eye} Inspect
        </button>
        <button type="button" class="primary" data-testid="learn-again" @click=${() => trainer.again()}>
          Learn more
        </button>
      </div>
    </div>`;
  }
}
