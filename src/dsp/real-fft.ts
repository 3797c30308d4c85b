import FFT from 'fft.js';
import type { Kernel, KernelFft } from '../kernel/kernel.ts';

/**
 * FFT of real signals, in doubles: that of a kernel where it has one, else over fft.js. Everything is Float64Array: it is the
 * fastest array kind there, and mixing kinds in one realm makes all of them slow.
 */
export class RealFFT {
  readonly size: number;
  /** size / 2 + 1. */
  readonly bins: number;
  readonly #kernel: Kernel | undefined;
  readonly #fft: KernelFft;

  /**
   * `size` in samples: a power of two of at least 4, or a RangeError is thrown. With a `kernel` all arrays must come from
   * `allocate`; it takes kernelFftFloats(size) of the kernel's capacity.
   */
  constructor(size: number, kernel?: Kernel) {
    if (!(size >= 4 && Number.isInteger(Math.log2(size)))) {
      throw new RangeError(`The FFT size is ${size}; it must be a power of two of at least 4.`);
    }
    this.size = size;
    this.bins = size / 2 + 1;
    this.#kernel = kernel;
    this.#fft = kernel?.createFft(size) ?? new PlainFft(size);
  }

  /** `length` zeros, where the FFT can read and write them. */
  allocate(length: number): Float64Array {
    return this.#kernel ? this.#kernel.allocateDoubles(length) : new Float64Array(length);
  }

  /** `input`: size samples. `spectrum`: 2 * bins values, real and imaginary parts interleaved. Unscaled. */
  forward(input: Float64Array, spectrum: Float64Array): void {
    this.#fft.forward(input, spectrum);
  }

  /** Inverse of {@link forward}, scaled by 1 / size. */
  inverse(spectrum: Float64Array, output: Float64Array): void {
    this.#fft.inverse(spectrum, output);
  }
}

/** Over fft.js: what runs without a kernel. */
class PlainFft implements KernelFft {
  readonly #size: number;
  readonly #full: FFT;
  readonly #half: FFT;
  readonly #scratch: Float64Array;
  readonly #packed: Float64Array;
  readonly #unpacked: Float64Array;
  readonly #cosine: Float64Array;
  readonly #sine: Float64Array;

  constructor(size: number) {
    this.#size = size;
    this.#full = new FFT(size);
    this.#half = new FFT(size / 2);
    this.#scratch = new Float64Array(2 * size);
    this.#packed = new Float64Array(size);
    this.#unpacked = new Float64Array(size);
    this.#cosine = Float64Array.from({ length: size / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / size));
    this.#sine = Float64Array.from({ length: size / 2 }, (_, k) => Math.sin((2 * Math.PI * k) / size));
  }

  forward(input: Float64Array, spectrum: Float64Array): void {
    const scratch = this.#scratch;
    this.#full.realTransform(scratch, input);
    for (let i = 0; i < this.#size + 2; i++) spectrum[i] = scratch[i]!;
  }

  /**
   * fft.js has no real inverse; even and odd samples are put into the real and imaginary parts of one complex transform of half
   * the size, which halves its cost.
   */
  inverse(spectrum: Float64Array, output: Float64Array): void {
    const half = this.#size / 2;
    const packed = this.#packed;
    for (let k = 0; k < half; k++) {
      const m = half - k;
      const re = spectrum[2 * k]!;
      const im = k === 0 ? 0 : spectrum[2 * k + 1]!;
      const mirrorRe = spectrum[2 * m]!;
      const mirrorIm = m === half ? 0 : -spectrum[2 * m + 1]!;
      const evenRe = 0.5 * (re + mirrorRe);
      const evenIm = 0.5 * (im + mirrorIm);
      const differenceRe = 0.5 * (re - mirrorRe);
      const differenceIm = 0.5 * (im - mirrorIm);
      const c = this.#cosine[k]!;
      const s = this.#sine[k]!;
      const oddRe = differenceRe * c - differenceIm * s;
      const oddIm = differenceRe * s + differenceIm * c;
      packed[2 * k] = evenRe - oddIm;
      packed[2 * k + 1] = evenIm + oddRe;
    }
    this.#half.inverseTransform(this.#unpacked, packed);
    for (let i = 0; i < this.#size; i++) output[i] = this.#unpacked[i]!;
  }
}
