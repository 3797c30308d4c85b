import type { Dictionary } from '../../src/dictionary/index.ts';
import { normalizeAtoms } from '../../src/dictionary/index.ts';
import { randomSource } from './signals.ts';

/** Two sources: "low" has energy below `split` Hz, "high" above it; a little of everything elsewhere. */
export function twoBandDictionary(changes: Partial<Dictionary> = {}, split = 2000): Dictionary {
  const sampleRate = changes.sampleRate ?? 16000;
  const fftSize = changes.fftSize ?? 512;
  const bins = fftSize / 2 + 1;
  const atomsPerSource = 3;
  const random = randomSource(7);
  const atoms = new Float32Array(2 * atomsPerSource * bins);
  for (let k = 0; k < 2 * atomsPerSource; k++) {
    for (let f = 0; f < bins; f++) {
      const low = (f * sampleRate) / fftSize < split;
      const inside = low === k < atomsPerSource;
      atoms[k * bins + f] = (inside ? 1 : 1e-3) * (0.5 + random());
    }
  }
  return {
    name: 'Two bands',
    sampleRate,
    fftSize,
    windowLength: fftSize,
    hop: fftSize / 4,
    window: 'sqrt-hann',
    exponent: 1,
    divergence: 'kullback-leibler',
    bins,
    atomCount: 2 * atomsPerSource,
    atoms: normalizeAtoms(atoms, bins),
    sources: [
      { label: 'low', from: 0, to: atomsPerSource },
      { label: 'high', from: atomsPerSource, to: 2 * atomsPerSource },
    ],
    card: { description: 'Made for tests', licence: 'MIT' },
    ...changes,
  };
}

/** A dictionary of one source whose atoms are the given spectra. */
export function dictionaryOf(rows: readonly ArrayLike<number>[], grid: Partial<Dictionary> = {}): Dictionary {
  const bins = rows[0]!.length;
  const atoms = new Float32Array(rows.length * bins);
  for (const [k, row] of rows.entries()) atoms.set(row, k * bins);
  return {
    ...twoBandDictionary(),
    fftSize: 2 * (bins - 1),
    windowLength: 2 * (bins - 1),
    bins,
    atomCount: rows.length,
    atoms: normalizeAtoms(atoms, bins),
    sources: [{ label: 'all', from: 0, to: rows.length }],
    ...grid,
  };
}
