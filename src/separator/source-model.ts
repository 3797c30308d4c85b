import type { Dictionary, Source } from '../dictionary/dictionary.ts';
import { learnedNoise, reconstructionOf, resampleDictionary } from '../dictionary/index.ts';
import { padBins, type Kernel, type PackedMatrix } from '../kernel/kernel.ts';
import { ActivationSolver } from '../nmf/activations.ts';
import { OnlineAtoms } from '../nmf/online-atoms.ts';
import { writePackedAtom } from '../nmf/packed-atom.ts';
import type { AdaptedNoise, FrameModel, FrameModelOptions } from './frame-model.ts';
import type { FrameLayout } from './latency-modes.ts';

/** Relative to the mean of the frame's spectrum: below it a model says nothing about a bin. */
const RELATIVE_EPSILON = 1e-9;

/**
 * A plain dictionary at work: a few updates from the last frame's activations, masks (W_s h_s)^p / sum_j (W_j h_j)^p.
 * Where the dictionary was refined on mixtures, its reconstruction atoms stand for W in the masks.
 */
export class SourceModel implements FrameModel {
  readonly dictionary: Dictionary;
  /** Whether the atoms had to be brought onto another grid. */
  readonly resampled: boolean;
  /** Padded bins. */
  readonly bins: number;
  readonly #kernel: Kernel;
  readonly #solver = new ActivationSolver();
  /** What the masks are made of. */
  readonly #reconstruction: PackedMatrix;
  readonly #models: Float32Array;
  readonly #modelOf: readonly Float32Array[];
  readonly #gains: Float32Array;
  readonly #mask: Float32Array;
  /** Beside others, the source whose atoms were learned from the very noise that is to go; these atoms can adapt. */
  readonly #noise: Source | undefined;
  readonly #online = new OnlineAtoms();
  #epsilon = 0;

