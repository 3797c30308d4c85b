import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readAudio } from '../../../src/cli/audio-file.ts';
import {
  isTunable,
  readSafetensors,
  writeSafetensors,
  type Dictionary,
} from '../../../src/dictionary/index.ts';
import { readUnfolded } from '../../../src/dictionary/unfolded.ts';
import { createPlainTuningKernel, loadTuningKernel } from '../../../src/kernel/training.ts';
import { createTypeScriptKernel } from '../../../src/kernel/index.ts';
import { createRandom } from '../../../src/nmf/random.ts';
import { UnfoldedSolver } from '../../../src/nmf/unfolded.ts';
import { frameLayout } from '../../../src/separator/latency-modes.ts';
import { render } from '../../../src/separator/render.ts';
import { FineTuning } from '../../../src/training/index.ts';
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
    expect(names.length).toBe(15);
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

  it('is the same with every kernel', () => {
    const plain = new TuningStep(createPlainTuningKernel, tensors, bands, SHAPE);
    drawn(plain);
    const loss = plain.run().total;
    for (const name of ['simd', 'relaxed-simd'] as const) {
      const step = new TuningStep(loadTuningKernel(name).factory, tensors, bands, SHAPE);
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

describe('a dictionary tuned to what is known', () => {
  const denoise = readSafetensors(readFileSync('dictionaries/denoise.safetensors'));

  it('is refused without updates, without examples and without a recording that can be used', () => {
    const hiss = { name: 'hiss', samples: noise(48000, 1, 0.1), sampleRate: 48000 };
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
    const known = { name: 'rain', samples: rain.slice(0, 2 * sampleRate), sampleRate };
    const behind = rain.subarray(40000, 40000 + voice.length);
    const noisy = voice.map((value, i) => value + 0.5 * behind[i]!);
    const gain = (dictionary: Dictionary): number => {
      const configuration = { sampleRate, mode: 'balanced', dictionary, parameters: { gain1: -60 } } as const;
      const [heard] = render([noisy], configuration)!;
      return (
        siSdr(heard!.subarray(4000), voice.subarray(4000)) - siSdr(noisy.subarray(4000), voice.subarray(4000))
      );
    };
    const tuning = new FineTuning(denoise, { noise: [known] }, { steps: 30 });
    const losses: number[] = [];
    for (let step = tuning.next(); step; step = tuning.next()) losses.push(step.loss);
    expect(losses).toHaveLength(30);
    expect(gain(tuning.dictionary)).toBeGreaterThan(gain(denoise) + 0.3);
    const bytes = writeSafetensors(tuning.dictionary);
    const read = readSafetensors(bytes);
    expect(writeSafetensors(read)).toEqual(bytes);
    expect(isTunable(read)).toBe(true);
  });

  it('is the same for the same recordings and seed', () => {
    const hiss = { name: 'hiss', samples: noise(48000, 1, 0.1), sampleRate: 48000 };
    const run = (seed: number): number => {
      const tuning = new FineTuning(denoise, { voice: [hiss] }, { steps: 1, seed });
      return tuning.next()!.loss;
    };
    expect(run(3)).toBe(run(3));
    expect(run(3)).not.toBe(run(4));
  });
});
