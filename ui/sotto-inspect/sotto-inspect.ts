import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import {
  summarizeDictionary,
  type Dictionary,
  type DictionaryCard,
  type DictionaryFit,
  type DictionarySummary,
} from '../../src/dictionary/index.ts';
import type { AudioSession } from '../app/audio-session.ts';
import { textOf } from '../app/plain-errors.ts';
import { fitInWorker } from '../app/training-client.ts';
import { controls } from '../shared/controls.styles.ts';
import { exportMenu } from '../shared/export-menu.ts';
import { icons } from '../shared/icons.ts';
import { followSession } from '../shared/session-controller.ts';
import { sourceColours } from '../shared/source-colours.ts';
import { titled } from '../shared/text.ts';
import '../sotto-heat-map/sotto-heat-map.ts';
import { styles } from './sotto-inspect.styles.ts';

const CARD: readonly [keyof DictionaryCard, string][] = [
  ['description', 'About'],
  ['data', 'Learned from'],
  ['licence', 'Licence'],
  ['scores', 'Scores'],
  ['command', 'Made by'],
  ['created', 'Made on'],
];

const hertz = (frequency: number): string =>
  frequency >= 1000 ? `${(frequency / 1000).toFixed(1)} kHz` : `${Math.round(frequency)} Hz`;
const percent = (part: number): string => `${(100 * part).toFixed(part < 0.0995 ? 1 : 0)} %`;
const ms = (seconds: number): string => `${(seconds * 1000).toFixed(1)} ms`;

const gridText = (d: DictionarySummary): string =>
  `${Number((d.sampleRate / 1000).toFixed(2))} kHz, FFT ${d.fftSize}, ${d.window} window of ${ms(d.windowDuration)}, ` +
  `hop ${ms(d.hopDuration)}`;

/** A fit, and what it is of. */
interface FitOf {
  readonly dictionary: Dictionary;
  readonly name: string;
  readonly fit: DictionaryFit;
}

/**
 * @summary The dictionary in use: its atoms, its sources, where it comes from, and how well it fits the recording that plays.
 */
@customElement('sotto-inspect')
export class SottoInspect extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) session!: AudioSession;
  @state() private fit: FitOf | undefined;
  @state() private fitting = false;
  @state() private problem = '';
  #summary: { of: Dictionary; is: DictionarySummary } | undefined;

  constructor() {
    super();
    followSession(this);
  }

  override render(): TemplateResult {
    const { dictionary } = this.session;
    if (!dictionary) return html`<p class="card empty">No dictionary is in use.</p>`;
    if (this.#summary?.of !== dictionary)
      this.#summary = { of: dictionary, is: summarizeDictionary(dictionary) };
    const summary = this.#summary.is;
    return html`
      <section class="card atoms" aria-labelledby="atoms">
        <div class="head">
          <h2 id="atoms">Atoms</h2>
          <span class="note">by rising centroid; brightness over 60 dB</span>
        </div>
        <sotto-heat-map .dictionary=${dictionary}></sotto-heat-map>
      </section>
      <section class="card facts" aria-labelledby="facts">
        <div class="head">
          <h2 id="facts">Dictionary</h2>
          ${exportMenu(this.session, this.session.dictionaryId)}
        </div>
        <h3 data-testid="inspect-name">${this.session.shelf.label(this.session.dictionaryId)}</h3>
        ${this.#sources(summary)} ${this.#fit(dictionary)}
        <dl data-testid="training-card">
          ${CARD.map(([key, label]) => {
            const text = dictionary.card[key];
            return text
              ? html`<dt>${label}</dt>
                  <dd>${text}</dd>`
              : nothing;
          })}
          <dt>Grid</dt>
          <dd>${gridText(summary)}</dd>
          <dt>Fitted to</dt>
          <dd>|X|${summary.exponent === 1 ? '' : `^${summary.exponent}`}, ${summary.divergence}</dd>
        </dl>
      </section>
    `;
  }

  #sources(summary: DictionarySummary): TemplateResult {
    const colours = sourceColours(summary.sources.map(({ label }) => label));
    return html`<table data-testid="source-table">
      <thead>
        <tr>
          <th scope="col">Source</th>
          <th scope="col">Atoms</th>
          <th scope="col" title="Below and above which lies one hundredth of the mean atom">Range</th>
          <th scope="col" title="Centre of gravity of the mean atom">Centroid</th>
        </tr>
      </thead>
      <tbody>
        ${summary.sources.map(
          ({ label, atomCount, lowest, highest, centroid }, s) =>
            html`<tr>
              <th scope="row"><i style="background:${colours[s]}"></i>${titled(label)}</th>
              <td>${atomCount}</td>
              <td>${hertz(lowest)} to ${hertz(highest)}</td>
              <td>${hertz(centroid)}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  #fit(dictionary: Dictionary): TemplateResult {
    const { deck } = this.session;
    const ready = deck.player !== undefined && !this.fitting;
    const fit = this.fit?.dictionary === dictionary ? this.fit : undefined;
    const colours = sourceColours(dictionary.sources.map(({ label }) => label));
    return html`<div class="fit">
      <button
        type="button"
        data-testid="measure-fit"
        ?disabled=${!ready}
        title="How near the sources together come to the recording"
        @click=${() => void this.#measure(dictionary)}
      >
        ${this.fitting ? 'Measuring' : 'Measure the fit'}
      </button>
      ${
        fit
          ? html`<div class="measured" data-testid="fit">
              <b>${percent(fit.fit.median)}</b> <span>error on “${fit.name}”, nine in ten frames below</span>
              <b>${percent(fit.fit.ninth)}</b>
              <div class="shares" aria-hidden="true">
                ${fit.fit.shares.map(
                  ({ share }, s) => html`<i style="flex:${share.toFixed(3)};background:${colours[s]}"></i>`,
                )}
              </div>
              <span
                >${fit.fit.shares.map(({ label, share }) => `${label} ${percent(share)}`).join(' · ')}</span
              >
            </div>`
          : html`<span class="note" data-testid="fit-note">
              ${
                this.problem
                  ? html`${icons.warning} ${this.problem}`
                  : deck.player
                    ? `The error left on “${deck.name}”: 0 % is perfect, 100 % no better than a flat spectrum.`
                    : 'Play a clip or a file first: the error is measured on it.'
              }
            </span>`
      }
    </div>`;
  }

  async #measure(dictionary: Dictionary): Promise<void> {
    const { deck } = this.session;
    const { player, name } = deck;
    if (!player) return;
    this.fitting = true;
    this.problem = '';
    this.fit = undefined;
    const { buffer } = player;
    const channels = Array.from({ length: buffer.numberOfChannels }, (_, c) => buffer.getChannelData(c));
    try {
      this.fit = { dictionary, name, fit: await fitInWorker(dictionary, channels, buffer.sampleRate) };
    } catch (error) {
      this.problem = textOf(error);
    }
    this.fitting = false;
  }
}
