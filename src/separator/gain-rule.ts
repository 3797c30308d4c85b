/**
 * What a user hears of a mask: no bin falls below the floor, and a bin opens at once but closes slowly, so that word starts
 * survive and noise does not flutter. It closes about evenly in decibels, and faster the deeper it falls: a linear gain would let noise stand
 * after each word.
 */
export class GainRule {
  #gain = new Float32Array(0);
  #hop = 0;

  /** `hop` in seconds. */
  configure({ bins, hop }: { bins: number; hop: number }): void {
    this.#gain = new Float32Array(bins);
    this.#hop = hop;
    this.reset();
  }

  /**
   * Nothing is lowered before anything is known of the sound: in mode monitor it is heard before the first frame is whole. From there the bins
   * close as always, while the model finds its activations.
   */
  reset(): void {
    this.fill(1);
  }

  /** The gains of the last frame, one a bin. */
  get gain(): Float32Array {
    return this.#gain;
  }

  /**
   * `mask`: the gain that the masks ask for. `floor`: linear, absolute. `smoothing`: time constant of closing in
   * seconds, 0 for none; a bin that may be silent (mask and floor 0) is so at once.
   */
  process(mask: Float32Array, floor: number, smoothing: number): void {
    const gain = this.#gain;
    const keep = smoothing <= 0 ? 0 : Math.exp(-this.#hop / smoothing);
    const move = 1 - keep;
    for (let f = 0; f < gain.length; f++) {
      const wanted = mask[f]! > floor ? mask[f]! : floor;
      const last = gain[f]!;
      // Between the arithmetic and the harmonic mean: the geometric one for small falls, without a logarithm a bin.
      gain[f] =
        wanted < last
          ? Math.sqrt((last * wanted * (keep * last + move * wanted)) / (keep * wanted + move * last))
          : wanted;
    }
  }

  /** All bins alike, for a frame that has no mask. */
  fill(value: number): void {
    this.#gain.fill(value);
  }
}
