import type { FrameLayout } from '../latency-modes.ts';

/** Directions, all around: the principal direction of (L, R) in the plane, from -90 to 90 degrees; 45 is the middle. */
export const DIRECTIONS = 32;
/** Upper ends of the classes of the minor over the major power: how far a bin is from one sound at one place. */
const SPREADS = [0.01, 0.03, 0.1, 0.25, 0.5] as const;
/** Hz between bands that have cells of their own: voices are wider at the top than at the bottom. */
const BAND_EDGES = [150, 1000, 4000] as const;
/** Seconds of the memory that a bin's covariance has, */
const MEMORY = 0.023;
/** and of the one that the width of the sound has. */
const WIDTH_MEMORY = 5;
/** Power of the difference of the channels over that of both: below the first a song is mono, above the second stereo. */
const MONO = 1e-4;
const STEREO = 1e-3;

export const CELLS_PER_BAND = DIRECTIONS * (SPREADS.length + 1);
export const BANDS = BAND_EDGES.length + 1;
export const CELLS = BANDS * CELLS_PER_BAND;

/**
 * Where in the stereo image each bin's sound is: a cell of direction, spread and band, from the real covariance of the two channels over a short
 * memory and three neighbouring bins. A sound that is panned by levels has one direction and no spread; one that is wide, delayed or with
 * reverberation has more spread, and as the middle of that there is no direction, so the cells know it too.
 */
export class PanningCells {
  /** The lower of the two cells between whose centres a bin lies, */
  readonly lower: Uint16Array;
  /** the upper, */
  readonly upper: Uint16Array;
  /** and the upper one's share, 0 to 1. */
  readonly share: Float32Array;
  readonly #base: Uint16Array;
  readonly #left: Float32Array;
  readonly #right: Float32Array;
  readonly #cross: Float32Array;
  readonly #keep: number;
  readonly #keepWidth: number;
  #power = 0;
  #sidePower = 0;

  constructor(layout: FrameLayout) {
    const { bins, sampleRate, fftSize, hop } = layout;
    this.lower = new Uint16Array(bins);
    this.upper = new Uint16Array(bins);
    this.share = new Float32Array(bins);
    this.#left = new Float32Array(bins);
    this.#right = new Float32Array(bins);
    this.#cross = new Float32Array(bins);
    this.#base = Uint16Array.from({ length: bins }, (_, f) => {
      const frequency = (f * sampleRate) / fftSize;
      return CELLS_PER_BAND * BAND_EDGES.filter((edge) => frequency >= edge).length;
    });
    this.#keep = Math.exp(-hop / sampleRate / MEMORY);
    this.#keepWidth = Math.exp(-hop / sampleRate / WIDTH_MEMORY);
  }

  reset(): void {
    this.#left.fill(0);
    this.#right.fill(0);
    this.#cross.fill(0);
    this.lower.fill(0);
    this.upper.fill(0);
    this.share.fill(0);
    this.#power = 0;
    this.#sidePower = 0;
  }

  /** How much of a stereo sound it is of late: 0 for one that is alike in both channels, 1 from a little difference on. */
  get stereo(): number {
    const width = this.#sidePower / (this.#power + 1e-30);
    return width <= MONO ? 0 : width >= STEREO ? 1 : Math.log(width / MONO) / Math.log(STEREO / MONO);
  }

  /** Takes the spectra of both channels, interleaved complex. Values that are not finite count as silence. */
  observe(left: Float64Array, right: Float64Array): void {
    const keep = this.#keep;
    const part = 1 - keep;
    const powersLeft = this.#left;
    const powersRight = this.#right;
    const products = this.#cross;
    let power = 0;
    let sidePower = 0;
    for (let f = 0; f < powersLeft.length; f++) {
      const a = left[2 * f]!;
      const b = left[2 * f + 1]!;
      const c = right[2 * f]!;
      const d = right[2 * f + 1]!;
      const sum = a * a + b * b + c * c + d * d;
      if (sum < 1e30) {
        power += sum;
        sidePower += 0.5 * ((a - c) * (a - c) + (b - d) * (b - d));
        powersLeft[f] = keep * powersLeft[f]! + part * (a * a + b * b);
        powersRight[f] = keep * powersRight[f]! + part * (c * c + d * d);
        products[f] = keep * products[f]! + part * (a * c + b * d);
      }
    }
    this.#power = this.#keepWidth * this.#power + power;
    this.#sidePower = this.#keepWidth * this.#sidePower + sidePower;
  }

  /** Finds the cells of bins `from` to `to`. */
  locate(from: number, to: number): void {
    const powersLeft = this.#left;
    const powersRight = this.#right;
    const products = this.#cross;
    const last = powersLeft.length - 1;
    for (let f = from; f < to; f++) {
      const below = f > 0 ? f - 1 : f;
      const above = f < last ? f + 1 : f;
      const left = powersLeft[below]! + 2 * powersLeft[f]! + powersLeft[above]!;
      const right = powersRight[below]! + 2 * powersRight[f]! + powersRight[above]!;
      const product = products[below]! + 2 * products[f]! + products[above]!;
      const difference = left - right;
      const ellipse = Math.sqrt(difference * difference + 4 * product * product);
      const total = left + right + 1e-30;
      const spread = (total - ellipse) / (total + ellipse);
      const place = (Math.atan2(2 * product, difference) / (2 * Math.PI) + 0.5) * DIRECTIONS - 0.5;
      const floor = Math.floor(place);
      let base = this.#base[f]!;
      for (let s = 0; s < SPREADS.length; s++) if (spread > SPREADS[s]!) base += DIRECTIONS;
      this.lower[f] = base + ((floor + DIRECTIONS) % DIRECTIONS);
      this.upper[f] = base + ((floor + 1 + DIRECTIONS) % DIRECTIONS);
      this.share[f] = place - floor;
    }
  }
}
