import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { AudioSession } from '../app/audio-session.ts';
import { bandDecibels, hertzText, placeOf } from '../shared/bands.ts';
import { CanvasView, labelFont, reducedMotion, rgb } from '../shared/canvas.ts';
import { controls } from '../shared/controls.styles.ts';
import { ScrollTexture } from '../shared/scroll-texture.ts';
import { followSession } from '../shared/session-controller.ts';
import { styles } from './sotto-spectrogram.styles.ts';

const BANDS = 64;
const COLUMNS = 240;
const TOP = -34;
const BOTTOM = -92;

/** A cut of so many dB or more has the colour of what is removed. */
const REMOVED = 12;

const brightness = (decibels: number): number =>
  Math.min(1, Math.max(0, (decibels - BOTTOM) / (TOP - BOTTOM))) ** 1.5;

/**
 * @summary The last seconds over frequency: what is kept shines in one colour, what is removed in another.
 */
@customElement('sotto-spectrogram')
export class SottoSpectrogram extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) session!: AudioSession;
  /** Colours, '#rrggbb', of what is kept and of what is removed. */
  @property() kept = '#6fe9cb';
  @property() removed = '#ff9477';
  @query('canvas') private canvas!: HTMLCanvasElement;

  #view: CanvasView | undefined;
  readonly #texture = new ScrollTexture(COLUMNS, BANDS);
  readonly #before = new Float32Array(BANDS);
  readonly #after = new Float32Array(BANDS);

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

  override render(): TemplateResult {
    return html`<canvas
      role="img"
      aria-label="Spectrogram of the last seconds: what is kept and what is removed"
      data-testid="spectrogram"
    ></canvas>`;
  }

  #openView(): void {
    this.#view = new CanvasView(this.canvas, () => this.#draw());
  }

  #onMeters(): void {
    const { meters } = this.session;
    if (!meters || this.session.status !== 'playing') return;
    const rate = this.session.sampleRate ?? 48000;
    bandDecibels(meters.spectra.input, rate, this.#before);
    bandDecibels(meters.spectra.output, rate, this.#after);
    const kept = rgb(this.kept);
    const removed = rgb(this.removed);
    this.#texture.push((pixels) => {
      for (let b = 0; b < BANDS; b++) {
        const before = this.#before[b] ?? BOTTOM;
        const after = this.#after[b] ?? BOTTOM;
        const share = Math.min(1, Math.max(0, 1 + (after - before) / REMOVED));
        const light = brightness(before) * (0.5 + 0.5 * share);
        const white = light ** 3 * share * 0.65;
        const at = (BANDS - 1 - b) * 4;
        for (let c = 0; c < 3; c++) {
          const hue = (removed[c] ?? 0) * (1 - share) + (kept[c] ?? 0) * share;
          pixels[at + c] = hue + (255 - hue) * white;
        }
        pixels[at + 3] = 255 * light;
      }
    });
    this.#view?.invalidate();
  }

  #draw(): void {
    const view = this.#view;
    if (!view) return;
    const { context, width, height } = view;
    context.clearRect(0, 0, width, height);
    this.#texture.draw(context, { x: 0, y: 0, width, height }, 0, BANDS, reducedMotion());
    const rate = this.session.sampleRate ?? 48000;
    context.font = labelFont(10);
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    for (const hertz of [100, 1000, 10000]) {
      const y = Math.round((1 - placeOf(hertz, rate)) * height) + 0.5;
      context.fillStyle = 'rgb(255 255 255 / 8%)';
      context.fillRect(0, y, width, 0.5);
      context.fillStyle = 'rgb(235 240 250 / 72%)';
      context.fillText(hertzText(hertz), 10, Math.max(8, y - 7));
    }
  }
}
