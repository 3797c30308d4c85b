import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readAudio } from '../../../src/cli/audio-file.ts';
import {
  isTunable,
  readSafetensors,
  withoutExamples,
  writeSafetensors,
  type Dictionary,
} from '../../../src/dictionary/index.ts';
import { readUnfolded } from '../../../src/dictionary/unfolded.ts';
import { createPlainTuningKernel, loadTuningKernel } from '../../../src/kernel/training.ts';
import { createTypeScriptKernel } from '../../../src/kernel/index.ts';
import { RealFFT } from '../../../src/dsp/real-fft.ts';
import { analysisWindow } from '../../../src/dsp/window.ts';
import { createRandom } from '../../../src/nmf/random.ts';
import { UnfoldedSolver } from '../../../src/nmf/unfolded.ts';
import { BandMap } from '../../../src/separator/band-map.ts';
import { frameLayout } from '../../../src/separator/latency-modes.ts';
import { render } from '../../../src/separator/render.ts';
import { FineTuning, learnSources } from '../../../src/training/index.ts';
import { createLocalPool } from '../../../src/training/parallel/handler.ts';
import { TuningBands } from '../../../src/training/fine-tuning/tuning-bands.ts';
import { TuningMixtures } from '../../../src/training/fine-tuning/tuning-mixtures.ts';
import { TuningStep } from '../../../src/training/fine-tuning/tuning-step.ts';
import { siSdr } from '../../helpers/quality.ts';
import { noise } from '../../helpers/signals.ts';

const fixture = (name: string): string => `test/fixtures/${name}`;

/** A small model that no one trained: 8 atoms, 2 updates, 80 bands. */
const small = readSafetensors(readFileSync('test/golden/unfolded.safetensors'));
const whole = readUnfolded(small);
/** Its atoms explain too much; so some of what is heard stays over. */
const tensors = {
  ...whole,
  voice: whole.voice.map((value) => 0.1 * value),
  noise: whole.noise.map((value) => 0.1 * value),
};
const bands = new TuningBands(tensors, small, frameLayout('balanced', 48000));
const SHAPE = { rows: 4, frames: 24 };

/** Mixtures of noises whose bands rise and fall at random. */
function drawn(step: TuningStep): void {
  const random = createRandom(5);
  const sound = (): { values: Float32Array; count: number } => ({
    values: Float32Array.from({ length: 40 * tensors.bands }, () => 10 ** (-3 * random.uniform())),
    count: 40,
  });
  const mixtures = new TuningMixtures(
    tensors,
    bands,
    { own: [sound()], others: [] },
    { own: [], others: [sound()] },
    SHAPE.rows,
    random,
  );
  mixtures.draw(step.batch, SHAPE.frames);
}

