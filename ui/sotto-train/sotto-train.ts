import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { DIVERGENCES, type Divergence } from '../../src/nmf/divergence.ts';
import { MAX_SOURCES } from '../../src/parameters.ts';
import type { AudioSession } from '../app/audio-session.ts';
import type { Task } from '../app/learning-plan.ts';
import { OPTION_LIMITS, type Draft } from '../app/trainer.ts';
import { controls } from '../shared/controls.styles.ts';
import { icons } from '../shared/icons.ts';
import { followSession } from '../shared/session-controller.ts';
import { sourceColours } from '../shared/source-colours.ts';
import '../sotto-dictionaries/sotto-dictionaries.ts';
import '../sotto-takes/sotto-takes.ts';
import '../sotto-training-progress/sotto-training-progress.ts';
import '../sotto-training-result/sotto-training-result.ts';
import { styles } from './sotto-train.styles.ts';

const TASKS: readonly { task: Task; icon: TemplateResult; title: string; text: string }[] = [
  {
    task: 'noise',
    icon: icons.rain,
    title: 'Learn this noise',
    text: 'The fan, the street, the room: a few seconds of it alone',
  },
  {
    task: 'voice',
    icon: icons.voice,
    title: 'Learn my voice',
    text: 'Speak freely for twenty seconds in a quiet room',
  },
  {
    task: 'sources',
    icon: icons.layers,
    title: 'Own sources',
    text: 'Any sounds, each from recordings of it alone',
  },
];

const DIVERGENCE_TEXT: Record<Divergence, string> = {
  'kullback-leibler': 'Kullback-Leibler',
  euclidean: 'Euclidean',
  'itakura-saito': 'Itakura-Saito',
};

/**
 * @summary Where dictionaries are learned from recordings, on this device: what, from which recordings, the training, its result.
 * @fires inspect - the user wants to see the dictionary in use
 */
