import { beforeAll, describe, expect, it } from 'vitest';
import { createTypeScriptKernel, loadKernel } from '../../../src/kernel/index.ts';
import { ActivationSolver } from '../../../src/nmf/activations.ts';
import type { Solver } from '../../../src/nmf/activations.ts';
import { DIVERGENCES, divergenceBetween } from '../../../src/nmf/divergence.ts';
import type { Divergence } from '../../../src/nmf/divergence.ts';
import { divergenceExponents } from '../../../src/nmf/exponents.ts';
import { fixtureAtoms, fixtureFrames } from '../../helpers/fixtures.ts';
import { randomSource } from '../../helpers/signals.ts';
import { createSolver, divergenceOf, solveSequence, total } from '../../helpers/solving.ts';
import type { Problem } from '../../helpers/solving.ts';

const SOLVERS: readonly Solver[] = ['multiplicative', 'newton'];
const CASES = SOLVERS.flatMap((solver) => DIVERGENCES.map((divergence) => ({ solver, divergence })));
const { factory } = loadKernel();

let fixture: Omit<Problem, 'divergence'>;
let frames: Float32Array;
let count: number;

beforeAll(() => {
  fixture = fixtureAtoms();
  ({ frames, count } = fixtureFrames('speech-and-noise'));
});

const frame = (t: number): Float32Array => frames.subarray(t * fixture.bins, (t + 1) * fixture.bins);

/** A random problem, sparse enough to have activations at zero. */
function randomProblem(
  divergence: Divergence,
  seed: number,
): { problem: Problem; v: Float32Array; random: () => number } {
  const random = randomSource(seed * 7919);
  const [atomCount, bins] = [12, 40];
  const atoms = Float32Array.from({ length: atomCount * bins }, () => (random() < 0.3 ? 0 : random() ** 3));
  const v = Float32Array.from({ length: bins }, () => random() ** 4 + 1e-3);
  return { problem: { atoms, atomCount, bins, divergence }, v, random };
}

describe('a warm-started sequence of speech and noise', () => {
  it.each(CASES)(
    'with the $solver solver ends within 15 % of the minimum of the $divergence divergence',
    ({ solver, divergence }) => {
      const problem = { ...fixture, divergence };
      const minimum = Math.min(
        total(solveSequence(problem, frames, count, { kernel: factory, iterations: 500 })),
        total(solveSequence(problem, frames, count, { kernel: factory, solver: 'newton', iterations: 100 })),
      );
      const reached = total(solveSequence(problem, frames, count, { kernel: factory, solver }));
      expect(reached).toBeGreaterThan(minimum * (1 - 1e-6));
      expect(reached / minimum - 1).toBeLessThan(solver === 'newton' ? 0.05 : 0.15);
    },
  );

  it.each(DIVERGENCES)('reaches one minimum of the %s divergence with both solvers', (divergence) => {
    const problem = { ...fixture, divergence };
    const solve = (solver: Solver, iterations: number): number =>
      total(solveSequence(problem, frames, 40, { kernel: factory, solver, iterations }));
    expect(solve('multiplicative', 1000) / solve('newton', 200)).toBeCloseTo(1, 3);
  });

  it.each(DIVERGENCES)('gains from the over-relaxed exponent for %s', (divergence) => {
    const { safe, warm } = divergenceExponents(divergence);
    const problem = { ...fixture, divergence };
    const warmDivergences = solveSequence(problem, frames, count, { kernel: factory });
    // A sequence with the safe exponent, from the same starts: the update written out.
    const solver = createSolver(problem, { kernel: factory });
    const safeDivergences: number[] = [];
    for (let t = 0; t < count; t++) {
      const v = frame(t);
      const h = startOf(problem, v, solver.activations, t === 0);
      for (let i = 0; i < 4; i++) plainUpdate(problem, v, h, safe);
      safeDivergences.push(divergenceOf(problem, v, h));
      solver.spectrum.set(v);
      solver.process();
    }
    expect(warm).toBeGreaterThan(safe);
    expect(total(warmDivergences)).toBeLessThan(total(safeDivergences));
    // No frame, at an onset or anywhere, pays for it with more than a little.
    const worst = warmDivergences.map((divergence_, t) => divergence_ / safeDivergences[t]!);
    expect(Math.max(...worst)).toBeLessThan(1.1);
  });
});

