import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { AudioSession } from '../app/audio-session.ts';
import { CanvasView, labelFont, reducedMotion, rgb } from '../shared/canvas.ts';
import { controls } from '../shared/controls.styles.ts';
import { ScrollTexture } from '../shared/scroll-texture.ts';
import { followSession } from '../shared/session-controller.ts';
import { titled } from '../shared/text.ts';
import { styles } from './sotto-activations.styles.ts';

const COLUMNS = 240;
const GAP = 3;
/** Share of its own past that the loudest activation keeps per report: the picture adapts to the level within seconds. */
const ADAPT = 0.985;
/** Range of the picture below the loudest activation of a source, dB. */
const RANGE = 48;
/** Atoms of one source may be far louder than those of another at the same sound: each has its own range, down to so much of the loudest. */
const QUIETEST = 10 ** (-30 / 20);

/**
 * @summary The activations h over time, a line per atom, in the colour of its source.
 */
@customElement('sotto-activations')
export class SottoActivations extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) session!: AudioSession;
  /** '#rrggbb' per source. */
  @property({ attribute: false }) colours: readonly string[] = [];
  @query('canvas') private canvas!: HTMLCanvasElement;

  #view: CanvasView | undefined;
  #texture = new ScrollTexture(COLUMNS, 1);
  /** Per source. */
  #loudest: number[] = [];

  constructor() {
    super();
    followSession(this, () => this.#onMeters());
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.#openView();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#view?.dispose();
  }

  protected override firstUpdated(): void {
    this.#openView();
  }

  protected override updated(): void {
    this.#view?.invalidate();
  }

  override render(): TemplateResult {
    return html`<canvas
      role="img"
      aria-label="Activations of the atoms of each source over the last seconds"
      data-testid="activations"
    ></canvas>`;
  }

  #openView(): void {
    this.#view = new CanvasView(this.canvas, () => this.#draw());
  }

  #onMeters(): void {
    const { meters, sources, status } = this.session;
    const h = meters?.activations;
    if (!h || h.length === 0 || status !== 'playing') return;
    if (this.#texture.rows !== h.length) {
      this.#texture = new ScrollTexture(COLUMNS, h.length);
      this.#loudest = [];
    }
    this.#loudest = sources.map(({ from, to }, source) => {
      let loudest = (this.#loudest[source] ?? 0) * ADAPT;
      for (let atom = from; atom < to; atom++) loudest = Math.max(loudest, h[atom] ?? 0);
      return loudest;
    });
    const quietest = Math.max(1e-6, ...this.#loudest.map((loudest) => loudest * QUIETEST));
    this.#texture.push((pixels) => {
      sources.forEach(({ from, to }, source) => {
        const [r, g, b] = rgb(this.colours[source] ?? '#ffffff');
        const loudest = Math.max(this.#loudest[source]!, quietest);
        for (let atom = from; atom < to; atom++) {
          const decibels = 20 * Math.log10((h[atom] ?? 0) / loudest + 1e-9);
          const light = Math.min(1, Math.max(0, 1 + decibels / RANGE)) ** 2;
          // Low atoms below, as on the axis of a spectrogram.
          const at = (from + to - 1 - atom) * 4;
          pixels[at] = r + (255 - r) * light ** 5 * 0.6;
          pixels[at + 1] = g + (255 - g) * light ** 5 * 0.6;
          pixels[at + 2] = b + (255 - b) * light ** 5 * 0.6;
          pixels[at + 3] = 255 * light;
        }
      });
    });
    this.#view?.invalidate();
  }

  #draw(): void {
    const view = this.#view;
    if (!view) return;
    const { context, width, height } = view;
    const { sources } = this.session;
    context.clearRect(0, 0, width, height);
    const rows = this.#texture.rows;
    const free = height - GAP * Math.max(0, sources.length - 1);
    const atoms = sources.at(-1)?.to ?? 0;
    let y = 0;
    sources.forEach(({ label, from, to }, source) => {
      const tall = (free * (to - from)) / atoms;
      const [r, g, b] = rgb(this.colours[source] ?? '#ffffff');
      context.fillStyle = `rgb(${r} ${g} ${b} / 5%)`;
      context.fillRect(0, y, width, tall);
      if (to <= rows)
        this.#texture.draw(context, { x: 0, y, width, height: tall }, from, to, reducedMotion());
      if (tall > 10) {
        context.font = labelFont(11, 600);
        context.textBaseline = 'middle';
        context.textAlign = 'left';
        context.shadowColor = 'rgb(5 7 10 / 90%)';
        context.shadowBlur = 5;
        context.fillStyle = this.colours[source] ?? '#ffffff';
        context.fillText(titled(label), 10, y + Math.min(tall / 2, 12));
        context.shadowBlur = 0;
      }
      y += tall + GAP;
    });
  }
}
