import type { Dictionary } from '../../src/dictionary/dictionary.ts';

/** One source per band: atoms that are flat within [from, to) Hz, `perBand` narrower ones each. */
export function bandDictionary(
  edges: readonly number[],
  options: { sampleRate?: number; fftSize?: number; perBand?: number; labels?: string[] } = {},
): Dictionary {
  const { sampleRate = 48000, fftSize = 1024, perBand = 4 } = options;
  const bins = fftSize / 2 + 1;
  const count = edges.length - 1;
  const atoms = new Float32Array(count * perBand * bins);
  for (let s = 0; s < count; s++) {
    for (let k = 0; k < perBand; k++) {
      const low = edges[s]! + ((edges[s + 1]! - edges[s]!) * k) / perBand;
      const high = edges[s]! + ((edges[s + 1]! - edges[s]!) * (k + 1)) / perBand;
      const row = atoms.subarray((s * perBand + k) * bins, (s * perBand + k + 1) * bins);
      for (let f = 0; f < bins; f++) {
        const hertz = (f * sampleRate) / fftSize;
        row[f] = hertz >= low && hertz < high ? 1 : 1e-6;
      }
      const sum = row.reduce((a, b) => a + b, 0);
      row.forEach((value, f) => (row[f] = value / sum));
    }
  }
  return {
    name: 'bands',
    atoms,
    atomCount: count * perBand,
    bins,
    sampleRate,
    fftSize,
    windowLength: fftSize,
    hop: fftSize / 4,
    window: 'sqrt-hann',
    exponent: 1,
    divergence: 'kullback-leibler',
    sources: Array.from({ length: count }, (_, s) => ({
      label: options.labels?.[s] ?? `band ${s + 1}`,
      from: s * perBand,
      to: (s + 1) * perBand,
    })),
    card: {},
  };
}
