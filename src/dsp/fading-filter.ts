/**
 * A filter of finite response that becomes another one over `fade` samples: both run, and the output goes linearly from the first to
 * the second, which is the same as taps that move linearly. It keeps no sound; the caller's history is read.
 */
export class FadingFilter {
  readonly taps: number;
  readonly #fade: number;
  #from: Float64Array;
  #to: Float64Array;
  #next: Float64Array;
  /** Samples since the last change, up to the fade. */
  #age: number;

  /** It begins as the unit impulse, which changes nothing. `taps`, `fade`: at least 1. */
  constructor({ taps, fade }: { taps: number; fade: number }) {
    this.taps = taps;
    this.#fade = fade;
    this.#from = new Float64Array(taps);
    this.#to = new Float64Array(taps);
    this.#next = new Float64Array(taps);
    this.#age = fade;
    this.reset();
  }

  /** To a filter that multiplies with `gain`. */
  reset(gain = 1): void {
    this.#to.fill(0);
    this.#to[0] = gain;
    this.#age = this.#fade;
  }

  /** To be written before `change`. What it holds is of no meaning. */
  get next(): Float64Array {
    return this.#next;
  }

  /** The fade to `next` begins with the coming sample. A fade that has not ended must be over before: changes are at least `fade` apart. */
  change(): void {
    const spare = this.#from;
    this.#from = this.#to;
    this.#to = this.#next;
    this.#next = spare;
    this.#age = 0;
  }

  /**
   * `count` samples: output[offset + i] gets the filtered history[position + i]; at least taps - 1 samples must lie before
   * `position`. Every channel goes from the same moment; `advance` moves on.
   */
  process(
    history: Float64Array,
    position: number,
    output: Float32Array,
    offset: number,
    count: number,
  ): void {
    const fading = Math.min(count, this.#fade - this.#age);
    if (fading > 0) this.#runBoth(history, position, output, offset, fading);
    if (fading < count) this.#runOne(history, position + fading, output, offset + fading, count - fading);
  }

  advance(count: number): void {
    this.#age = Math.min(this.#fade, this.#age + count);
  }

  /** Four samples at a time: a tap that was loaded serves all of them. */
  #runBoth(
    history: Float64Array,
    position: number,
    output: Float32Array,
    offset: number,
    count: number,
  ): void {
    const from = this.#from;
    const to = this.#to;
    const { taps } = this;
    const step = 1 / this.#fade;
    let i = 0;
    for (; i + 3 < count; i += 4) {
      let a0 = 0;
      let a1 = 0;
      let a2 = 0;
      let a3 = 0;
      let b0 = 0;
      let b1 = 0;
      let b2 = 0;
      let b3 = 0;
      const at = position + i;
      let x1 = history[at + 1]!;
      let x2 = history[at + 2]!;
      let x3 = history[at + 3]!;
      for (let k = 0; k < taps; k++) {
        const a = from[k]!;
        const b = to[k]!;
        const x0 = history[at - k]!;
        a0 += a * x0;
        b0 += b * x0;
        a1 += a * x1;
        b1 += b * x1;
        a2 += a * x2;
        b2 += b * x2;
        a3 += a * x3;
        b3 += b * x3;
        x3 = x2;
        x2 = x1;
        x1 = x0;
      }
      const mix = (this.#age + i + 1) * step;
      const n = offset + i;
      output[n] = a0 + mix * (b0 - a0);
      output[n + 1] = a1 + (mix + step) * (b1 - a1);
      output[n + 2] = a2 + (mix + 2 * step) * (b2 - a2);
      output[n + 3] = a3 + (mix + 3 * step) * (b3 - a3);
    }
    for (; i < count; i++) {
      const a = sampleOf(from, history, position + i);
      const b = sampleOf(to, history, position + i);
      output[offset + i] = a + (this.#age + i + 1) * step * (b - a);
    }
  }

  /** Only where nothing changes: in silence, or with all faders at 0 dB. */
  #runOne(
    history: Float64Array,
    position: number,
    output: Float32Array,
    offset: number,
    count: number,
  ): void {
    for (let i = 0; i < count; i++) output[offset + i] = sampleOf(this.#to, history, position + i);
  }
}

function sampleOf(filter: Float64Array, history: Float64Array, position: number): number {
  // Two sums, so that an addition need not wait for the last one.
  let even = 0;
  let odd = 0;
  let k = 0;
  for (; k + 1 < filter.length; k += 2) {
    even += filter[k]! * history[position - k]!;
    odd += filter[k + 1]! * history[position - k - 1]!;
  }
  if (k < filter.length) even += filter[k]! * history[position - k]!;
  return even + odd;
}
