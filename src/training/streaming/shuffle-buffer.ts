import { createRandom } from '../../nmf/random.ts';
import type { Random } from '../../nmf/random.ts';
import type { FramePiece } from '../recording-frames.ts';

/** Frames from several recordings, in the order in which they came out of the buffer. */
export interface FrameBatch {
  /** count x bins. */
  readonly frames: Float32Array;
  readonly count: number;
  readonly observedBins: Int32Array;
}

/**
 * Mixes a stream of frames in bounded memory: a frame that comes in takes the place of one drawn at random, which goes out.
 * Neighbouring frames are alike; a batch of them would pull the atoms to one recording.
 */
export class ShuffleBuffer {
  readonly #bins: number;
  readonly #capacity: number;
  readonly #held: Float32Array;
  readonly #heldObserved: Int32Array;
  readonly #batchFrames: number;
  readonly #random: Random;
  #count = 0;
  #out: Float32Array;
  #outObserved: Int32Array;
  #outCount = 0;

  constructor(settings: { bins: number; capacity: number; batchFrames: number; seed: number }) {
    this.#bins = settings.bins;
    this.#capacity = settings.capacity;
    this.#batchFrames = settings.batchFrames;
    this.#held = new Float32Array(settings.capacity * settings.bins);
    this.#heldObserved = new Int32Array(settings.capacity);
    this.#random = createRandom(settings.seed);
    this.#out = new Float32Array(settings.batchFrames * settings.bins);
    this.#outObserved = new Int32Array(settings.batchFrames);
  }

  /** Takes frames in; the batches that became full. */
  *add({ frames, count, observedBins }: FramePiece): Generator<FrameBatch> {
    const bins = this.#bins;
    for (let n = 0; n < count; n++) {
      let slot = this.#count;
      if (slot < this.#capacity) this.#count++;
      else {
        slot = this.#random.integer(this.#capacity);
        this.#emit(slot);
      }
      this.#held.set(frames.subarray(n * bins, (n + 1) * bins), slot * bins);
      this.#heldObserved[slot] = observedBins;
      if (this.#outCount === this.#batchFrames) yield this.#take();
    }
  }

  /** What is left, in random order; the last batch may be short. */
  *drain(): Generator<FrameBatch> {
    while (this.#count > 0) {
      const slot = this.#random.integer(this.#count);
      this.#emit(slot);
      this.#count--;
      this.#held.copyWithin(slot * this.#bins, this.#count * this.#bins, (this.#count + 1) * this.#bins);
      this.#heldObserved[slot] = this.#heldObserved[this.#count]!;
      if (this.#outCount === this.#batchFrames) yield this.#take();
    }
    if (this.#outCount > 0) yield this.#take();
  }

  #emit(slot: number): void {
    const bins = this.#bins;
    this.#out.set(this.#held.subarray(slot * bins, (slot + 1) * bins), this.#outCount * bins);
    this.#outObserved[this.#outCount++] = this.#heldObserved[slot]!;
  }

  #take(): FrameBatch {
    const batch = { frames: this.#out, count: this.#outCount, observedBins: this.#outObserved };
    // Whoever has the batch may keep it.
    this.#out = new Float32Array(this.#batchFrames * this.#bins);
    this.#outObserved = new Int32Array(this.#batchFrames);
    this.#outCount = 0;
    return batch;
  }
}
