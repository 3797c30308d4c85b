import { BLOCK } from './kernel.ts';
import type { Kernel, PackedMatrix } from './kernel.ts';
import { Arena } from './arena.ts';
import { newtonSweepPlain } from './newton.ts';
import {
  correlatePlain,
  exponentialsPlain,
  logarithmsPlain,
  maskGainPlain,
  raiseActivationsPlain,
  raisePlain,
  scaleActivationsPlain,
  TINY,
} from './plain.ts';

/**
 * The plain TypeScript twin: the reference for the other kernels, and the one in use where WebAssembly or its SIMD is missing.
 * Stores floats, sums in doubles.
 */
class TypeScriptKernel implements Kernel {
  readonly name = 'typescript' as const;
  readonly #arena: Arena;
  /** Sums over bins, one per atom; they grow when a matrix is packed, never while processing. */
  #sums = new Float64Array(0);
  #moreSums = new Float64Array(0);
  readonly #ratio = new Float64Array(BLOCK);
  readonly #inverse = new Float64Array(BLOCK);

  constructor(floats: number) {
    this.#arena = new Arena(new ArrayBuffer(Arena.bytesFor(floats)), 0, floats);
  }

  allocate(length: number): Float32Array {
    return this.#arena.allocate(length);
  }

  allocateDoubles(length: number): Float64Array {
    return this.#arena.allocateDoubles(length);
  }

  createFft(): undefined {
    return undefined;
  }

  pack(rows: Float32Array, atoms: number, bins: number): PackedMatrix {
    const matrix = this.#arena.pack(rows, atoms, bins);
    if (atoms > this.#sums.length) {
      this.#sums = new Float64Array(atoms);
      this.#moreSums = new Float64Array(atoms);
    }
    return matrix;
  }

  reconstruct(w: PackedMatrix, h: Float32Array, model: Float32Array, from: number, to: number): void {
    const data = w.data;
    const stride = w.atoms * BLOCK;
    for (let f = 0; f < w.bins; f += 4) {
      let a = 0;
      let b = 0;
      let c = 0;
      let d = 0;
      let p = (f >> 4) * stride + (f & 15) + from * BLOCK;
      for (let k = from; k < to; k++, p += BLOCK) {
        const x = h[k]!;
        a += data[p]! * x;
        b += data[p + 1]! * x;
        c += data[p + 2]! * x;
        d += data[p + 3]! * x;
      }
      model[f] = a;
      model[f + 1] = b;
      model[f + 2] = c;
      model[f + 3] = d;
    }
  }

  project(u: PackedMatrix, v: Float32Array, numerator: Float32Array): void {
    const sums = this.#sums;
    sums.fill(0, 0, u.atoms);
    for (let f = 0; f < u.bins; f += BLOCK) {
      for (let i = 0; i < BLOCK; i++) this.#ratio[i] = v[f + i]!;
      addBlock(u, f, this.#ratio, sums);
    }
    for (let k = 0; k < u.atoms; k++) numerator[k] = sums[k]!;
  }

  ratioKullbackLeibler(
    w: PackedMatrix,
    u: PackedMatrix,
    v: Float32Array,
    h: Float32Array,
    model: Float32Array,
    numerator: Float32Array,
    epsilon: number,
  ): void {
    const ratio = this.#ratio;
    const sums = this.#sums;
    this.reconstruct(w, h, model, 0, w.atoms);
    sums.fill(0, 0, u.atoms);
    for (let f = 0; f < w.bins; f += BLOCK) {
      for (let i = 0; i < BLOCK; i++) {
        const y = Math.max(model[f + i]! + epsilon, TINY);
        model[f + i] = y;
        ratio[i] = v[f + i]! / y;
      }
      addBlock(u, f, ratio, sums);
    }
    for (let k = 0; k < u.atoms; k++) numerator[k] = sums[k]!;
  }

  raiseActivations(
    w: PackedMatrix,
    u: PackedMatrix,
    v: Float32Array,
    h: Float32Array,
    model: Float32Array,
    numerator: Float32Array,
    exponents: Float32Array,
    epsilon: number,
    offset: number,
  ): void {
    this.project(w, h, model);
    for (let f = 0; f < u.bins; f++) model[f] = v[f]! / Math.max(model[f]! + epsilon, TINY);
    this.project(u, model, numerator);
    raiseActivationsPlain(h, numerator, exponents, u.atoms, offset);
  }

  ratioItakuraSaito(
    w: PackedMatrix,
    v: Float32Array,
    h: Float32Array,
    model: Float32Array,
    numerator: Float32Array,
    denominator: Float32Array,
    epsilon: number,
  ): void {
    const ratio = this.#ratio;
    const inverse = this.#inverse;
    const sums = this.#sums;
    const moreSums = this.#moreSums;
    this.reconstruct(w, h, model, 0, w.atoms);
    sums.fill(0, 0, w.atoms);
    moreSums.fill(0, 0, w.atoms);
    for (let f = 0; f < w.bins; f += BLOCK) {
      for (let i = 0; i < BLOCK; i++) {
        const y = Math.max(model[f + i]! + epsilon, TINY);
        model[f + i] = y;
        inverse[i] = 1 / y;
        ratio[i] = v[f + i]! / y / y;
      }
      addBlock(w, f, ratio, sums);
      addBlock(w, f, inverse, moreSums);
    }
    for (let k = 0; k < w.atoms; k++) {
      numerator[k] = sums[k]!;
      denominator[k] = moreSums[k]!;
    }
  }

  readonly raise = raisePlain;
  readonly logarithms = logarithmsPlain;
  readonly exponentials = exponentialsPlain;
  readonly correlate = correlatePlain;
  readonly scaleActivations = scaleActivationsPlain;
  readonly newtonSweep = newtonSweepPlain;
  readonly maskGain = maskGainPlain;
}

/** sums[k] += dot of r with the 16 bins of atom k in the block that starts at bin f. */
function addBlock(u: PackedMatrix, f: number, r: Float64Array, sums: Float64Array): void {
  const data = u.data;
  for (let half = 0; half < BLOCK; half += 8) {
    const r0 = r[half]!;
    const r1 = r[half + 1]!;
    const r2 = r[half + 2]!;
    const r3 = r[half + 3]!;
    const r4 = r[half + 4]!;
    const r5 = r[half + 5]!;
    const r6 = r[half + 6]!;
    const r7 = r[half + 7]!;
    let p = f * u.atoms + half;
    for (let k = 0; k < u.atoms; k++, p += BLOCK) {
      sums[k]! +=
        data[p]! * r0 +
        data[p + 1]! * r1 +
        data[p + 2]! * r2 +
        data[p + 3]! * r3 +
        data[p + 4]! * r4 +
        data[p + 5]! * r5 +
        data[p + 6]! * r6 +
        data[p + 7]! * r7;
    }
  }
}

/** A {@link Kernel} in plain TypeScript with room for `floats` values. Throws a RangeError when `floats` is no such count. */
export function createTypeScriptKernel(floats: number): Kernel {
  return new TypeScriptKernel(floats);
}