@customElement('sotto-train')
export class SottoTrain extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) session!: AudioSession;

  constructor() {
    super();
    followSession(this);
  }

  override render(): TemplateResult {
    const { trainer } = this.session;
    return html`
      <section class="card learn" aria-labelledby="learn">
        <h2 id="learn">Learn a dictionary</h2>
        <p class="visually-hidden" role="status">${this.#news()}</p>
        ${trainer.progress ? this.#progress() : trainer.learned ? this.#result() : this.#form()}
      </section>
      <section class="card own" aria-labelledby="own">
        <sotto-dictionaries
          .session=${this.session}
          @inspect=${() => this.dispatchEvent(new Event('inspect'))}
        ></sotto-dictionaries>
      </section>
    `;
  }

  /** For those who do not see the chart. */
  #news(): string {
    const { trainer, shelf, dictionaryId } = this.session;
    const { progress, learned, capture } = trainer;
    if (progress) return `Learning “${progress.name}”.`;
    if (capture?.recorder) return 'Recording.';
    if (!learned) return '';
    return `“${shelf.label(learned.id)}” has been learned${dictionaryId === learned.id ? ' and is in use' : ''}.`;
  }

  #progress(): TemplateResult {
    const { trainer } = this.session;
    return html`<sotto-training-progress
      .trainer=${trainer}
      .labels=${trainer.progress?.labels ?? []}
      .tick=${trainer.progress?.latest}
    ></sotto-training-progress>`;
  }

  #result(): TemplateResult {
    return html`<sotto-training-result
      .session=${this.session}
      @inspect=${() => this.dispatchEvent(new Event('inspect'))}
    ></sotto-training-result>`;
  }

  #form(): TemplateResult {
    const { trainer } = this.session;
    const { missing, failure } = trainer;
    return html`
      <div class="tasks" role="radiogroup" aria-label="What to learn" @keydown=${this.#onTaskKey}>
        ${TASKS.map(
          ({ task, icon, title, text }) =>
            html`<button
              type="button"
              role="radio"
              aria-checked=${task === trainer.task}
              tabindex=${task === trainer.task ? 0 : -1}
              ?disabled=${trainer.capture !== undefined}
              data-testid="task-${task}"
              @click=${() => trainer.chooseTask(task)}
            >
              ${icon}<span><b>${title}</b><small>${text}</small></span>
            </button>`,
        )}
      </div>
      ${failure ? html`<p class="failure" role="alert" data-testid="training-failure">${icons.warning} ${failure}</p>` : nothing}
      <div class="material">${trainer.task === 'sources' ? this.#sources() : this.#single()}</div>
      ${this.#options()}
      <div class="start">
        <label class="name">
          <span>Name</span>
          <input
            type="text"
            maxlength="80"
            .value=${trainer.name}
            placeholder=${trainer.suggestedName}
            data-testid="dictionary-name"
            @input=${(event: Event) => {
              trainer.name = (event.target as HTMLInputElement).value;
            }}
          />
        </label>
        <button
          type="button"
          class="primary"
          data-testid="start-training"
          ?disabled=${missing !== undefined || trainer.capture !== undefined}
          @click=${() => void trainer.start()}
        >
          Start learning
        </button>
        <span class="missing" data-testid="training-missing">${missing ?? nothing}</span>
        <span class="private">${icons.lock} Recordings stay on this device. Nothing is uploaded.</span>
      </div>
    `;
  }

  #single(): TemplateResult {
    const { trainer } = this.session;
    const { plan, drafts } = trainer;
    if (!plan) return html``;
    const [colour] = sourceColours([plan.label]);
    const noise = trainer.task === 'noise';
    return html`
      <p class="plan" data-testid="plan">
        ${
          noise
            ? 'Record the noise alone, without anybody speaking. Three seconds are enough; take a few more where it changes.'
            : 'Speak as you usually do, in as quiet a room as you can find. Several takes add up.'
        }
        It takes the place of <b>${plan.label}</b> in “${plan.name}”; <b>${plan.kept.join(', ')}</b> stays.
      </p>
      ${drafts.map(
        (draft) =>
          html`<sotto-takes
            style="--source:${colour}"
            .trainer=${trainer}
            .draft=${draft}
            what=${noise ? 'this noise' : 'my voice'}
            .tick=${this.#tick}
          ></sotto-takes>`,
      )}
    `;
  }

  #sources(): TemplateResult {
    const { trainer } = this.session;
    const { drafts } = trainer;
    const colours = sourceColours(drafts.map(({ label }) => label));
    return html`
      <p class="plan">One fader per source. Each is learned from recordings in which nothing else sounds.</p>
      <div class="drafts">
        ${repeat(
          drafts,
          ({ id }) => id,
          (draft, index) => this.#source(draft, index, colours[index] ?? '#fff'),
        )}
      </div>
      ${
        drafts.length < MAX_SOURCES
          ? html`<button
              type="button"
              class="add"
              data-testid="add-source"
              @click=${() => trainer.addSource()}
            >
              ${icons.plus} Add a source
            </button>`
          : nothing
      }
    `;
  }

  #source(draft: Draft, index: number, colour: string): TemplateResult {
    const { trainer } = this.session;
    return html`<div class="draft" style="--source:${colour}" data-testid="draft">
      <div class="label">
        <i></i>
        <input
          type="text"
          maxlength="40"
          .value=${draft.label}
          placeholder="Source ${index + 1}: its name"
          aria-label="Name of source ${index + 1}"
          data-testid="source-label"
          @input=${(event: Event) => trainer.renameSource(draft, (event.target as HTMLInputElement).value)}
        />
        ${
          trainer.drafts.length > 1
            ? html`<button
                type="button"
                class="quiet"
                aria-label="Remove source ${index + 1}"
                title="Remove"
                @click=${() => trainer.removeSource(draft)}
              >
                ${icons.close}
              </button>`
            : nothing
        }
      </div>
      <sotto-takes compact .trainer=${trainer} .draft=${draft} what="it" .tick=${this.#tick}></sotto-takes>
    </div>`;
  }

  /** Takes change in place: whatever is new renders their lists again. */
  get #tick(): string {
    const { trainer } = this.session;
    const takes = trainer.drafts.map((draft) => draft.takes.map(({ id }) => id).join());
    return `${takes.join(';')}/${trainer.capture?.draft.id}/${trainer.capture?.recorder !== undefined}/${trainer.layoutRate}`;
  }

  #options(): TemplateResult {
    const { trainer } = this.session;
    const { options, plan } = trainer;
    const number = (name: 'atomCount' | 'iterations', label: string, title: string) => {
      const [min, max] = OPTION_LIMITS[name];
      return html`<label title=${title}>
        <span>${label}</span>
        <input
          type="number"
          min=${min}
          max=${max}
          .value=${String(options[name])}
          data-testid="option-${name}"
          @change=${(event: Event) => {
            const input = event.target as HTMLInputElement;
            options[name] = Math.min(max, Math.max(min, Math.round(Number(input.value)) || options[name]));
            input.value = String(options[name]);
          }}
        />
      </label>`;
    };
    return html`<details data-testid="training-options">
      <summary>Options</summary>
      <div class="options">
        ${number('atomCount', 'Atoms per source', 'More atoms follow a sound more closely, and cost more to run')}
        ${number('iterations', 'Iterations', 'Each brings the atoms nearer to the recordings')}
        <label title="How the distance to the recordings is measured">
          <span>Divergence</span>
          <div class="select">
            <select
              ?disabled=${plan !== undefined}
              data-testid="option-divergence"
              @change=${(event: Event) => {
                options.divergence = (event.target as HTMLSelectElement).value as Divergence;
              }}
            >
              ${DIVERGENCES.map(
                (value) =>
                  html`<option value=${value} ?selected=${value === options.divergence}>
                    ${DIVERGENCE_TEXT[value]}
                  </option>`,
              )}
            </select>
          </div>
        </label>
        ${plan ? html`<span class="note">The divergence is that of “${plan.name}”.</span>` : nothing}
      </div>
    </details>`;
  }

  readonly #onTaskKey = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const { trainer } = this.session;
    const at = TASKS.findIndex(({ task }) => task === trainer.task);
    const next = (at + step + TASKS.length) % TASKS.length;
    this.renderRoot.querySelectorAll<HTMLButtonElement>('.tasks button')[next]?.focus();
    trainer.chooseTask(TASKS[next]!.task);
  };
}
