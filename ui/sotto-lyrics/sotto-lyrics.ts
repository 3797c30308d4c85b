import { html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { AudioSession } from '../app/audio-session.ts';
import { lineAt } from '../app/lyrics.ts';
import { reducedMotion } from '../shared/canvas.ts';
import { controls } from '../shared/controls.styles.ts';
import { icons } from '../shared/icons.ts';
import { followSession } from '../shared/session-controller.ts';
import { styles } from './sotto-lyrics.styles.ts';

/** ms after the user has scrolled in which the lines stay where they are. */
const PATIENCE = 4000;

/**
 * @summary The lyrics of the song: the line that is heard stands out and stays in the middle; a click goes to its place in the song.
 */
@customElement('sotto-lyrics')
export class SottoLyrics extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) session!: AudioSession;
  @state() private line = -1;
  @query('.lines') private list!: HTMLElement | null;
  #frame = 0;
  #scrolledAt = -Infinity;

  constructor() {
    super();
    followSession(this);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#follow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    cancelAnimationFrame(this.#frame);
  }

  override render(): TemplateResult | typeof nothing {
    const { lyrics } = this.session.karaoke;
    if (!lyrics) return nothing;
    const { player } = this.session.deck;
    return html`
      <ol class="lines" aria-label="Lyrics" @wheel=${this.#onScroll} @touchmove=${this.#onScroll}>
        ${lyrics.lines.map(
          ({ seconds, text }, index) =>
            html`<li
              class=${index < this.line ? 'sung' : ''}
              aria-current=${index === this.line ? 'true' : nothing}
              data-testid="lyrics-line"
            >
              <button
                type="button"
                tabindex=${index === Math.max(0, this.line) ? 0 : -1}
                aria-label=${text || 'Pause'}
                ?disabled=${!player}
                @click=${() => this.session.seek(seconds)}
                @keydown=${this.#onKey}
              >
                ${text || '· · ·'}
              </button>
            </li>`,
        )}
      </ol>
      <button
        type="button"
        class="remove"
        aria-label="Remove the lyrics"
        title="Remove the lyrics"
        @click=${() => this.session.karaoke.removeLyrics()}
      >
        ${icons.close}
      </button>
    `;
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('line')) this.#centre();
  }

  #follow(): void {
    this.#frame = requestAnimationFrame(() => this.#follow());
    const { lyrics, heard } = this.session.karaoke;
    const line = lyrics ? lineAt(lyrics.lines, heard) : -1;
    if (line !== this.line) this.line = line;
  }

  #centre(): void {
    if (performance.now() - this.#scrolledAt < PATIENCE) return;
    const { list } = this;
    const current = list?.children[Math.max(0, this.line)] as HTMLElement | undefined;
    if (!list || !current) return;
    list.scrollTo({
      top: current.offsetTop + current.offsetHeight / 2 - list.clientHeight / 2,
      behavior: reducedMotion() ? 'auto' : 'smooth',
    });
  }

  readonly #onScroll = (): void => {
    this.#scrolledAt = performance.now();
  };

  /** One of the lines can be reached by Tab, the others from there. */
  readonly #onKey = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const item = (event.currentTarget as HTMLElement).parentElement;
    const next = step > 0 ? item?.nextElementSibling : item?.previousElementSibling;
    next?.querySelector('button')?.focus();
    this.#onScroll();
  };
}
