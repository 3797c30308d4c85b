import { Arena } from './arena.ts';
import { VANISHED } from './tuning-kernel.ts';
import type { Place, Strided, TuningKernel } from './tuning-kernel.ts';

/** The plain TypeScript twin of the fine-tuning kernels: the reference, and what runs without WebAssembly. Sums in doubles. */
class PlainTuningKernel implements TuningKernel {
  readonly name = 'typescript' as const;
  readonly #arena: Arena;
  readonly #values: Float32Array;

  constructor(floats: number) {
    const buffer = new ArrayBuffer(Arena.bytesFor(floats));
    this.#arena = new Arena(buffer, 0, floats);
    this.#values = new Float32Array(buffer);
  }

  allocate(length: number): Float32Array {
    return this.#arena.allocate(length);
  }

  at(array: Float32Array): Place {
    return array.byteOffset / Float32Array.BYTES_PER_ELEMENT;
  }

  multiply(rows: number, columns: number, inner: number, a: Strided, b: Place, c: Place, add: boolean): void {
    const values = this.#values;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) {
        let sum = add ? values[c + i * columns + j]! : 0;
        for (let k = 0; k < inner; k++) {
          sum += values[a.at + i * a.row + k * a.column]! * values[b + k * columns + j]!;
        }
        values[c + i * columns + j] = sum;
      }
    }
  }

  divide(x: Place, y: Place, ratio: Place, length: number): void {
    const values = this.#values;
    for (let i = 0; i < length; i++) values[ratio + i] = values[x + i]! / values[y + i]!;
  }

  divideBack(byRatio: Place, ratio: Place, y: Place, length: number): void {
    const values = this.#values;
    for (let i = 0; i < length; i++) {
      values[y + i] = (-values[byRatio + i]! * values[ratio + i]!) / values[y + i]!;
    }
  }

  raise(h: Place, q: Place, eta: Place, rows: number, atoms: number, least: number): void {
    const values = this.#values;
    for (let i = 0; i < rows * atoms; i++) {
      const factor = values[q + i]! + least;
      values[q + i] = factor;
      values[h + i] = Math.max(VANISHED, values[h + i]! * factor ** values[eta + (i % atoms)]!);
    }
  }

  raiseBack(
    gradient: Place,
    before: Place,
    after: Place,
    q: Place,
    eta: Place,
    rows: number,
    atoms: number,
  ): void {
    const values = this.#values;
    for (let i = 0; i < rows * atoms; i++) {
      const byLog = values[gradient + i]! * values[after + i]!;
      values[q + i] = (byLog * values[eta + (i % atoms)]!) / values[q + i]!;
      values[gradient + i] = byLog / values[before + i]!;
    }
  }

  carry(h: Place, added: Place, decay: Place, rows: number, atoms: number): void {
    const values = this.#values;
    for (let i = 0; i < rows * atoms; i++) {
      const carried = values[added + i]! + values[decay + (i % atoms)]! * values[h + i]!;
      values[h + i] = Math.max(VANISHED, carried);
    }
  }

  carryBack(gradient: Place, decay: Place, rows: number, atoms: number): void {
    const values = this.#values;
    for (let i = 0; i < rows * atoms; i++) values[gradient + i]! *= values[decay + (i % atoms)]!;
  }
}

export const createPlainTuningKernel = (floats: number): TuningKernel => new PlainTuningKernel(floats);
