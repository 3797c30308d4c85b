import type { Kernel, PackedMatrix } from '../kernel/kernel.ts';
import { padBins } from '../kernel/kernel.ts';
import { flushSubnormal } from '../kernel/subnormal.ts';
import { divergenceExponents } from './exponents.ts';
import { writePackedAtom } from './packed-atom.ts';
import type { Divergence } from './divergence.ts';

/**
 * How one frame is solved. 'multiplicative': a few over-relaxed multiplicative updates. 'newton': sweeps of damped coordinate
 * descent, closer to the minimum for about three times the work of as many updates.
 */
export type Solver = 'multiplicative' | 'newton';

export interface ActivationSolverConfiguration {
  /** With {@link ActivationSolver.floatsNeeded} floats free. */
  readonly kernel: Kernel;
  /** atomCount x bins, atom by atom, finite and not negative. */
  readonly atoms: Float32Array;
  readonly atomCount: number;
  readonly bins: number;
  readonly divergence: Divergence;
  /** Default 'multiplicative'. */
  readonly solver?: Solver;
  /** Updates or sweeps per frame; default 4 updates, 2 sweeps. */
  readonly iterations?: number;
}

/** Part of the last frame's activations in the start of the next; the rest is flat, so that no atom is locked near zero. */
const MEMORY = 0.9;
/** Smallest activation relative to a flat one, and smallest model relative to the mean of the frame: nothing gets subnormal. */
const FLOOR = 1e-12;
/** A frame whose magnitudes sum to less is silent (a full-scale tone sums to hundreds). */
const SILENCE = 1e-15;
/** A frame that sums to more is broken: its powers do not fit into a float. */
const OVERFLOW = 1e15;
/** Factor on the activations at each silent frame. */
const DECAY = 0.5;
/** Zeros of v are raised to this part of the mean for Itakura-Saito, which has no value at zero. */
const ITAKURA_FLOOR = 1e-8;
/** Pieces of a Newton sweep: each costs about as much as one multiplicative update. */
const PIECES = 4;

/**
 * The activations h of one frame after another with a fixed dictionary: v ~ W h, h >= 0. Write the magnitudes
 * into `spectrum`, call `process()` (or each `processStep`), read `activations`.
 *
 * Each frame starts from 0.9 c h_last + 0.1 flat, with c such that the energy matches. Then each update is
 * h <- max(floor, h u^e), with u = W'(v / Wh) / W'1 for Kullback-Leibler, W'v / W'Wh Euclidean, and
 * W'(v / (Wh)^2) / W'(1 / Wh) for Itakura-Saito (Fevotte and Idier 2011, section 4). The exponent e is over-relaxed on warm
 * frames ({@link divergenceExponents}). All thresholds are relative to the frame, so h scales with v.
 *
 * Nothing here allocates except `configure`.
 */
export class ActivationSolver {
  /** The dictionary in the kernel's layout. */
  packed!: PackedMatrix;
  /** h, one value per atom. */
  activations: Float32Array = new Float32Array(0);
  /** v: the caller writes `bins` magnitudes here before step 0. The padding after them must stay zero. */
  spectrum: Float32Array = new Float32Array(0);
  /** W h as it was before the last update (multiplicative) or is now (newton); zero after a silent frame. */
  model: Float32Array = new Float32Array(0);

  #kernel!: Kernel;
  #bins = 0;
  #atomCount = 0;
  #divergence: Divergence = 'kullback-leibler';
  #solver: Solver = 'multiplicative';
  #iterations = 4;
  /** W'1, the denominator of the Kullback-Leibler update. */
  #atomSums: Float32Array = new Float32Array(0);
  #atomSum = 0;
  #numerator: Float32Array = new Float32Array(0);
  #denominator: Float32Array = new Float32Array(0);
  /** Rows of W and parts of h, one pair per piece of a Newton sweep. */
  #columns: Float32Array[] = [];
  #parts: Float32Array[] = [];
  #fresh = true;
  #silent = false;
  #finite = true;
  #floor = 0;
  #epsilon = 0;
  #exponent = 1;

