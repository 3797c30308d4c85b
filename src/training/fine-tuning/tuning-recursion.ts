import type { UnfoldedTensors } from '../../dictionary/unfolded.ts';
import { START, TINY } from '../../nmf/unfolded.ts';
import type { Place, TuningKernel } from '../../kernel/training.ts';
import type { TrainedUpdates } from './trained-updates.ts';

/** Frames that are summed up at a time, so that they stay in the cache. */
const PIECE = 64;

export interface TuningShape {
  /** Mixtures at a time. */
  readonly rows: number;
  readonly frames: number;
}

/**
 * The updates of the activations from frame to frame (see {@link UnfoldedSolver}), and the way back through them. It keeps of each update
 * what its gradient needs: frames x rows x atoms or inputs.
 */
export class TuningRecursion {
  /** frames x rows x inputs; the caller writes it. */
  readonly input: Float32Array;
  /** frames x rows; the caller writes it. */
  readonly epsilon: Float32Array;
  /** frames x rows x atoms. */
  readonly activations: Float32Array;
  readonly #kernel: TuningKernel;
  readonly #updates: TrainedUpdates;
  readonly #count: number;
  readonly #atoms: number;
  readonly #inputs: number;
  readonly #shape: TuningShape;
  readonly #injected: Float32Array;
  readonly #before: Place;
  readonly #factors: Place;
  readonly #ratios: Place;
  readonly #models: Float32Array;
  readonly #h: Float32Array;
  readonly #other: Float32Array;
  readonly #back: Place;

  static floatsNeeded({ updates, atomCount, rows: inputs }: UnfoldedTensors, shape: TuningShape): number {
    const all = shape.rows * shape.frames;
    return all * ((2 + 2 * updates) * atomCount + (1 + 2 * updates) * inputs + 1) + 4096 * shape.rows;
  }

  constructor(kernel: TuningKernel, updates: TrainedUpdates, t: UnfoldedTensors, shape: TuningShape) {
    const all = shape.rows * shape.frames;
    const atoms = t.atomCount;
    const inputs = t.rows;
    const place = (length: number): Place => kernel.at(kernel.allocate(length));
    this.#kernel = kernel;
    this.#updates = updates;
    this.#count = t.updates;
    this.#atoms = atoms;
    this.#inputs = inputs;
    this.#shape = shape;
    this.input = kernel.allocate(all * inputs);
    this.epsilon = new Float32Array(all);
    this.activations = kernel.allocate(all * atoms);
    this.#injected = kernel.allocate(all * atoms);
    this.#before = place(t.updates * all * atoms);
    this.#factors = place(t.updates * all * atoms);
    this.#ratios = place(t.updates * all * inputs);
    this.#models = kernel.allocate(t.updates * all * inputs);
    this.#h = kernel.allocate(shape.rows * atoms);
    this.#other = kernel.allocate(shape.rows * atoms);
    this.#back = place(shape.rows * inputs);
  }

