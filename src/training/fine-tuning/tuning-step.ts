import type { UnfoldedTensors } from '../../dictionary/unfolded.ts';
import type { TuningKernelFactory } from '../../kernel/training.ts';
import { TrainedUpdates } from './trained-updates.ts';
import type { TuningBands } from './tuning-bands.ts';
import { TuningMasks, type TuningLoss } from './tuning-masks.ts';
import type { MixedBatch } from './tuning-mixtures.ts';
import { TuningRecursion, type TuningShape } from './tuning-recursion.ts';

/** The loss of an unfolded model on a batch of mixtures, and the gradients by all of its matrices. */
export class TuningStep {
  readonly updates: TrainedUpdates;
  /** The caller writes it. */
  readonly batch: MixedBatch;
  readonly #recursion: TuningRecursion;
  readonly #masks: TuningMasks;

  constructor(createKernel: TuningKernelFactory, t: UnfoldedTensors, bands: TuningBands, shape: TuningShape) {
    const kernel = createKernel(
      TrainedUpdates.floatsNeeded(t) +
        TuningRecursion.floatsNeeded(t, shape) +
        TuningMasks.floatsNeeded(t, shape),
    );
    this.updates = new TrainedUpdates(kernel, t);
    this.#recursion = new TuningRecursion(kernel, this.updates, t, shape);
    this.#masks = new TuningMasks(kernel, this.updates, t, bands, shape);
    const size = shape.rows * shape.frames * t.bands;
    this.batch = {
      power: new Float32Array(size),
      voicePower: new Float32Array(size),
      crossPower: new Float32Array(size),
      input: this.#recursion.input,
      epsilon: this.#recursion.epsilon,
    };
  }

  /** frames x rows x atoms, of the last batch. */
  get activations(): Float32Array {
    return this.#recursion.activations;
  }

  /** The loss of the batch; its gradients are then those of `updates`. */
  run(): TuningLoss {
    this.updates.clearGradients();
    this.#recursion.forward();
    const loss = this.#masks.judge(this.batch, this.#recursion.activations);
    this.#recursion.backward(this.#masks.byActivations);
    return loss;
  }
}