  /** Floats that `configure` takes from its kernel. */
  static floatsNeeded(atomCount: number, bins: number, solver: Solver = 'multiplicative'): number {
    const matrices = solver === 'newton' ? 2 : 1;
    return (matrices * atomCount + 2) * padBins(bins) + 4 * padBins(atomCount);
  }

  /** Throws a RangeError on a dictionary that cannot be solved, or when the kernel is too small. */
  configure(c: ActivationSolverConfiguration): void {
    const { kernel, atoms, atomCount, bins, solver = 'multiplicative' } = c;
    const iterations = c.iterations ?? (solver === 'newton' ? 2 : 4);
    if (!Number.isSafeInteger(iterations) || iterations < 1 || iterations > 1000) {
      throw new RangeError(`A frame takes 1 to 1000 iterations, not ${iterations}.`);
    }
    const packed = kernel.pack(atoms, atomCount, bins);
    const sums = kernel.allocate(atomCount);
    let sum = 0;
    for (let k = 0; k < atomCount; k++) {
      let atomSum = 0;
      for (let f = 0; f < bins; f++) {
        const value = atoms[k * bins + f]!;
        if (!(value >= 0 && value < Infinity)) {
          throw new RangeError(`Atom ${k} holds ${value} at bin ${f}; atoms are finite and not negative.`);
        }
        atomSum += value;
      }
      sums[k] = atomSum;
      sum += atomSum;
    }
    if (!(sum > 0))
      throw new RangeError('All atoms of the dictionary are zero; at least one must hold energy.');
    this.#kernel = kernel;
    this.#bins = bins;
    this.#atomCount = atomCount;
    this.#divergence = c.divergence;
    this.#solver = solver;
    this.#iterations = iterations;
    this.#atomSums = sums;
    this.#atomSum = sum;
    this.packed = packed;
    this.activations = kernel.allocate(atomCount);
    this.spectrum = kernel.allocate(packed.bins);
    this.model = kernel.allocate(packed.bins);
    this.#numerator = kernel.allocate(atomCount);
    this.#denominator = kernel.allocate(atomCount);
    this.#columns = [];
    this.#parts = [];
    if (solver === 'newton') this.#cutColumns(atoms);
    this.reset();
  }

