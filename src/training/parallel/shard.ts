import { padBins } from '../../kernel/kernel.ts';
import { loadTrainingKernel } from '../../kernel/training.ts';
import type { TrainingKernel } from '../../kernel/training.ts';
import { interleavedIndex, padGroup } from '../../kernel/training-kernel.ts';
import type { BlockShape } from '../../kernel/training-kernel.ts';
import type { Segment, SegmentStatistics, ShardProblem, Step } from './messages.ts';

/** Frames that are worked on at a time: their model stays in the second-level cache. */
const BLOCK_FRAMES = 32;
/** After so many frames the sums in 32 bits are added to those in 64. */
const FLUSH_FRAMES = 256;

/** A segment in the memory of the kernel, with room for `capacity` frames. */
interface Slot {
  readonly capacity: number;
  readonly v: Float32Array;
  readonly h: Float32Array;
  readonly last: Float32Array | undefined;
  readonly observed: Int32Array;
  index: number;
  count: number;
  partial: boolean;
  /** Whether the activations are still to be made. */
  fresh: boolean;
}

/** The frames of one worker with their activations: does the updates of H, and the sums for W. */
export class Shard {
  readonly kernelName: string;
  readonly #problem: ShardProblem;
  readonly #kernel: TrainingKernel;
  readonly #bins: number;
  readonly #atoms: number;
  readonly #slots: readonly Slot[];
  readonly #w: Float32Array;
  readonly #pull: Float32Array;
  readonly #push: Float32Array;
  readonly #numerator: Float32Array;
  readonly #more: Float32Array;
  /** Denominators that all frames of a step share: the price, and for Kullback-Leibler the sums of the atoms. */
  readonly #base: Float32Array;
  readonly #price: Float32Array;
  readonly #above: Float32Array;
  readonly #below: Float32Array;
  /** K x (F + 1): value (k, n) is the sum of the first n bins of atom k. */
  readonly #cumulative: Float64Array;