describe('one step of fine-tuning', () => {
  it('has the activations of the engine’s solver', () => {
    const step = new TuningStep(loadTuningKernel().factory, tensors, bands, SHAPE);
    drawn(step);
    step.run();
    const { atomCount, rows: inputs, updates } = tensors;
    const row = 2;
    const solver = new UnfoldedSolver();
    solver.configure(createTypeScriptKernel(UnfoldedSolver.floatsNeeded(tensors)), tensors);
    for (let t = 0; t < SHAPE.frames; t++) {
      const frame = t * SHAPE.rows + row;
      solver.observation.set(step.batch.input.subarray(frame * inputs, (frame + 1) * inputs));
      solver.begin();
      for (let l = 0; l < updates; l++) solver.update(l, step.batch.epsilon[frame]!);
      for (let k = 0; k < atomCount; k++) {
        const ratio = step.activations[frame * atomCount + k]! / solver.activations[k]!;
        expect(ratio).toBeCloseTo(1, 3);
      }
    }
  });

  it('has the gradients of its loss', () => {
    const step = new TuningStep(createPlainTuningKernel, tensors, bands, SHAPE);
    drawn(step);
    step.run();
    const names = [...step.updates.matrices.keys()];
    expect(names.length).toBe(12);
    for (const name of names) {
      const { values, gradient } = step.updates.get(name);
      // Along the whole gradient by logarithms, in which all values count alike: rounding drowns the slope by one of them.
      const direction = values.map((value, i) => gradient[i]! * value * value);
      const slope = gradient.reduce((sum, g, i) => sum + g * direction[i]!, 0);
      const size = Math.max(...direction.map((d, i) => Math.abs(d) / values[i]!));
      const before = values.slice();
      const at = (distance: number): number => {
        before.forEach((value, i) => (values[i] = value + distance * direction[i]!));
        step.updates.refresh();
        return step.run().total;
      };
      const distance = 0.02 / size;
      const measured = (at(distance) - at(-distance)) / (2 * distance);
      at(0);
      expect(Math.abs(measured / slope - 1), name).toBeLessThan(0.02);
    }
  });

  it('does without a mask head and without transitions', () => {
    const bare = { ...tensors, head: undefined, transition: undefined };
    const step = new TuningStep(loadTuningKernel().factory, bare, bands, SHAPE);
    drawn(step);
    const before = step.run().total;
    for (let i = 0; i < 20; i++) {
      expect(step.updates.step(0.01)).toBe(true);
      step.run();
    }
    expect(step.run().total).toBeLessThan(before);
  });

  it('is the same with every kernel', () => {
    const plain = new TuningStep(createPlainTuningKernel, tensors, bands, SHAPE);
    drawn(plain);
    const loss = plain.run().total;
    for (const name of ['simd', 'relaxed-simd'] as const) {
      const loaded = loadTuningKernel(name);
      // Where relaxed SIMD is not to be had, the next one is.
      expect(['simd', name]).toContain(loaded.name);
      const step = new TuningStep(loaded.factory, tensors, bands, SHAPE);
      drawn(step);
      expect(step.run().total).toBeCloseTo(loss, 5);
      for (const [matrix, { gradient }] of plain.updates.matrices) {
        const other = step.updates.get(matrix).gradient;
        const largest = gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
        const apart = gradient.reduce((most, g, i) => Math.max(most, Math.abs(g - other[i]!)), 0);
        expect(apart / largest, matrix).toBeLessThan(2e-3);
      }
    }
  });
});

const denoise = readSafetensors(readFileSync('dictionaries/denoise.safetensors'));
const hiss = { name: 'hiss', samples: noise(48000, 1, 0.1), sampleRate: 48000 };

