import { css, html, LitElement, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { atomImage, heatColour, type AtomImage, type Dictionary } from '../../src/dictionary/index.ts';
import { CanvasView, labelFont } from '../shared/canvas.ts';
import { controls } from '../shared/controls.styles.ts';
import { sourceColours } from '../shared/source-colours.ts';
import { titled } from '../shared/text.ts';

const GAP = 6;
const AXIS = 44;
const HEAD = 24;
const MARKS = [50, 100, 200, 500, 1000, 2000, 5000, 10000, 20000];
const ROWS = 220;

const styles = css`
  :host {
    position: relative;
    display: block;
    min-height: 180px;
  }

  canvas {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
  }

  p {
    position: absolute;
    top: 4px;
    right: 10px;
    margin: 0;
    color: var(--text-2);
    font-size: 12px;
    pointer-events: none;
  }

  @media (forced-colors: active) {
    :host {
      forced-color-adjust: none;
    }
  }
`;

const hertz = (frequency: number): string =>
  frequency >= 1000 ? `${Number((frequency / 1000).toPrecision(2))} kHz` : `${Math.round(frequency)} Hz`;

/**
 * @summary The atoms of a dictionary as a heat map: columns by rising centroid within each source, frequency upwards.
 */
@customElement('sotto-heat-map')
export class SottoHeatMap extends LitElement {
  static override styles = [controls, styles];

  @property({ attribute: false }) dictionary: Dictionary | undefined;
  @state() private pointed = '';
  @query('canvas') private canvas!: HTMLCanvasElement;
  #view: CanvasView | undefined;
  #image: AtomImage | undefined;
  #pixels: HTMLCanvasElement | undefined;

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

  protected override updated(changed: Map<string, unknown>): void {
    if (!changed.has('dictionary')) return;
    this.#paint();
    this.#view?.invalidate();
  }

  override render(): TemplateResult {
    const { dictionary } = this;
    const counts = dictionary?.sources.map(({ label, from, to }) => `${to - from} of ${label}`).join(', ');
    return html`<canvas
        role="img"
        aria-label="Atoms by frequency: ${counts ?? 'none'}"
        data-testid="heat-map"
        @pointermove=${this.#onPointer}
        @pointerleave=${() => (this.pointed = '')}
      ></canvas>
      <p>${this.pointed}</p>`;
  }

  #openView(): void {
    this.#view = new CanvasView(this.canvas, () => this.#draw());
  }

  /** One pixel an atom; the canvas makes it as wide as there is room. */
  #paint(): void {
    if (!this.dictionary) return;
    const image = atomImage(this.dictionary, { height: ROWS });
    const pixels = document.createElement('canvas');
    pixels.width = image.width;
    pixels.height = image.height;
    const context = pixels.getContext('2d') as CanvasRenderingContext2D;
    const data = context.createImageData(image.width, image.height);
    image.pixels.forEach((shade, i) => data.data.set([...heatColour(shade), 255], 4 * i));
    context.putImageData(data, 0, 0);
    this.#image = image;
    this.#pixels = pixels;
  }

  /** Left edge and width of each source. */
  #columns(): { left: number; width: number }[] {
    const image = this.#image;
    const view = this.#view;
    if (!image || !view) return [];
    const room = view.width - AXIS - GAP * (image.sources.length - 1);
    let left = AXIS;
    return image.sources.map(({ from, to }) => {
      const width = (room * (to - from)) / image.width;
      const column = { left, width };
      left += width + GAP;
      return column;
    });
  }

  #draw(): void {
    const view = this.#view;
    const image = this.#image;
    if (!view || !image || !this.#pixels) return;
    const { context, width, height } = view;
    context.clearRect(0, 0, width, height);
    const tall = height - HEAD;
    const colours = sourceColours(image.sources.map(({ label }) => label));
    context.textBaseline = 'middle';
    context.imageSmoothingEnabled = false;
    this.#columns().forEach(({ left, width: wide }, s) => {
      const { label, from, to } = image.sources[s]!;
      context.drawImage(this.#pixels!, from, 0, to - from, image.height, left, HEAD, wide, tall);
      context.save();
      context.beginPath();
      context.rect(left, 0, wide, HEAD);
      context.clip();
      context.font = labelFont(11.5, 600);
      context.fillStyle = colours[s] ?? '#fff';
      context.textAlign = 'left';
      context.fillText(titled(label), left + 1, 10);
      context.restore();
    });
    context.font = labelFont(11);
    context.fillStyle = '#8891a3';
    context.textAlign = 'right';
    const span = Math.log(image.highest / image.lowest);
    for (const mark of MARKS) {
      const y = HEAD + tall * (1 - Math.log(mark / image.lowest) / span);
      if (y < HEAD + 4 || y > height - 4) continue;
      context.fillText(mark >= 1000 ? `${mark / 1000}k` : String(mark), AXIS - 9, y);
    }
  }

  readonly #onPointer = (event: PointerEvent): void => {
    const image = this.#image;
    const view = this.#view;
    if (!image || !view) return;
    const s = this.#columns().findIndex(
      ({ left, width }) => event.offsetX >= left && event.offsetX < left + width,
    );
    const source = image.sources[s];
    if (!source) return void (this.pointed = '');
    const { left, width } = this.#columns()[s]!;
    const atom = Math.floor(((event.offsetX - left) / width) * (source.to - source.from));
    const part = 1 - Math.max(0, event.offsetY - HEAD) / (view.height - HEAD);
    const frequency = image.lowest * (image.highest / image.lowest) ** part;
    this.pointed = `${titled(source.label)}, atom ${atom + 1} · ${hertz(frequency)}`;
  };
}
