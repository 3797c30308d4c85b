import type { UnfoldedHead } from '../dictionary/unfolded.ts';

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
  readonly #bands: number;
  /** 1 / 2p. */
  readonly #scale: number;

  /** `exponent`: p, that of the mask. */
  constructor(head: UnfoldedHead, bands: number, exponent: number) {
    this.#head = head;
    this.#bands = bands;
    this.#scale = 0.5 / exponent;
  }

  /**
   * `observation`: the bands v and their floor, one after the other. `voice`, `noise`: s and n, all above 0; changed in
   * place.
   */
  process(observation: Float32Array, voice: Float32Array, noise: Float32Array, epsilon: number): void {
    const { floorShare, floorScale, excess, shortage, presence } = this.#head;
    const bands = this.#bands;
    let speech = 0;
    let all = 0;
    for (let b = 0; b < bands; b++) {
      const own = Math.log(noise[b]!);
      const floor = Math.log(floorScale[b]! * observation[bands + b]! + epsilon);
      noise[b] = Math.exp(own + floorShare[b]! * (floor - own));
      speech += voice[b]!;
      all += voice[b]! + noise[b]!;
    }
    const scale = this.#scale * Math.pow(speech / all, presence);
    for (let b = 0; b < bands; b++) {
      const more = Math.log((observation[b]! + epsilon) / (voice[b]! + noise[b]!));
      const change = scale * more * (more > 0 ? excess[b]! : shortage[b]!);
      const factor = Math.exp(change < MOST ? (change > -MOST ? change : -MOST) : MOST);
      voice[b]! *= factor;
      noise[b]! /= factor;
    }
  }
}
