/** Directions between hard left (and out of phase) and hard right, and degrees of spread. */
const DIRECTIONS = 32;
const SPREADS = [0.01, 0.06, 0.25] as const;
/** Hz: upper ends of the bands, each with places of its own, but for the last. */
const BANDS = [250, 1000, 3500] as const;
const CELLS_PER_BAND = DIRECTIONS * (SPREADS.length + 1);
const CELLS = CELLS_PER_BAND * (BANDS.length + 1);
/** Part of the last frame's moments that stays. */
const SMOOTHING = 0.5;
/** Of all that is heard in a band: what a cell has at least, so that a rare one says little. */
const RARE = 0.003;
/** Nothing is surer than this, in nats. */
const SUREST = 4;

/** Where each bin of a stereo spectrum comes from: a cell of direction, spread and band. Frames come one after the other. */
export class StereoPlaces {
  readonly #band: Int32Array;
  readonly #left: Float32Array;
  readonly #right: Float32Array;
  readonly #both: Float32Array;

  constructor({ sampleRate, fftSize }: { readonly sampleRate: number; readonly fftSize: number }) {
    const bins = fftSize / 2 + 1;
    this.#band = Int32Array.from({ length: bins }, (_, f) => {
      const above = BANDS.findIndex((end) => (f * sampleRate) / fftSize < end);
      return above < 0 ? BANDS.length : above;
    });
    this.#left = new Float32Array(bins);
    this.#right = new Float32Array(bins);
    this.#both = new Float32Array(bins);
  }

  /** Spectra interleaved complex. Writes one cell a bin. */
  process(left: Float64Array, right: Float64Array, cells: Int16Array): void {
    for (let f = 0; f < cells.length; f++) {
      const a = left[2 * f]!;
      const b = left[2 * f + 1]!;
      const c = right[2 * f]!;
      const d = right[2 * f + 1]!;
      const l = (this.#left[f] = SMOOTHING * this.#left[f]! + (1 - SMOOTHING) * (a * a + b * b));
      const r = (this.#right[f] = SMOOTHING * this.#right[f]! + (1 - SMOOTHING) * (c * c + d * d));
      const x = (this.#both[f] = SMOOTHING * this.#both[f]! + (1 - SMOOTHING) * (a * c + b * d));
      // The principal axis of the two channels, and what is left beside it.
      const sum = l + r + 1e-12;
      const axis = Math.hypot(l - r, 2 * x);
      const spread = (sum - axis) / (sum + axis);
      let s = 0;
      while (s < SPREADS.length && spread >= SPREADS[s]!) s++;
      const direction =
        Math.floor(((0.5 * Math.atan2(2 * x, l - r)) / Math.PI + 0.5) * DIRECTIONS) % DIRECTIONS;
      cells[f] = this.#band[f]! * CELLS_PER_BAND + s * DIRECTIONS + direction;
    }
  }
}

/** What is heard of the voice and of all else in each place. */
export class PlaceShares {
  readonly #voice = new Float64Array(CELLS);
  readonly #rest = new Float64Array(CELLS);

  /** A magnitude heard in a cell, `part` (0 to 1) of it voice. */
  add(cell: number, magnitude: number, part: number): void {
    this.#voice[cell]! += magnitude * part;
    this.#rest[cell]! += magnitude * (1 - part);
  }

  /** One value a cell: log of how much likelier the voice sounds there than the rest does. */
  odds(): Float32Array {
    const result = new Float32Array(CELLS);
    for (let from = 0; from < CELLS; from += CELLS_PER_BAND) {
      let voice = 0;
      let rest = 0;
      for (let i = from; i < from + CELLS_PER_BAND; i++) {
        voice += this.#voice[i]!;
        rest += this.#rest[i]!;
      }
      if (!(voice > 0 && rest > 0)) continue;
      const least = RARE / CELLS_PER_BAND;
      for (let i = from; i < from + CELLS_PER_BAND; i++) {
        const ratio = (this.#voice[i]! / voice + least) / (this.#rest[i]! / rest + least);
        result[i] = Math.max(-SUREST, Math.min(SUREST, Math.log(ratio)));
      }
    }
    return result;
  }
}
