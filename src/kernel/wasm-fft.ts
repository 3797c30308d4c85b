import type { Arena } from './arena.ts';
import type { KernelFft } from './kernel.ts';

/** What assembly/fft.ts exports. Arrays are byte offsets into the memory. */
export interface FftExports {
  forward(
    input: number,
    spectrum: number,
    half: number,
    a: number,
    b: number,
    twiddles: number,
    turns: number,
  ): void;
  inverse(
    spectrum: number,
    output: number,
    half: number,
    a: number,
    b: number,
    twiddles: number,
    turns: number,
  ): void;
}

/** The FFT of assembly/fft.ts: its work buffers and its factors. */
export class WasmFft implements KernelFft {
  readonly #run: FftExports;
  readonly #half: number;
  readonly #a: number;
  readonly #b: number;
  readonly #twiddles: number;
  readonly #turns: number;

  constructor(run: FftExports, arena: Arena, size: number) {
    const half = size / 2;
    this.#run = run;
    this.#half = half;
    this.#a = arena.allocateDoubles(size).byteOffset;
    this.#b = arena.allocateDoubles(size).byteOffset;
    // Each pass of m * 4 points: 1, 2 and 3 turns of p / (4 m) for all p below m.
    const factors: number[] = [];
    for (let n = half; n > 4; n /= 4) {
      for (let p = 0; p < n / 4; p++) {
        for (let j = 1; j <= 3; j++) pushFactor(factors, (-2 * Math.PI * j * p) / n);
      }
    }
    this.#twiddles = store(arena, factors);
    // Half a spectrum, each value turned a quarter back.
    const turns: number[] = [];
    for (let k = 0; k <= half / 2; k++) pushFactor(turns, (-2 * Math.PI * k) / size - Math.PI / 2);
    this.#turns = store(arena, turns);
  }

  forward(input: Float64Array, spectrum: Float64Array): void {
    this.#run.forward(
      input.byteOffset,
      spectrum.byteOffset,
      this.#half,
      this.#a,
      this.#b,
      this.#twiddles,
      this.#turns,
    );
  }

  inverse(spectrum: Float64Array, output: Float64Array): void {
    this.#run.inverse(
      spectrum.byteOffset,
      output.byteOffset,
      this.#half,
      this.#a,
      this.#b,
      this.#twiddles,
      this.#turns,
    );
  }
}

function pushFactor(factors: number[], angle: number): void {
  const c = Math.cos(angle);
  const d = Math.sin(angle);
  factors.push(c, c, -d, d);
}

function store(arena: Arena, values: readonly number[]): number {
  const array = arena.allocateDoubles(values.length);
  array.set(values);
  return array.byteOffset;
}
