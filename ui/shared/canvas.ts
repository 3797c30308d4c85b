/**
 * A canvas that follows its box in device pixels and is drawn at most once per animation frame, while it is on the page and visible.
 */
export class CanvasView {
  readonly canvas: HTMLCanvasElement;
  readonly context: CanvasRenderingContext2D;
  /** CSS pixels. */
  width = 0;
  height = 0;
  readonly #draw: () => void;
  readonly #observer: ResizeObserver;
  #frame = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(canvas: HTMLCanvasElement, draw: () => void) {
    this.canvas = canvas;
    this.#draw = draw;
    // Chromium, Firefox and Safari refuse a second kind of context only.
    this.context = canvas.getContext('2d') as CanvasRenderingContext2D;
    this.#observer = new ResizeObserver(() => this.#resize());
    this.#observer.observe(canvas);
  }

  /** Asks for a drawing; with reduced motion at most four a second. */
  invalidate(): void {
    if (this.#frame || this.#timer !== undefined) return;
    const request = () => {
      this.#timer = undefined;
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        if (this.width > 0 && this.height > 0) this.#draw();
      });
    };
    if (reducedMotion()) this.#timer = setTimeout(request, 250);
    else request();
  }

  dispose(): void {
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#timer);
    this.#frame = 0;
    this.#timer = undefined;
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.canvas;
    const ratio = Math.min(devicePixelRatio || 1, 2.5);
    this.width = clientWidth;
    this.height = clientHeight;
    this.canvas.width = Math.max(1, Math.round(clientWidth * ratio));
    this.canvas.height = Math.max(1, Math.round(clientHeight * ratio));
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.invalidate();
  }
}

const motion = matchMedia('(prefers-reduced-motion: reduce)');
export const reducedMotion = (): boolean => motion.matches;

/** The font of labels in a canvas. */
export const labelFont = (size: number, weight = 500): string =>
  `${weight} ${size}px system-ui, -apple-system, 'Segoe UI', Inter, Roboto, 'Helvetica Neue', Arial, sans-serif`;

/** '#rrggbb' as [r, g, b]. */
export const rgb = (hex: string): [number, number, number] => [
  parseInt(hex.slice(1, 3), 16),
  parseInt(hex.slice(3, 5), 16),
  parseInt(hex.slice(5, 7), 16),
];
