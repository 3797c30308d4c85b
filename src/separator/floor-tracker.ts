/** Frames over which the first estimate is a plain mean. */
const SETTLING = 8;

/**
 * The floor of each band: smoothed magnitudes, of which the lowest are kept and rise slowly. It knows the noise before the
 * voice starts, and while it speaks.
 */
export class FloorTracker {
  readonly #smoothing: number;
  readonly #rise: number;
  readonly #smooth: Float64Array;
  readonly #floor: Float64Array;
  #frames = 0;

  /** `smoothing`: part of the last value that stays, per frame; `rise`: factor by which the floor may rise, per frame. */
  constructor(bands: number, smoothing: number, rise: number) {
    this.#smoothing = smoothing;
    this.#rise = rise;
    this.#smooth = new Float64Array(bands);
    this.#floor = new Float64Array(bands);
  }

  reset(): void {
    this.#frames = 0;
  }

  /** Reads `bands` values from the start of `x` and writes their floor after them. */
  process(x: Float32Array, bands: number): void {
    this.#frames++;
    const settling = this.#frames <= SETTLING;
    const keep = settling ? 1 - 1 / this.#frames : this.#smoothing;
    const rise = this.#rise;
    const smooths = this.#smooth;
    const floors = this.#floor;
    for (let b = 0; b < bands; b++) {
      const smooth = keep * smooths[b]! + (1 - keep) * x[b]!;
      smooths[b] = smooth;
      const risen = floors[b]! * rise;
      const floor = settling || smooth < risen ? smooth : risen;
      floors[b] = floor;
      x[bands + b] = floor;
    }
  }
}
