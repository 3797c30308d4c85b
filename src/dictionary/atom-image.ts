import type { Dictionary } from './dictionary.ts';

export interface AtomImageOptions {
  /** Pixels; default one column per atom. */
  readonly width?: number;
  /** Pixels; default 128. */
  readonly height?: number;
  /** Columns of a source by rising centroid (default), or as in the file. */
  readonly order?: 'centroid' | 'file';
  /** dB from an atom's largest value (255) down to black (0); default 60. */
  readonly range?: number;
  /** Frequency of the bottom edge in Hz; default 50, at least half a bin. */
  readonly lowest?: number;
}

/** Atoms as a heat map: columns are atoms, rows frequencies on a logarithmic axis, the highest on top. */
export interface AtomImage {
  readonly width: number;
  readonly height: number;
  /** height x width intensities, row by row from the top, 0 to 255. */
  readonly pixels: Uint8Array;
  /** Atoms in the order of the columns; column x shows those from floor(x K / width). */
  readonly atoms: readonly number[];
  /** Sources by their columns, `to` exclusive; a source may have none in an image narrower than its dictionary. */
  readonly sources: readonly { readonly label: string; readonly from: number; readonly to: number }[];
  /** Hz, of the bottom and the top edge. */
  readonly lowest: number;
  readonly highest: number;
}

const DEFAULT_HEIGHT = 128;
const MAX_SIDE = 16384;
const LOWEST = 50;

/**
 * The heat map of a dictionary. Each atom is shown relative to its own largest value; a row that spans several bins shows the largest of
 * them, one narrower than a bin what lies between its neighbours. Throws a RangeError for a size that is no image.
 */
export function atomImage(d: Dictionary, options: AtomImageOptions = {}): AtomImage {
  const { width = d.atomCount, height = DEFAULT_HEIGHT, order = 'centroid', range = 60 } = options;
  for (const side of [width, height]) {
    if (!Number.isInteger(side) || side < 1 || side > MAX_SIDE) {
      throw new RangeError(
        `An image of ${width} x ${height} pixels cannot be made; sides are from 1 to ${MAX_SIDE}.`,
      );
    }
  }
  if (!(range > 0)) throw new RangeError(`The range of an image is ${range} dB; it must be above 0.`);
  const spacing = d.sampleRate / d.fftSize;
  const highest = d.sampleRate / 2;
  const lowest = Math.min(Math.max(options.lowest ?? LOWEST, spacing / 2), highest / 2);
  const atoms = d.sources.flatMap(({ from, to }) => {
    const indices = Array.from({ length: to - from }, (_, i) => from + i);
    if (order === 'file') return indices;
    const centroids = new Map(indices.map((k) => [k, centroidOf(d, k)]));
    return indices.toSorted((a, b) => centroids.get(a)! - centroids.get(b)!);
  });
  const edge = (row: number): number => (lowest * (highest / lowest) ** (1 - row / height)) / spacing;
  const pixels = new Uint8Array(width * height);
  for (let x = 0; x < width; x++) {
    const first = Math.floor((x * d.atomCount) / width);
    const last = Math.max(first + 1, Math.floor(((x + 1) * d.atomCount) / width));
    for (let i = first; i < last; i++) {
      const atom = d.atoms.subarray(atoms[i]! * d.bins, (atoms[i]! + 1) * d.bins);
      let peak = 0;
      for (const value of atom) peak = Math.max(peak, value);
      for (let y = 0; y < height; y++) {
        const level = levelBetween(atom, edge(y + 1), edge(y)) / peak;
        const shade = Math.round(255 * (1 + (20 * Math.log10(level)) / (d.exponent * range)));
        const at = y * width + x;
        if (shade > pixels[at]!) pixels[at] = Math.min(255, shade);
      }
    }
  }
  const column = (atom: number): number => Math.ceil((atom * width) / d.atomCount);
  const sources = d.sources.map(({ label, from, to }) => ({ label, from: column(from), to: column(to) }));
  return { width, height, pixels, atoms, sources, lowest, highest };
}

/** The largest value from bin position `low` to `high`, or the one in the middle where no bin lies between. */
function levelBetween(atom: Float32Array, low: number, high: number): number {
  const first = Math.ceil(low);
  const last = Math.min(Math.floor(high), atom.length - 1);
  if (first > last) {
    const middle = Math.min((low + high) / 2, atom.length - 1);
    const below = Math.floor(middle);
    const above = Math.min(below + 1, atom.length - 1);
    return atom[below]! + (middle - below) * (atom[above]! - atom[below]!);
  }
  let largest = 0;
  for (let f = first; f <= last; f++) largest = Math.max(largest, atom[f]!);
  return largest;
}

function centroidOf(d: Dictionary, k: number): number {
  let sum = 0;
  let moment = 0;
  for (let f = 0; f < d.bins; f++) {
    const value = d.atoms[k * d.bins + f]!;
    sum += value;
    moment += f * value;
  }
  return moment / sum;
}
