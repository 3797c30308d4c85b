import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DIVERGENCES } from '../../src/nmf/divergence.ts';
import type { Divergence } from '../../src/nmf/divergence.ts';
import { factorize } from '../../src/nmf/factorize.ts';
import { initialize } from '../../src/nmf/initialization.ts';
import type { Start } from '../../src/nmf/initialization.ts';
import { createRandom } from '../../src/nmf/random.ts';

interface Matrices {
  activations: number[];
  atoms: number[];
}
interface Golden {
  frames: number;
  bins: number;
  atomCount: number;
  iterations: number;
  v: number[];
  start: Matrices;
  results: Record<Divergence, Matrices & { divergence: number }>;
  fixedAtoms: Record<Divergence, { start: number; activations: number[] }>;
  starts: Partial<Record<Start, Matrices>>;
}

const golden = JSON.parse(readFileSync(new URL('scikit-learn-nmf.json', import.meta.url), 'utf8')) as Golden;
const { frames, bins, atomCount, iterations } = golden;
const v = Float32Array.from(golden.v);
const atoms = Float32Array.from(golden.start.atoms);
const activations = Float32Array.from(golden.start.activations);

/** Largest difference, relative to the expected value where it is above a millionth of the mean. */
function worst(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  const mean = expected.reduce((sum, value) => sum + value, 0) / expected.length;
  return expected.reduce(
    (most, value, i) => Math.max(most, Math.abs(actual[i]! - value) / Math.max(value, 1e-6 * mean)),
    0,
  );
}

describe('the same as scikit-learn from the same start in the same number of iterations', () => {
  it.each(DIVERGENCES)('%s: W, H and the divergence', (divergence) => {
    const options = { atomCount, divergence, iterations, atoms, activations, normalize: false };
    const result = factorize(v, frames, bins, options);
    const expected = golden.results[divergence];
    expect(result.iterations).toBe(iterations);
    expect(worst(result.atoms, expected.atoms)).toBeLessThan(1e-4);
    expect(worst(result.activations, expected.activations)).toBeLessThan(1e-4);
    expect(Math.abs(result.divergence / expected.divergence - 1)).toBeLessThan(1e-6);
  });

  it.each(DIVERGENCES)('%s: H with fixed atoms', (divergence) => {
    const { start, activations: expected } = golden.fixedAtoms[divergence];
    const result = factorize(v, frames, bins, {
      atomCount,
      divergence,
      iterations,
      atoms,
      activations: new Float32Array(frames * atomCount).fill(start),
      updateAtoms: false,
    });
    expect(worst(result.activations, expected)).toBeLessThan(1e-4);
    expect(result.atoms).toEqual(atoms);
  });

  it.each(['nndsvd', 'nndsvda'] as const)('%s', (start) => {
    const point = initialize(v, frames, bins, { atomCount, start, random: createRandom(3) });
    const expected = golden.starts[start]!;
    expect(worst(point.atoms, expected.atoms)).toBeLessThan(1e-4);
    expect(worst(point.activations, expected.activations)).toBeLessThan(1e-4);
  });
});