describe('the bands of what is mixed', () => {
  it('are those that the engine hears, at rates at which some have no bins of their own', () => {
    const low = new TuningBands(tensors, small, frameLayout('balanced', 16000));
    expect(bands.inherited).toEqual([]);
    expect(low.inherited.length).toBeGreaterThan(10);
    const { values, count } = low.powers(noise(16000, 3, 0.1));
    for (const { band, from } of low.inherited) {
      for (let t = 0; t < count; t++) expect(values[t * 80 + band]).toBe(values[t * 80 + from]);
    }
  });

  it('have the power of the samples, and go on above what a recording reaches', () => {
    const white = bands.powers(noise(48000, 3, 0.1));
    let power = 0;
    white.values.forEach((value, i) => (power += value * bands.bins[i % 80]!));
    const samples = noise(48000, 3, 0.1);
    const meanSquare = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
    expect((bands.meanSquare * power) / white.count / meanSquare).toBeCloseTo(1, 1);
    const highest = bands.centre.findIndex((centre) => centre > 7000) - 1;
    const known = white.values[highest]!;
    bands.extend(white, 7000);
    expect([...white.values.subarray(highest, 80)]).toEqual(Array(80 - highest).fill(known));
    expect(white.values[highest - 1]).not.toBe(known);
  });

  it('have in common of two noises what their spectra have', () => {
    const count = 600;
    const { fftSize, windowLength, tail, bins } = frameLayout('balanced', 48000);
    const window = analysisWindow(windowLength, tail);
    const fft = new RealFFT(fftSize);
    const one = new BandMap(tensors.places, 80, small, frameLayout('balanced', 48000));
    const spectra = [1, 2].map((seed) => {
      const all = noise(count * windowLength, seed, 0.1);
      return Array.from({ length: count }, (_, t) => {
        const frame = new Float64Array(fftSize);
        for (let n = 0; n < windowLength; n++) frame[n] = all[t * windowLength + n]! * window[n]!;
        const spectrum = new Float64Array(2 * bins);
        fft.forward(frame, spectrum);
        return spectrum;
      });
    });
    const sums = new Float64Array(80);
    const powers = new Float64Array(80);
    for (let t = 0; t < count; t++) {
      const [x, y] = [spectra[0]![t]!, spectra[1]![t]!];
      const inBands = (of: (f: number) => number): Float32Array => {
        const values = new Float32Array(80);
        one.toBands(
          Float32Array.from({ length: bins }, (_, f) => of(f)),
          values,
        );
        return values;
      };
      const shared = inBands((f) => x[2 * f]! * y[2 * f]! + x[2 * f + 1]! * y[2 * f + 1]!);
      const ofX = inBands((f) => x[2 * f]! ** 2 + x[2 * f + 1]! ** 2);
      const ofY = inBands((f) => y[2 * f]! ** 2 + y[2 * f + 1]! ** 2);
      for (let b = 0; b < 80; b++) {
        sums[b]! += shared[b]! ** 2;
        powers[b]! += (ofX[b]! * ofY[b]!) / 2;
      }
    }
    // The lowest two bands hold the real bin at 0 Hz, and what leaks from it.
    for (let b = 2; b < 80; b++) {
      expect(Math.sqrt(sums[b]! / powers[b]!) / bands.common[b]!, `band ${b}`).toBeGreaterThan(0.8);
      expect(Math.sqrt(sums[b]! / powers[b]!) / bands.common[b]!, `band ${b}`).toBeLessThan(1.25);
    }
  });
});

describe('a dictionary tuned to what is known', () => {
  it('is refused without updates, without examples and without a recording that can be used', () => {
    const silent = { ...hiss, name: 'pause', samples: new Float32Array(48000) };
    expect(() => new FineTuning(small, { noise: [hiss] })).toThrow(/has no "examples\.voice"/);
    expect(() => new FineTuning(denoise, { noise: [silent] })).toThrow(/"pause" was left out: it is silent/);
    expect(() => new FineTuning(denoise, {})).toThrow(/no recording to tune to/);
    expect(() => new FineTuning(denoise, { noise: [hiss] }, { steps: 0 })).toThrow(/There are 0 steps/);
  });

  it('gains on the noise, and stays a dictionary that can be written, read and tuned again', async () => {
    const voice = (await readAudio(fixture('unseen-voice.flac'))).channels[0]!;
    const rain = (await readAudio(fixture('rain.flac'))).channels[0]!;
    const sampleRate = 16000;
    const half = rain.length / 2;
    const known = { name: 'rain', samples: rain.slice(0, half), sampleRate };
    // At 0 dB, in rain that comes after what was recorded of it.
    const behind = rain.subarray(half, half + voice.length);
    const power = (x: Float32Array): number => x.reduce((sum, value) => sum + value * value, 0);
    const level = Math.sqrt(power(voice) / power(behind));
    const noisy = voice.map((value, i) => value + level * (behind[i] ?? 0));
    const gain = (dictionary: Dictionary): number => {
      // Of the masks alone: what the comb takes between partials is not left for them to take.
      const parameters = { gain1: -60, comb: 0 };
      const configuration = { sampleRate, mode: 'balanced', dictionary, parameters } as const;
      const [heard] = render([noisy], configuration)!;
      return (
        siSdr(heard!.subarray(4000), voice.subarray(4000)) - siSdr(noisy.subarray(4000), voice.subarray(4000))
      );
    };
    const tuning = new FineTuning(denoise, { noise: [known] }, { steps: 40 });
    const losses: number[] = [];
    for (let step = tuning.next(); step; step = tuning.next()) losses.push(step.loss);
    expect(losses).toHaveLength(40);
    expect(gain(tuning.dictionary)).toBeGreaterThan(gain(denoise) + 0.2);
    const bytes = writeSafetensors(tuning.dictionary);
    const read = readSafetensors(bytes);
    expect(writeSafetensors(read)).toEqual(bytes);
    expect(isTunable(read)).toBe(true);
  });

  it('is the same for the same recordings and seed', () => {
    const run = (seed: number): Dictionary => {
      const tuning = new FineTuning(denoise, { voice: [hiss] }, { steps: 3, seed });
      while (tuning.next());
      return tuning.dictionary;
    };
    const once = run(3);
    expect(run(3)).toEqual(once);
    expect(run(4)).not.toEqual(once);
  });

  it('takes recordings of any rate and length for sound of any rate', () => {
    const of = (sampleRate: number, seconds: number) => ({
      name: `${sampleRate} Hz`,
      samples: noise(Math.round(seconds * sampleRate), 2, 0.1),
      sampleRate,
    });
    for (const [sampleRate, ...noises] of [
      [8000, of(8000, 0.2)],
      [48000, of(16000, 60), of(44100, 1), of(4000, 1)],
      [192000, of(96000, 1)],
    ] as const) {
      const tuning = new FineTuning(denoise, { noise: noises }, { steps: 2, sampleRate });
      expect(tuning.next()!.loss).toBeGreaterThan(0);
      expect(tuning.next()!.loss).toBeLessThan(1);
      expect(tuning.next()).toBeUndefined();
      expect(() => readUnfolded(tuning.dictionary)).not.toThrow();
    }
  });
});

