/** Delays several channels by a whole number of samples. */
export class DelayLine {
  #rings: Float32Array[] = [];
  #position = 0;
  #latency = 0;

  /** `latency` in samples, 0 or more. */
  configure({ channels, latency }: { channels: number; latency: number }): void {
    this.#latency = latency;
    this.#rings = Array.from({ length: channels }, () => new Float32Array(Math.max(1, latency)));
    this.#position = 0;
  }

  reset(): void {
    for (const ring of this.#rings) ring.fill(0);
    this.#position = 0;
  }

  get latency(): number {
    return this.#latency;
  }

  /** `length` samples of each channel, from `inputs` to `outputs`, which must be other arrays. */
  process(inputs: readonly Float32Array[], outputs: readonly Float32Array[], length: number): void {
    const latency = this.#latency;
    const start = this.#position;
    let end = start;
    for (let c = 0; c < this.#rings.length; c++) {
      const ring = this.#rings[c]!;
      const input = inputs[c]!;
      const output = outputs[c]!;
      if (latency === 0) {
        for (let i = 0; i < length; i++) output[i] = input[i]!;
        continue;
      }
      end = start;
      // The ring in stretches without a turn.
      for (let done = 0; done < length;) {
        const stretch = Math.min(length - done, latency - end);
        for (let i = 0; i < stretch; i++) {
          output[done + i] = ring[end + i]!;
          ring[end + i] = input[done + i]!;
        }
        done += stretch;
        end = end + stretch === latency ? 0 : end + stretch;
      }
    }
    this.#position = end;
  }
}
