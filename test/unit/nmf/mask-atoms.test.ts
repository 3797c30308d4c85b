import { describe, expect, it } from 'vitest';
import { createTypeScriptKernel } from '../../../src/kernel/index.ts';
import { MaskAtoms } from '../../../src/nmf/mask-atoms.ts';
import type { MaskAtomsOptions, MaskFrames } from '../../../src/nmf/mask-atoms.ts';
import { availableKernels } from '../../helpers/kernels.ts';
import { maximumDifference, randomSource } from '../../helpers/signals.ts';

const bins = 7;
const sources = [
  { from: 0, to: 3 },
  { from: 3, to: 5 },
  { from: 5, to: 9 },
];
const atomCount = 9;

function randomFrames(count: number, seed: number): MaskFrames {
  const random = randomSource(seed);
  const targets = sources.map(() => Float32Array.from({ length: bins * count }, () => random() - 0.2));
  const spectrum = Float32Array.from({ length: bins * count }, (_, i) =>
    Math.max(
      0,
      targets.reduce((sum, target) => sum + target[i]!, 0),
    ),
  );
  const activations = Float32Array.from({ length: atomCount * count }, () => random() ** 3);
  return { count, spectrum, targets, activations };
}

const randomAtoms = (): Float32Array => Float32Array.from({ length: atomCount * bins }, randomSource(5));
const options = (exponent: number): MaskAtomsOptions => ({
  createKernel: createTypeScriptKernel,
  atomCount,
  bins,
  sources,
  exponent,
  atoms: randomAtoms(),
});

/** E as the docstring has it, computed anew. */
function error(frames: readonly MaskFrames[], atoms: Float32Array, exponent: number): number {
  let sum = 0;
  for (const { count, spectrum, targets, activations } of frames) {
    for (let n = 0; n < count; n++) {
      for (let f = 0; f < bins; f++) {
        const powers = sources.map(({ from, to }) => {
          let model = 0;
          for (let k = from; k < to; k++) model += atoms[k * bins + f]! * activations[k * count + n]!;
          return model ** exponent;
        });
        const total = powers.reduce((a, b) => a + b, 0);
        for (const [s, power] of powers.entries()) {
          sum += (targets[s]![f * count + n]! - (power / total) * spectrum[f * count + n]!) ** 2;
        }
      }
    }
  }
  return sum;
}

describe('atoms for masks', () => {
  const frames = [randomFrames(40, 1), randomFrames(23, 2)];

  it.each([0.7, 1, 2, 3])('lower the error, and never raise it, exponent %s', (exponent) => {
    const atoms = new MaskAtoms(frames, options(exponent));
    const first = atoms.objective;
    let last = first;
    for (let i = 0; i < 60; i++) {
      const next = atoms.iterate();
      expect(next).toBeLessThanOrEqual(last);
      last = next;
    }
    expect(last).toBeLessThan(0.97 * first);
    expect(atoms.atoms.every((value) => value >= 0 && value < Infinity)).toBe(true);
  });

  it.each([1, 2])('report the error that they make, exponent %s', (exponent) => {
    const atoms = new MaskAtoms(frames, options(exponent));
    expect(atoms.objective / error(frames, randomAtoms(), exponent)).toBeCloseTo(1, 4);
    for (let i = 0; i < 10; i++) atoms.iterate();
    expect(atoms.objective / error(frames, atoms.atoms, exponent)).toBeCloseTo(1, 4);
  });

  it.each([0.01, 0.5, 1])('go %s of the way, and are no worse than at the start', (part) => {
    const atoms = new MaskAtoms(frames, options(2));
    const first = atoms.objective;
    for (let i = 0; i < 30; i++) atoms.iterate();
    const reached = atoms.partOfTheWay(part);
    expect(reached.objective).toBeLessThanOrEqual(first);
    expect(reached.objective).toBeGreaterThanOrEqual(atoms.objective);
    expect(reached.objective / error(frames, reached.atoms, 2)).toBeCloseTo(1, 4);
    if (part === 1) expect(reached.atoms).toEqual(atoms.atoms);
    expect(atoms.iterate()).toBeLessThan(first);
  });

  it('end where no small change of an atom lowers the error by much', () => {
    const atoms = new MaskAtoms(frames, options(2));
    for (let i = 0; i < 1500; i++) atoms.iterate();
    const reached = atoms.atoms;
    const least = error(frames, reached, 2);
    for (let i = 0; i < reached.length; i++) {
      for (const factor of [0.95, 1.05]) {
        const changed = reached.slice();
        changed[i] = changed[i]! * factor;
        expect(error(frames, changed, 2)).toBeGreaterThan(0.9995 * least);
      }
    }
  });

  it('stay where they are in bins that hold nothing', () => {
    const silent = frames.map((part) => ({ ...part, spectrum: part.spectrum.slice() }));
    for (const { count, spectrum, targets } of silent) {
      spectrum.fill(0, 3 * count, 4 * count);
      for (const target of targets) target.fill(0, 3 * count, 4 * count);
    }
    const atoms = new MaskAtoms(silent, options(2));
    for (let i = 0; i < 5; i++) atoms.iterate();
    for (let k = 0; k < atomCount; k++) {
      expect(atoms.atoms[k * bins + 3]).toBe(randomAtoms()[k * bins + 3]);
    }
  });

  it.each(availableKernels())('are the same with the kernel $name', ({ factory }) => {
    const twin = new MaskAtoms(frames, options(2));
    const other = new MaskAtoms(frames, { ...options(2), createKernel: factory });
    for (let i = 0; i < 5; i++) {
      twin.iterate();
      other.iterate();
    }
    expect(maximumDifference(twin.atoms, other.atoms)).toBeLessThan(1e-3);
  });
});
