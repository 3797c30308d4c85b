import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../src/dictionary/index.ts';
import { magnitudeFrames } from '../../src/dsp/frames.ts';
import { analysisWindow } from '../../src/dsp/window.ts';
import { createTypeScriptKernel, loadKernel } from '../../src/kernel/index.ts';
import { frameLayout } from '../../src/separator/latency-modes.ts';
import { UnfoldedModel } from '../../src/separator/unfolded-model.ts';

const file = (name: string) => readFileSync(new URL(name, import.meta.url));
const golden = JSON.parse(file('unfolded.json').toString()) as {
  every: number;
  frames: Record<string, number[]>;
};

/** The signal of unfolded.py. */
function signal(count: number): Float32Array {
  let state = 1n;
  return Float32Array.from({ length: count }, (_, n) => {
    state = (state * 1103515245n + 12345n) % 2n ** 31n;
    const t = n / 48000;
    const noise = 0.1 * (Number(state) / 2 ** 30 - 1) * (0.2 + 4 * t);
    return noise + 0.3 * Math.sin(2 * Math.PI * 440 * t) * Math.exp(-8 * t);
  });
}

describe('UnfoldedModel', () => {
  for (const [name, kernel] of [
    ['the twin', createTypeScriptKernel],
    ['the fastest kernel', loadKernel().factory],
  ] as const) {
    it(`makes the masks of the model as it is trained in PyTorch, with ${name}`, () => {
      const layout = frameLayout('balanced', 48000);
      const model = new UnfoldedModel(readSafetensors(file('unfolded.safetensors')), layout, kernel);
      const { frames, count, bins } = magnitudeFrames(signal(12000), layout, analysisWindow(1024, 512));
      let compared = 0;
      for (let t = 0; t < count; t++) {
        for (let f = 0; f < bins; f++) model.spectrum[f] = frames[t * bins + f]! ** 2;
        for (let step = 0; step < model.steps; step++) model.processStep(step);
        const mask = model.gain([1, 0], 2);
        for (const [i, expected] of (golden.frames[t] ?? []).entries()) {
          expect(Math.abs(mask[i * golden.every]! - expected)).toBeLessThan(1e-4);
          compared++;
        }
      }
      expect(compared).toBe(4 * 33);
    });
  }
});