  forward(): void {
    const { rows, frames } = this.#shape;
    const atoms = this.#atoms;
    const ofAtoms = rows * atoms;
    const kernel = this.#kernel;
    const updates = this.#updates;
    const injected = kernel.at(this.#injected);
    const input = { at: kernel.at(this.input), row: this.#inputs, column: 1 };
    kernel.multiply(rows * frames, atoms, this.#inputs, input, updates.get('inject').at, injected, false);
    for (let i = 0; i < ofAtoms; i++) this.#h[i] = START * this.#injected[i]!;
    const transition = updates.held.transition;
    const h = { at: kernel.at(this.#h), row: atoms, column: 1 };
    for (let t = 0; t < frames; t++) {
      this.#other.set(this.#injected.subarray(t * ofAtoms, (t + 1) * ofAtoms));
      const other = kernel.at(this.#other);
      if (transition) kernel.multiply(rows, atoms, atoms, h, transition, other, true);
      kernel.carry(h.at, other, updates.held.decay, rows, atoms);
      for (let l = 0; l < this.#count; l++) this.#update(l, t);
      this.activations.set(this.#h, t * ofAtoms);
    }
  }

  /** h <- h (U' (x / (W h + epsilon)))^eta. */
  #update(l: number, t: number): void {
    const { rows, frames } = this.#shape;
    const atoms = this.#atoms;
    const inputs = this.#inputs;
    const kernel = this.#kernel;
    const updates = this.#updates;
    const ofMatrix = l * atoms * inputs;
    const frame = l * frames + t;
    const ofInputs = frame * rows * inputs;
    const model = kernel.at(this.#models) + ofInputs;
    const ratio = this.#ratios + ofInputs;
    const q = this.#factors + frame * rows * atoms;
    for (let row = 0; row < rows; row++) {
      const from = ofInputs + row * inputs;
      this.#models.fill(this.epsilon[t * rows + row]!, from, from + inputs);
    }
    const h = kernel.at(this.#h);
    this.#keep(this.#before + frame * rows * atoms);
    kernel.multiply(
      rows,
      inputs,
      atoms,
      { at: h, row: atoms, column: 1 },
      updates.get('w').at + ofMatrix,
      model,
      true,
    );
    kernel.divide(kernel.at(this.input) + t * rows * inputs, model, ratio, rows * inputs);
    const ratios = { at: ratio, row: inputs, column: 1 };
    kernel.multiply(rows, atoms, inputs, ratios, updates.get('u').at + ofMatrix, q, false);
    const eta = updates.held.eta + l * atoms;
    kernel.raise(h, q, eta, rows, atoms, TINY);
  }

  /**
   * Adds to the gradients of the updates. `gradient`: by the activations, frames x rows x atoms. What was kept is overwritten.
   */
  backward(gradient: Float32Array): void {
    const { rows, frames } = this.#shape;
    const atoms = this.#atoms;
    const inputs = this.#inputs;
    const ofAtoms = rows * atoms;
    const kernel = this.#kernel;
    const updates = this.#updates;
    const h = this.#h;
    const transition = updates.held.transition;
    h.fill(0);
    for (let t = frames - 1; t >= 0; t--) {
      for (let i = 0; i < ofAtoms; i++) h[i]! += gradient[t * ofAtoms + i]!;
      let after = kernel.at(this.activations) + t * ofAtoms;
      for (let l = this.#count - 1; l >= 0; l--) {
        this.#updateBack(l, t, after);
        after = this.#before + (l * frames + t) * ofAtoms;
      }
      this.#injected.set(h, t * ofAtoms);
      const other = { at: kernel.at(this.#other), row: atoms, column: 1 };
      this.#other.set(h);
      kernel.carryBack(kernel.at(h), updates.held.decay, rows, atoms);
      if (transition) {
        kernel.multiply(rows, atoms, atoms, other, updates.turned.get('transition')!, kernel.at(h), true);
      }
    }
    const all = rows * frames;
    const injected = kernel.at(this.#injected);
    for (let i = 0; i < ofAtoms; i++) this.#injected[i]! += START * h[i]!;
    this.#gather(all, inputs, atoms, kernel.at(this.input), injected, updates.get('inject').gradientAt);
    for (let l = 0; l < this.#count; l++) {
      const ofMatrix = l * atoms * inputs;
      const byAtoms = l * all * atoms;
      const byInputs = l * all * inputs;
      const models = kernel.at(this.#models) + byInputs;
      const w = updates.get('w').gradientAt + ofMatrix;
      const u = updates.get('u').gradientAt + ofMatrix;
      this.#gather(all, atoms, inputs, this.#before + byAtoms, models, w);
      this.#gather(all, inputs, atoms, this.#ratios + byInputs, this.#factors + byAtoms, u);
    }
  }

  #updateBack(l: number, t: number, after: Place): void {
    const { rows, frames } = this.#shape;
    const atoms = this.#atoms;
    const inputs = this.#inputs;
    const kernel = this.#kernel;
    const updates = this.#updates;
    const frame = l * frames + t;
    const ofAtoms = frame * rows * atoms;
    const ofInputs = frame * rows * inputs;
    const ofMatrix = l * atoms * inputs;
    const h = kernel.at(this.#h);
    const q = this.#factors + ofAtoms;
    kernel.raiseBack(h, this.#before + ofAtoms, after, q, updates.held.eta + l * atoms, rows, atoms);
    const byFactors = { at: q, row: atoms, column: 1 };
    kernel.multiply(rows, inputs, atoms, byFactors, updates.turned.get('u')! + ofMatrix, this.#back, false);
    const model = kernel.at(this.#models) + ofInputs;
    kernel.divideBack(this.#back, this.#ratios + ofInputs, model, rows * inputs);
    const byModel = { at: model, row: inputs, column: 1 };
    kernel.multiply(rows, atoms, inputs, byModel, updates.turned.get('w')! + ofMatrix, h, true);
  }

  /** The activations as they are now, at a place of the kernel. */
  #keep(to: Place): void {
    const values = new Float32Array(this.#h.buffer, 4 * to, this.#h.length);
    values.set(this.#h);
  }

  /** sums += A' B over all frames; A: frames x height, B: frames x width. */
  #gather(all: number, height: number, width: number, a: Place, b: Place, sums: Place): void {
    for (let from = 0; from < all; from += PIECE) {
      const transposed = { at: a + from * height, row: 1, column: height };
      const count = Math.min(PIECE, all - from);
      this.#kernel.multiply(height, width, count, transposed, b + from * width, sums, true);
    }
  }
}
