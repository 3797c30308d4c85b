import { proxy, transfer, wrap, type Remote } from 'comlink';
import type { Dictionary, DictionaryFit } from '../../src/dictionary/index.ts';
import type {
  LearningJob,
  Song,
  StudyProgress,
  StudyResult,
  TrainingProgress,
  TrainingResult,
} from '../../src/training/index.ts';
import type { TrainingService } from '../workers/training.worker.ts';

interface Handle {
  readonly service: Remote<TrainingService>;
  /** Rejects when the worker cannot be started or runs out of memory. */
  readonly broken: Promise<never>;
  close(): void;
}

function startWorker(): Handle {
  const worker = new Worker(new URL('../workers/training.worker.ts', import.meta.url), { type: 'module' });
  const broken = new Promise<never>((_, reject) => {
    worker.onerror = ({ message }) =>
      reject(new Error(`The browser could not run the training. ${message ?? ''}`.trim()));
  });
  return { service: wrap<TrainingService>(worker), broken, close: () => worker.terminate() };
}

/** A training in a worker of its own, which ends with it. */
export class TrainingRun {
  readonly result: Promise<TrainingResult>;
  readonly #handle = startWorker();
  #cancelled: (() => void) | undefined;

  constructor(job: LearningJob, onProgress: (progress: TrainingProgress) => void) {
    const { service, broken, close } = this.#handle;
    // Copies go, so that the recordings stay for another try.
    const sources = job.sources.map((source) => ({
      ...source,
      recordings: source.recordings.map((recording) => ({
        ...recording,
        samples: recording.samples.slice(),
      })),
    }));
    const buffers = sources.flatMap(({ recordings }) => recordings.map(({ samples }) => samples.buffer));
    const cancelled = new Promise<never>((_, reject) => {
      this.#cancelled = () => reject(new Cancelled());
    });
    const trained = service.train(transfer({ ...job, sources }, buffers), proxy(onProgress));
    this.result = Promise.race([trained, broken, cancelled]).finally(close);
  }

  /** Takes what has been reached. */
  finish(): void {
    void this.#handle.service.finish();
  }

  /** At once, whatever it is at: `result` rejects with {@link Cancelled}. */
  cancel(): void {
    this.#cancelled?.();
  }
}

/** A song studied in a worker of its own, which ends with it. */
export class StudyRun {
  readonly result: Promise<StudyResult>;
  #cancelled: (() => void) | undefined;

  constructor(song: Song, base: Dictionary, onProgress: (progress: StudyProgress) => void) {
    const { service, broken, close } = startWorker();
    // Copies go: the song plays on.
    const channels = song.channels.map((channel) => channel.slice());
    const buffers = channels.map(({ buffer }) => buffer);
    const cancelled = new Promise<never>((_, reject) => {
      this.#cancelled = () => reject(new Cancelled());
    });
    const studied = service.study(transfer({ ...song, channels }, buffers), base, proxy(onProgress));
    this.result = Promise.race([studied, broken, cancelled]).finally(close);
  }

  /** At once, whatever it is at: `result` rejects with {@link Cancelled}. */
  cancel(): void {
    this.#cancelled?.();
  }
}

export class Cancelled extends Error {
  constructor() {
    super('The training was cancelled.');
    this.name = 'Cancelled';
  }
}

/** How well a dictionary fits a recording, found in a worker. Rejects with a message for the user. */
export async function fitInWorker(
  dictionary: Dictionary,
  channels: readonly Float32Array[],
  sampleRate: number,
): Promise<DictionaryFit> {
  const { service, broken, close } = startWorker();
  try {
    const copies = channels.map((channel) => channel.slice());
    const buffers = copies.map(({ buffer }) => buffer);
    return await Promise.race([service.fit(dictionary, transfer(copies, buffers), sampleRate), broken]);
  } finally {
    close();
  }
}
