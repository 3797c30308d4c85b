import { html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { AudioSession } from '../app/audio-session.ts';
import { bandDecibels, FREQUENCY_MARKS, hertzText, placeOf } from '../shared/bands.ts';
import { CanvasView, labelFont, reducedMotion, rgb } from '../shared/canvas.ts';
import { controls } from '../shared/controls.styles.ts';
import { followSession } from '../shared/session-controller.ts';
import { styles } from './sotto-spectrum.styles.ts';

const BANDS = 64;
/** Range of the picture, dB. */
const TOP = -8;
const BOTTOM = -100;
/** Share of the way to a new value per drawing: up, and down. */
const RISE = 0.5;
const DROP = 0.14;
const AXIS = 22;
const SILENT = -140;

const silence = (): Float32Array => new Float32Array(BANDS).fill(SILENT);

/**
 * @summary The spectrum now: what comes in as a thin line, what goes out as a filled curve, and what is removed between them.
 */
@customElement('sotto-spectrum')
export class SottoSpectrum extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) session!: AudioSession;
  /** Colours, '#rrggbb', of what is kept and of what is removed. */
  @property() kept = '#6fe9cb';
  @property() removed = '#ff9477';
  @query('canvas') private canvas!: HTMLCanvasElement;

  #view: CanvasView | undefined;
  readonly #target = { input: silence(), output: silence() };
  readonly #shown = { input: silence(), output: silence() };

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
    return html`
      <canvas role="img" aria-label="Spectrum of the input and the output" data-testid="spectrum"></canvas>
      <div class="legend" aria-hidden="true">
        <span class="chip" style="--chip:#c9d2e4">Input</span>
        <span class="chip" style="--chip:${this.kept}">Output</span>
        <span class="chip removed" style="--chip:${this.removed}">Removed</span>
      </div>
    `;
  }

  #openView(): void {
    this.#view = new CanvasView(this.canvas, () => this.#draw());
  }

  #onMeters(): void {
    const { meters } = this.session;
    if (!meters) return;
    const rate = this.session.sampleRate ?? 48000;
    bandDecibels(meters.spectra.input, rate, this.#target.input);
    bandDecibels(meters.spectra.output, rate, this.#target.output);
    this.#view?.invalidate();
  }

  /** Moves what is shown towards the last report; says whether it is still on its way. */
  #approach(): boolean {
    let moving = false;
    for (const key of ['input', 'output'] as const) {
      const shown = this.#shown[key];
      const target = this.#target[key];
      for (let b = 0; b < BANDS; b++) {
        const here = shown[b] ?? BOTTOM;
        const distance = Math.max(BOTTOM - 10, target[b] ?? BOTTOM) - here;
        const share = reducedMotion() ? 1 : distance > 0 ? RISE : DROP;
        shown[b] = here + distance * share;
        if (Math.abs(distance) > 0.5) moving = true;
      }
    }
    return moving;
  }

  #draw(): void {
    const view = this.#view;
    if (!view) return;
    const { context, width, height } = view;
    const moving = this.#approach();
    context.clearRect(0, 0, width, height);
    this.#drawGrid(context, width, height);
    const floor = height - AXIS;
    const input = this.#trace(this.#shown.input, width, floor);
    const output = this.#trace(this.#shown.output, width, floor);
    const [r, g, b] = rgb(this.kept);
    const [rr, rg, rb] = rgb(this.removed);

    // Removed: under the input, but not under the output.
    const between = new Path2D(input);
    between.lineTo(width, floor + 40);
    between.lineTo(0, floor + 40);
    const above = new Path2D(output);
    above.lineTo(width, -40);
    above.lineTo(0, -40);
    context.save();
    context.beginPath();
    context.rect(0, 0, width, floor);
    context.clip();
    context.save();
    context.clip(above);
    const lost = context.createLinearGradient(0, 0, 0, floor);
    lost.addColorStop(0, `rgb(${rr} ${rg} ${rb} / 42%)`);
    lost.addColorStop(1, `rgb(${rr} ${rg} ${rb} / 10%)`);
    context.fillStyle = lost;
    context.clip(between);
    context.fillRect(0, 0, width, floor);
    context.restore();

    const below = new Path2D(output);
    below.lineTo(width, floor + 40);
    below.lineTo(0, floor + 40);
    const heard = context.createLinearGradient(0, height * 0.1, 0, floor);
    heard.addColorStop(0, `rgb(${r} ${g} ${b} / 48%)`);
    heard.addColorStop(1, `rgb(${r} ${g} ${b} / 3%)`);
    context.fillStyle = heard;
    context.save();
    context.clip(below);
    context.fillRect(0, 0, width, floor);
    context.restore();

    context.lineJoin = 'round';
    context.lineWidth = 1.1;
    context.strokeStyle = 'rgb(208 217 235 / 62%)';
    context.stroke(input);
    context.shadowColor = `rgb(${r} ${g} ${b} / 65%)`;
    context.shadowBlur = 9;
    context.lineWidth = 2;
    context.strokeStyle = this.kept;
    context.stroke(output);
    context.restore();
    if (moving) view.invalidate();
  }

  #trace(decibels: Float32Array, width: number, floor: number): Path2D {
    const path = new Path2D();
    const x = (band: number) => ((band + 0.5) / BANDS) * width;
    const y = (band: number) => {
      const part = (TOP - (decibels[band] ?? BOTTOM)) / (TOP - BOTTOM);
      return 8 + part * (floor - 8);
    };
    path.moveTo(-2, y(0));
    path.lineTo(x(0), y(0));
    for (let band = 0; band < BANDS - 1; band++) {
      const middle = (x(band) + x(band + 1)) / 2;
      path.bezierCurveTo(middle, y(band), middle, y(band + 1), x(band + 1), y(band + 1));
    }
    path.lineTo(width + 2, y(BANDS - 1));
    return path;
  }

  #drawGrid(context: CanvasRenderingContext2D, width: number, height: number): void {
    const floor = height - AXIS;
    const rate = this.session.sampleRate ?? 48000;
    context.lineWidth = 1;
    context.font = labelFont(10.5);
    context.fillStyle = '#8891a3';
    context.textBaseline = 'middle';
    for (const hertz of FREQUENCY_MARKS) {
      const x = Math.round(placeOf(hertz, rate) * width) + 0.5;
      if (x > width - 12) continue;
      const tens = hertz === 100 || hertz === 1000 || hertz === 10000;
      context.strokeStyle = tens ? 'rgb(255 255 255 / 8%)' : 'rgb(255 255 255 / 3.5%)';
      context.beginPath();
      context.moveTo(x, 0);
      context.lineTo(x, floor);
      context.stroke();
      context.textAlign = 'center';
      context.fillText(hertzText(hertz), x, height - AXIS / 2 + 1);
    }
    context.textAlign = 'right';
    for (let decibels = -20; decibels > BOTTOM; decibels -= 20) {
      const y = Math.round(8 + ((TOP - decibels) / (TOP - BOTTOM)) * (floor - 8)) + 0.5;
      context.strokeStyle = 'rgb(255 255 255 / 4%)';
      context.beginPath();
      context.moveTo(0, y);
      context.lineTo(width, y);
      context.stroke();
      context.fillText(String(decibels).replace('-', '−'), width - 10, y - 7);
    }
  }
}
