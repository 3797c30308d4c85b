import { expose } from 'comlink';
import type { Dictionary, DictionaryFit } from '../../src/dictionary/index.ts';
import { loadKernel } from '../../src/kernel/index.ts';
import {
  fitDictionaryToRecording,
  learnSources,
  type LearningJob,
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
      return await learnSources(job, pool, (progress) => {
        const now = performance.now();
        if (now - last >= REPORT_INTERVAL || progress.iteration === progress.iterations) {
          last = now;
          void onProgress(progress);
        }
        return !stopping;
      });
    } finally {
      pool.close();
    }
  },

  /** Ends a training early; it then gives what it has reached. */
  finish(): void {
    stopping = true;
  },

  fit(dictionary: Dictionary, channels: Float32Array[], sampleRate: number): DictionaryFit {
    return fitDictionaryToRecording(dictionary, channels, sampleRate, loadKernel().factory);
  },
};

export type TrainingService = typeof service;

expose(service);
