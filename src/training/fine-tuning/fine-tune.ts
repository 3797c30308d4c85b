import type { Dictionary } from '../../dictionary/dictionary.ts';
import { readExamples, type BandPowers, type ExampleKind } from '../../dictionary/examples.ts';
import { readUnfolded, UNFOLDED_PREFIX } from '../../dictionary/unfolded.ts';
import { loadTuningKernel, type TuningKernelFactory } from '../../kernel/training.ts';
import { createRandom } from '../../nmf/random.ts';
import {
  frameLayout,
  MAX_SAMPLE_RATE,
  MIN_SAMPLE_RATE,
  type FrameLayout,
} from '../../separator/latency-modes.ts';
import { unusable, type Recording } from '../recording.ts';
import { RESAMPLED_PASSBAND, resampleAudio } from '../resample-audio.ts';
import { TuningBands } from './tuning-bands.ts';
import { TuningMixtures, type TuningSounds } from './tuning-mixtures.ts';
import { TuningStep } from './tuning-step.ts';

export interface FineTuningOptions {
  /** Loops to compute with. Default: the fastest that work here. */
  readonly createKernel?: TuningKernelFactory;
  /** Hz: of the sound that it will be used on, 8 to 192 kHz. Default: the highest of the recordings. */
  readonly sampleRate?: number;
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
/** Of all recordings, over all of these places: 48 s. */
const MOST_FRAMES = 9000;
const MOST_RECORDINGS = 40;
const STRETCHES = 6;
/** Of the power of the loudest stretch. */
const SILENT = 1e-3;

/** What is known: recordings of the very voice, of the very noise, or of both; each alone. */
export interface TuningMaterial {
  readonly voice?: readonly Recording[];
  readonly noise?: readonly Recording[];
}

/**
 * The updates of a dictionary, trained further on mixtures with the very noise that is to go, or with the voice that is to stay (some 3 to
 * 20 s of it), and on examples that the dictionary brings of all others: the same loss and the same way back through all updates as in the
 * training that made them, for seconds instead of an hour; how long it remembers stays as it was. The frames are those of the mode `balanced`.
 *
 * The constructor throws a RangeError where no recording can be used or an option is out of range, and where the updates are of another
 * shape or hop than can be tuned; a {@link DictionaryError} where the dictionary has no updates or no examples, or broken ones.
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
    const usable = recordings.filter((recording) => !unusable(recording));
    if (usable.length === 0) {
      const why = recordings.map((recording) => unusable(recording)!.message).join(' ');
      throw new RangeError(`There is no recording to tune to. ${why}`.trim());
    }
    const highest = usable.reduce((most, { sampleRate }) => Math.max(most, sampleRate), MIN_SAMPLE_RATE);
    const layout = frameLayout('balanced', options.sampleRate ?? Math.min(MAX_SAMPLE_RATE, highest));
    const apart = (of: { readonly hop: number; readonly sampleRate: number }): number =>
      of.hop / of.sampleRate;
    if (Math.abs(apart(dictionary) / apart(layout) - 1) > 0.05) {
      throw new RangeError(
        `The frames of "${dictionary.name}" are ${(1000 * apart(dictionary)).toFixed(1)} ms apart; ` +
          `to be tuned it must be ${(1000 * apart(layout)).toFixed(1)} ms.`,
      );
    }
    const bands = new TuningBands(t, dictionary, layout);
    const sounds = (kind: ExampleKind, own: readonly Recording[]): TuningSounds => ({
      own: heard(own, layout, bands),
      others: readExamples(dictionary, kind, t.bands),
    });
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

  /** One step; undefined when all are done. Throws a RangeError where the gradients are not finite. */
  next(): FineTuningProgress | undefined {
    if (this.#step === this.steps) return undefined;
    const cosine = 0.5 * (1 + Math.cos((Math.PI * this.#step) / this.steps)) + 0.02;
    this.#mixtures.draw(this.#run.batch, SHAPE.frames);
    const loss = this.#run.run().compressed;
    if (!this.#run.updates.step(RATE * Math.min(1, (this.#step + 1) / WARM_UP) * cosine)) {
      throw new RangeError(
        `The updates of "${this.#dictionary.name}" cannot be tuned: the gradients are not finite.`,
      );
    }
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

/** The bands of the usable recordings; of very many, some. */
function heard(recordings: readonly Recording[], layout: FrameLayout, bands: TuningBands): BandPowers[] {
  const usable = recordings.filter((recording) => !unusable(recording));
  const every = Math.ceil(usable.length / MOST_RECORDINGS);
  const chosen = usable.filter((_, i) => i % every === 0);
  const mostFrames = Math.floor(MOST_FRAMES / chosen.length);
  return chosen.flatMap((recording) => framesOf(recording, layout, bands, mostFrames));
}

/**
 * The bands of a recording: from several places within a hop on, if it is short, so that not the frames are learned but the sound; and of
 * one that is long, some stretches.
 */
function framesOf(
  { samples, sampleRate }: Recording,
  layout: FrameLayout,
  bands: TuningBands,
  mostFrames: number,
): BandPowers[] {
  const { hop } = layout;
  const most = mostFrames * hop * (sampleRate / layout.sampleRate);
  const length = Math.floor(most / STRETCHES);
  const stretches =
    samples.length <= most
      ? [samples]
      : Array.from({ length: STRETCHES }, (_, i) => {
          const from = Math.floor(((samples.length - length) * i) / (STRETCHES - 1));
          return samples.subarray(from, from + length);
        });
  const loudest = stretches.reduce((peak, stretch) => Math.max(peak, meanSquare(stretch)), 0);
  // A pause of one is not the sound of it.
  const sounding = stretches.filter((stretch) => meanSquare(stretch) >= SILENT * loudest);
  const offsets = Math.max(1, Math.min(OFFSETS, Math.floor(most / samples.length)));
  return sounding.flatMap((stretch) => {
    const signal = resampleAudio(stretch, sampleRate, layout.sampleRate);
    return Array.from({ length: offsets }, (_, i) => {
      const powers = bands.powers(signal.subarray(Math.round((i * hop) / offsets)));
      if (sampleRate < layout.sampleRate) bands.extend(powers, 0.5 * RESAMPLED_PASSBAND * sampleRate);
      return powers;
    });
  });
}

function meanSquare(samples: Float32Array): number {
  let sum = 0;
  for (const value of samples) sum += value * value;
  return sum / samples.length;
}
