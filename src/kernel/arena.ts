import { BLOCK, padBins } from './kernel.ts';
import type { PackedMatrix } from './kernel.ts';
import { flushSubnormal } from './subnormal.ts';

/**
 * Hands out parts of one buffer, one after another; nothing is ever given back. Each part starts on a boundary of 64
 * bytes and takes its length rounded up to {@link BLOCK} floats.
 */
export class Arena {
  readonly #buffer: ArrayBuffer;
  readonly #end: number;
  #next: number;

  /** `offset` in bytes, a multiple of 64; `floats` is the capacity. */
  constructor(buffer: ArrayBuffer, offset: number, floats: number) {
    this.#buffer = buffer;
    this.#next = offset;
    this.#end = offset + Arena.bytesFor(floats);
  }

  /** Bytes that hold `floats` values. */
  static bytesFor(floats: number): number {
    if (!Number.isSafeInteger(floats) || floats < 0 || floats > 2 ** 29) {
      throw new RangeError(`A kernel holds 0 to 2^29 floats, not ${floats}.`);
    }
    return padBins(floats) * Float32Array.BYTES_PER_ELEMENT;
  }

  allocate(length: number): Float32Array {
    const bytes = Arena.bytesFor(length);
    if (this.#next + bytes > this.#end) {
      const left = (this.#end - this.#next) / Float32Array.BYTES_PER_ELEMENT;
      throw new RangeError(
        `The kernel has ${left} floats left, ${length} more do not fit: create it with a larger capacity.`,
      );
    }
    const view = new Float32Array(this.#buffer, this.#next, length);
    this.#next += bytes;
    view.fill(0);
    return view;
  }

  allocateDoubles(length: number): Float64Array {
    const { buffer, byteOffset } = this.allocate(2 * length);
    return new Float64Array(buffer, byteOffset, length);
  }

  /** See {@link Kernel.pack}. Subnormal values become zero. */
  pack(rows: Float32Array, atoms: number, bins: number): PackedMatrix {
    if (!Number.isSafeInteger(atoms) || !Number.isSafeInteger(bins) || atoms < 1 || bins < 1) {
      throw new RangeError(`A matrix has at least 1 atom and 1 bin, not ${atoms} and ${bins}.`);
    }
    if (rows.length < atoms * bins) {
      throw new RangeError(
        `${atoms} atoms of ${bins} bins are ${atoms * bins} values, but there are ${rows.length}.`,
      );
    }
    const padded = padBins(bins);
    const data = this.allocate(padded * atoms);
    for (let k = 0; k < atoms; k++) {
      for (let f = 0; f < bins; f++) {
        const value = rows[k * bins + f]!;
        const block = Math.floor(f / BLOCK);
        data[(block * atoms + k) * BLOCK + (f % BLOCK)] = flushSubnormal(value);
      }
    }
    return { data, bins: padded, atoms };
  }
}
