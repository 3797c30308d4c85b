import type { UnfoldedTensors } from '../../dictionary/unfolded.ts';
import { TUNING_GRAIN, type Place, type TuningKernel } from '../../kernel/training.ts';

/** A non-negative matrix of a model, the gradient by it, and what Adam remembers of that. */
export interface TrainedMatrix {
  readonly name: string;
  readonly values: Float32Array;
  readonly gradient: Float32Array;
  readonly at: Place;
  readonly gradientAt: Place;
  /** The largest value; Infinity for those that only must not be negative. */
  readonly most: number;
  readonly mean: Float32Array;
  readonly square: Float32Array;
}

/** Those of rows x columns of which the way back, or the mask, needs the transpose. */
interface Turned {
  readonly from: Float32Array;
  readonly to: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

/**
 * Adam (Kingma and Ba 2015) on logarithms: every value is multiplied, so that none becomes negative, as in all of NMF. Values that have an
 * upper bound move on their log odds.
 */
const MEAN = 0.9;
const SQUARE = 0.98;
const TINY = 1e-8;
const LARGEST_NORM = 1;
const EDGE = 1e-5;
/** As in the training that made the model (training/model.py). */
const MOST_ETA = 1.3;
const MOST_CARRIED = 1.999;
/**
 * Dictionaries that bring examples have half the log odds with which they were trained: the mask of the least error cuts more than ears
 * like. They are tuned as they were trained.
 */
const SOFTNESS = 0.5;
const SHARPENED = ['exponent', 'excess', 'shortage'];

/** Mixtures of 3 s do not tell for how long to remember: left to them, a model comes to hold on to what it heard for half a minute. */
const HELD = ['decay', 'transition', 'eta'];

const BOUNDED: Readonly<Record<string, number>> = { eta: MOST_ETA, decay: 1, floorShare: 1 };

/** The matrices of an unfolded model in the memory of a kernel, to be trained further. */
export class TrainedUpdates {
  readonly matrices: ReadonlyMap<string, TrainedMatrix>;
  /** Transposes, by the names of the matrices; W and U of all updates one after the other. */
  readonly turned: ReadonlyMap<string, Place>;
  readonly #turned: readonly Turned[];
  readonly #transition: { readonly values: Float32Array; readonly decay: Float32Array } | undefined;
  #steps = 0;

  static floatsNeeded(t: UnfoldedTensors): number {
    const size = trainable(t).reduce((sum, [, values]) => sum + values.length + 64, 0);
    return 3 * size;
  }

  constructor(kernel: TuningKernel, t: UnfoldedTensors) {
    const { atomCount, rows, bands, updates } = t;
    for (const [what, count] of [
      ['atoms', atomCount],
      ['bands', bands],
    ] as const) {
      if (count % TUNING_GRAIN === 0) continue;
      throw new RangeError(
        `The updates have ${count} ${what}; for fine-tuning it must be a multiple of ${TUNING_GRAIN}.`,
      );
    }
    const matrices = new Map<string, TrainedMatrix>();
    for (const [name, given] of trainable(t)) {
      const values = kernel.allocate(given.length);
      const gradient = kernel.allocate(given.length);
      const bound = BOUNDED[name];
      const factor = SHARPENED.includes(name) ? 1 / SOFTNESS : 1;
      given.forEach((value, i) => (values[i] = factor * value));
      matrices.set(name, {
        name,
        values,
        gradient,
        at: kernel.at(values),
        gradientAt: kernel.at(gradient),
        most: bound === undefined ? Infinity : given.reduce((most, value) => Math.max(most, value), bound),
        mean: new Float32Array(given.length),
        square: new Float32Array(given.length),
      });
    }
    this.matrices = matrices;
    const turned: Turned[] = [];
    const places = new Map<string, Place>();
    const turn = (name: string, height: number, width: number, count = 1): void => {
      const matrix = matrices.get(name);
      if (!matrix) return;
      const size = height * width;
      const to = kernel.allocate(count * size);
      for (let l = 0; l < count; l++) {
        const part = (of: Float32Array): Float32Array => of.subarray(l * size, (l + 1) * size);
        turned.push({ from: part(matrix.values), to: part(to), rows: height, columns: width });
      }
      places.set(name, kernel.at(to));
    };
    turn('w', atomCount, rows, updates);
    turn('u', rows, atomCount, updates);
    turn('transition', atomCount, atomCount);
    turn('voice', bands, atomCount);
    turn('noise', bands, atomCount);
    this.#turned = turned;
    this.turned = places;
    const transition = matrices.get('transition');
    this.#transition = transition && { values: transition.values, decay: matrices.get('decay')!.values };
    this.refresh();
  }

