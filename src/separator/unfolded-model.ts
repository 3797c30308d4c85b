import type { Dictionary } from '../dictionary/dictionary.ts';
import { readUnfolded } from '../dictionary/unfolded.ts';
import {
  padBins,
  type Kernel,
  type KernelFactory,
  type KernelName,
  type PackedMatrix,
} from '../kernel/kernel.ts';
import { UnfoldedSolver, type UnfoldedMatrices } from '../nmf/unfolded.ts';
import { BandMap } from './band-map.ts';
import { FloorTracker } from './floor-tracker.ts';
import type { FrameModel } from './frame-model.ts';
import type { FrameLayout } from './latency-modes.ts';
import { MaskHead } from './mask-head.ts';

/** What the mask exponent control means to this model: at its default the exponent is the one that was learned. */
const NEUTRAL_EXPONENT = 2;

/**
 * A dictionary trained for its task (two sources): band magnitudes v and their tracked floor are explained together
 * by a few learned updates; reconstruction atoms of both sources make the mask; what no atom explains goes to the second
 * source. Where the dictionary has a mask head, that sharpens what comes out.
 *
 * The model runs at about the hop of its dictionary, whatever the layout's: twice on a frame of a layout with a hop twice
 * as long, on every other frame of one with half of it.
 */
export class UnfoldedModel implements FrameModel {
  readonly dictionary: Dictionary;
  readonly resampled: boolean;
  readonly exponent = 2;
  readonly spectrum: Float32Array;
  readonly #kernel: Kernel;
  readonly #solver = new UnfoldedSolver();
  readonly #matrices: UnfoldedMatrices;
  readonly #bandMap: BandMap;
  readonly #floor: FloorTracker;
  readonly #bands: number;
  /** Rows of both sources, one after the other, as they lie in #models. */
  readonly #reconstruction: PackedMatrix;
  readonly #atomSums: Float32Array[];
  readonly #residual: Float32Array;
  readonly #head: MaskHead | undefined;
  readonly #learnedExponent: number;
  readonly #gamma: number;
  readonly #relativeEpsilon: number;
  readonly #rounds: number;
  /** Frames of the layout per frame of the model, at least 1. */
  readonly #stride: number;
  readonly #models: Float32Array;
  readonly #modelOf: readonly Float32Array[];
  readonly #gains: Float32Array;
  readonly #bandGain: Float32Array;
  readonly #gain: Float32Array;
  readonly #shown: Float32Array;
  #frame = 0;
  #epsilon = 0;
  #finite = true;

  constructor(dictionary: Dictionary, layout: FrameLayout, kernel: KernelFactory) {
    const t = readUnfolded(dictionary);
    const { atomCount, bands } = t;
    this.#matrices = t;
    this.dictionary = dictionary;
    this.resampled =
      layout.sampleRate !== dictionary.sampleRate || layout.windowLength !== dictionary.windowLength;
    this.#bands = bands;
    this.#residual = t.residual;
    this.#learnedExponent = t.exponent;
    this.#gamma = t.gamma;
    this.#relativeEpsilon = t.epsilon;
    this.#bandMap = new BandMap(t.places, bands, dictionary, layout);
    this.#floor = new FloorTracker(bands, t.smoothing, t.rise);
    const ratio = layout.hop / layout.sampleRate / (dictionary.hop / dictionary.sampleRate);
    this.#rounds = Math.max(1, Math.round(ratio));
    this.#stride = Math.max(1, Math.round(1 / ratio));

    const padded = padBins(bands);
    this.#kernel = kernel(
      UnfoldedSolver.floatsNeeded(this.#matrices) +
        2 * padBins(atomCount) * padded +
        3 * padded +
        64 +
        (t.head ? MaskHead.floatsNeeded(bands) : 0),
    );
    this.#solver.configure(this.#kernel, this.#matrices);
    const rows = new Float32Array(2 * padded * atomCount);
    rows.set(t.voice);
    rows.set(t.noise, padded * atomCount);
    this.#reconstruction = this.#kernel.pack(rows, 2 * padded, atomCount);
    this.#atomSums = [t.voice, t.noise].map((matrix) => columnSums(matrix, bands, atomCount));
    this.#models = this.#kernel.allocate(2 * padded);
    this.#modelOf = [this.#models.subarray(0, padded), this.#models.subarray(padded, 2 * padded)];
    this.#gains = this.#kernel.allocate(padBins(2));
    this.#bandGain = this.#kernel.allocate(padded);
    this.#head = t.head && new MaskHead(t.head, bands, t.exponent, this.#kernel);
    this.spectrum = new Float32Array(layout.bins);
    this.#gain = new Float32Array(layout.bins);
    this.#shown = new Float32Array(dictionary.atomCount);
    this.reset();
  }

