import { padBins } from '../kernel/kernel.ts';
import type { Kernel, KernelFactory, PackedMatrix } from '../kernel/kernel.ts';

/** Frames of mixtures whose sources are known, with their activations. */
export interface MaskFrames {
  /** N. */
  readonly count: number;
  /** F x N magnitudes |X|, bin by bin; zero where a bin is not to count. */
  readonly spectrum: Float32Array;
  /** Per source F x N, what its masked spectrum is to be: Re(S_j conj X) / |X|, so that the errors are those of the sound. */
  readonly targets: readonly Float32Array[];
  /** K x N, atom by atom. */
  readonly activations: Float32Array;
}

export interface MaskAtomsOptions {
  readonly createKernel: KernelFactory;
  readonly atomCount: number;
  readonly bins: number;
  /** Atoms of each source, [from, to), in order, without gaps. */
  readonly sources: readonly { readonly from: number; readonly to: number }[];
  /** p of the masks. */
  readonly exponent: number;
  /** K x F, where the atoms start; zeros stay zero. */
  readonly atoms: Float32Array;
}

interface Chunk extends MaskFrames {
  readonly packed: readonly PackedMatrix[];
}

/** Exponent of the first step, and how it changes after one that was accepted or refused. */
const FIRST_STEP = 0.5;
const LONGER = 1.3;
const SHORTER = 0.4;
/** No step changes a value by more than this factor. */
const LARGEST_CHANGE = 4;
/** Relative to the larger of the two sums: below it they say nothing. */
const NOTHING = 1e-6;
/** Smallest model of a bin relative to the mean one. */
const RELATIVE_EPSILON = 1e-9;

/**
 * Reconstruction atoms R for masks M_j = (R_j h_j)^p / sum_i (R_i h_i)^p with the activations fixed: minimizes
 *
 *     E = sum_j sum_nf (T_j - M_j |X|)^2
 *
 * over R >= 0 (Weninger, Le Roux, Hershey and Watanabe, Interspeech 2014, the objective on the masked spectrum). The updates are
 * multiplicative, R <- R (negative / positive part of the gradient)^step. No bin of R has a part in any other bin's error, so each has
 * a step of its own, and one that would raise the error of its bin is refused and shortened: E never rises.
 */
export class MaskAtoms {
  readonly #options: MaskAtomsOptions;
  readonly #kernel: Kernel;
  readonly #chunks: Chunk[] = [];
  readonly #longest: number;
  /** F x K, bin by bin: the first, the best so far, and what is tried. */
  readonly #start: Float32Array;
  readonly #best: Float32Array;
  readonly #trial: Float32Array;
  readonly #slopes: Slopes;
  readonly #trialSlopes: Slopes;
  readonly #startErrors: Float64Array;
  readonly #errors: Float64Array;
  readonly #trialErrors: Float64Array;
  readonly #steps: Float64Array;
  /** Per source, of a chunk of frames. */
  readonly #models: Float32Array[];
  readonly #up: Float32Array[];
  readonly #down: Float32Array[];
  /** Per source, one value an atom. */
  readonly #row: Float32Array[];
  readonly #sums: Float32Array[];

  constructor(frames: readonly MaskFrames[], options: MaskAtomsOptions) {
    const { atomCount, bins, sources, atoms } = options;
    this.#options = options;
    this.#longest = Math.max(0, ...frames.map(({ count }) => padBins(count)));
    const atomFloats = sources.reduce((sum, { from, to }) => sum + padBins(to - from), 0);
    const packedFloats = frames.reduce((sum, { count }) => sum + padBins(count) * atomCount, 0);
    const perSource = 3 * sources.length * this.#longest + 2 * atomFloats;
    this.#kernel = options.createKernel(packedFloats + perSource);
    for (const part of frames) {
      const packed = sources.map(({ from, to }) =>
        this.#kernel.pack(
          part.activations.subarray(from * part.count, to * part.count),
          to - from,
          part.count,
        ),
      );
      this.#chunks.push({ ...part, packed });
    }
    const allocate = (): Float32Array[] => sources.map(() => this.#kernel.allocate(this.#longest));
    this.#models = allocate();
    this.#up = allocate();
    this.#down = allocate();
    this.#row = sources.map(({ from, to }) => this.#kernel.allocate(to - from));
    this.#sums = sources.map(({ from, to }) => this.#kernel.allocate(to - from));
    this.#trial = transposed(atoms, atomCount, bins);
    this.#start = this.#trial.slice();
    this.#best = this.#trial.slice();
    this.#slopes = new Slopes(atomCount * bins);
    this.#trialSlopes = new Slopes(atomCount * bins);
    this.#errors = new Float64Array(bins).fill(Infinity);
    this.#trialErrors = new Float64Array(bins);
    this.#steps = new Float64Array(bins).fill(FIRST_STEP / LONGER);
    this.iterate();
    this.#startErrors = this.#errors.slice();
  }

  /** E of the atoms as they are. */
  get objective(): number {
    return this.#errors.reduce((sum, error) => sum + error, 0);
  }

