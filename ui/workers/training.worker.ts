import { expose } from 'comlink';
import type { Dictionary, DictionaryFit } from '../../src/dictionary/index.ts';
import { loadKernel } from '../../src/kernel/index.ts';
import {
  fitDictionaryToRecording,
  learnSources,
  studySong,
  type LearningJob,
  type Song,
  type StudyProgress,
  type StudyResult,
  type TrainingProgress,
  type TrainingResult,
} from '../../src/training/index.ts';
import { createPool } from './shard-pool.ts';

/** ms between two reports. */
const REPORT_INTERVAL = 60;

let stopping = false;

/** What the page may ask for. Everything stays in this browser. */
const service = {
  async train(
    job: LearningJob,
    onProgress: (progress: TrainingProgress) => unknown,
  ): Promise<TrainingResult> {
    stopping = false;
    let last = -Infinity;
    const pool = createPool();
    try {
      return await learnSources(
        job,
        pool,
        (progress) => {
          const now = performance.now();
          if (now - last >= REPORT_INTERVAL || progress.iteration === progress.iterations) {
            last = now;
            void onProgress(progress);
          }
          return !stopping;
        },
        () => new Promise((resolve) => setTimeout(resolve)),
      );
    } finally {
      pool.close();
    }
  },

  /** Learns the dictionary of a song; `base` knows what voices are like in general. */
  async study(
    song: Song,
    base: Dictionary,
    onProgress: (progress: StudyProgress) => unknown,
  ): Promise<StudyResult> {
    stopping = false;
    let last = -Infinity;
    const pool = createPool();
    try {
      return await studySong(song, { base, createKernel: loadKernel().factory }, pool, (progress) => {
        const now = performance.now();
        if (now - last >= REPORT_INTERVAL || progress.fraction === 1) {
          last = now;
          void onProgress(progress);
        }
        return !stopping;
      });
    } finally {
      pool.close();
    }
  },

  /** Ends a training or a study early; it then gives what it has reached. */
  finish(): void {
    stopping = true;
  },

  fit(dictionary: Dictionary, channels: Float32Array[], sampleRate: number): DictionaryFit {
    return fitDictionaryToRecording(dictionary, channels, sampleRate, loadKernel().factory);
  },
};

export type TrainingService = typeof service;

expose(service);
