import type { Dictionary } from '../../dictionary/dictionary.ts';
import { readExamples, type BandPowers, type ExampleKind } from '../../dictionary/examples.ts';
import { readUnfolded, UNFOLDED_PREFIX } from '../../dictionary/unfolded.ts';
import { loadTuningKernel, type TuningKernelFactory } from '../../kernel/training.ts';
import { createRandom } from '../../nmf/random.ts';
import { frameLayout, type FrameLayout } from '../../separator/latency-modes.ts';
import { unusable, type Recording } from '../recording.ts';
import { resampleAudio } from '../resample-audio.ts';
import { TuningBands } from './tuning-bands.ts';
import { TuningMixtures, type TuningSounds } from './tuning-mixtures.ts';
import { TuningStep } from './tuning-step.ts';

export interface FineTuningOptions {
  /** Loops to compute with. Default: the fastest that work here. */
  readonly createKernel?: TuningKernelFactory;
  /** Default 120. */
  readonly steps?: number;
  /** Default 0. */
  readonly seed?: number;
}

export interface FineTuningProgress {
  readonly step: number;
  readonly steps: number;
  /** Error of the mixtures of this step, each step's own. */
  readonly loss: number;
}

/** Mixtures of a step, and how long they are in frames: 3 s. */
const SHAPE = { rows: 4, frames: 562 };
/** Largest change of a value in a step, relative to it. */
const RATE = 1e-2;
const WARM_UP = 10;
/** Places within a hop from which a short recording is cut into frames. */
const OFFSETS = 16;
/** Of a recording, over all of these places: 48 s. */
const MOST_FRAMES = 9000;
const STRETCHES = 6;

/** What is known: recordings of the very voice, of the very noise, or of both; each alone. */
export interface TuningMaterial {
  readonly voice?: readonly Recording[];
  readonly noise?: readonly Recording[];
}

/**
 * The updates of a dictionary, trained further on mixtures with the very noise that is to go, or with the voice that is to stay (some 3 to
 * 20 s of it), and on examples that the dictionary brings of all others: the same loss and the same way back through all updates as in the
 * training that made them, for some seconds instead of an hour. All is heard at the sample rate of the first recording, on the frames
 * that the engine has there.
 *
 * The constructor throws a RangeError where no recording can be used, and a {@link DictionaryError} where the dictionary has no updates or no
 * examples.
 */
export class FineTuning {
  readonly steps: number;
  readonly #dictionary: Dictionary;
  readonly #run: TuningStep;
  readonly #mixtures: TuningMixtures;
  #step = 0;

  constructor(
    dictionary: Dictionary,
    { voice = [], noise = [] }: TuningMaterial,
    options: FineTuningOptions = {},
  ) {
    const { steps = 120, seed = 0, createKernel = loadTuningKernel().factory } = options;
    if (!(Number.isInteger(steps) && steps >= 1)) {
      throw new RangeError(`There are ${steps} steps; it must be a whole number of at least 1.`);
    }
    const t = readUnfolded(dictionary);
    const recordings = [...voice, ...noise];
    const first = recordings.find((recording) => !unusable(recording));
    if (!first) {
      const why = recordings.map((recording) => unusable(recording)!.message).join(' ');
      throw new RangeError(`There is no recording to tune to. ${why}`.trim());
    }
    const layout = frameLayout('balanced', first.sampleRate);
    const bands = new TuningBands(t, dictionary, layout);
    const sounds = (kind: ExampleKind, own: readonly Recording[]): TuningSounds => {
      const others = readExamples(dictionary, kind, t.bands);
      for (const example of others) bands.inherit(example);
      const usable = own.filter((recording) => !unusable(recording));
      return { own: usable.flatMap((recording) => framesOf(recording, layout, bands)), others };
    };
    this.steps = steps;
    this.#dictionary = dictionary;
    this.#run = new TuningStep(createKernel, t, bands, SHAPE);
    this.#mixtures = new TuningMixtures(
      t,
      bands,
      sounds('voice', voice),
      sounds('noise', noise),
      SHAPE.rows,
      createRandom(seed),
    );
  }

  /** One step; undefined when all are done. */
  next(): FineTuningProgress | undefined {
    if (this.#step === this.steps) return undefined;
    const cosine = 0.5 * (1 + Math.cos((Math.PI * this.#step) / this.steps)) + 0.02;
    this.#mixtures.draw(this.#run.batch, SHAPE.frames);
    const loss = this.#run.run().compressed;
    this.#run.updates.step(RATE * Math.min(1, (this.#step + 1) / WARM_UP) * cosine);
    this.#step++;
    return { step: this.#step, steps: this.steps, loss };
  }

  /** The dictionary with the updates as they are now. */
  get dictionary(): Dictionary {
    const tuned = new Map(this.#run.updates.values());
    const tensors = this.#dictionary.tensors!.map((tensor) => {
      const name = tensor.name.startsWith(UNFOLDED_PREFIX) ? tensor.name.slice(UNFOLDED_PREFIX.length) : '';
      if (name === 'scalars') {
        const data = tensor.data.slice();
        data[0] = tuned.get('exponent')![0]!;
        return { ...tensor, data };
      }
      const data = tuned.get(name);
      return data ? { ...tensor, data } : tensor;
    });
    return { ...this.#dictionary, tensors };
  }
}

/**
 * The bands of a recording: from several places within a hop on, if it is short, so that not the frames are learned but the sound; and of
 * one that is long, some stretches.
 */
function framesOf({ samples, sampleRate }: Recording, layout: FrameLayout, bands: TuningBands): BandPowers[] {
  const { hop, windowLength } = layout;
  const most = MOST_FRAMES * hop * (sampleRate / layout.sampleRate);
  const stretches =
    samples.length <= most
      ? [samples]
      : Array.from({ length: STRETCHES }, (_, i) => {
          const length = Math.floor(most / STRETCHES);
          const from = Math.floor(((samples.length - length) * i) / (STRETCHES - 1));
          return samples.subarray(from, from + length);
        });
  const offsets = Math.max(1, Math.min(OFFSETS, Math.floor(most / samples.length)));
  return stretches.flatMap((stretch) => {
    const heard = resampleAudio(stretch, sampleRate, layout.sampleRate);
    // A frame from each place on.
    const signal = heard.length >= windowLength + hop ? heard : repeated(heard, windowLength + hop);
    return Array.from({ length: offsets }, (_, i) =>
      bands.powers(signal.subarray(Math.round((i * hop) / OFFSETS))),
    );
  });
}

const repeated = (samples: Float32Array, length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => samples[i % samples.length]!);
