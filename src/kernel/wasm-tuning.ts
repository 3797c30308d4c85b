import { Arena } from './arena.ts';
import type { KernelName } from './kernel.ts';
import type { Place, Strided, TuningKernel } from './tuning-kernel.ts';
import { reserve } from './wasm-memory.ts';
import type { WasmMemory } from './webassembly.ts';

/** What assembly/tuning.ts exports. Arrays are byte offsets into the memory, and so are steps in it. */
export interface TuningExports {
  readonly memory: WasmMemory;
  multiply(
    rows: number,
    columns: number,
    inner: number,
    a: number,
    row: number,
    column: number,
    b: number,
    c: number,
    add: number,
  ): void;
  divide(x: number, y: number, ratio: number, length: number): void;
  divideBack(byRatio: number, ratio: number, y: number, length: number): void;
  raise(h: number, q: number, eta: number, rows: number, atoms: number, least: number): void;
  raiseBack(
    gradient: number,
    before: number,
    after: number,
    q: number,
    eta: number,
    rows: number,
    atoms: number,
  ): void;
  carry(h: number, added: number, decay: number, rows: number, atoms: number): void;
  carryBack(gradient: number, decay: number, rows: number, atoms: number): void;
}

/** A {@link TuningKernel} on an instance of its own. The memory grows once, here, so that no view is ever detached. */
export class WasmTuningKernel implements TuningKernel {
  readonly name: KernelName;
  readonly #run: TuningExports;
  readonly #arena: Arena;

  constructor(name: KernelName, exports: TuningExports, floats: number) {
    this.name = name;
    this.#run = exports;
    this.#arena = reserve(exports.memory, floats);
  }

  allocate(length: number): Float32Array {
    return this.#arena.allocate(length);
  }

  at(array: Float32Array): Place {
    return array.byteOffset / 4;
  }

  multiply(rows: number, columns: number, inner: number, a: Strided, b: Place, c: Place, add: boolean): void {
    this.#run.multiply(rows, columns, inner, 4 * a.at, 4 * a.row, 4 * a.column, 4 * b, 4 * c, add ? 1 : 0);
  }

  divide(x: Place, y: Place, ratio: Place, length: number): void {
    this.#run.divide(4 * x, 4 * y, 4 * ratio, length);
  }

  divideBack(byRatio: Place, ratio: Place, y: Place, length: number): void {
    this.#run.divideBack(4 * byRatio, 4 * ratio, 4 * y, length);
  }

  raise(h: Place, q: Place, eta: Place, rows: number, atoms: number, least: number): void {
    this.#run.raise(4 * h, 4 * q, 4 * eta, rows, atoms, least);
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
    this.#run.raiseBack(4 * gradient, 4 * before, 4 * after, 4 * q, 4 * eta, rows, atoms);
  }

  carry(h: Place, added: Place, decay: Place, rows: number, atoms: number): void {
    this.#run.carry(4 * h, 4 * added, 4 * decay, rows, atoms);
  }

  carryBack(gradient: Place, decay: Place, rows: number, atoms: number): void {
    this.#run.carryBack(4 * gradient, 4 * decay, rows, atoms);
  }
}
