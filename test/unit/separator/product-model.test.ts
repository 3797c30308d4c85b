import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSafetensors, resampleDictionary, writeSafetensors } from '../../../src/dictionary/index.ts';
import { loadKernel } from '../../../src/kernel/index.ts';
import { createFrameModel, dictionaryForLayout } from '../../../src/separator/frame-model.ts';
import { frameLayout } from '../../../src/separator/latency-modes.ts';
import { render } from '../../../src/separator/render.ts';
import { noiseProfile } from '../../../src/training/index.ts';
import { maximumDifference, noise } from '../../helpers/signals.ts';

const file = readFileSync(new URL('../../golden/unfolded.safetensors', import.meta.url));
const unfolded = readSafetensors(file);
const kernel = loadKernel().factory;
const hiss = { name: 'hiss', samples: noise(48000, 3, 0.2), sampleRate: 48000 };
const { dictionary: learned } = noiseProfile(hiss, unfolded, { atomCount: 8, iterations: 10 });

describe('an unfolded dictionary with learned noise', () => {
  it('keeps its updates and says what was learned, also through a file', () => {
    const again = readSafetensors(writeSafetensors(learned));
    expect(again.learned).toEqual(['noise']);
    const names = (d: typeof unfolded) => d.tensors?.map(({ name }) => name).toSorted();
    expect(names(again)).toEqual(names(unfolded));
    expect(unfolded.learned).toBeUndefined();
  });

  it('masks with the product of what each model would alone, the first at half the exponent', () => {
    const layout = frameLayout('balanced', 48000);
    const options = { kernel };
    const both = createFrameModel(learned, layout, options);
    const { tensors: _, ...plain } = learned;
    const first = createFrameModel(plain, layout, options);
    const second = createFrameModel({ ...learned, learned: [] }, layout, options);
    const solve = (model: typeof both, spectrum: Float32Array, exponent = 2) => {
      model.spectrum.set(spectrum);
      for (let step = 0; step < model.steps; step++) model.processStep(step);
      return model.gain([1, 0], exponent).slice(0, layout.bins);
    };
    for (let t = 0; t < 5; t++) {
      const power = noise(layout.bins, t + 1, 1).map((value) => value * value);
      const one = solve(first, power.map(Math.sqrt), 1);
      const two = solve(second, power);
      const product = one.map((value, f) => value * two[f]!);
      expect(maximumDifference(solve(both, power), product)).toBeLessThan(1e-4);
    }
    expect(
      both
        .gain([0.5, 0.5], 2)
        .slice(0, layout.bins)
        .every((g) => Math.abs(g - 0.5) < 1e-6),
    ).toBe(true);
  });

  it('is not brought onto another grid before the engine has it', () => {
    expect(dictionaryForLayout(learned, frameLayout('quality', 44100))).toBe(learned);
  });

  it('says that it was resampled where only one of the two was', () => {
    const layout = frameLayout('balanced', 48000);
    // The bands of the updates are the same on any FFT with this window; atoms are not.
    const wide = resampleDictionary(
      { ...learned, tensors: [] },
      { sampleRate: 48000, fftSize: 2048, windowLength: layout.windowLength },
    );
    const tensors = learned.tensors!.map((tensor) => {
      if (tensor.name !== 'unfolded.places') return tensor;
      const data = Float32Array.from({ length: wide.bins }, (_, f) => tensor.data[f >> 1]!);
      return { ...tensor, data, shape: [wide.bins] };
    });
    expect(createFrameModel(learned, layout, { kernel }).resampled).toBe(false);
    expect(createFrameModel({ ...wide, tensors }, layout, { kernel }).resampled).toBe(true);
  });

  it.each(['quality', 'balanced', 'live', 'monitor'] as const)(
    'runs in mode %s at any rate; its sources sum to the input',
    (mode) => {
      for (const sampleRate of [8000, 44100, 96000]) {
        const x = noise(sampleRate / 4, 5, 0.3);
        const parts = render([x], { sampleRate, mode, dictionary: learned, outputs: 'sources' })!;
        const sum = parts[0]!.map((value, i) => value + parts[1]![i]!);
        expect(maximumDifference(sum, x)).toBeLessThan(1e-5);
      }
    },
  );
});
