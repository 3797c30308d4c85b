import { describe, expect, it } from 'vitest';
import { DIVERGENCES, divergenceBetween } from '../../../src/nmf/divergence.ts';
import { factorization, factorize } from '../../../src/nmf/factorize.ts';
import { STARTS } from '../../../src/nmf/initialization.ts';
import { createRandom } from '../../../src/nmf/random.ts';

const FRAMES = 60;
const BINS = 33;
const ATOMS = 4;

/** Four separate bumps, each sounding in about half of the frames. `floor` keeps values from zero. */
function scene(floor = 0.02, seed = 5): { v: Float32Array; atoms: Float32Array; activations: Float32Array } {
  const random = createRandom(seed);
  const atoms = new Float32Array(ATOMS * BINS);
  for (let k = 0; k < ATOMS; k++) {
    for (let f = 0; f < BINS; f++) atoms[k * BINS + f] = Math.exp(-(((f - 4 - 8 * k) / 2) ** 2)) + floor;
    const row = atoms.subarray(k * BINS, (k + 1) * BINS);
    const sum = row.reduce((a, b) => a + b, 0);
    row.forEach((value, f) => (row[f] = value / sum));
  }
  const activations = Float32Array.from({ length: FRAMES * ATOMS }, () =>
    random.uniform() < 0.5 ? 5 * random.uniform() : 0.01,
  );
  return { v: product(activations, atoms), atoms, activations };
}

function product(activations: Float32Array, atoms: Float32Array): Float32Array {
  const v = new Float32Array(FRAMES * BINS);
  for (let n = 0; n < FRAMES; n++) {
    for (let k = 0; k < ATOMS; k++) {
      for (let f = 0; f < BINS; f++) {
        v[n * BINS + f]! += activations[n * ATOMS + k]! * atoms[k * BINS + f]!;
      }
    }
  }
  return v;
}

function noise(seed: number): Float32Array {
  const random = createRandom(seed);
  return Float32Array.from({ length: FRAMES * BINS }, () => random.uniform() ** 3);
}

function expectNeverRises(history: readonly number[], slack = 1e-9): void {
  for (let i = 1; i < history.length; i++) {
    expect(history[i]!).toBeLessThanOrEqual(history[i - 1]! * (1 + slack) + 1e-12);
  }
}

describe('the objective never rises', () => {
  const everyStep = { atomCount: ATOMS, iterations: 60, evaluateEvery: 1 };

  it.each(DIVERGENCES)('%s, on noise', (divergence) => {
    const { history } = factorize(noise(1), FRAMES, BINS, { ...everyStep, divergence });
    expectNeverRises(history);
    expect(history.at(-1)!).toBeLessThan(history[0]! * 0.95);
  });

  it.each(DIVERGENCES)('%s, from every start', (divergence) => {
    for (const start of STARTS) {
      expectNeverRises(factorize(noise(2), FRAMES, BINS, { ...everyStep, divergence, start }).history);
    }
  });

  it.each(DIVERGENCES)('%s, with a price on activations', (divergence) => {
    for (const sparsity of [0.01, 0.3, 5]) {
      expectNeverRises(factorize(noise(3), FRAMES, BINS, { ...everyStep, divergence, sparsity }).history);
    }
  });

  it.each(DIVERGENCES)('%s, where part of the bins was not observed', (divergence) => {
    const observedBins = Int32Array.from({ length: FRAMES }, (_, n) => (n % 3 === 0 ? BINS : 10 + (n % 5)));
    expectNeverRises(factorize(noise(4), FRAMES, BINS, { ...everyStep, divergence, observedBins }).history);
  });

  it.each(DIVERGENCES)('%s, with silent frames and empty bins', (divergence) => {
    const v = noise(5).map((value, i) => (i < 3 * BINS || i % BINS === 7 ? 0 : value));
    const result = factorize(v, FRAMES, BINS, { ...everyStep, divergence });
    expectNeverRises(result.history);
    expect(result.atoms.every(Number.isFinite) && result.activations.every(Number.isFinite)).toBe(true);
  });
});

