import { BLOCK } from './kernel.ts';
import type { Kernel, KernelFft, KernelName, PackedMatrix } from './kernel.ts';
import { Arena } from './arena.ts';
import { WasmFft } from './wasm-fft.ts';
import type { FftExports } from './wasm-fft.ts';
import type { WasmMemory } from './webassembly.ts';

/** What assembly/index.ts exports. Arrays are byte offsets into the memory. */
export interface KernelExports extends FftExports {
  readonly memory: WasmMemory;
  reconstruct(
    w: number,
    h: number,
    model: number,
    blocks: number,
    atoms: number,
    from: number,
    to: number,
  ): void;
  project(u: number, v: number, numerator: number, blocks: number, atoms: number, scratch: number): void;
  ratioKullbackLeibler(
    w: number,
    u: number,
    v: number,
    h: number,
    model: number,
    numerator: number,
    blocks: number,
    atoms: number,
    epsilon: number,
    scratch: number,
  ): void;
  ratioItakuraSaito(
    w: number,
    v: number,
    h: number,
    model: number,
    numerator: number,
    denominator: number,
    blocks: number,
    atoms: number,
    epsilon: number,
    scratch: number,
  ): void;
  newtonSweep(
    power: number,
    columns: number,
    v: number,
    h: number,
    model: number,
    atoms: number,
    bins: number,
    floor: number,
  ): void;
  scaleActivations(
    h: number,
    numerator: number,
    denominator: number,
    atoms: number,
    exponent: number,
    floor: number,
  ): void;
  raiseActivations(
    w: number,
    u: number,
    v: number,
    h: number,
    model: number,
    numerator: number,
    exponents: number,
    rows: number,
    rowBlocks: number,
    atoms: number,
    atomBlocks: number,
    epsilon: number,
    offset: number,
    scratch: number,
  ): void;
  raise(values: number, length: number, exponent: number, offset: number): void;
  logarithms(values: number, length: number): void;
  exponentials(values: number, length: number): void;
  correlate(a: number, b: number, results: number, length: number, shifts: number): void;
  maskGain(
    models: number,
    gains: number,
    gain: number,
    sources: number,
    bins: number,
    exponent: number,
    epsilon: number,
  ): void;
}

const PAGE = 65536;
/** The first bytes belong to the module; its compiler counts on pointers above 1024. */
const START = 1024;

/** A {@link Kernel} on an instance of its own. The memory grows once, here, so that no view is ever detached. */
export class WasmKernel implements Kernel {
  readonly name: KernelName;
  readonly #run: KernelExports;
  readonly #arena: Arena;
  readonly #scratch: number;

  constructor(name: KernelName, exports: KernelExports, floats: number) {
    this.name = name;
    this.#run = exports;
    const bytes = Arena.bytesFor(floats);
    // Two partial sums of 4 floats per atom; an atom takes at least a block of the capacity when it is packed.
    const end = START + bytes + Math.ceil(bytes / BLOCK) * 8;
    const missing = Math.ceil((end - exports.memory.buffer.byteLength) / PAGE);
    if (missing > 0) exports.memory.grow(missing);
    this.#arena = new Arena(exports.memory.buffer, START, floats);
    this.#scratch = START + bytes;
  }

  allocate(length: number): Float32Array {
    return this.#arena.allocate(length);
  }

  allocateDoubles(length: number): Float64Array {
    return this.#arena.allocateDoubles(length);
  }

  createFft(size: number): KernelFft {
    return new WasmFft(this.#run, this.#arena, size);
  }

  pack(rows: Float32Array, atoms: number, bins: number): PackedMatrix {
    return this.#arena.pack(rows, atoms, bins);
  }

  reconstruct(w: PackedMatrix, h: Float32Array, model: Float32Array, from: number, to: number): void {
    this.#run.reconstruct(
      w.data.byteOffset,
      h.byteOffset,
      model.byteOffset,
      w.bins / BLOCK,
      w.atoms,
      from,
      to,
    );
  }

  project(u: PackedMatrix, v: Float32Array, numerator: Float32Array): void {
    this.#run.project(
      u.data.byteOffset,
      v.byteOffset,
      numerator.byteOffset,
      u.bins / BLOCK,
      u.atoms,
      this.#scratch,
    );
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
    this.#run.ratioKullbackLeibler(
      w.data.byteOffset,
      u.data.byteOffset,
      v.byteOffset,
      h.byteOffset,
      model.byteOffset,
      numerator.byteOffset,
      w.bins / BLOCK,
      w.atoms,
      epsilon,
      this.#scratch,
    );
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
    this.#run.raiseActivations(
      w.data.byteOffset,
      u.data.byteOffset,
      v.byteOffset,
      h.byteOffset,
      model.byteOffset,
      numerator.byteOffset,
      exponents.byteOffset,
      w.atoms,
      u.bins / BLOCK,
      u.atoms,
      w.bins / BLOCK,
      epsilon,
      offset,
      this.#scratch,
    );
  }

  raise(values: Float32Array, length: number, exponent: number, offset: number): void {
    this.#run.raise(values.byteOffset, length, exponent, offset);
  }

  logarithms(values: Float32Array, length: number): void {
    this.#run.logarithms(values.byteOffset, length);
  }

  exponentials(values: Float32Array, length: number): void {
    this.#run.exponentials(values.byteOffset, length);
  }

  correlate(a: Float32Array, b: Float32Array, results: Float32Array, length: number, shifts: number): void {
    this.#run.correlate(a.byteOffset, b.byteOffset, results.byteOffset, length, shifts);
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
    this.#run.ratioItakuraSaito(
      w.data.byteOffset,
      v.byteOffset,
      h.byteOffset,
      model.byteOffset,
      numerator.byteOffset,
      denominator.byteOffset,
      w.bins / BLOCK,
      w.atoms,
      epsilon,
      this.#scratch,
    );
  }

  scaleActivations(
    h: Float32Array,
    numerator: Float32Array,
    denominator: Float32Array,
    atoms: number,
    exponent: number,
    floor: number,
  ): void {
    this.#run.scaleActivations(
      h.byteOffset,
      numerator.byteOffset,
      denominator.byteOffset,
      atoms,
      exponent,
      floor,
    );
  }

  newtonSweep(
    divergence: 'euclidean' | 'kullback-leibler' | 'itakura-saito',
    columns: Float32Array,
    v: Float32Array,
    h: Float32Array,
    model: Float32Array,
    atoms: number,
    bins: number,
    floor: number,
  ): void {
    const power = divergence === 'euclidean' ? 0 : divergence === 'kullback-leibler' ? 2 : 3;
    this.#run.newtonSweep(
      power,
      columns.byteOffset,
      v.byteOffset,
      h.byteOffset,
      model.byteOffset,
      atoms,
      bins,
      floor,
    );
  }

  maskGain(
    models: Float32Array,
    gains: Float32Array,
    gain: Float32Array,
    sources: number,
    bins: number,
    exponent: number,
    epsilon: number,
  ): void {
    this.#run.maskGain(
      models.byteOffset,
      gains.byteOffset,
      gain.byteOffset,
      sources,
      bins,
      exponent,
      epsilon,
    );
  }
}