/** 0.9 c h_last + 0.1 flat, in doubles. */
function startOf(problem: Problem, v: Float32Array, last: Float32Array, fresh: boolean): Float64Array {
  const { atoms, atomCount, bins } = problem;
  const sums = Array.from({ length: atomCount }, (_, k) =>
    total([...atoms.subarray(k * bins, (k + 1) * bins)]),
  );
  const sum = total([...v]);
  const flat = sum / total(sums);
  const modelled = total(sums.map((atomSum, k) => atomSum * last[k]!));
  return Float64Array.from(last, (h) => (fresh ? flat : (0.9 * h * sum) / modelled + 0.1 * flat));
}

/** The textbook update in doubles. */
function plainUpdate(problem: Problem, v: Float32Array, h: Float64Array, exponent: number): void {
  const { atoms, atomCount, bins, divergence } = problem;
  const beta = divergence === 'euclidean' ? 2 : divergence === 'kullback-leibler' ? 1 : 0;
  const model = new Float64Array(bins).fill(1e-30);
  for (let k = 0; k < atomCount; k++) {
    for (let f = 0; f < bins; f++) model[f]! += h[k]! * atoms[k * bins + f]!;
  }
  for (let k = 0; k < atomCount; k++) {
    let above = 0;
    let below = 0;
    for (let f = 0; f < bins; f++) {
      above += atoms[k * bins + f]! * v[f]! * model[f]! ** (beta - 2);
      below += atoms[k * bins + f]! * model[f]! ** (beta - 1);
    }
    h[k]! *= (above / below) ** exponent;
  }
}

describe('the divergence', () => {
  it.each(DIVERGENCES)(
    'never rises in a multiplicative update of %s with the safe exponent',
    (divergence) => {
      for (let seed = 1; seed <= 30; seed++) {
        const { problem, v } = randomProblem(divergence, seed);
        // The first frame is solved with the safe exponent: more updates of it are later points of one descent.
        let last = Infinity;
        for (let iterations = 1; iterations <= 25; iterations++) {
          const solver = createSolver(problem, { iterations });
          solver.spectrum.set(v);
          solver.process();
          const reached = divergenceOf(problem, v, solver.activations);
          expect(reached, `seed ${seed}, update ${iterations}`).toBeLessThanOrEqual(last * (1 + 1e-5));
          last = reached;
        }
      }
    },
  );

  it.each(DIVERGENCES)('never rises in a Newton step of %s, whatever the start', (divergence) => {
    for (let seed = 1; seed <= 60; seed++) {
      const { problem, v, random } = randomProblem(divergence, seed);
      const { atoms, atomCount, bins } = problem;
      const kernel = createTypeScriptKernel(4 * 48);
      const [model, spectrum, column] = [kernel.allocate(48), kernel.allocate(48), kernel.allocate(48)];
      spectrum.set(v);
      // Levels far above and below the spectrum, and some atoms at the floor.
      const level = 10 ** (6 * random() - 3);
      const h = Float32Array.from({ length: atomCount }, () => (random() < 0.3 ? 1e-9 : level * random()));
      model.fill(1e-9);
      for (let k = 0; k < atomCount; k++) {
        for (let f = 0; f < bins; f++) model[f]! += h[k]! * atoms[k * bins + f]!;
      }
      const one = kernel.allocate(1);
      let last = divergenceBetween(divergence, v, model, bins);
      for (let step = 0; step < 4 * atomCount; step++) {
        const k = step % atomCount;
        column.set(atoms.subarray(k * bins, (k + 1) * bins));
        one[0] = h[k]!;
        kernel.newtonSweep(divergence, column, spectrum, one, model, 1, 48, 1e-9);
        h[k] = one[0]!;
        const reached = divergenceBetween(divergence, v, model, bins);
        expect(reached, `seed ${seed}, step ${step}`).toBeLessThanOrEqual(last * (1 + 1e-5));
        last = reached;
      }
    }
  });

  it('is zero for Kullback-Leibler where a frame is one of the atoms', () => {
    const problem: Problem = { ...fixture, divergence: 'kullback-leibler' };
    const v = fixture.atoms.subarray(5 * fixture.bins, 6 * fixture.bins);
    for (const solver of SOLVERS) {
      const solving = createSolver(problem, { solver, iterations: 200 });
      solving.spectrum.set(v);
      solving.process();
      expect(divergenceOf(problem, v, solving.activations)).toBeLessThan(1e-3);
      expect(solving.activations[5]).toBeCloseTo(1, 1);
    }
  });
});

