import { describe, expect, it } from 'vitest';
import { OnlineAtoms } from '../../../src/nmf/online-atoms.ts';
import { noise, randomSource } from '../../helpers/signals.ts';

const BINS = 32;
const COUNT = 4;
const HOP = 0.01;

/** Atoms with a peak each in the lower half. */
const learned = (): Float32Array => {
  const atoms = new Float32Array(COUNT * BINS);
  for (let k = 0; k < COUNT; k++) {
    let sum = 0;
    for (let f = 0; f < BINS; f++) sum += atoms[k * BINS + f] = 0.02 + Math.exp(-((f - 4 * k - 2) ** 2) / 4);
    for (let f = 0; f < BINS; f++) atoms[k * BINS + f]! /= sum;
  }
  return atoms;
};

/** A solver of its own: some multiplicative Kullback-Leibler updates from flat. */
function solve(atoms: Float32Array, v: Float32Array): { h: Float32Array; model: Float32Array } {
  const h = new Float32Array(COUNT).fill(v.reduce((a, b) => a + b, 0) / COUNT);
  const model = new Float32Array(BINS);
  for (let i = 0; i <= 20; i++) {
    model.fill(1e-20);
    for (let k = 0; k < COUNT; k++) for (let f = 0; f < BINS; f++) model[f]! += h[k]! * atoms[k * BINS + f]!;
    if (i === 20) break;
    for (let k = 0; k < COUNT; k++) {
      let u = 0;
      for (let f = 0; f < BINS; f++) u += (atoms[k * BINS + f]! * v[f]!) / model[f]!;
      h[k]! *= u;
    }
  }
  return { h, model };
}

/** Lets the atoms hear `seconds` of a sound about the shape of `spectrum`; the mean error of the last second, relative to the sound. */
function hear(
  online: OnlineAtoms,
  spectrum: (f: number) => number,
  seconds: number,
  weight = 1,
  level = 1,
): number {
  const random = randomSource(5);
  let error = 0;
  let frames = 0;
  for (let t = 0; t < seconds / HOP; t++) {
    const v = Float32Array.from({ length: BINS }, (_, f) => level * spectrum(f) * (0.8 + 0.4 * random()));
    const { h, model } = solve(online.atoms, v);
    if (t >= (seconds - 1) / HOP) {
      let off = 0;
      let sum = 0;
      for (let f = 0; f < BINS; f++) {
        off += Math.abs(v[f]! - model[f]!);
        sum += v[f]!;
      }
      error += off / sum;
      frames++;
    }
    online.process(v, h, 0, model, weight);
  }
  return error / frames;
}

const create = (): OnlineAtoms => {
  const online = new OnlineAtoms();
  online.configure({ atoms: learned(), atomCount: COUNT, bins: BINS, hop: HOP });
  return online;
};
const high = (f: number): number => (f > 20 ? 1 : 0.01);
const low = (f: number): number => (f < 12 ? 1 : 0.05);

describe('atoms that adapt', () => {
  it('come to explain a sound that was never learned', () => {
    const before = hear(create(), high, 3, 0);
    const after = hear(create(), high, 3);
    expect(before).toBeGreaterThan(0.8);
    expect(after).toBeLessThan(0.25);
  });

  it('keep a sum of 1, and their values finite and not negative', () => {
    const online = create();
    hear(online, high, 4);
    hear(online, low, 4);
    for (let k = 0; k < COUNT; k++) {
      const atom = online.atoms.subarray(k * BINS, (k + 1) * BINS);
      expect(atom.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 4);
      expect(atom.every((value) => value >= 0 && value < Infinity)).toBe(true);
    }
  });

  it('stay as they are in frames that do not count', () => {
    const online = create();
    hear(online, high, 2, 0);
    expect(online.atoms).toEqual(learned());
  });

  it('adapt alike at any level', () => {
    const quiet = create();
    const loud = create();
    hear(quiet, high, 3, 1, 1e-6);
    hear(loud, high, 3, 1, 1e6);
    for (const [i, value] of quiet.atoms.entries()) expect(value).toBeCloseTo(loud.atoms[i]!, 3);
  });

  it('still follow after minutes of change', () => {
    const online = create();
    for (let turn = 0; turn < 10; turn++) hear(online, turn % 2 ? low : high, 6);
    expect(hear(online, high, 4)).toBeLessThan(0.25);
    expect(hear(online, low, 4)).toBeLessThan(0.25);
  });

  it('are renewed one at a time, and none by what is not a number', () => {
    const online = create();
    const v = noise(BINS, 3, 1).map(Math.abs);
    const { h, model } = solve(online.atoms, v);
    const before = online.atoms.slice();
    const atom = online.process(v, h, 0, model, 1);
    const touched = new Set<number>();
    for (let i = 0; i < before.length; i++)
      if (before[i] !== online.atoms[i]) touched.add(Math.floor(i / BINS));
    expect([...touched]).toEqual([atom]);
    const bad = v.slice();
    bad[3] = Number.NaN;
    expect(online.process(bad, h, 0, model, 1)).toBe(-1);
    expect(online.process(v, h.fill(Number.NaN), 0, model, 1)).toBe(-1);
    expect(online.atoms.every((value) => value >= 0)).toBe(true);
  });

  it('go back to what was learned', () => {
    const online = create();
    hear(online, high, 2);
    online.reset();
    expect(online.atoms).toEqual(learned());
  });
});
