import { describe, expect, it } from 'vitest';
import { withReconstruction } from '../../../src/dictionary/index.ts';
import { render } from '../../../src/separator/render.ts';
import { bandDictionary } from '../../helpers/dictionaries.ts';
import { availableKernels } from '../../helpers/kernels.ts';
import { levelDb } from '../../helpers/quality.ts';
import { maximumDifference, noise, randomSource, sine } from '../../helpers/signals.ts';

const sampleRate = 48000;
const plain = bandDictionary([0, 3000, 24000], { labels: ['low', 'high'] });
const parameters = { gain1: -60, reduction: 60, smoothing: 0 };
const through = (dictionary: typeof plain, input: Float32Array, more: object = {}): Float32Array =>
  render([input], { sampleRate, mode: 'balanced', dictionary, parameters, ...more })![0]!;

describe('reconstruction atoms in the engine', () => {
  it('that are the atoms change nothing', () => {
    const input = noise(24000, 2);
    const same = withReconstruction(plain, plain.atoms.slice());
    expect(maximumDifference(through(same, input), through(plain, input))).toBe(0);
  });

  it('make the masks, while the atoms make the activations', () => {
    // Both halves changed places: what the low atoms find is heard as what the high ones are, and the other way round.
    const half = plain.atoms.length / 2;
    const swapped = new Float32Array(plain.atoms.length);
    swapped.set(plain.atoms.subarray(half));
    swapped.set(plain.atoms.subarray(0, half), half);
    const exchanged = withReconstruction(plain, swapped);
    const tone = sine(24000, 700, sampleRate, 0.3).map((x, n) => x + 0.3 * Math.sin(1.2 * n));
    const low = through(plain, tone);
    const high = through(exchanged, tone);
    const sum = low.map((x, n) => x + high[n]!);
    expect(levelDb(low.subarray(6000))).toBeGreaterThan(-20);
    expect(levelDb(high.subarray(6000))).toBeGreaterThan(-20);
    expect(levelDb(sum.map((x, n) => x - tone[n]!).subarray(6000, 20000))).toBeLessThan(-40);
  });

  it.each(availableKernels())('sound the same with the kernel $name', ({ factory }) => {
    const random = randomSource(9);
    const refined = withReconstruction(
      plain,
      plain.atoms.map((value) => value * (0.1 + random())),
    );
    const input = noise(24000, 4);
    const twin = availableKernels()[0]!.factory;
    for (const mode of ['quality', 'balanced', 'live', 'monitor'] as const) {
      const a = through(refined, input, { kernel: twin, mode });
      const b = through(refined, input, { kernel: factory, mode });
      expect(maximumDifference(a, b)).toBeLessThan(1e-4);
    }
  });
});
