import { describe, expect, it } from 'vitest';
import { StreamingStft } from '../../../src/dsp/stft.ts';
import { createTypeScriptKernel } from '../../../src/kernel/index.ts';
import type { KernelFactory } from '../../../src/kernel/kernel.ts';
import { frameLayout, type LatencyMode } from '../../../src/separator/latency-modes.ts';
import { PitchTracker } from '../../../src/separator/pitch/pitch-tracker.ts';
import { availableKernels } from '../../helpers/kernels.ts';
import { noise } from '../../helpers/signals.ts';

/** Partials of 1/k up to 4 kHz. */
function buzz(length: number, hertz: (n: number) => number, sampleRate: number): Float32Array {
  let phase = 0;
  return Float32Array.from({ length }, (_, n) => {
    const pitch = hertz(n);
    phase += (2 * Math.PI * pitch) / sampleRate;
    let sum = 0;
    for (let k = 1; k * pitch < Math.min(4000, 0.45 * sampleRate); k++) sum += Math.sin(k * phase) / k;
    return 0.2 * sum;
  });
}

/** Period in seconds, and strength, of every frame. */
function track(
  x: Float32Array,
  mode: LatencyMode,
  sampleRate: number,
  kernel: KernelFactory = createTypeScriptKernel,
): { period: number; strength: number }[] {
  const layout = frameLayout(mode, sampleRate);
  const tracker = new PitchTracker(layout, kernel);
  const gain = new Float32Array(layout.bins).fill(1);
  const tracked: { period: number; strength: number }[] = [];
  const stft = new StreamingStft();
  stft.configure({
    ...layout,
    inputs: 1,
    outputs: 1,
    kernel,
    processor: {
      startFrame: () => 1,
      processStep(_, spectra, results) {
        tracker.process(spectra, gain);
        tracked.push({ period: tracker.period / sampleRate, strength: tracker.strength });
        results[0]!.fill(0);
      },
    },
  });
  stft.process([x], [new Float32Array(x.length)], x.length);
  return tracked;
}

describe('PitchTracker', () => {
  for (const sampleRate of [8000, 16000, 44100, 48000, 96000]) {
    it(`finds the period of a voice at ${sampleRate} Hz to 2 %, in every mode with frames`, () => {
      for (const mode of ['live', 'balanced', 'quality'] as const) {
        // Between the samples of the coarse grid, too; at 8 kHz its partials are few, and high pitches may come out doubled.
        for (const pitch of sampleRate > 8000 ? [82, 137, 174, 255, 291, 384, 440] : [82, 137, 174, 255]) {
          const tracked = track(
            buzz(sampleRate / 2, () => pitch, sampleRate),
            mode,
            sampleRate,
          ).slice(-10);
          for (const { period, strength } of tracked) {
            expect(Math.abs(period * pitch - 1), `${pitch} Hz, ${mode}`).toBeLessThan(0.02);
            expect(strength).toBeGreaterThan(0.7);
          }
        }
      }
    });
  }

  it('follows a pitch that glides by an octave in half a second', () => {
    const glide = (n: number): number => 110 * 2 ** (n / 24000);
    const tracked = track(buzz(24000, glide, 48000), 'balanced', 48000);
    for (let t = 20; t < tracked.length; t++) {
      // What a frame says is of some 10 ms before its end.
      const pitch = glide(t * 256 - 480);
      expect(Math.abs(tracked[t]!.period * pitch - 1), `frame ${t}`).toBeLessThan(0.05);
    }
  });

  it('hears the pitch in noise as loud as the voice, and less of one in noise alone', () => {
    const voice = buzz(48000, () => 120, 48000);
    const power = (x: Float32Array): number => x.reduce((sum, value) => sum + value * value, 0);
    const hiss = noise(48000, 4);
    const level = Math.sqrt(power(voice) / power(hiss));
    const noisy = voice.map((value, n) => value + level * hiss[n]!);
    const right = track(noisy, 'balanced', 48000)
      .slice(10)
      .filter(({ period }) => Math.abs(period * 120 - 1) < 0.03);
    expect(right.length).toBeGreaterThan(160);
    const mean = (of: { strength: number }[]): number =>
      of.reduce((sum, { strength }) => sum + strength, 0) / of.length;
    expect(mean(right)).toBeGreaterThan(mean(track(hiss, 'balanced', 48000)) + 0.2);
  });

  it('says the same over every kernel, finds nothing in silence, and forgets what is no number', () => {
    const x = buzz(12000, () => 150, 48000);
    const plain = track(x, 'balanced', 48000);
    for (const { factory } of availableKernels()) {
      for (const [t, { period, strength }] of track(x, 'balanced', 48000, factory).entries()) {
        expect(Math.abs(period - plain[t]!.period)).toBeLessThan(1e-4);
        expect(Math.abs(strength - plain[t]!.strength)).toBeLessThan(1e-3);
      }
    }
    expect(track(new Float32Array(9600), 'live', 48000).every(({ strength }) => strength === 0)).toBe(true);
    const loud = x.map((value, n) => (n > 3000 && n < 4000 ? 1e25 : value));
    const tracked = track(loud, 'balanced', 48000);
    expect(tracked.every(({ strength }) => strength >= 0 && strength <= 1.001)).toBe(true);
    expect(tracked.at(-1)!.strength).toBeGreaterThan(0.7);
  });
});
