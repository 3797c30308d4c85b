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
    let peak = this.#peak;
    let sum = this.#sum;
    for (let c = 0; c < channels; c++) {
      const block = blocks[c]!;
      for (let i = 0; i < length; i++) {
        const sample = block[i]!;
        const size = sample < 0 ? -sample : sample;
        if (size > peak && size < Infinity) peak = size;
        if (size < 1e6) sum += sample * sample;
      }
    }
    this.#peak = peak;
    this.#sum = sum;
    this.#count += channels * length;
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
