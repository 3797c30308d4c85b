import type { KernelFactory } from '../kernel/kernel.ts';
import { ActivationSolver } from '../nmf/activations.ts';
import { divergenceBetween } from '../nmf/divergence.ts';
import type { Dictionary } from './dictionary.ts';

/** How well a dictionary can make the frames of a recording. */
export interface DictionaryFit {
  /** Frames that were looked at: not silent, at most `mostFrames`, evenly spread. */
  readonly frames: number;
  /** Frames that were given. */
  readonly count: number;
  /**
   * Divergence from a frame to its best model, divided by that to its best flat spectrum: 0 is perfect, 1 no better than flat.
   * The median over frames, and the value that nine in ten frames stay below.
   */
  readonly median: number;
  readonly ninth: number;
  /** Of all frames together, so that loud ones count more: the sum of the one divergence by the sum of the other. */
  readonly total: number;
  /** What part of the model comes from each source, 0 to 1, in order; they sum to 1. */
  readonly shares: readonly { readonly label: string; readonly share: number }[];
}

export interface FitOptions {
  readonly createKernel: KernelFactory;
  /** Updates per frame; default 60. */
  readonly iterations?: number;
  /** Default 2000. */
  readonly mostFrames?: number;
}

/** Frames that sum to less than this part of the loudest are silent: -60 dB. */
const SILENT = 1e-3;

/**
 * Fits `count` frames of magnitudes |X| (count x bins, on the dictionary's own grid) one by one. Throws a RangeError for frames
 * of another size, or when all are silent.
 */
export function fitDictionaryTo(
  d: Dictionary,
  magnitudes: Float32Array,
  count: number,
  { createKernel, iterations = 60, mostFrames = 2000 }: FitOptions,
): DictionaryFit {
  const { bins, atomCount, atoms, divergence } = d;
  if (magnitudes.length !== count * bins) {
    throw new RangeError(
      `${count} frames of ${bins} bins have ${count * bins} values, not ${magnitudes.length}.`,
    );
  }
  const chosen = heardFrames(magnitudes, count, bins, mostFrames);
  if (chosen.length === 0) throw new RangeError('The recording is silent, or shorter than one window.');
  const kernel = createKernel(ActivationSolver.floatsNeeded(atomCount, bins));
  const solver = new ActivationSolver();
  solver.configure({ kernel, atoms, atomCount, bins, divergence, iterations });
  const v = new Float32Array(bins);
  const flat = new Float32Array(bins);
  const model = new Float32Array(bins);
  const used = new Float64Array(atomCount);
  const ratios: number[] = [];
  let error = 0;
  let flatError = 0;
  for (const t of chosen) {
    let mean = 0;
    for (let f = 0; f < bins; f++) {
      v[f] = magnitudes[t * bins + f]! ** d.exponent;
      mean += v[f]! / bins;
    }
    solver.spectrum.set(v);
    solver.reset();
    if (!solver.process()) continue;
    model.fill(1e-9 * mean);
    for (let k = 0; k < atomCount; k++) {
      const h = solver.activations[k]!;
      used[k]! += h;
      if (h <= 1e-9 * mean) continue;
      for (let f = 0; f < bins; f++) model[f]! += h * atoms[k * bins + f]!;
    }
    // Of the three divergences, each has its best constant at the mean.
    const frameFlat = divergenceBetween(divergence, v, flat.fill(mean));
    const frameError = divergenceBetween(divergence, v, model);
    ratios.push(frameFlat > 0 ? frameError / frameFlat : 1);
    error += frameError;
    flatError += frameFlat;
  }
  ratios.sort((a, b) => a - b);
  const sum = used.reduce((a, b) => a + b, 0);
  return {
    frames: ratios.length,
    count,
    median: quantile(ratios, 0.5),
    ninth: quantile(ratios, 0.9),
    total: error / flatError,
    shares: d.sources.map(({ label, from, to }) => ({
      label,
      share: used.subarray(from, to).reduce((a, b) => a + b, 0) / sum,
    })),
  };
}

function heardFrames(magnitudes: Float32Array, count: number, bins: number, most: number): number[] {
  const sums = Array.from({ length: count }, (_, t) =>
    magnitudes.subarray(t * bins, (t + 1) * bins).reduce((a, b) => a + b, 0),
  );
  const loudest = sums.reduce((a, b) => Math.max(a, b), 0);
  const heard = sums.flatMap((sum, t) => (sum > SILENT * loudest && sum > 1e-9 ? [t] : []));
  const step = Math.max(1, heard.length / most);
  return Array.from({ length: Math.floor(heard.length / step) }, (_, i) => heard[Math.floor(i * step)]!);
}

const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN;