  get kernelName(): KernelName {
    return this.#kernel.name;
  }

  /**
   * What the atoms of the updates give to each source, gathered into as many values as the dictionary has plain atoms
   * for it.
   */
  get activations(): Float32Array {
    const { atomCount } = this.#matrices;
    const h = this.#solver.activations;
    this.#shown.fill(0);
    for (let s = 0; s < 2; s++) {
      const { from, to } = this.dictionary.sources[s]!;
      const share = (to - from) / atomCount;
      for (let k = 0; k < atomCount; k++) {
        this.#shown[from + Math.floor(k * share)]! += h[k]! * this.#atomSums[s]![k]!;
      }
    }
    return this.#shown;
  }

  get finite(): boolean {
    return this.#finite;
  }

  get steps(): number {
    return this.#rounds * (this.#matrices.updates + 1) + 1;
  }

  reset(): void {
    this.#solver.reset();
    this.#floor.reset();
    this.#models.fill(0);
    this.#frame = 0;
    this.#epsilon = 0;
    this.#finite = true;
  }

  /** The state stays as it is: the noise is still there when the sound comes back. */
  skipFrame(): void {}

  processStep(step: number): void {
    if (step === 0 && ++this.#frame === this.#stride) this.#frame = 0;
    if (this.#frame !== 0) return;
    if (step === this.steps - 1) {
      this.#finite = this.#finite && this.#solver.finish(1e-9 * this.#epsilon);
      if (this.#finite) this.#reconstruct();
      return;
    }
    const part = step % (this.#matrices.updates + 1);
    if (part === 0) {
      if (step === 0) this.#observe();
      this.#solver.begin();
    } else this.#solver.update(part - 1, this.#epsilon);
  }

  /** Band magnitudes to the power gamma, and their floor, as the rows of the observation. */
  #observe(): void {
    const x = this.#solver.observation;
    const bands = this.#bands;
    this.#bandMap.toBands(this.spectrum, x);
    let sum = 0;
    for (let b = 0; b < bands; b++) sum += x[b]!;
    this.#finite = sum < Infinity;
    if (this.#finite) this.#kernel.raise(x, bands, this.#gamma / 2, 1e-20);
    else {
      this.#solver.reset();
      x.fill(0);
    }
    sum = 0;
    for (let b = 0; b < bands; b++) sum += x[b]!;
    this.#epsilon = (this.#relativeEpsilon * sum) / bands;
    for (let round = 0; round < this.#rounds; round++) this.#floor.process(x, bands);
  }

  #reconstruct(): void {
    const voice = this.#modelOf[0]!;
    const noise = this.#modelOf[1]!;
    const v = this.#solver.observation;
    const residual = this.#residual;
    const epsilon = this.#epsilon;
    this.#kernel.project(this.#reconstruction, this.#solver.activations, this.#models);
    for (let b = 0; b < this.#bands; b++) {
      const s = voice[b]! + epsilon;
      const n = noise[b]! + epsilon;
      const unexplained = v[b]! - s - n;
      voice[b] = s;
      noise[b] = unexplained > 0 ? n + residual[b]! * unexplained : n;
    }
    this.#head?.process(v, voice, noise, epsilon);
  }

  gain(gains: ArrayLike<number>, exponent: number): Float32Array {
    this.#gains[0] = gains[0]!;
    this.#gains[1] = gains[1]!;
    this.#kernel.maskGain(
      this.#models,
      this.#gains,
      this.#bandGain,
      2,
      this.#models.length / 2,
      (this.#learnedExponent * exponent) / NEUTRAL_EXPONENT,
      1e-3 * this.#epsilon,
    );
    this.#bandMap.toBins(this.#bandGain, this.#gain);
    return this.#gain;
  }
}

function columnSums(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const sums = new Float32Array(columns);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) sums[c]! += matrix[r * columns + c]!;
  return sums;
}
