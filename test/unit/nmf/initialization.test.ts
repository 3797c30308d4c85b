import { describe, expect, it } from 'vitest';
import { atomCountForVariance, initialize, STARTS } from '../../../src/nmf/initialization.ts';
import { createRandom, sampleIndices } from '../../../src/nmf/random.ts';
import { singularVectors } from '../../../src/nmf/singular-vectors.ts';

const FRAMES = 50;
const BINS = 20;

/** A matrix of rank 3 with singular values 30, 10 and 3 on orthogonal, non-negative blocks. */
function rankThree(): Float32Array {
  const v = new Float32Array(FRAMES * BINS);
  const values = [30, 10, 3];
  for (let k = 0; k < 3; k++) {
    for (let n = 10 * k; n < 10 * (k + 1); n++) {
      for (let f = 5 * k; f < 5 * (k + 1); f++) v[n * BINS + f] = values[k]! / Math.sqrt(50);
    }
  }
  return v;
}

const noise = (() => {
  const random = createRandom(2);
  return Float32Array.from({ length: FRAMES * BINS }, () => random.uniform());
})();

describe('random numbers', () => {
  it('are uniform and normal', () => {
    const random = createRandom(1);
    const uniform = Array.from({ length: 20000 }, () => random.uniform());
    const normal = Array.from({ length: 20000 }, () => random.normal());
    const mean = (x: number[]) => x.reduce((a, b) => a + b, 0) / x.length;
    expect(mean(uniform)).toBeCloseTo(0.5, 1);
    expect(Math.min(...uniform)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...uniform)).toBeLessThan(1);
    expect(Math.abs(mean(normal))).toBeLessThan(0.03);
    expect(mean(normal.map((x) => x * x))).toBeCloseTo(1, 1);
  });

  it('draw indices without repeats, in order', () => {
    const drawn = [...sampleIndices(createRandom(3), 100, 30)];
    expect(new Set(drawn).size).toBe(30);
    expect(drawn).toEqual(drawn.toSorted((a, b) => a - b));
    expect(sampleIndices(createRandom(3), 5, 30)).toHaveLength(5);
  });
});

describe('singular vectors', () => {
  it('finds known singular values', () => {
    const { values } = singularVectors(rankThree(), FRAMES, BINS, 4, createRandom(1));
    [30, 10, 3].forEach((expected, i) => expect(values[i]).toBeCloseTo(expected, 4));
    expect(values[3]!).toBeLessThan(1e-3);
  });

  it('has orthonormal vectors that rebuild the matrix', () => {
    const { values, left, right } = singularVectors(noise, FRAMES, BINS, BINS, createRandom(1));
    for (let n = 0; n < FRAMES; n++) {
      for (let f = 0; f < BINS; f++) {
        let sum = 0;
        for (let k = 0; k < BINS; k++) sum += values[k]! * left[k * FRAMES + n]! * right[k * BINS + f]!;
        expect(sum).toBeCloseTo(noise[n * BINS + f]!, 6);
      }
    }
    const overlap = (i: number, j: number) =>
      right.slice(i * BINS, (i + 1) * BINS).reduce((sum, value, f) => sum + value * right[j * BINS + f]!, 0);
    expect(overlap(2, 2)).toBeCloseTo(1, 8);
    expect(overlap(2, 5)).toBeCloseTo(0, 8);
  });
});

describe('starting points', () => {
  it.each(STARTS)('%s is non-negative, of the right size, and seeded', (start) => {
    const point = (seed: number) =>
      initialize(noise, FRAMES, BINS, { atomCount: 6, start, random: createRandom(seed) });
    const { atoms, activations } = point(1);
    expect(atoms).toHaveLength(6 * BINS);
    expect(activations).toHaveLength(FRAMES * 6);
    expect(atoms.every((value) => value >= 0 && value < Infinity)).toBe(true);
    expect(activations.every((value) => value >= 0 && value < Infinity)).toBe(true);
    expect(point(1)).toEqual(point(1));
  });

  it('leaves no zeros to lock, except in plain NNDSVD', () => {
    for (const start of STARTS) {
      const { atoms } = initialize(rankThree(), FRAMES, BINS, {
        atomCount: 3,
        start,
        random: createRandom(1),
      });
      expect(atoms.some((value) => value === 0)).toBe(start === 'nndsvd');
    }
  });

  it('NNDSVD starts at the parts where they do not overlap', () => {
    const v = rankThree();
    const start = 'nndsvd';
    const point = initialize(v, FRAMES, BINS, { atomCount: 3, start, random: createRandom(1) });
    for (let n = 0; n < FRAMES; n++) {
      for (let f = 0; f < BINS; f++) {
        let sum = 0;
        for (let k = 0; k < 3; k++) sum += point.activations[n * 3 + k]! * point.atoms[k * BINS + f]!;
        expect(sum).toBeCloseTo(v[n * BINS + f]!, 4);
      }
    }
  });

  it('draws the louder frames', () => {
    // Frames 0 to 9 are loud and hold the low bins; the others are a thousand times quieter.
    const v = Float32Array.from({ length: FRAMES * BINS }, (_, i) =>
      i < 10 * BINS ? (i % BINS < 5 ? 1 : 0) : i % BINS < 5 ? 0 : 1e-3,
    );
    const { atoms } = initialize(v, FRAMES, BINS, { atomCount: 4, start: 'frames', random: createRandom(1) });
    for (let k = 0; k < 4; k++) {
      expect(atoms.slice(k * BINS, k * BINS + 5).reduce((a, b) => a + b, 0)).toBeGreaterThan(0.95);
    }
  });

  it('can have more atoms than frames or bins', () => {
    for (const start of STARTS) {
      const settings = { atomCount: 30, start, random: createRandom(1) };
      expect(initialize(noise.slice(0, 4 * BINS), 4, BINS, settings).atoms).toHaveLength(30 * BINS);
    }
  });
});

describe('number of atoms from explained variance', () => {
  it('counts the atoms of a matrix of known rank', () => {
    // Energies 900, 100 and 9.
    expect(atomCountForVariance(rankThree(), FRAMES, BINS, 0.85)).toBe(1);
    expect(atomCountForVariance(rankThree(), FRAMES, BINS, 0.95)).toBe(2);
    expect(atomCountForVariance(rankThree(), FRAMES, BINS, 0.999)).toBe(3);
  });

  it('stops at the most it may use, and wants a fraction', () => {
    expect(atomCountForVariance(noise, FRAMES, BINS, 0.999, 5)).toBe(5);
    expect(() => atomCountForVariance(noise, FRAMES, BINS, 1)).toThrow(/between 0 and 1/);
  });
});