  constructor(problem: ShardProblem, segments: readonly Segment[]) {
    const { bins, atomCount, divergence } = problem;
    this.#problem = problem;
    this.#bins = padBins(bins);
    this.#atoms = padGroup(atomCount);
    const needsBelow = divergence !== 'kullback-leibler';
    const capacities = segments.map(({ count }) => Math.ceil(count / BLOCK_FRAMES) * BLOCK_FRAMES);
    const frames = capacities.reduce((sum, count) => sum + count, 0);
    const matrix = padBins(this.#atoms * this.#bins);
    const perFrame = this.#bins + 1 + this.#atoms * (problem.momentum ? 2 : 1);
    const { factory, name } = loadTrainingKernel(problem.kernel);
    const kernel = factory(
      frames * perFrame +
        3 * matrix +
        BLOCK_FRAMES * 2 * (this.#bins + this.#atoms) +
        64 * (segments.length + 8),
    );
    this.kernelName = name;
    this.#kernel = kernel;
    this.#w = kernel.allocate(matrix);
    this.#above = kernel.allocate(matrix);
    this.#below = kernel.allocate(needsBelow ? matrix : 0);
    this.#pull = kernel.allocate(BLOCK_FRAMES * this.#bins);
    this.#push = kernel.allocate(BLOCK_FRAMES * this.#bins);
    this.#numerator = kernel.allocate(BLOCK_FRAMES * this.#atoms);
    this.#more = kernel.allocate(BLOCK_FRAMES * this.#atoms);
    this.#base = kernel.allocate(this.#atoms);
    this.#price = kernel.allocate(this.#atoms);
    this.#cumulative = new Float64Array(atomCount * (bins + 1));
    this.#slots = capacities.map((capacity) => ({
      capacity,
      v: kernel.allocate(capacity * this.#bins),
      h: kernel.allocate(capacity * this.#atoms),
      last: problem.momentum ? kernel.allocate(capacity * this.#atoms) : undefined,
      observed: kernel.allocateIntegers(capacity),
      index: 0,
      count: 0,
      partial: false,
      fresh: true,
    }));
    this.refill(segments);
  }

  /** Other frames in place of those there are: no more segments than at first, and none longer than the one in its place. */
  refill(segments: readonly Segment[]): void {
    for (const slot of this.#slots) slot.count = 0;
    for (const [i, segment] of segments.entries()) {
      const slot = this.#slots[i];
      if (!slot || segment.count > slot.capacity) {
        throw new RangeError(`Segment ${segment.index} of ${segment.count} frames does not fit.`);
      }
      this.#fill(slot, segment);
    }
  }

  #fill(slot: Slot, { index, count, frames, observedBins, activations }: Segment): void {
    const { bins, atomCount } = this.#problem;
    slot.index = index;
    slot.count = count;
    slot.fresh = activations === undefined;
    slot.partial = observedBins?.some((n) => n < bins) ?? false;
    slot.v.fill(0);
    slot.h.fill(0);
    slot.observed.fill(bins);
    if (observedBins) slot.observed.set(observedBins);
    for (let n = 0; n < count; n++) slot.v.set(frames.subarray(n * bins, (n + 1) * bins), n * this.#bins);
    if (activations) {
      for (let n = 0; n < count; n++) {
        for (let k = 0; k < atomCount; k++) {
          slot.h[interleavedIndex(n, k, this.#atoms)] = activations[n * atomCount + k]!;
        }
      }
    }
    slot.last?.set(slot.h);
  }

  /** One step over all segments, in their order. */
  step(step: Step): SegmentStatistics[] {
    const { bins, atomCount, divergence } = this.#problem;
    this.#w.fill(0);
    this.#base.fill(0);
    const width = bins + 1;
    for (let k = 0; k < atomCount; k++) {
      this.#w.set(step.atoms.subarray(k * bins, (k + 1) * bins), k * this.#bins);
      let sum = 0;
      for (let f = 0; f < bins; f++) {
        sum += step.atoms[k * bins + f]!;
        this.#cumulative[k * width + f + 1] = sum;
      }
      this.#price[k] = step.price[k]!;
      this.#base[k] = step.price[k]! + (divergence === 'kullback-leibler' ? sum : 0);
    }
    const used = this.#slots.filter(({ count }) => count > 0);
    return used.map((slot) => this.#stepSlot(slot, step));
  }

  #stepSlot(slot: Slot, step: Step): SegmentStatistics {
    const { atomCount, bins, divergence } = this.#problem;
    const part = Math.ceil(slot.count / (step.part ?? 1) / BLOCK_FRAMES) * BLOCK_FRAMES;
    const count = Math.min(slot.count, part);
    const simple = divergence === 'kullback-leibler' && !slot.partial;
    const size = atomCount * bins;
    const above = new Float64Array(step.gather ? size : 0);
    const below = new Float64Array(step.gather ? (simple ? atomCount : size) : 0);
    const activationSums = new Float64Array(atomCount);
    if (slot.fresh) this.#makeActivations(slot);
    let measured = 0;
    this.#above.fill(0);
    this.#below.fill(0);
    for (let first = 0; first < count; first += BLOCK_FRAMES) {
      const frames = padGroup(Math.min(BLOCK_FRAMES, count - first));
      const block = this.#block(slot, first, frames);
      this.#updateActivations(slot, block, step, first);
      if (step.gather || step.measure) measured += this.#factors(block, step.measure);
      if (step.gather) {
        this.#kernel.gather(this.#pull, block.h, this.#above, block.shape);
        if (divergence !== 'kullback-leibler') {
          this.#kernel.gather(this.#push, block.h, this.#below, block.shape);
        }
        if ((first + BLOCK_FRAMES) % FLUSH_FRAMES === 0 || first + BLOCK_FRAMES >= count) {
          this.#flush(this.#above, above);
          if (divergence !== 'kullback-leibler') this.#flush(this.#below, below);
        }
      }
    }
    this.#sumActivations(slot, count, activationSums);
    if (step.gather && divergence === 'kullback-leibler') {
      if (simple) below.set(activationSums);
      else this.#sumObserved(slot, count, below);
    }
    return { index: slot.index, above, below, activationSums, divergence: measured };
  }

  #block(slot: Slot, first: number, frames: number): Block {
    const shape = { frames, bins: this.#bins, atoms: this.#atoms };
    const from = first * this.#atoms;
    const to = from + frames * this.#atoms;
    return {
      shape,
      v: slot.v.subarray(first * this.#bins, (first + frames) * this.#bins),
      h: slot.h.subarray(from, to),
      last: slot.last?.subarray(from, to),
      observed: slot.observed.subarray(first, first + frames),
    };
  }

  #factors({ v, h, observed, shape }: Block, measure: boolean): number {
    const { divergence, background } = this.#problem;
    const [w, pull, push] = [this.#w, this.#pull, this.#push];
    return this.#kernel.factors(divergence, w, h, v, pull, push, observed, shape, background, measure);
  }

  #updateActivations(slot: Slot, block: Block, step: Step, first: number): void {
    const { divergence, vanished } = this.#problem;
    const kernel = this.#kernel;
    const { h, last, shape } = block;
    if (step.updates === 0) return;
    if (last) {
      if (step.momentum > 0) kernel.extrapolate(h, last, h.length, step.momentum);
      else last.set(h);
    }
    let base = this.#base;
    let more: Float32Array | undefined;
    for (let i = 0; i < step.updates; i++) {
      this.#factors(block, false);
      kernel.project(this.#pull, this.#w, this.#numerator, shape);
      if (divergence !== 'kullback-leibler') {
        more = this.#more;
        kernel.project(this.#push, this.#w, more, shape);
      } else if (slot.partial) {
        // The sum of a whole atom may dwarf that of its observed part.
        base = this.#price;
        more = this.#more;
        this.#observedSums(slot, first, shape.frames, more);
      }
      const exponent = i === 0 ? (step.firstExponent ?? step.exponent) : step.exponent;
      kernel.scale(h, this.#numerator, base, more, shape, exponent, vanished);
    }
  }

  /** more[n, k] = sum of atom k over the bins that frame n observed. */
  #observedSums(slot: Slot, first: number, frames: number, more: Float32Array): void {
    const { atomCount, bins } = this.#problem;
    const width = bins + 1;
    for (let n = 0; n < frames; n++) {
      const observed = slot.observed[first + n]!;
      for (let k = 0; k < atomCount; k++) {
        const row = k * width;
        more[interleavedIndex(n, k, this.#atoms)] = this.#cumulative[row + observed]!;
      }
    }
  }

  /** Flat: every atom explains the same share of the frame. */
  #makeActivations(slot: Slot): void {
    const { atomCount, bins } = this.#problem;
    const width = bins + 1;
    for (let n = 0; n < slot.count; n++) {
      const observed = slot.observed[n]!;
      let sum = 0;
      for (let f = 0; f < observed; f++) sum += slot.v[n * this.#bins + f]!;
      for (let k = 0; k < atomCount; k++) {
        const atom = this.#cumulative[k * width + observed]!;
        slot.h[interleavedIndex(n, k, this.#atoms)] = atom > 0 ? sum / (atomCount * atom) : 0;
      }
    }
    slot.last?.set(slot.h);
    slot.fresh = false;
  }

  #flush(sums: Float32Array, total: Float64Array): void {
    const { atomCount, bins } = this.#problem;
    for (let k = 0; k < atomCount; k++) {
      const from = k * this.#bins;
      const to = k * bins;
      for (let f = 0; f < bins; f++) total[to + f] = total[to + f]! + sums[from + f]!;
    }
    sums.fill(0);
  }

  #sumActivations(slot: Slot, count: number, sums: Float64Array): void {
    const atoms = this.#atoms;
    for (let g = 0; g < count; g += 4) {
      for (let k = 0; k < sums.length; k++) {
        const at = g * atoms + k * 4;
        const { h } = slot;
        // Frames beyond the last have no activations.
        sums[k] = sums[k]! + (h[at]! + h[at + 1]! + (h[at + 2]! + h[at + 3]!));
      }
    }
  }

  /** below[k, f] = sum of h over the frames that observed bin f. */
  #sumObserved(slot: Slot, count: number, below: Float64Array): void {
    const { atomCount, bins } = this.#problem;
    for (let n = 0; n < count; n++) {
      const last = slot.observed[n]! - 1;
      for (let k = 0; k < atomCount; k++) {
        below[k * bins + last] = below[k * bins + last]! + slot.h[interleavedIndex(n, k, this.#atoms)]!;
      }
    }
    for (let k = 0; k < atomCount; k++) {
      for (let f = bins - 2; f >= 0; f--) {
        below[k * bins + f] = below[k * bins + f]! + below[k * bins + f + 1]!;
      }
    }
  }

  /** Per segment, count x K. */
  activations(): { index: number; activations: Float32Array }[] {
    const { atomCount } = this.#problem;
    return this.#slots
      .filter(({ count }) => count > 0)
      .map(({ index, count, h }) => {
        const activations = new Float32Array(count * atomCount);
        for (let n = 0; n < count; n++) {
          for (let k = 0; k < atomCount; k++) {
            activations[n * atomCount + k] = h[interleavedIndex(n, k, this.#atoms)]!;
          }
        }
        return { index, activations };
      });
  }
}

interface Block {
  readonly shape: BlockShape;
  readonly v: Float32Array;
  readonly h: Float32Array;
  readonly last: Float32Array | undefined;
  readonly observed: Int32Array;
}