describe('the activations', () => {
  it.each(CASES)('scale with the level ($solver, $divergence)', ({ solver, divergence }) => {
    const problem = { ...fixture, divergence };
    const reference = createSolver(problem, { solver });
    for (const gain of [1e-4, 1e3]) {
      const scaled = createSolver(problem, { solver });
      reference.reset();
      for (let t = 20; t < 40; t++) {
        reference.spectrum.set(frame(t));
        scaled.spectrum.set(frame(t).map((x) => gain * x));
        expect(reference.process() && scaled.process()).toBe(true);
        const peak = Math.max(...reference.activations);
        reference.activations.forEach((h, k) => {
          expect(Math.abs(scaled.activations[k]! / gain - h)).toBeLessThan(1e-4 * peak);
        });
      }
    }
  });

  it.each(CASES)(
    'are right again on the frame after a broken one ($solver, $divergence)',
    ({ solver, divergence }) => {
      const problem = { ...fixture, divergence };
      const expected = createSolver(problem, { solver });
      expected.spectrum.set(frame(60));
      expected.process();
      for (const broken of [NaN, Infinity, -Infinity, 1e30]) {
        const solving = createSolver(problem, { solver });
        solving.spectrum.set(frame(59));
        expect(solving.process()).toBe(true);
        solving.spectrum[100] = broken;
        expect(solving.process()).toBe(false);
        expect(solving.finite).toBe(false);
        expect(solving.activations.every((h) => h === 0)).toBe(true);
        solving.spectrum.set(frame(60));
        expect(solving.process()).toBe(true);
        expect(solving.finite).toBe(true);
        expect([...solving.activations]).toEqual([...expected.activations]);
      }
    },
  );

  it.each(CASES)(
    'decay in silence and start flat after it ($solver, $divergence)',
    ({ solver, divergence }) => {
      const problem = { ...fixture, divergence };
      const solving = createSolver(problem, { solver });
      solving.spectrum.set(frame(59));
      solving.process();
      const before = total([...solving.activations]);
      solving.spectrum.fill(0);
      expect(solving.process()).toBe(true);
      expect(total([...solving.activations])).toBeLessThan(0.6 * before);
      for (let t = 0; t < 100; t++) solving.skipFrame();
      expect(solving.activations.every((h) => h === 0)).toBe(true);
      solving.spectrum.set(frame(60));
      solving.process();
      const expected = createSolver(problem, { solver });
      expected.spectrum.set(frame(60));
      expected.process();
      expect([...solving.activations]).toEqual([...expected.activations]);
    },
  );

  it('come back after an atom has been silent for long: none is locked at zero', () => {
    const problem: Problem = { ...fixture, divergence: 'kullback-leibler' };
    const atom = (k: number): Float32Array =>
      fixture.atoms.subarray(k * fixture.bins, (k + 1) * fixture.bins);
    for (const solver of SOLVERS) {
      const solving = createSolver(problem, { solver });
      for (let t = 0; t < 500; t++) {
        solving.spectrum.set(atom(3));
        solving.process();
      }
      expect(solving.activations[9]).toBeLessThan(0.02);
      for (let t = 0; t < 4; t++) {
        solving.spectrum.set(atom(9));
        solving.process();
      }
      expect(solving.activations[9]).toBeGreaterThan(0.5);
    }
  });

  it('are the same whether a frame is solved at once or step by step', () => {
    for (const { solver, divergence } of CASES) {
      const problem = { ...fixture, divergence };
      const [whole, cut] = [createSolver(problem, { solver }), createSolver(problem, { solver })];
      for (let t = 50; t < 53; t++) {
        whole.spectrum.set(frame(t));
        cut.spectrum.set(frame(t));
        whole.process();
        for (let step = 0; step < cut.steps; step++) cut.processStep(step);
        expect([...cut.activations]).toEqual([...whole.activations]);
      }
    }
  });

  it('take an atom of zeros, and zeros in the frame, without harm', () => {
    for (const { solver, divergence } of CASES) {
      const atoms = Float32Array.from(fixture.atoms);
      atoms.fill(0, 0, fixture.bins);
      const solving = createSolver({ ...fixture, atoms, divergence }, { solver });
      for (let t = 30; t < 40; t++) {
        solving.spectrum.set(frame(t));
        solving.spectrum.fill(0, 50, 120);
        expect(solving.process()).toBe(true);
        expect(solving.activations.every((h) => h >= 0 && h < Infinity)).toBe(true);
        expect(solving.activations[0]).toBeLessThanOrEqual(1e-3 * Math.max(...solving.activations));
      }
    }
  });
});

