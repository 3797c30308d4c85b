import { DIVERGENCES } from '../nmf/divergence.ts';
import type { Divergence } from '../nmf/divergence.ts';
import type { Arena } from './arena.ts';
import type { KernelName } from './kernel.ts';
import { GROUP } from './training-kernel.ts';
import type { BlockShape, TrainingKernel, UpdateExponent } from './training-kernel.ts';
import { reserve } from './wasm-memory.ts';
import type { WasmMemory } from './webassembly.ts';

/** What assembly/training-index.ts exports. Arrays are byte offsets into the memory. */
export interface TrainingExports {
  readonly memory: WasmMemory;
  factors(
    kind: number,
    w: number,
    h: number,
    v: number,
    pull: number,
    push: number,
    observed: number,
    groups: number,
    bins: number,
    atoms: number,
    epsilon: number,
    measure: number,
  ): number;
  project(r: number, w: number, numerator: number, groups: number, bins: number, atoms: number): void;
  gather(r: number, h: number, sums: number, groups: number, bins: number, atoms: number): void;
  scale(
    h: number,
    numerator: number,
    base: number,
    more: number,
    groups: number,
    atoms: number,
    quarters: number,
    vanished: number,
  ): void;
  extrapolate(h: number, last: number, length: number, momentum: number): void;
}

/** A {@link TrainingKernel} on an instance of its own. The memory grows once, here, so that no view is ever detached. */
export class WasmTrainingKernel implements TrainingKernel {
  readonly name: KernelName;
  readonly #run: TrainingExports;
  readonly #arena: Arena;

  constructor(name: KernelName, exports: TrainingExports, floats: number) {
    this.name = name;
    this.#run = exports;
    this.#arena = reserve(exports.memory, floats);
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
    return this.#run.factors(
      DIVERGENCES.indexOf(divergence),
      w.byteOffset,
      h.byteOffset,
      v.byteOffset,
      pull.byteOffset,
      push.byteOffset,
      observed.byteOffset,
      frames / GROUP,
      bins,
      atoms,
      epsilon,
      measure ? 1 : 0,
    );
  }

  project(
    r: Float32Array,
    w: Float32Array,
    numerator: Float32Array,
    { frames, bins, atoms }: BlockShape,
  ): void {
    this.#run.project(r.byteOffset, w.byteOffset, numerator.byteOffset, frames / GROUP, bins, atoms);
  }

  gather(r: Float32Array, h: Float32Array, sums: Float32Array, { frames, bins, atoms }: BlockShape): void {
    this.#run.gather(r.byteOffset, h.byteOffset, sums.byteOffset, frames / GROUP, bins, atoms);
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
    this.#run.scale(
      h.byteOffset,
      numerator.byteOffset,
      base.byteOffset,
      more ? more.byteOffset : 0,
      frames / GROUP,
      atoms,
      exponent * 4,
      vanished,
    );
  }

  extrapolate(h: Float32Array, last: Float32Array, length: number, momentum: number): void {
    this.#run.extrapolate(h.byteOffset, last.byteOffset, length, momentum);
  }
}
