import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../../src/dictionary/index.ts';
import { PARAMETERS } from '../../../src/parameters.ts';
import type { LatencyMode } from '../../../src/separator/latency-modes.ts';
import type { FromProcessor } from '../../../src/separator/messages.ts';
import { render } from '../../../src/separator/render.ts';
import { Separator } from '../../../src/separator/separator.ts';
import { SeparatorSession } from '../../../src/separator/session.ts';
import { bandDictionary } from '../../helpers/dictionaries.ts';
import { fixtureSamples } from '../../helpers/fixtures.ts';
import { levelDb, siSdr } from '../../helpers/quality.ts';
import { maximumDifference, noise, sine } from '../../helpers/signals.ts';

const RATE = 48000;
const bands = bandDictionary([0, 3000, 24000], { labels: ['low', 'high'] });
const removed = { gain1: -60, reduction: 40, smoothing: 0 };

function separator(values: Record<string, number>, channels = 1): Separator {
  const made = new Separator();
  for (const [name, value] of Object.entries(values)) made.setParameter(name, value);
  made.configure({ sampleRate: RATE, channels, mode: 'monitor', dictionary: bands });
  return made;
}

function run(engine: Separator, x: Float32Array, block = 128): Float32Array {
  const y = new Float32Array(x.length);
  for (let at = 0; at < x.length; at += block) {
    const count = Math.min(block, x.length - at);
    engine.process([x.subarray(at, at + count)], [y.subarray(at, at + count)], count);
  }
  return y;
}

describe('mode monitor', () => {
  it.each([8000, 16000, 44100, 48000, 96000])(
    'gives every sample at once, to the bit, with all faders at 0 dB: %i Hz',
    (sampleRate) => {
      const x = noise(sampleRate / 5, 3);
      const options = { sampleRate, mode: 'monitor', dictionary: bands } as const;
      const [y] = render([x], { ...options, parameters: { reduction: 0 } })!;
      expect(maximumDifference(y!, x)).toBe(0);
    },
  );

  it('hears the first sound after silence in its first sample', () => {
    const x = new Float32Array(24000);
    x.set(noise(12000, 2), 12000);
    const y = run(separator({ gain1: -60 }), x);
    expect(y.subarray(0, 12000).every((sample) => sample === 0)).toBe(true);
    expect(y[12000]).toBe(x[12000]);
  });

  it('turns all down by as much as all faders are', () => {
    const x = noise(9600, 4);
    const y = run(separator({ gain0: -12, gain1: -12, reduction: 60, smoothing: 0 }), x);
    expect(levelDb(y.subarray(2000)) - levelDb(x.subarray(2000))).toBeCloseTo(-12, 2);
  });

  it('takes white noise from a voice: with masks of middling depth at most 2 dB of SI-SDR behind mode live, which resolves harmonics', () => {
    const file = new URL('../../../dictionaries/denoise.safetensors', import.meta.url);
    const dictionary = readSafetensors(new Uint8Array(readFileSync(file)));
    const clean = fixtureSamples('speech').subarray(0, 32000);
    const disturbance = noise(32000, 7);
    const level = 10 ** ((levelDb(clean) - levelDb(disturbance) - 5) / 20);
    const noisy = clean.map((value, i) => value + level * disturbance[i]!);
    // The default masks are harder: the deeper they are between harmonics, the further behind a short filter is.
    // And a filter without delay has no comb: masks are compared with masks.
    const parameters = { gain1: -60, reduction: 18, exponent: 1.5, comb: 0 };
    const gain = (mode: LatencyMode) => {
      const [y] = render([noisy], { sampleRate: 16000, mode, dictionary, parameters })!;
      return siSdr(y!, clean) - siSdr(noisy, clean);
    };
    expect(gain('monitor')).toBeGreaterThan(gain('live') - 2);
    expect(gain('monitor')).toBeGreaterThan(3);
  });

  it('splits into three sources, each of them what belongs to it and what a fader alone would leave', () => {
    const three = bandDictionary([0, 3000, 8000, 24000], { labels: ['low', 'middle', 'high'] });
    const tones = [700, 5000, 12000].map((hertz) => sine(24000, hertz, RATE, 0.2));
    const x = tones[0]!.map((_, i) => tones[0]![i]! + tones[1]![i]! + tones[2]![i]!);
    const options = { sampleRate: RATE, mode: 'monitor', dictionary: three } as const;
    const parts = render([x], { ...options, outputs: 'sources' })!;
    for (const [s, part] of parts.entries()) {
      expect(siSdr(part.subarray(9600), tones[s]!.subarray(9600))).toBeGreaterThan(20);
      const faders = { gain0: -60, gain1: -60, gain2: -60, [`gain${s}`]: 0 };
      const parameters = { ...faders, reduction: 60, smoothing: 0 };
      const [alone] = render([x], { ...options, parameters })!;
      expect(maximumDifference(part.subarray(9600), alone!.subarray(9600))).toBeLessThan(5e-3);
    }
  });

  it('bypasses to the untouched input', () => {
    const engine = separator(removed);
    const x = noise(9600, 6);
    run(engine, x);
    engine.setParameter('bypass', 1);
    expect(maximumDifference(run(engine, x).subarray(4800), x.subarray(4800))).toBe(0);
  });

  it('gives the same in quanta of any size', () => {
    const x = noise(9600, 6);
    const whole = run(separator(removed), x, 9600);
    for (const block of [1, 64, 128, 1000]) {
      expect(maximumDifference(run(separator(removed), x, block), whole)).toBeLessThan(1e-6);
    }
  });

  it('stays finite on NaN, infinity, full scale and denormals, and counts what was none', () => {
    const engine = separator(removed);
    const x = noise(9600, 6, 1);
    x[3000] = NaN;
    x[4000] = Infinity;
    x.fill(1e-40, 6000);
    expect(run(engine, x).every(Number.isFinite)).toBe(true);
    expect(engine.faults).toBe(2);
  });

  it('is entered and left while sound flows, without a click', () => {
    const messages: FromProcessor[] = [];
    const session = new SeparatorSession(
      {
        mode: 'live',
        dictionary: bands,
        channels: 1,
        solver: 'multiplicative',
        iterations: undefined,
        kernels: [],
      },
      RATE,
      (message) => messages.push(message),
    );
    const values = { ...removed };
    const parameters = Object.fromEntries(
      PARAMETERS.map(({ name, defaultValue }) => [
        name,
        Float32Array.of((values as Record<string, number>)[name] ?? defaultValue),
      ]),
    );
    const x = sine(38400, 440, RATE, 0.5).map((value, i) => value + 0.2 * Math.sin(1.2 * i));
    const y = new Float32Array(x.length);
    for (let at = 0; at < x.length; at += 128) {
      if (at === 12800) session.receive({ type: 'mode', id: 1, mode: 'monitor', dictionary: bands });
      if (at === 25600) session.receive({ type: 'mode', id: 2, mode: 'live', dictionary: bands });
      session.process([x.subarray(at, at + 128)], [y.subarray(at, at + 128)], parameters);
    }
    expect(messages.filter(({ type }) => type === 'done')).toEqual([
      { type: 'done', id: 1, latency: 0 },
      { type: 'done', id: 2, latency: 256 },
    ]);
    const settled = y.subarray(4800);
    const steps = settled.subarray(1).map((value, i) => Math.abs(value - settled[i]!));
    // Of the tone that stays, and a hundredth of the one that goes.
    expect(Math.max(...steps)).toBeLessThan(1.1 * 0.5 * 2 * Math.PI * (440 / RATE) + 0.02);
  });
});
