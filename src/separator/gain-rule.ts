/**
 * What a user hears of a mask: no bin falls below the floor, and a bin opens at once but closes slowly, so that word starts
 * survive and noise does not flutter.
 */
export class GainRule {
  #gain = new Float32Array(0);
  #hop = 0;
  #fresh = true;

  /** `hop` in seconds. */
  configure({ bins, hop }: { bins: number; hop: number }): void {
    this.#gain = new Float32Array(bins);
    this.#hop = hop;
    this.reset();
  }

  /** Before the first frame nothing is known of the sound, and nothing is lowered: without delay the first sound comes that soon. */
  reset(): void {
    this.fill(1);
  }

  /** The gains of the last frame, one a bin. */
  get gain(): Float32Array {
    return this.#gain;
  }

  /**
   * `mask`: the gain that the masks ask for. `floor`: linear, absolute. `smoothing`: time constant of closing in
   * seconds, 0 for none.
   */
  process(mask: Float32Array, floor: number, smoothing: number): void {
    const gain = this.#gain;
    const keep = this.#fresh || smoothing <= 0 ? 0 : Math.exp(-this.#hop / smoothing);
    this.#fresh = false;
    for (let f = 0; f < gain.length; f++) {
      const wanted = mask[f]! > floor ? mask[f]! : floor;
      const last = gain[f]!;
      gain[f] = wanted < last ? wanted + keep * (last - wanted) : wanted;
    }
  }

  /** All bins alike, for a frame that has no mask. */
  fill(value: number): void {
    this.#gain.fill(value);
    this.#fresh = true;
  }
}