  constructor(dictionary: Dictionary, layout: FrameLayout, options: FrameModelOptions) {
    const own = resampleDictionary(dictionary, layout);
    this.dictionary = own;
    this.resampled = own !== dictionary;
    this.bins = padBins(own.bins);
    const sources = own.sources.length;
    const reconstruction = reconstructionOf(own);
    this.#kernel = options.kernel(
      ActivationSolver.floatsNeeded(own.atomCount, own.bins, options.solver) +
        (sources + 1 + (reconstruction ? own.atomCount : 0)) * this.bins +
        padBins(sources),
    );
    this.#solver.configure({
      kernel: this.#kernel,
      atoms: own.atoms,
      atomCount: own.atomCount,
      bins: own.bins,
      divergence: own.divergence,
      ...(options.solver && { solver: options.solver }),
      ...(options.iterations !== undefined && { iterations: options.iterations }),
    });
    this.#reconstruction = reconstruction
      ? this.#kernel.pack(reconstruction, own.atomCount, own.bins)
      : this.#solver.packed;
    this.#models = this.#kernel.allocate(sources * this.bins);
    this.#modelOf = own.sources.map((_, s) => this.#models.subarray(s * this.bins, (s + 1) * this.bins));
    this.#gains = this.#kernel.allocate(padBins(sources));
    this.#mask = this.#kernel.allocate(this.bins);
    this.#noise = learnedNoise(own);
    if (!this.#noise) return;
    const { from, to } = this.#noise;
    this.#online.configure({
      atoms: own.atoms.subarray(from * own.bins, to * own.bins),
      atomCount: to - from,
      bins: own.bins,
      hop: layout.hop / layout.sampleRate,
    });
  }

  get adaptive(): boolean {
    return this.#noise !== undefined;
  }

  adapt(certainty: number): void {
    const noise = this.#noise;
    if (!noise || !this.finite) return;
    const model = this.#modelOf[this.dictionary.sources.indexOf(noise)]!;
    const atom = this.#online.process(this.spectrum, this.activations, noise.from, model, certainty);
    if (atom >= 0) this.#writeAtom(noise.from, atom);
  }

  get adapted(): AdaptedNoise | undefined {
    if (!this.#noise) return undefined;
    const { atoms, ...sums } = this.#online.observed();
    const { label, from, to } = this.#noise;
    const { tensors: _, learned: _learned, ...rest } = this.dictionary;
    const sources = [{ label, from: 0, to: to - from }];
    return { dictionary: { ...rest, atoms, atomCount: to - from, sources }, ...sums };
  }

  adopt({ dictionary, sums, use }: AdaptedNoise): void {
    const noise = this.#noise;
    if (!noise || dictionary.name !== this.dictionary.name) return;
    if (dictionary.sources[0]?.label !== noise.label || use.length !== noise.to - noise.from) return;
    const { atoms } = resampleDictionary(dictionary, this.dictionary);
    this.#online.adopt({ atoms, sums, use });
    this.#writeNoise(noise);
  }

  #writeNoise({ from, to }: Source): void {
    for (let k = 0; k < to - from; k++) this.#writeAtom(from, k);
  }

  /** Brings an atom of the noise to where it is solved, and to where the masks are made. */
  #writeAtom(from: number, atom: number): void {
    const { bins } = this.dictionary;
    const { atoms } = this.#online;
    this.#solver.replaceAtom(from + atom, atoms, atom * bins);
    if (this.#reconstruction === this.#solver.packed) return;
    writePackedAtom(this.#reconstruction, from + atom, atoms, atom * bins, bins);
  }

  get kernelName(): Kernel['name'] {
    return this.#kernel.name;
  }

  /** h of the last frame, one value an atom. */
  get activations(): Float32Array {
    return this.#solver.activations;
  }

  /** V of the frame to be solved, padded bins: to be written before step 0. */
  get spectrum(): Float32Array {
    return this.#solver.spectrum;
  }

  get exponent(): number {
    return this.dictionary.exponent;
  }

  get steps(): number {
    return this.#solver.steps + 1;
  }

  /** False when the last frame could not be solved (not a finite number anywhere); the state has been reset. */
  get finite(): boolean {
    return this.#solver.finite;
  }

  processStep(step: number): void {
    if (step < this.#solver.steps) this.#solver.processStep(step);
    else this.#reconstruct();
  }

  /** Instead of the steps, for a silent frame. */
  skipFrame(): void {
    this.#solver.skipFrame();
  }

  reset(): void {
    this.#solver.reset();
    this.#models.fill(0);
    if (!this.#noise) return;
    this.#online.reset();
    this.#writeNoise(this.#noise);
  }

  #reconstruct(): void {
    const { sources, atomCount } = this.dictionary;
    const activations = this.#solver.activations;
    let sum = 0;
    for (let k = 0; k < atomCount; k++) sum += activations[k]!;
    // The atoms sum to 1, so sum / bins is the mean of W h; reconstruction atoms keep its level.
    this.#epsilon = (RELATIVE_EPSILON * sum) / this.dictionary.bins;
    for (let s = 0; s < sources.length; s++) {
      const { from, to } = sources[s]!;
      this.#kernel.reconstruct(this.#reconstruction, activations, this.#modelOf[s]!, from, to);
    }
  }

  /**
   * One gain a bin: sum over sources of their gain times their mask (W_s h_s)^p / sum_j (W_j h_j)^p. `gains`: linear,
   * one a source. `exponent`: on magnitudes, so that it means the same for every exponent of the dictionary. The array
   * returned is used again by the next call.
   */
  gain(gains: ArrayLike<number>, exponent: number): Float32Array {
    const sources = this.dictionary.sources.length;
    for (let s = 0; s < sources; s++) this.#gains[s] = gains[s]!;
    this.#kernel.maskGain(
      this.#models,
      this.#gains,
      this.#mask,
      sources,
      this.bins,
      exponent / this.dictionary.exponent,
      this.#epsilon,
    );
    return this.#mask;
  }
}