describe('configure', () => {
  it('takes exactly the floats it asks for', () => {
    for (const solver of SOLVERS) {
      for (const [atomCount, bins] of [
        [1, 1],
        [3, 17],
        [67, 513],
      ] as const) {
        const kernel = createTypeScriptKernel(ActivationSolver.floatsNeeded(atomCount, bins, solver));
        const atoms = new Float32Array(atomCount * bins).fill(1);
        new ActivationSolver().configure({ kernel, atoms, atomCount, bins, solver, divergence: 'euclidean' });
        expect(() => kernel.allocate(1)).toThrow(/0 floats left/);
      }
    }
  });

  it('refuses a dictionary that cannot be solved', () => {
    const kernel = createTypeScriptKernel(10_000);
    const base = { kernel, atomCount: 2, bins: 3, divergence: 'kullback-leibler' as const };
    const configure = (values: number[], iterations = 4): void =>
      new ActivationSolver().configure({ ...base, atoms: Float32Array.from(values), iterations });
    expect(() => configure([0, 0, 0, 0, 0, 0])).toThrow(/must hold energy/);
    expect(() => configure([1, 1, 1, 1, -1, 1])).toThrow(/Atom 1 holds -1 at bin 1/);
    expect(() => configure([1, 1, NaN, 1, 1, 1])).toThrow(/Atom 0 holds NaN at bin 2/);
    expect(() => configure([1, 1, 1])).toThrow(/6 values, but there are 3/);
    expect(() => configure([1, 1, 1, 1, 1, 1], 0)).toThrow(/1 to 1000 iterations/);
  });
});

describe('the cost of a frame', () => {
  it.each(CASES)(
    'does not blow up while activations decay ($solver, $divergence)',
    ({ solver, divergence }) => {
      const solving = createSolver({ ...fixture, divergence }, { solver, kernel: factory });
      const run = (prepare: (t: number) => void): number => {
        let best = Infinity;
        for (let round = 0; round < 5; round++) {
          const start = performance.now();
          for (let t = 0; t < 60; t++) {
            prepare(t);
            solving.process();
          }
          best = Math.min(best, performance.now() - start);
        }
        return best;
      };
      run((t) => solving.spectrum.set(frame(t)));
      const usual = run((t) => solving.spectrum.set(frame(t)));
      // A fade far below what any converter resolves, of one atom alone: all others fall to their floor.
      const atom = fixture.atoms.subarray(0, fixture.bins);
      const fading = run((t) => {
        for (let f = 0; f < fixture.bins; f++) solving.spectrum[f] = atom[f]! * 10 ** (-t / 4);
      });
      expect(fading / usual).toBeLessThan(4);
    },
  );
});
