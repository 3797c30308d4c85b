import type { UnfoldedTensors } from '../../dictionary/unfolded.ts';
import { TUNING_GRAIN, type Place, type TuningKernel } from '../../kernel/training.ts';

/** A non-negative matrix of a model, the gradient by it, and what Adam remembers of that. */
export interface TrainedMatrix {
  readonly name: string;
  readonly values: Float32Array;
  readonly gradient: Float32Array;
  readonly at: Place;
  readonly gradientAt: Place;
  /** Whether its values are from 0 to 1; the others only are not negative. */
  readonly share: boolean;
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
 * Adam (Kingma and Ba 2015) on logarithms: every value is multiplied, so that none becomes negative, as in all of NMF. Shares, which end at
 * 1, move on their log odds.
 */
const MEAN = 0.9;
const SQUARE = 0.98;
const TINY = 1e-8;
const LARGEST_NORM = 1;
const EDGE = 1e-5;
const SHARE = 'floorShare';
/**
 * Dictionaries that bring examples have 0.65 of the log odds with which they were trained: the mask of the least error cuts more than ears
 * like. They are tuned as they were trained.
 */
const SOFTNESS = 0.65;
const SHARPENED = ['exponent', 'excess', 'shortage'];

/** The matrices of an unfolded model in the memory of a kernel, to be trained further. */
export class TrainedUpdates {
  readonly matrices: ReadonlyMap<string, TrainedMatrix>;
  /** Transposes, by the names of the matrices; W and U of all updates one after the other. */
  readonly turned: ReadonlyMap<string, Place>;
  readonly #turned: readonly Turned[];
  /**
   * What is not trained: mixtures of 3 s do not tell for how long to remember, and left to them, a model comes to hold on to what it heard for
   * half a minute.
   */
  readonly held: { readonly eta: Place; readonly decay: Place; readonly transition: Place | undefined };
  #steps = 0;

  static floatsNeeded(t: UnfoldedTensors): number {
    const size = trainable(t).reduce((sum, [, values]) => sum + values.length + 64, 0);
    const { length } = t.transition ?? [];
    return 3 * size + 2 * length + t.eta.length + t.decay.length + 64;
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
      const factor = SHARPENED.includes(name) ? 1 / SOFTNESS : 1;
      given.forEach((value, i) => (values[i] = factor * value));
      matrices.set(name, {
        name,
        values,
        gradient,
        at: kernel.at(values),
        gradientAt: kernel.at(gradient),
        share: name === SHARE,
        mean: new Float32Array(given.length),
        square: new Float32Array(given.length),
      });
    }
    this.matrices = matrices;
    const turned: Turned[] = [];
    const places = new Map<string, Place>();
    const turn = (name: string, whole: Float32Array, height: number, width: number, count = 1): void => {
      const size = height * width;
      const to = kernel.allocate(count * size);
      for (let l = 0; l < count; l++) {
        const part = (of: Float32Array): Float32Array => of.subarray(l * size, (l + 1) * size);
        turned.push({ from: part(whole), to: part(to), rows: height, columns: width });
      }
      places.set(name, kernel.at(to));
    };
    turn('w', this.get('w').values, atomCount, rows, updates);
    turn('u', this.get('u').values, rows, atomCount, updates);
    turn('voice', this.get('voice').values, bands, atomCount);
    turn('noise', this.get('noise').values, bands, atomCount);
    const hold = (given: Float32Array): Float32Array => {
      const values = kernel.allocate(given.length);
      values.set(given);
      return values;
    };
    const transition = t.transition && hold(t.transition);
    if (transition) turn('transition', transition, atomCount, atomCount);
    this.held = {
      eta: kernel.at(hold(t.eta)),
      decay: kernel.at(hold(t.decay)),
      transition: transition && kernel.at(transition),
    };
    this.#turned = turned;
    this.turned = places;
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
    for (const { values, gradient, share } of this.matrices.values()) {
      for (let i = 0; i < values.length; i++) {
        const value = values[i]!;
        gradient[i]! *= share ? value * (1 - value) : value;
        norm += gradient[i]! ** 2;
      }
    }
    norm = Math.sqrt(norm);
    if (!(norm < Infinity)) return false;
    const scale = norm > LARGEST_NORM ? LARGEST_NORM / norm : 1;
    this.#steps++;
    const ofMean = 1 - MEAN ** this.#steps;
    const ofSquare = 1 - SQUARE ** this.#steps;
    for (const { values, gradient, share, mean, square } of this.matrices.values()) {
      for (let i = 0; i < values.length; i++) {
        const g = scale * gradient[i]!;
        mean[i] = MEAN * mean[i]! + (1 - MEAN) * g;
        square[i] = SQUARE * square[i]! + (1 - SQUARE) * g * g;
        const change = Math.exp((-rate * (mean[i]! / ofMean)) / (Math.sqrt(square[i]! / ofSquare) + TINY));
        if (!share) values[i]! *= change;
        else {
          const held = Math.min(1 - EDGE, Math.max(EDGE, values[i]!));
          const odds = (held / (1 - held)) * change;
          values[i] = odds / (1 + odds);
        }
      }
    }
    this.refresh();
    return true;
  }

  /** The values by name, as a dictionary holds them. */
  *values(): Generator<[name: string, values: Float32Array]> {
    for (const { name, values } of this.matrices.values()) {
      yield [name, SHARPENED.includes(name) ? values.map((value) => SOFTNESS * value) : values.slice()];
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
  const { w, u, inject, voice, noise, residual, head } = t;
  const all: [string, Float32Array][] = Object.entries({ w, u, inject, voice, noise, residual });
  all.push(['exponent', Float32Array.of(t.exponent)]);
  if (head) {
    const { floorShare, floorScale, excess, shortage, presence } = head;
    all.push(...Object.entries({ floorShare, floorScale, excess, shortage }));
    all.push(['presence', Float32Array.of(presence)]);
  }
  return all;
}