  /** K x F, atom by atom. */
  get atoms(): Float32Array {
    return transposed(this.#best, this.#options.bins, this.#options.atomCount);
  }

  /**
   * Atoms that went only part of the way, start^(1 - part) best^part, and their E. Where that is worse than the start they go all the way,
   * so that E is never above that of the start.
   */
  partOfTheWay(part: number): { readonly atoms: Float32Array; readonly objective: number } {
    const { atomCount, bins } = this.#options;
    const trial = this.#trial.slice();
    for (let i = 0; i < trial.length; i++) {
      this.#trial[i] = this.#start[i]! ** (1 - part) * this.#best[i]! ** part;
    }
    this.#evaluate();
    let objective = 0;
    for (let f = 0; f < bins; f++) {
      const worse = this.#trialErrors[f]! > this.#startErrors[f]!;
      if (worse) this.#trial.set(this.#best.subarray(f * atomCount, (f + 1) * atomCount), f * atomCount);
      objective += worse ? this.#errors[f]! : this.#trialErrors[f]!;
    }
    const atoms = transposed(this.#trial, bins, atomCount);
    this.#trial.set(trial);
    return { atoms, objective };
  }

  /** One step of every bin; returns E, which is not above that before. */
  iterate(): number {
    this.#evaluate();
    const { atomCount, bins } = this.#options;
    for (let f = 0; f < bins; f++) {
      const from = f * atomCount;
      const to = from + atomCount;
      if (this.#trialErrors[f]! <= this.#errors[f]!) {
        this.#errors[f] = this.#trialErrors[f]!;
        this.#best.set(this.#trial.subarray(from, to), from);
        this.#slopes.copy(this.#trialSlopes, from, to);
        this.#steps[f] = this.#steps[f]! * LONGER;
      } else this.#steps[f] = this.#steps[f]! * SHORTER;
      const step = this.#steps[f]!;
      for (let i = from; i < to; i++) this.#trial[i] = this.#best[i]! * this.#slopes.factor(i, step);
    }
    return this.objective;
  }

  /** Errors and slopes of what is tried. */
  #evaluate(): void {
    const { atomCount, bins, sources } = this.#options;
    this.#trialErrors.fill(0);
    this.#trialSlopes.clear();
    for (const chunk of this.#chunks) {
      for (let f = 0; f < bins; f++) {
        for (const [s, { from, to }] of sources.entries()) {
          this.#row[s]!.set(this.#trial.subarray(f * atomCount + from, f * atomCount + to));
          this.#kernel.reconstruct(chunk.packed[s]!, this.#row[s]!, this.#models[s]!, 0, to - from);
        }
        this.#trialErrors[f]! += this.#masks(chunk, f);
        for (const [s, { from, to }] of sources.entries()) {
          const at = f * atomCount + from;
          this.#kernel.project(chunk.packed[s]!, this.#up[s]!, this.#sums[s]!);
          this.#trialSlopes.addUp(this.#sums[s]!, at, to - from);
          this.#kernel.project(chunk.packed[s]!, this.#down[s]!, this.#sums[s]!);
          this.#trialSlopes.addDown(this.#sums[s]!, at, to - from);
        }
      }
    }
  }

  /**
   * The error of one bin over a chunk, and dE / d(R_j h_j) / 2p of each of its frames, which is (M_j / R_j h_j) |X| (e_j - sum_i M_i e_i)
   * with e_j = M_j |X| - T_j, cut into what is to go up and down.
   */
  #masks({ count, spectrum, targets }: Chunk, bin: number): number {
    const { exponent } = this.#options;
    const sources = targets.length;
    const models = this.#models;
    let level = 0;
    for (const model of models) for (let n = 0; n < count; n++) level += model[n]!;
    const epsilon = (RELATIVE_EPSILON * level) / count + 1e-30;
    const offset = bin * count;
    let error = 0;
    for (let n = 0; n < count; n++) {
      const x = spectrum[offset + n]!;
      let sum = 0;
      for (let s = 0; s < sources; s++) {
        const model = models[s]![n]! + epsilon;
        // Until the mask is known: the model to the power of p - 1, and the model.
        const power = exponent === 2 ? model : model ** (exponent - 1);
        this.#up[s]![n] = power;
        models[s]![n] = model;
        sum += power * model;
      }
      let mean = 0;
      for (let s = 0; s < sources; s++) {
        const mask = (this.#up[s]![n]! * models[s]![n]!) / sum;
        const e = mask * x - targets[s]![offset + n]!;
        error += e * e;
        mean += mask * e;
        models[s]![n] = e;
      }
      for (let s = 0; s < sources; s++) {
        const slope = (this.#up[s]![n]! / sum) * x * (models[s]![n]! - mean);
        this.#up[s]![n] = slope < 0 ? -slope : 0;
        this.#down[s]![n] = slope > 0 ? slope : 0;
      }
    }
    for (let s = 0; s < sources; s++) {
      this.#up[s]!.fill(0, count);
      this.#down[s]!.fill(0, count);
    }
    return error;
  }
}

/** The two parts of the gradient. */
class Slopes {
  readonly #up: Float64Array;
  readonly #down: Float64Array;

  constructor(size: number) {
    this.#up = new Float64Array(size);
    this.#down = new Float64Array(size);
  }

  clear(): void {
    this.#up.fill(0);
    this.#down.fill(0);
  }

  copy(from: Slopes, start: number, end: number): void {
    this.#up.set(from.#up.subarray(start, end), start);
    this.#down.set(from.#down.subarray(start, end), start);
  }

  addUp(values: Float32Array, at: number, length: number): void {
    for (let k = 0; k < length; k++) this.#up[at + k]! += values[k]!;
  }

  addDown(values: Float32Array, at: number, length: number): void {
    for (let k = 0; k < length; k++) this.#down[at + k]! += values[k]!;
  }

  factor(i: number, step: number): number {
    const up = this.#up[i]!;
    const down = this.#down[i]!;
    const least = NOTHING * Math.max(up, down);
    if (!(least > 0)) return 1;
    const factor = ((up + least) / (down + least)) ** step;
    return Math.min(LARGEST_CHANGE, Math.max(1 / LARGEST_CHANGE, factor));
  }
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(matrix.length);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) result[c * rows + r] = matrix[r * columns + c]!;
  }
  return result;
}