  /** The matrix of this name. */
  get(name: string): TrainedMatrix {
    return this.matrices.get(name)!;
  }

  clearGradients(): void {
    for (const { gradient } of this.matrices.values()) gradient.fill(0);
  }

  /** One step of Adam down the gradients. Returns false, and changes nothing, where they are not finite. */
  step(rate: number): boolean {
    let norm = 0;
    for (const { values, gradient, most } of this.matrices.values()) {
      for (let i = 0; i < values.length; i++) {
        const value = values[i]!;
        gradient[i]! *= most === Infinity ? value : value * (1 - value / most);
        norm += gradient[i]! ** 2;
      }
    }
    norm = Math.sqrt(norm);
    if (!(norm < Infinity)) return false;
    const scale = norm > LARGEST_NORM ? LARGEST_NORM / norm : 1;
    this.#steps++;
    const ofMean = 1 - MEAN ** this.#steps;
    const ofSquare = 1 - SQUARE ** this.#steps;
    for (const { name, values, gradient, most, mean, square } of this.matrices.values()) {
      if (HELD.includes(name)) continue;
      for (let i = 0; i < values.length; i++) {
        const g = scale * gradient[i]!;
        mean[i] = MEAN * mean[i]! + (1 - MEAN) * g;
        square[i] = SQUARE * square[i]! + (1 - SQUARE) * g * g;
        const change = Math.exp((-rate * (mean[i]! / ofMean)) / (Math.sqrt(square[i]! / ofSquare) + TINY));
        if (most === Infinity) values[i]! *= change;
        else {
          const share = Math.min(1 - EDGE, Math.max(EDGE, values[i]! / most));
          const odds = (share / (1 - share)) * change;
          values[i] = (most * odds) / (1 + odds);
        }
      }
    }
    this.#holdCarried();
    this.refresh();
    return true;
  }

  /** The values by name, as a dictionary holds them. */
  *values(): Generator<[name: string, values: Float32Array]> {
    for (const { name, values } of this.matrices.values()) {
      yield [name, SHARPENED.includes(name) ? values.map((value) => SOFTNESS * value) : values.slice()];
    }
  }

  /** An atom gives on no more than the updates can take back. */
  #holdCarried(): void {
    if (!this.#transition) return;
    const { values, decay } = this.#transition;
    const count = decay.length;
    for (let k = 0; k < count; k++) {
      const row = values.subarray(k * count, (k + 1) * count);
      let sum = 0;
      for (const value of row) sum += value;
      const room = MOST_CARRIED - decay[k]!;
      if (sum > room) for (let j = 0; j < count; j++) row[j]! *= room / sum;
    }
  }

  /** To be called once values were changed from outside. */
  refresh(): void {
    for (const { from, to, rows, columns } of this.#turned) {
      for (let r = 0; r < rows; r++) {
        for (let c = 0; c < columns; c++) to[c * rows + r] = from[r * columns + c]!;
      }
    }
  }
}

/** What is trained of a model, by the names of the tensors of a dictionary; `exponent` is one of its scalars. */
function trainable(t: UnfoldedTensors): [name: string, values: Float32Array][] {
  const { w, u, eta, decay, inject, transition, voice, noise, residual, head } = t;
  const all: [string, Float32Array][] = Object.entries({ w, u, eta, decay, inject, voice, noise, residual });
  if (transition) all.push(['transition', transition]);
  all.push(['exponent', Float32Array.of(t.exponent)]);
  if (head) {
    const { floorShare, floorScale, excess, shortage, presence } = head;
    all.push(...Object.entries({ floorShare, floorScale, excess, shortage }));
    all.push(['presence', Float32Array.of(presence)]);
  }
  return all;
}
