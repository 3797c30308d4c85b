/** A picture over time: one column of pixels per report, kept in a ring, so that scrolling copies no pixels but those shown. */
export class ScrollTexture {
  readonly columns: number;
  readonly #canvas = document.createElement('canvas');
  readonly #context = this.#canvas.getContext('2d') as CanvasRenderingContext2D;
  #column: ImageData;
  #next = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.#canvas.width = columns;
    this.#canvas.height = Math.max(1, rows);
    this.#column = this.#context.createImageData(1, this.#canvas.height);
  }

  get rows(): number {
    return this.#canvas.height;
  }

  /** Adds a column; `paint` writes the RGBA values of its rows, from the top. */
  push(paint: (pixels: Uint8ClampedArray) => void): void {
    paint(this.#column.data);
    this.#context.putImageData(this.#column, this.#next, 0);
    this.#next = (this.#next + 1) % this.columns;
  }

  clear(): void {
    this.#context.clearRect(0, 0, this.columns, this.rows);
    this.#next = 0;
  }

  /**
   * Draws rows `from` to `to` into a box, the newest column at its right edge; with `still`, columns stay where they are and are
   * written over from left to right.
   */
  draw(
    target: CanvasRenderingContext2D,
    box: { x: number; y: number; width: number; height: number },
    from: number,
    to: number,
    still: boolean,
  ): void {
    const { x, y, width, height } = box;
    const rows = to - from;
    const unit = width / this.columns;
    target.imageSmoothingEnabled = true;
    target.imageSmoothingQuality = 'high';
    if (still) {
      target.drawImage(this.#canvas, 0, from, this.columns, rows, x, y, width, height);
      target.fillStyle = 'rgb(255 255 255 / 45%)';
      target.fillRect(x + this.#next * unit, y, 1, height);
      return;
    }
    const older = this.columns - this.#next;
    target.drawImage(this.#canvas, this.#next, from, older, rows, x, y, older * unit, height);
    if (this.#next > 0) {
      target.drawImage(
        this.#canvas,
        0,
        from,
        this.#next,
        rows,
        x + older * unit,
        y,
        this.#next * unit,
        height,
      );
    }
  }
}
