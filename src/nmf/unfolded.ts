import { padBins, type Kernel, type PackedMatrix } from '../kernel/kernel.ts';

/**
 * The matrices of an unfolded solver, all non-negative, row-major; L updates, K atoms, R rows (what is observed of a frame).
 */
export interface UnfoldedMatrices {
  readonly atomCount: number;
  readonly rows: number;
  readonly updates: number;
  /** L x K x R: W_l, atom by atom. */
  readonly w: Float32Array;
  /** L x R x K: U_l, row by row. */
  readonly u: Float32Array;
  /** L x K: the exponent of each atom's step. */
  readonly eta: Float32Array;
  /** K: what stays of an activation from frame to frame, 0 to 1. */
  readonly decay: Float32Array;
  /** R x K: B, what a frame injects, row by row. */
  readonly inject: Float32Array;
  /** K x K: T, what atom j takes over from atom i is T[i][j], row by row. Default: nothing. */
  readonly transition?: Float32Array | undefined;
}

/** Activations of the first frame, in multiples of what it injects. */
export const START = 20;
/** Added to what the step of an atom is made of, so that none meets a zero. */
export const TINY = 1e-8;

/**
 * Activations by a few multiplicative updates whose matrices were learned end to end (deep unfolding: Hershey, Le Roux and
 * Weninger 2014; Le Roux, Hershey and Weninger 2015). Per frame h <- decay h + T' h + B' x, then for each update
 * h <- h (U_l' (x / (W_l h + epsilon)))^eta_l. Scaling x and epsilon scales h.
 */
export class UnfoldedSolver {
  /** x: the caller writes `rows` values before `begin`. */
  observation: Float32Array = new Float32Array(0);
  /** h. */
  activations: Float32Array = new Float32Array(0);
  #kernel!: Kernel;
  #matrices!: UnfoldedMatrices;
  #w: PackedMatrix[] = [];
  #u: PackedMatrix[] = [];
  #eta: Float32Array[] = [];
  #inject!: PackedMatrix;
  #transition: PackedMatrix | undefined;
  #model: Float32Array = new Float32Array(0);
  #numerator: Float32Array = new Float32Array(0);
  #carried: Float32Array = new Float32Array(0);
  #fresh = true;

  static floatsNeeded({ atomCount, rows, updates, transition }: UnfoldedMatrices): number {
    const atoms = padBins(atomCount);
    const matrices = (updates + 1) * atomCount * padBins(rows) + updates * rows * atoms;
    const transitions = transition ? atomCount * atoms : 0;
    return matrices + transitions + 2 * padBins(rows) + (3 + updates) * atoms;
  }

  configure(kernel: Kernel, matrices: UnfoldedMatrices): void {
    const { atomCount, rows, updates } = matrices;
    this.#kernel = kernel;
    this.#matrices = matrices;
    const size = atomCount * rows;
    this.#w = [];
    this.#u = [];
    this.#eta = [];
    for (let l = 0; l < updates; l++) {
      const w = transposed(matrices.w.subarray(l * size, (l + 1) * size), atomCount, rows);
      this.#w.push(kernel.pack(w, rows, atomCount));
      const u = transposed(matrices.u.subarray(l * size, (l + 1) * size), rows, atomCount);
      this.#u.push(kernel.pack(u, atomCount, rows));
      const eta = kernel.allocate(atomCount);
      eta.set(matrices.eta.subarray(l * atomCount, (l + 1) * atomCount));
      this.#eta.push(eta);
    }
    this.#inject = kernel.pack(transposed(matrices.inject, rows, atomCount), atomCount, rows);
    const { transition } = matrices;
    this.#transition =
      transition && kernel.pack(transposed(transition, atomCount, atomCount), atomCount, atomCount);
    this.#carried = kernel.allocate(atomCount);
    this.observation = kernel.allocate(padBins(rows));
    this.#model = kernel.allocate(padBins(rows));
    this.activations = kernel.allocate(padBins(atomCount));
    this.#numerator = kernel.allocate(padBins(atomCount));
    this.reset();
  }

  reset(): void {
    this.activations.fill(0);
    this.#fresh = true;
  }

  /** Takes the observation in: decay, transitions and injection. */
  begin(): void {
    const { atomCount, decay } = this.#matrices;
    const injected = this.#numerator;
    const carried = this.#carried;
    this.#kernel.project(this.#inject, this.observation, injected);
    const h = this.activations;
    if (this.#fresh) for (let k = 0; k < atomCount; k++) h[k] = START * injected[k]!;
    this.#fresh = false;
    if (this.#transition) this.#kernel.project(this.#transition, h, carried);
    for (let k = 0; k < atomCount; k++) h[k] = decay[k]! * h[k]! + carried[k]! + injected[k]!;
  }

  /** Update `l`. `epsilon`: relative to the frame, so that nothing divides by zero. */
  update(l: number, epsilon: number): void {
    this.#kernel.raiseActivations(
      this.#w[l]!,
      this.#u[l]!,
      this.observation,
      this.activations,
      this.#model,
      this.#numerator,
      this.#eta[l]!,
      epsilon,
      TINY,
    );
  }

  /** Keeps every activation above `floor` and tells whether all are finite numbers; if not, the state is reset. */
  finish(floor: number): boolean {
    const h = this.activations;
    let sum = 0;
    for (let k = 0; k < this.#matrices.atomCount; k++) {
      if (h[k]! < floor) h[k] = floor;
      sum += h[k]!;
    }
    if (sum < Infinity) return true;
    this.reset();
    return false;
  }
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(matrix.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) result[c * rows + r] = matrix[r * columns + c]!;
  }
  return result;
}
