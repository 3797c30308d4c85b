import { describe, expect, it } from 'vitest';
import { GainRule } from '../../../src/separator/gain-rule.ts';

const HOP = 0.005;
const SMOOTHING = 0.03;
const inDb = (gain: number): number => 20 * Math.log10(gain);

function rule(bins = 1): GainRule {
  const made = new GainRule();
  made.configure({ bins, hop: HOP });
  return made;
}

/** Gains in dB of one bin, a frame each, whose mask falls to `to` dB and stays there. */
function closing(to: number, seconds: number): number[] {
  const made = rule();
  return Array.from({ length: Math.round(seconds / HOP) }, () => {
    made.process(Float32Array.of(10 ** (to / 20)), 0, SMOOTHING);
    return inDb(made.gain[0]!);
  });
}

describe('GainRule', () => {
  it('closes by decibels: after the time constant a fall of 12 dB is done by 1 - 1 / e, to half a dB', () => {
    const gains = closing(-12, SMOOTHING);
    expect(Math.abs(gains.at(-1)! + 12 * (1 - 1 / Math.E))).toBeLessThan(0.5);
  });

  it.each([-6, -24, -50])('falls by %d dB without a step back or past it', (to) => {
    const gains = closing(to, 0.4);
    for (const [t, gain] of gains.entries()) {
      expect(gain).toBeLessThanOrEqual(t > 0 ? gains[t - 1]! : 0);
      expect(gain).toBeGreaterThan(to - 1e-3);
    }
    expect(Math.abs(gains.at(-1)! - to)).toBeLessThan(0.1);
  });

  it('leaves no noise after a word: 0.1 s later, 40 dB are done but for 4; a linear gain would leave 13', () => {
    expect(closing(-40, 0.1).at(-1)!).toBeLessThan(-36);
  });

  it.each([-24, -40])('does not fall by %d dB at once: a third of it in the first frame, at most', (to) => {
    const [first] = closing(to, HOP);
    expect(first).toBeLessThan(-1);
    expect(first).toBeGreaterThan(to / 3);
  });

  it('opens at once', () => {
    const made = rule(2);
    for (let t = 0; t < 100; t++) made.process(Float32Array.of(0.01, 0.01), 0, SMOOTHING);
    made.process(Float32Array.of(0.9, 0.01), 0, SMOOTHING);
    expect(made.gain[0]).toBeCloseTo(0.9, 6);
    expect(made.gain[1]).toBeLessThan(0.011);
  });

  it('closes at once without smoothing, down to nothing where there is no floor', () => {
    const made = rule(2);
    made.process(Float32Array.of(0.25, 0), 0, 0);
    expect([...made.gain]).toEqual([0.25, 0]);
  });

  it('is silent at once where it may be silent', () => {
    const made = rule(2);
    made.process(Float32Array.of(1, 0), 0, SMOOTHING);
    made.process(Float32Array.of(0, 0), 0, SMOOTHING);
    expect([...made.gain]).toEqual([0, 0]);
  });

  it('lowers nothing below the floor', () => {
    const made = rule();
    for (let t = 0; t < 100; t++) made.process(Float32Array.of(0.001), 0.1, SMOOTHING);
    expect(made.gain[0]).toBeCloseTo(0.1, 3);
    expect(made.gain[0]).toBeGreaterThan(0.1 - 1e-6);
  });

  it('lowers the first sound no sooner than any other', () => {
    const made = rule();
    made.process(Float32Array.of(0.1), 0, SMOOTHING);
    expect(inDb(made.gain[0]!)).toBeGreaterThan(-5);
  });
});
