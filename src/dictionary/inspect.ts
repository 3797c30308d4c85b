import type { Dictionary, DictionaryCard } from './dictionary.ts';

/** Facts about a dictionary, for people. Frequencies in Hz. */
export interface DictionarySummary {
  readonly name: string;
  readonly sampleRate: number;
  readonly fftSize: number;
  readonly windowLength: number;
  readonly hop: number;
  readonly window: string;
  readonly exponent: number;
  readonly divergence: string;
  readonly atomCount: number;
  readonly bins: number;
  /** Seconds. */
  readonly windowDuration: number;
  readonly hopDuration: number;
  /** Further tensors by name and shape. */
  readonly tensors: readonly { readonly name: string; readonly shape: readonly number[] }[];
  readonly sources: readonly SourceSummary[];
  readonly card: DictionaryCard;
}

export interface SourceSummary {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly atomCount: number;
  /** Centre of gravity of the mean atom. */
  readonly centroid: number;
  /** Below and above which the mean atom has 1 % of its sum. */
  readonly lowest: number;
  readonly highest: number;
  /** Per atom. */
  readonly atoms: readonly AtomSummary[];
}

export interface AtomSummary {
  readonly centroid: number;
  /** Frequency of the largest value. */
  readonly peak: number;
  /** Part of the largest value in the sum, 1 / bins (flat) to 1 (one bin). */
  readonly peakiness: number;
}

export function summarizeDictionary(d: Dictionary): DictionarySummary {
  return {
    name: d.name,
    sampleRate: d.sampleRate,
    fftSize: d.fftSize,
    windowLength: d.windowLength,
    hop: d.hop,
    window: d.window,
    exponent: d.exponent,
    divergence: d.divergence,
    atomCount: d.atomCount,
    bins: d.bins,
    windowDuration: d.windowLength / d.sampleRate,
    hopDuration: d.hop / d.sampleRate,
    tensors: (d.tensors ?? []).map(({ name, shape }) => ({ name, shape })),
    sources: d.sources.map(({ label, from, to }) => {
      const mean = new Float64Array(d.bins);
      const atoms: AtomSummary[] = [];
      for (let k = from; k < to; k++) {
        const atom = d.atoms.subarray(k * d.bins, (k + 1) * d.bins);
        for (let f = 0; f < d.bins; f++) mean[f]! += atom[f]! / (to - from);
        atoms.push(summarizeAtom(d, atom));
      }
      const [lowest, highest] = limits(mean, 0.01);
      const hz = d.sampleRate / d.fftSize;
      return {
        label,
        from,
        to,
        atomCount: to - from,
        centroid: centroid(mean) * hz,
        lowest: lowest * hz,
        highest: highest * hz,
        atoms,
      };
    }),
    card: d.card,
  };
}

function summarizeAtom(d: Dictionary, atom: Float32Array): AtomSummary {
  const hz = d.sampleRate / d.fftSize;
  let peak = 0;
  for (let f = 1; f < atom.length; f++) if (atom[f]! > atom[peak]!) peak = f;
  return { centroid: centroid(atom) * hz, peak: peak * hz, peakiness: atom[peak]! };
}

/** In bins. */
function centroid(spectrum: ArrayLike<number>): number {
  let sum = 0;
  let moment = 0;
  for (let f = 0; f < spectrum.length; f++) {
    sum += spectrum[f]!;
    moment += f * spectrum[f]!;
  }
  return moment / sum;
}

/** Bins below and above which lies less than `part` of the sum. */
function limits(spectrum: Float64Array, part: number): [number, number] {
  const total = spectrum.reduce((sum, value) => sum + value, 0);
  let below = 0;
  let low = 0;
  while (low < spectrum.length - 1 && below + spectrum[low]! < part * total) below += spectrum[low++]!;
  let above = 0;
  let high = spectrum.length - 1;
  while (high > low && above + spectrum[high]! < part * total) above += spectrum[high--]!;
  return [low, high];
}
