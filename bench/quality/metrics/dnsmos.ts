import { existsSync } from 'node:fs';
import path from 'node:path';
import { downsample } from './downsample.ts';
import { melSpectrogram } from './mel.ts';

/** Hz. */
const RATE = 16000;
/** Samples that the models hear at once: 9.01 s. */
const LENGTH = 144160;

/** Estimated mean opinion scores, 1 to 5. */
export interface OpinionScores {
  /** Speech, background, overall (P.835). */
  readonly sig: number;
  readonly bak: number;
  readonly ovrl: number;
  /** Overall (P.808). */
  readonly p808: number;
}

export interface Dnsmos {
  /** `sampleRate` in Hz, at least 16 kHz. Sound shorter than 9.01 s is repeated. */
  score(samples: Float32Array, sampleRate: number): Promise<OpinionScores>;
}

/** What is used of onnxruntime-node, which is installed apart. */
interface OnnxRuntime {
  readonly Tensor: new (type: 'float32', data: Float32Array, shape: readonly number[]) => unknown;
  readonly InferenceSession: {
    create(
      file: string,
      options: object,
    ): Promise<{
      readonly inputNames: readonly string[];
      readonly outputNames: readonly string[];
      run(inputs: Record<string, unknown>): Promise<Record<string, { readonly data: Float32Array }>>;
    }>;
  };
}

/**
 * DNSMOS (Reddy, Gopal and Cutler, "DNSMOS P.835: a non-intrusive perceptual objective speech quality metric to evaluate noise suppressors", ICASSP
 * 2022) with the models sig_bak_ovr.onnx and model_v8.onnx of `folder`: windows of 9.01 s, one second apart, the mean of their scores.
 * Undefined where the models or onnxruntime-node are missing.
 */
export async function loadDnsmos(folder: string): Promise<Dnsmos | undefined> {
  const files = ['sig_bak_ovr.onnx', 'model_v8.onnx'].map((name) => path.join(folder, name));
  if (!files.every((file) => existsSync(file))) return undefined;
  let runtime: OnnxRuntime;
  try {
    const specifier = 'onnxruntime-node';
    const module = (await import(specifier)) as OnnxRuntime & { readonly default?: OnnxRuntime };
    runtime = module.default ?? module;
  } catch {
    return undefined;
  }
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 };
  const [p835, p808] = await Promise.all(files.map((file) => runtime.InferenceSession.create(file, options)));
  const infer = async (session: typeof p835, data: Float32Array, shape: number[]): Promise<Float32Array> => {
    const { inputNames, outputNames } = session!;
    const results = await session!.run({ [inputNames[0]!]: new runtime.Tensor('float32', data, shape) });
    return results[outputNames[0]!]!.data;
  };
  return {
    async score(samples, sampleRate) {
      const windows = cutWindows(downsample(samples, sampleRate, RATE));
      const scores: OpinionScores[] = [];
      for (const window of windows) {
        const [sig, bak, ovrl] = await infer(p835, window, [1, LENGTH]);
        const features = melFeatures(window);
        const [overall] = await infer(p808, features, [1, features.length / BANDS, BANDS]);
        scores.push({ ...mapScores(sig!, bak!, ovrl!), p808: overall! });
      }
      const mean = (key: keyof OpinionScores): number =>
        scores.reduce((sum, score) => sum + score[key], 0) / scores.length;
      return { sig: mean('sig'), bak: mean('bak'), ovrl: mean('ovrl'), p808: mean('p808') };
    },
  };
}

/** Sound that is too short is doubled until it is long enough. Windows begin at whole seconds. */
export function cutWindows(samples: Float32Array): Float32Array[] {
  if (samples.length === 0) throw new RangeError('There is no sound to score.');
  let repeated = samples;
  while (repeated.length < LENGTH) {
    const twice = new Float32Array(2 * repeated.length);
    twice.set(repeated);
    twice.set(repeated, repeated.length);
    repeated = twice;
  }
  const count = Math.floor(Math.floor(repeated.length / RATE) - LENGTH / RATE) + 1;
  return Array.from({ length: Math.max(1, count) }, (_, i) => repeated.slice(i * RATE, i * RATE + LENGTH));
}

/** The published mapping of the raw outputs to opinion scores, for the models that are not personalized. */
export function mapScores(sig: number, bak: number, ovrl: number): Omit<OpinionScores, 'p808'> {
  return {
    sig: -0.08397278 * sig * sig + 1.22083953 * sig + 0.0052439,
    bak: -0.13166888 * bak * bak + 1.60915514 * bak - 0.39604546,
    ovrl: -0.06766283 * ovrl * ovrl + 1.11546468 * ovrl + 0.04602535,
  };
}

const BANDS = 120;

/** 900 x 120: dB relative to the loudest, at most 80 below it, moved and scaled to -1 to 1. */
function melFeatures(window: Float32Array): Float32Array {
  const frames = melSpectrogram(window.subarray(0, LENGTH - 160), {
    sampleRate: RATE,
    frame: 321,
    hop: 160,
    bands: BANDS,
  });
  let loudest = 1e-10;
  for (const frame of frames) for (const value of frame) loudest = Math.max(loudest, value);
  const features = new Float32Array(frames.length * BANDS);
  for (const [t, frame] of frames.entries()) {
    for (let b = 0; b < BANDS; b++) {
      const decibels = 10 * Math.log10(Math.max(frame[b]!, 1e-10) / loudest);
      features[t * BANDS + b] = (Math.max(decibels, -80) + 40) / 40;
    }
  }
  return features;
}