  #cutColumns(atoms: Float32Array): void {
    const stride = this.packed.bins;
    const columns = this.#kernel.allocate(this.#atomCount * stride);
    for (let k = 0; k < this.#atomCount; k++) {
      for (let f = 0; f < this.#bins; f++)
        columns[k * stride + f] = flushSubnormal(atoms[k * this.#bins + f]!);
    }
    const length = Math.ceil(this.#atomCount / PIECES);
    for (let from = 0; from < this.#atomCount; from += length) {
      const to = Math.min(from + length, this.#atomCount);
      this.#columns.push(columns.subarray(from * stride, to * stride));
      this.#parts.push(this.activations.subarray(from, to));
    }
  }

  /** Puts the row of `atoms` that begins at `start` in the place of atom `k`, between two frames. It must have the same sum. */
  replaceAtom(k: number, atoms: Float32Array, start: number): void {
    writePackedAtom(this.packed, k, atoms, start, this.#bins);
    if (this.#columns.length === 0) return;
    const stride = this.packed.bins;
    const length = this.#parts[0]!.length;
    const columns = this.#columns[Math.floor(k / length)]!;
    const offset = (k % length) * stride - start;
    for (let f = start; f < start + this.#bins; f++) columns[offset + f] = flushSubnormal(atoms[f]!);
  }

  /** Forgets the last frame: the next starts flat. */
  reset(): void {
    this.activations.fill(0);
    this.model.fill(0);
    this.#fresh = true;
    this.#silent = true;
    this.#finite = true;
  }

  /** Pieces a frame is cut into. */
  get steps(): number {
    return 1 + (this.#solver === 'newton' ? this.#parts.length : 1) * this.#iterations;
  }

  /** False when the last frame held NaN, infinity or more than fits: its activations are zero, the next starts anew. */
  get finite(): boolean {
    return this.#finite;
  }

  /** All steps of a frame; false when it was not finite. */
  process(): boolean {
    const steps = this.steps;
    for (let step = 0; step < steps; step++) this.processStep(step);
    return this.#finite;
  }

  /** Step 0 prepares h; each next one, in order, is an update (or a piece of a sweep); the last also checks the result. */
  processStep(step: number): void {
    if (step === 0) {
      this.#prepare();
      return;
    }
    if (this.#silent) return;
    if (this.#solver === 'newton') {
      const piece = (step - 1) % this.#parts.length;
      const part = this.#parts[piece]!;
      this.#kernel.newtonSweep(
        this.#divergence,
        this.#columns[piece]!,
        this.spectrum,
        part,
        this.model,
        part.length,
        this.packed.bins,
        this.#floor,
      );
    } else this.#update();
    if (step === this.steps - 1) this.#finish();
  }

  /** A silent frame: the activations decay, and the next frame that sounds starts flat. */
  skipFrame(): void {
    const h = this.activations;
    for (let k = 0; k < h.length; k++) {
      const next = h[k]! * DECAY;
      h[k] = next > SILENCE ? next : 0;
    }
    this.model.fill(0);
    this.#fresh = true;
    this.#silent = true;
    this.#finite = true;
  }

  #prepare(): void {
    const h = this.activations;
    const v = this.spectrum;
    let sum = 0;
    for (let f = 0; f < this.#bins; f++) sum += v[f]!;
    if (!(Math.abs(sum) < OVERFLOW)) {
      this.#fail();
      return;
    }
    if (sum < SILENCE) {
      this.skipFrame();
      return;
    }
    let modelSum = 0;
    for (let k = 0; k < h.length; k++) modelSum += this.#atomSums[k]! * h[k]!;
    const flat = sum / this.#atomSum;
    const fresh = this.#fresh || !(modelSum > 0);
    const kept = fresh ? 0 : (MEMORY * sum) / modelSum;
    const added = fresh ? flat : (1 - MEMORY) * flat;
    for (let k = 0; k < h.length; k++) h[k] = kept * h[k]! + added;

    const exponents = divergenceExponents(this.#divergence);
    this.#exponent = fresh ? exponents.safe : exponents.warm;
    this.#floor = FLOOR * flat;
    this.#epsilon = (FLOOR * sum) / this.#bins;
    this.#finite = true;
    this.#silent = false;
    this.#fresh = false;
    if (this.#divergence === 'itakura-saito') {
      const least = (ITAKURA_FLOOR * sum) / this.#bins;
      for (let f = 0; f < this.#bins; f++) if (v[f]! < least) v[f] = least;
    }
    if (this.#solver === 'newton') {
      this.#kernel.reconstruct(this.packed, h, this.model, 0, this.#atomCount);
      for (let f = 0; f < this.model.length; f++) this.model[f]! += this.#epsilon;
    } else if (this.#divergence === 'euclidean') this.#kernel.project(this.packed, v, this.#numerator);
  }

  #update(): void {
    const kernel = this.#kernel;
    const w = this.packed;
    const { spectrum, activations, model } = this;
    let denominator = this.#denominator;
    if (this.#divergence === 'euclidean') {
      kernel.reconstruct(w, activations, model, 0, this.#atomCount);
      kernel.project(w, model, denominator);
    } else if (this.#divergence === 'itakura-saito') {
      kernel.ratioItakuraSaito(w, spectrum, activations, model, this.#numerator, denominator, this.#epsilon);
    } else {
      kernel.ratioKullbackLeibler(w, w, spectrum, activations, model, this.#numerator, this.#epsilon);
      denominator = this.#atomSums;
    }
    kernel.scaleActivations(
      activations,
      this.#numerator,
      denominator,
      this.#atomCount,
      this.#exponent,
      this.#floor,
    );
  }

  #finish(): void {
    let sum = 0;
    for (let k = 0; k < this.activations.length; k++) sum += this.activations[k]!;
    if (!(sum < Infinity)) this.#fail();
  }

  #fail(): void {
    this.reset();
    this.#finite = false;
  }
}
