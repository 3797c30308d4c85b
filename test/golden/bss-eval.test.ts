import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BssEval, bssScores, type BssScores } from '../../bench/karaoke/metrics/bss-eval.ts';
import { noise } from '../helpers/signals.ts';

interface Golden {
  cases: { name: string; scores: BssScores[] }[];
}
const golden = JSON.parse(readFileSync(new URL('bss-eval.json', import.meta.url), 'utf8')) as Golden;

const LENGTH = 6000;

/** The signals of bss-eval.py: sources and estimates, in the order of its cases. */
function cases(): Record<string, [sources: Float32Array[], estimates: Float32Array[]]> {
  const make = (value: (n: number) => number): Float64Array =>
    Float64Array.from({ length: LENGTH }, (_, n) => value(n));
  const smooth = (signal: Float64Array): Float64Array => {
    let last = 0;
    return signal.map((value) => (last = 0.9 * last + (1 - 0.9) * value));
  };
  const late = (signal: Float64Array, samples: number) => (n: number) => signal[n - samples] ?? 0;
  const ramp = make((n) => n / LENGTH);
  const [a, full, c] = [1, 2, 3].map((seed) => Float64Array.from(noise(LENGTH, seed))) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const b = make((n) => full[n]! * ramp[n]!);
  const soft = smooth(a);
  const [softest, softB] = [smooth(smooth(soft)), smooth(smooth(b))];
  const leaking = smooth(smooth(make((n) => soft[n]! + 0.1 * b[n]!)));
  const signals: Float64Array[][] = [
    [a, b, make((n) => a[n]! + 0.2 * b[n]! + 0.05 * c[n]!), make((n) => b[n]! + 0.1 * a[n]! - 0.1 * c[n]!)],
    [
      a,
      b,
      make((n) => 0.7 * a[n]! + 0.4 * late(a, 100)(n) + 0.1 * b[n]!),
      make((n) => 0.5 * late(b, 511)(n) + 0.01 * c[n]!),
    ],
    [a, b, make((n) => late(a, 512)(n) + 0.1 * a[n]!), make((n) => b[n]! + 0.3 * late(a, 700)(n))],
    [
      soft,
      b,
      make((n) => soft[n]! * (1 - 0.8 * ramp[n]!) + 0.3 * b[n]! * ramp[n]!),
      make((n) => b[n]! + 0.5 * soft[n]! * ramp[n]!),
    ],
    [
      softest,
      softB,
      make((n) => leaking[n]! + 0.002 * c[n]!),
      make((n) => softB[n]! * ramp[n]! + 0.002 * c[n]!),
    ],
  ];
  return Object.fromEntries(
    golden.cases.map(({ name }, i) => {
      const rounded = signals[i]!.map((signal) => Float32Array.from(signal));
      return [name, [rounded.slice(0, 2), rounded.slice(2)]];
    }),
  );
}

describe('BSS Eval is what mir_eval says', () => {
  const all = cases();
  it.each(golden.cases)('$name', ({ name, scores }) => {
    const [sources, estimates] = all[name]!;
    const evaluation = new BssEval(sources);
    for (const [index, expected] of scores.entries()) {
      const actual = bssScores(evaluation.energies(estimates[index]!, index));
      expect(actual.sdr).toBeCloseTo(expected.sdr, 4);
      expect(actual.sir).toBeCloseTo(expected.sir, 4);
      expect(actual.sar).toBeCloseTo(expected.sar, 4);
    }
  });
});
