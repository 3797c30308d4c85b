import type { UnfoldedHead } from '../dictionary/unfolded.ts';
import { padBins, type Kernel } from '../kernel/kernel.ts';

/** Most by which a model is raised or lowered, as a natural logarithm: the mask is 0 or 1 long before. */
const MOST = 30;

/**
 * Sharpens what an unfolded model says of a frame, from what the bands themselves are. Atoms are smooth over time, and
 * the tracked floor knows the noise of this room better in the fine structure: n' = n^(1-d) (c floor + epsilon)^d. And
 * a band that has more than s + n' explain is the likelier voice, the more so where there is a voice: with P = sum s /
 * sum (s + n') and r = log((v + epsilon) / (s + n')) the mask is sigmoid(p (log s - log n') + e), e = (a max(0, r) - b
 * max(0, -r)) P^k. In terms of models whose powers make the mask, s and n' are raised and lowered by exp(e / 2p).
 */
export class MaskHead {
  readonly #head: UnfoldedHead;
  readonly #kernel: Kernel;
  readonly #bands: number;
  /** 1 / 2p. */
  readonly #scale: number;
  /** Of v, n and the scaled floor, row after row, so that they are taken at once. */
  readonly #logs: Float32Array;
  readonly #row: number;
  readonly #work: Float32Array;
  readonly #sums: Float32Array;

  static floatsNeeded(bands: number): number {
    return 5 * padBins(bands);
  }

  /** `exponent`: p, that of the mask. */
  constructor(head: UnfoldedHead, bands: number, exponent: number, kernel: Kernel) {
    this.#head = head;
    this.#bands = bands;
    this.#scale = 0.5 / exponent;
    this.#kernel = kernel;
    this.#row = padBins(bands);
    this.#logs = kernel.allocate(3 * this.#row);
    this.#work = kernel.allocate(this.#row);
    this.#sums = kernel.allocate(this.#row);
  }

  /**
   * `observation`: the bands v and their floor, one after the other. `voice`, `noise`: s and n, all above 0; changed in
   * place.
   */
  process(observation: Float32Array, voice: Float32Array, noise: Float32Array, epsilon: number): void {
    const { floorShare, floorScale, excess, shortage, presence } = this.#head;
    const kernel = this.#kernel;
    const bands = this.#bands;
    const row = this.#row;
    const logs = this.#logs;
    const work = this.#work;
    const sums = this.#sums;
    for (let b = 0; b < bands; b++) {
      logs[b] = observation[b]! + epsilon;
      logs[row + b] = noise[b]!;
      logs[2 * row + b] = floorScale[b]! * observation[bands + b]! + epsilon;
    }
    kernel.logarithms(logs, 3 * row);

    for (let b = 0; b < bands; b++) {
      const own = logs[row + b]!;
      work[b] = own + floorShare[b]! * (logs[2 * row + b]! - own);
    }
    kernel.exponentials(work, row);
    let speech = 0;
    let all = 0;
    for (let b = 0; b < bands; b++) {
      noise[b] = work[b]!;
      sums[b] = voice[b]! + noise[b]!;
      speech += voice[b]!;
      all += sums[b]!;
    }
    kernel.logarithms(sums, row);
    const scale = this.#scale * Math.pow(speech / all, presence);
    for (let b = 0; b < bands; b++) {
      const more = logs[b]! - sums[b]!;
      const change = scale * more * (more > 0 ? excess[b]! : shortage[b]!);
      work[b] = change < MOST ? (change > -MOST ? change : -MOST) : MOST;
    }
    kernel.exponentials(work, row);
    for (let b = 0; b < bands; b++) {
      voice[b]! *= work[b]!;
      noise[b]! /= work[b]!;
    }
  }
}
