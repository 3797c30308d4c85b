import { BANDS, CELLS, CELLS_PER_BAND, DIRECTIONS, type PanningCells } from './panning-cells.ts';

/** Seconds in which what was learned fades to a third: a song's voice stays where it is for longer than a breath. */
const MEMORY = 10;
/** Seconds of sound after which half of what was learned is believed. */
const TRUST = 1;
/** What each cell has from the start, as a part of all that its band has heard: one sound alone proves nothing. */
const PRIOR = 0.02;
/** Of a band's sound this part is taken to be in cells without voice, */
const WITHOUT = 0.1;
/** and this part in cells with it alone. */
const WITH = 0.05;
/** Least difference between such cells: below it the places tell nothing, and are stretched no further. */
const LEAST_CONTRAST = 0.15;
/** What is believed of a cell in the middle and of one far from it, for no spread to the most, before anything is heard; */
const LIKELY = [0.8, 0.8, 0.725, 0.575, 0.388, 0.275] as const;
const UNLIKELY = 0.05;
/** how far the middle reaches, in directions; */
const REACH = 1.5;
/** and how much its log odds count beside what is heard. Most voices are in the middle, but a fifth or more are not. */
const BELIEF = 0.4;
/** Odds are kept between this and its inverse. */
const MOST_ODDS = 49;
const LEVELS = 64;

/**
 * Learns where in the stereo image of this song the voice is: for each cell (see PanningCells) the mean of what a model of the voice says of the
 * sound there. The model is often wrong about a bin, and everywhere by about as much: so the cells of which it says most are taken for voice, those of
 * which it says least for backing, and the rest lies between. Where they hardly differ, only what is true of most songs counts: that the voice is in the
 * middle.
 */
export class PlaceMemory {
  /** Log odds of voice in a cell. */
  readonly logits = new Float32Array(CELLS);
  readonly #belief = belief();
  readonly #all = new Float64Array(CELLS);
  readonly #voice = new Float64Array(CELLS);
  readonly #levels = new Float64Array(LEVELS);
  readonly #keep: number;
  readonly #hop: number;
  #heard = 0;
  #band = 0;

  /** `hop` in seconds. */
  constructor(hop: number) {
    this.#keep = Math.exp(-hop / MEMORY);
    this.#hop = hop;
    this.reset();
  }

  reset(): void {
    for (let i = 0; i < CELLS; i++) this.logits[i] = this.#belief[i % CELLS_PER_BAND]!;
    this.#all.fill(0);
    this.#voice.fill(0);
    this.#heard = 0;
    this.#band = 0;
  }

  /** What one frame says: `magnitude` and the voice's `share` of it, one value a bin. Both must be finite. */
  learn(cells: PanningCells, magnitude: Float32Array, share: Float32Array): void {
    const all = this.#all;
    const voice = this.#voice;
    const keep = this.#keep;
    for (let i = 0; i < CELLS; i++) {
      all[i]! *= keep;
      voice[i]! *= keep;
    }
    this.#heard = keep * this.#heard + this.#hop;
    const { lower, upper, share: upperShare } = cells;
    for (let f = 0; f < lower.length; f++) {
      const toUpper = magnitude[f]! * upperShare[f]!;
      const toLower = magnitude[f]! - toUpper;
      const l = lower[f]!;
      const u = upper[f]!;
      all[l]! += toLower;
      all[u]! += toUpper;
      voice[l]! += toLower * share[f]!;
      voice[u]! += toUpper * share[f]!;
    }
    this.#judge(this.#band);
    this.#band = (this.#band + 1) % BANDS;
  }

  /** The logits of one band: one a frame is often enough. */
  #judge(band: number): void {
    const all = this.#all;
    const voice = this.#voice;
    const from = band * CELLS_PER_BAND;
    const to = from + CELLS_PER_BAND;
    let sum = 0;
    let sumVoice = 0;
    for (let i = from; i < to; i++) {
      sum += all[i]!;
      sumVoice += voice[i]!;
    }
    if (!(sum > 0)) return;
    const prior = (PRIOR * sum) / CELLS_PER_BAND;
    const mean = sumVoice / sum;
    const levels = this.#levels.fill(0);
    for (let i = from; i < to; i++) {
      const ratio = (voice[i]! + prior * mean) / (all[i]! + prior);
      levels[Math.min(LEVELS - 1, Math.floor(ratio * LEVELS))]! += all[i]!;
    }
    const low = this.#quantile(WITHOUT * sum);
    const high = this.#quantile((1 - WITH) * sum);
    const contrast = Math.max(high - low, LEAST_CONTRAST);
    const trust = this.#heard / (this.#heard + TRUST);
    for (let i = from; i < to; i++) {
      const ratio = (voice[i]! + prior * mean) / (all[i]! + prior);
      const place = (ratio - (low + high) / 2) / contrast + 0.5;
      const least = 1 / (MOST_ODDS + 1);
      const likely = place < least ? least : place > 1 - least ? 1 - least : place;
      this.logits[i] = this.#belief[i - from]! + trust * Math.log(likely / (1 - likely));
    }
  }

  /** The ratio below which `amount` of the sound lies. */
  #quantile(amount: number): number {
    const levels = this.#levels;
    let below = 0;
    for (let i = 0; i < LEVELS; i++) {
      const here = levels[i]!;
      if (below + here >= amount) return (i + (here > 0 ? (amount - below) / here : 0)) / LEVELS;
      below += here;
    }
    return 1;
  }
}

/** Log odds of the cells of one band before anything is heard. */
function belief(): Float32Array {
  const middle = 0.75 * DIRECTIONS - 0.5;
  return Float32Array.from({ length: CELLS_PER_BAND }, (_, i) => {
    const distance = ((i % DIRECTIONS) - middle) / REACH;
    const height = LIKELY[Math.floor(i / DIRECTIONS)]! - UNLIKELY;
    const likely = UNLIKELY + height * Math.exp(-0.5 * distance * distance);
    return BELIEF * Math.log(likely / (1 - likely));
  });
}