describe('what it finds', () => {
  it.each(DIVERGENCES)('%s explains data made of as many atoms', (divergence) => {
    const { v } = scene();
    const result = factorize(v, FRAMES, BINS, { atomCount: ATOMS, divergence, iterations: 400, restarts: 3 });
    const model = product(result.activations, result.atoms);
    expect(divergenceBetween(divergence, v, model)).toBeCloseTo(result.divergence, 3);
    expect(result.divergence).toBeLessThan(result.history[0]! * 0.01);
  });

  it('finds the atoms themselves, up to their order', () => {
    const { v, atoms } = scene(0);
    const result = factorize(v, FRAMES, BINS, { atomCount: ATOMS, iterations: 300, restarts: 3 });
    for (let k = 0; k < ATOMS; k++) {
      const likeness = Array.from({ length: ATOMS }, (_, j) => {
        let overlap = 0;
        for (let f = 0; f < BINS; f++) overlap += Math.min(atoms[k * BINS + f]!, result.atoms[j * BINS + f]!);
        return overlap;
      });
      expect(Math.max(...likeness)).toBeGreaterThan(0.95);
    }
  });

  it('leaves atoms with sum 1, at any level of the recording', () => {
    for (const level of [1e-6, 1, 1e6]) {
      const v = noise(6).map((value) => value * level);
      const { atoms, activations } = factorize(v, FRAMES, BINS, { atomCount: ATOMS, iterations: 30 });
      for (let k = 0; k < ATOMS; k++) {
        expect(atoms.subarray(k * BINS, (k + 1) * BINS).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      }
      // Kullback-Leibler keeps the sum of the data.
      const total = v.reduce((a, b) => a + b, 0);
      expect(activations.reduce((a, b) => a + b, 0) / total).toBeCloseTo(1, 4);
    }
  });

  it('gives the same result for the same seed, another for another', () => {
    const run = (seed: number) =>
      factorize(noise(7), FRAMES, BINS, { atomCount: ATOMS, iterations: 20, seed });
    expect(run(1).atoms).toEqual(run(1).atoms);
    expect(run(1).atoms).not.toEqual(run(2).atoms);
  });

  it('keeps the best of its runs', () => {
    const options = { atomCount: 6, iterations: 20 };
    const single = [11, 12, 13].map(
      (seed) => factorize(noise(8), FRAMES, BINS, { ...options, seed }).divergence,
    );
    const best = factorize(noise(8), FRAMES, BINS, { ...options, seed: 11, restarts: 3 });
    expect(best.divergence).toBe(Math.min(...single));
  });

  it('makes activations sparser the higher their price', () => {
    const shares = [0, 0.2, 1].map((sparsity) => {
      const { activations } = factorize(noise(9), FRAMES, BINS, { atomCount: 12, iterations: 150, sparsity });
      const most = Math.max(...activations);
      return activations.filter((h) => h > 0.02 * most).length / activations.length;
    });
    expect(shares[1]!).toBeLessThan(shares[0]!);
    expect(shares[2]!).toBeLessThan(shares[1]!);
  });
});

describe('parts that stay as they are', () => {
  it('learns the remaining atoms around fixed ones, wherever they stand', () => {
    const { v, atoms } = scene(0);
    for (const fixedAtoms of [2, [1, 3] as const]) {
      const [from, to] = typeof fixedAtoms === 'number' ? [0, fixedAtoms] : fixedAtoms;
      const start = atoms.map((value, i) =>
        Math.floor(i / BINS) >= from && Math.floor(i / BINS) < to ? value : (1 + ((i * 7) % 5)) / 100,
      );
      const result = factorize(v, FRAMES, BINS, {
        atomCount: ATOMS,
        iterations: 300,
        atoms: start,
        fixedAtoms,
      });
      expect(result.atoms.slice(from * BINS, to * BINS)).toEqual(start.slice(from * BINS, to * BINS));
      expect(result.divergence).toBeLessThan(1e-3 * result.history[0]!);
    }
  });

  it('finds H for a given W, and W for a given H', () => {
    const { v, atoms, activations } = scene();
    const options = { atomCount: ATOMS, iterations: 500 };
    const h = factorize(v, FRAMES, BINS, { ...options, atoms, updateAtoms: false });
    expect(h.atoms).toEqual(atoms);
    h.activations.forEach((value, i) => expect(Math.abs(value - activations[i]!)).toBeLessThan(0.02));
    const w = factorize(v, FRAMES, BINS, { ...options, activations, updateActivations: false });
    expect(w.activations).toEqual(activations);
    w.atoms.forEach((value, i) => expect(Math.abs(value - atoms[i]!)).toBeLessThan(1e-3));
  });

  it('keeps zeros of the start', () => {
    const { v } = scene();
    const atoms = new Float32Array(ATOMS * BINS).fill(1).map((value, i) => (i % BINS < 5 ? 0 : value));
    const result = factorize(v, FRAMES, BINS, { atomCount: ATOMS, atoms, iterations: 10 });
    expect(result.atoms.filter((value, i) => i % BINS < 5 && value > 0)).toHaveLength(0);
  });

  it('learns bins that only some frames observed from those frames', () => {
    const { v, atoms } = scene(0.01);
    const cut = 20;
    // Two thirds of the frames lost all above bin 20, as a recording of a lower sample rate has.
    const observedBins = Int32Array.from({ length: FRAMES }, (_, n) => (n % 3 === 0 ? BINS : cut));
    const lost = v.map((value, i) => (i % BINS < observedBins[Math.floor(i / BINS)]! ? value : 0));
    const options = { atomCount: ATOMS, iterations: 500, atoms: atoms.map((value) => value + 0.01) };
    const upper = (w: Float32Array) => w.reduce((sum, value, i) => sum + (i % BINS >= cut ? value : 0), 0);
    const aware = factorize(lost, FRAMES, BINS, { ...options, observedBins });
    const unaware = factorize(lost, FRAMES, BINS, options);
    expect(Math.abs(upper(aware.atoms) / upper(atoms) - 1)).toBeLessThan(0.05);
    expect(upper(unaware.atoms) / upper(atoms)).toBeLessThan(0.9);
  });
});

describe('stopping', () => {
  it('stops when the objective hardly falls', () => {
    const options = { atomCount: ATOMS, iterations: 2000 };
    const early = factorize(noise(1), FRAMES, BINS, { ...options, tolerance: 1e-4 });
    expect(early.iterations).toBeLessThan(500);
    expect(early.finished).toBe(true);
  });

  it('can be cancelled, and keeps what it has', () => {
    const seen: number[] = [];
    const result = factorize(noise(1), FRAMES, BINS, {
      atomCount: ATOMS,
      iterations: 50,
      onIteration: (iteration, objective) => {
        expect(objective).toBeGreaterThan(0);
        seen.push(iteration);
        return iteration < 7;
      },
    });
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(result).toMatchObject({ iterations: 7, finished: false });
    expect(result.divergence).toBeLessThan(result.history[0]!);
  });

  it('goes step by step for a worker that has messages to read', () => {
    const run = factorization(noise(1), FRAMES, BINS, { atomCount: ATOMS, iterations: 10, restarts: 2 });
    expect(run.next().value).toMatchObject({ iteration: 1, iterations: 20 });
    expect(run.next().value).toMatchObject({ iteration: 2, iterations: 20 });
    const end = run.next(false);
    expect(end.done).toBe(true);
    expect(end.value).toMatchObject({ iterations: 2, finished: false });
  });

  it('does nothing in no iterations', () => {
    const { v, atoms, activations } = scene();
    const result = factorize(v, FRAMES, BINS, { atomCount: ATOMS, iterations: 0, atoms, activations });
    expect(result.history).toHaveLength(1);
    expect(result.activations[5]).toBeCloseTo(activations[5]!, 4);
  });
});

describe('bad input is named', () => {
  const v = noise(1);
  const at = (index: number, value: number) => v.map((old, i) => (i === index ? value : old));
  const options = { atomCount: ATOMS };
  it.each([
    [() => factorize(at(34, -1), FRAMES, BINS, options), /value -1 in row 1, column 1/],
    [() => factorize(at(0, NaN), FRAMES, BINS, options), /value NaN/],
    [() => factorize(at(0, Infinity), FRAMES, BINS, options), /value Infinity/],
    [() => factorize(v, FRAMES, BINS + 1, options), /1980 values; frames x bins is 60 x 34 = 2040/],
    [() => factorize(new Float32Array(FRAMES * BINS), FRAMES, BINS, options), /zero everywhere/],
    [() => factorize(v, 0, BINS, options), /number of frames is 0/],
    [() => factorize(v, FRAMES, BINS, { atomCount: 0 }), /number of atoms is 0.*at least 1/],
    [() => factorize(v, FRAMES, BINS, { atomCount: 2.5 }), /number of atoms is 2.5/],
    [() => factorize(v, FRAMES, BINS, { ...options, iterations: -1 }), /iterations is -1/],
    [() => factorize(v, FRAMES, BINS, { ...options, sparsity: -1 }), /sparsity is -1/],
    [() => factorize(v, FRAMES, BINS, { ...options, tolerance: NaN }), /tolerance is NaN/],
    [() => factorize(v, FRAMES, BINS, { ...options, divergence: 'l2' as 'euclidean' }), /no divergence "l2"/],
    [() => factorize(v, FRAMES, BINS, { ...options, start: 'svd' as 'random' }), /no start "svd"/],
    [() => factorize(v, FRAMES, BINS, { ...options, atoms: new Float32Array(3) }), /atoms has 3 values/],
    [() => factorize(v, FRAMES, BINS, { ...options, activations: new Float32Array(3) }), /activations has 3/],
    [() => factorize(v, FRAMES, BINS, { ...options, fixedAtoms: 2 }), /none are given/],
    [() => factorize(v, FRAMES, BINS, { ...options, fixedAtoms: [3, 9] }), /Atoms 3 to 9.*there are 4/],
    [() => factorize(v, FRAMES, BINS, { ...options, updateAtoms: false }), /none are given/],
    [() => factorize(v, FRAMES, BINS, { ...options, observedBins: new Int32Array(2) }), /one per frame, 60/],
    [() => factorize(v, FRAMES, BINS, { ...options, observedBins: new Int32Array(60) }), /from 1 to 33/],
    [() => factorize(v, FRAMES, BINS, { ...options, seed: NaN }), /seed is NaN/],
  ])('%#', (run, message) => {
    expect(run).toThrow(RangeError);
    expect(run).toThrow(message);
  });
});
