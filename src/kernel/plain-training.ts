import type { Divergence } from '../nmf/divergence.ts';
import { Arena } from './arena.ts';
import { TINY } from './plain.ts';
import { GROUP, interleavedIndex } from './training-kernel.ts';
import type { BlockShape, TrainingKernel, UpdateExponent } from './training-kernel.ts';

const SMALLEST_STEP = 0.1;
const LARGEST_STEP = 4;

/** The plain TypeScript twin of the training kernels: the reference, and what runs without WebAssembly. Sums in doubles. */
class PlainTrainingKernel implements TrainingKernel {
  readonly name = 'typescript' as const;
  readonly #arena: Arena;
  #row = new Float64Array(0);

  constructor(floats: number) {
    this.#arena = new Arena(new ArrayBuffer(Arena.bytesFor(floats)), 0, floats);
  }

  allocate(length: number): Float32Array {
    return this.#arena.allocate(length);
  }

  allocateIntegers(length: number): Int32Array {
    const { buffer, byteOffset } = this.#arena.allocate(length);
    return new Int32Array(buffer, byteOffset, length);
  }

  factors(
    divergence: Divergence,
    w: Float32Array,
    h: Float32Array,
    v: Float32Array,
    pull: Float32Array,
    push: Float32Array,
    observed: Int32Array,
    { frames, bins, atoms }: BlockShape,
    epsilon: number,
    measure: boolean,
  ): number {
    if (this.#row.length < bins) this.#row = new Float64Array(bins);
    const row = this.#row;
    let sum = 0;
    for (let n = 0; n < frames; n++) {
      row.fill(epsilon, 0, bins);
      for (let k = 0; k < atoms; k++) {
        const factor = h[interleavedIndex(n, k, atoms)]!;
        if (factor === 0) continue;
        for (let f = 0; f < bins; f++) row[f] = row[f]! + factor * w[k * bins + f]!;
      }
      const at = n * bins;
      for (let f = 0; f < bins; f++) {
        if (f >= observed[n]!) {
          pull[at + f] = 0;
          if (divergence !== 'kullback-leibler') push[at + f] = 0;
          continue;
        }
        const x = v[at + f]!;
        if (divergence === 'euclidean') {
          pull[at + f] = x;
          push[at + f] = row[f]!;
          if (measure) sum += 0.5 * (x - row[f]!) ** 2;
          continue;
        }
        const y = Math.max(row[f]!, TINY);
        if (divergence === 'kullback-leibler') {
          pull[at + f] = x / y;
          if (measure) sum += x > 0 ? x * Math.log(x / y) - x + y : y;
        } else {
          const ratio = Math.max(x, epsilon) / y;
          push[at + f] = 1 / y;
          pull[at + f] = ratio / y;
          if (measure) sum += ratio - Math.log(Math.max(ratio, TINY)) - 1;
        }
      }
    }
    return sum;
  }

  project(
    r: Float32Array,
    w: Float32Array,
    numerator: Float32Array,
    { frames, bins, atoms }: BlockShape,
  ): void {
    for (let n = 0; n < frames; n++) {
      for (let k = 0; k < atoms; k++) {
        let sum = 0;
        for (let f = 0; f < bins; f++) sum += r[n * bins + f]! * w[k * bins + f]!;
        numerator[interleavedIndex(n, k, atoms)] = sum;
      }
    }
  }

  gather(r: Float32Array, h: Float32Array, sums: Float32Array, { frames, bins, atoms }: BlockShape): void {
    for (let k = 0; k < atoms; k++) {
      for (let n = 0; n < frames; n++) {
        const factor = h[interleavedIndex(n, k, atoms)]!;
        if (factor === 0) continue;
        for (let f = 0; f < bins; f++) sums[k * bins + f] = sums[k * bins + f]! + factor * r[n * bins + f]!;
      }
    }
  }

  scale(
    h: Float32Array,
    numerator: Float32Array,
    base: Float32Array,
    more: Float32Array | undefined,
    { frames, atoms }: BlockShape,
    exponent: UpdateExponent,
    vanished: number,
  ): void {
    for (let i = 0; i < frames * atoms; i++) {
      const k = Math.floor(i / GROUP) % atoms;
      const u = numerator[i]! / (base[k]! + (more ? more[i]! : 0));
      const scaled = h[i]! * (exponent === 1 ? u : u ** exponent);
      // The comparison is false for NaN, and for what a float cannot hold.
      h[i] = scaled <= 3.4e38 && scaled >= vanished ? scaled : 0;
    }
  }

  extrapolate(h: Float32Array, last: Float32Array, length: number, momentum: number): void {
    for (let i = 0; i < length; i++) {
      const now = h[i]!;
      const growth = now / last[i]! - 1;
      const factor = Number.isNaN(growth)
        ? LARGEST_STEP
        : Math.max(SMALLEST_STEP, Math.min(LARGEST_STEP, 1 + momentum * growth));
      last[i] = now;
      h[i] = now * factor;
    }
  }
}

/** A {@link TrainingKernel} in plain TypeScript with room for `floats` values. */
export function createPlainTrainingKernel(floats: number): TrainingKernel {
  return new PlainTrainingKernel(floats);
}
