/** Samples from here on do not count in the mean. */
const LARGEST = 1e6;

/** Peak and root mean square of what passed since the last reset. */
export class LevelMeter {
  #peak = 0;
  #sum = 0;
  #count = 0;

  reset(): void {
    this.#peak = 0;
    this.#sum = 0;
    this.#count = 0;
  }

  process(blocks: readonly Float32Array[], channels: number, length: number): void {
    for (let c = 0; c < channels; c++) {
      const block = blocks[c]!;
      let peak = 0;
      let sum = 0;
      for (let i = 0; i < length; i++) {
        const size = Math.abs(block[i]!);
        peak = size > peak ? size : peak;
        sum += size * size;
      }
      // A sample that is not a number passes the comparison, but not the sum.
      if (peak < LARGEST && sum < Infinity) {
        this.#peak = Math.max(this.#peak, peak);
        this.#sum += sum;
      } else this.#processBroken(block, length);
    }
    this.#count += channels * length;
  }

  /** Sample by sample: what is far too large counts as a peak only, what is infinite not at all. */
  #processBroken(block: Float32Array, length: number): void {
    for (let i = 0; i < length; i++) {
      const size = Math.abs(block[i]!);
      if (size > this.#peak && size < Infinity) this.#peak = size;
      if (size < LARGEST) this.#sum += size * size;
    }
  }

  /** Linear. */
  get peak(): number {
    return this.#peak;
  }

  /** Linear. */
  get rms(): number {
    return this.#count ? Math.sqrt(this.#sum / this.#count) : 0;
  }
}