describe('sources learned into a dictionary that can be tuned', () => {
  const sources = [{ label: 'noise', recordings: [hiss], atomCount: 4 }];
  const layout = frameLayout('balanced', 48000);
  const settings = { name: 'Mine', layout, iterations: 3 };
  const matrix = (dictionary: Dictionary, name: string) =>
    dictionary.tensors!.find((tensor) => tensor.name === name)!.data;

  it('are tuned after the atoms, as far as one waits; the examples stay', async () => {
    const stages: (string | undefined)[] = [];
    let rests = 0;
    const result = await learnSources(
      { sources, settings, base: denoise },
      createLocalPool(),
      ({ stage, iteration }) => {
        stages.push(stage);
        return !(stage === 'tuning' && iteration === 2);
      },
      async () => void rests++,
    );
    expect(stages.slice(-3)).toEqual([undefined, 'tuning', 'tuning']);
    expect(rests).toBe(2);
    expect(result).toMatchObject({ tuned: true, finished: false });
    const { dictionary } = result;
    expect(dictionary.learned).toBeUndefined();
    expect(dictionary.sources[1]).toMatchObject({ label: 'noise', to: dictionary.atomCount });
    expect(matrix(dictionary, 'unfolded.w')).not.toEqual(matrix(denoise, 'unfolded.w'));
    for (const held of ['decay', 'transition', 'eta']) {
      expect(matrix(dictionary, `unfolded.${held}`)).toEqual(matrix(denoise, `unfolded.${held}`));
    }
    expect(matrix(dictionary, 'examples.voice')).toEqual(matrix(denoise, 'examples.voice'));
    expect(withoutExamples(dictionary).tensors!.map(({ name }) => name)).not.toContain('examples.voice');
  });

  it('are not lost where tuning fails, and the reason is told', async () => {
    const wrong = denoise.tensors!.map((tensor) =>
      tensor.name === 'examples.noise' ? { ...tensor, shape: [16, 281 * 40], data: tensor.data } : tensor,
    );
    const base = { ...denoise, tensors: wrong };
    const { dictionary, tuned, untuned } = await learnSources({ sources, settings, base }, createLocalPool());
    expect(untuned).toMatch(/"examples\.noise" has the shape 16 x 11240; it must be examples x frames/);
    expect(tuned).toBeUndefined();
    expect(dictionary.learned).toEqual(['noise']);
  });
});
