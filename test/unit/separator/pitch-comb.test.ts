import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../../src/dictionary/index.ts';
import { StreamingStft, type PastFrames } from '../../../src/dsp/stft.ts';
import { createTypeScriptKernel } from '../../../src/kernel/index.ts';
import { frameLayout } from '../../../src/separator/latency-modes.ts';
import { PitchComb } from '../../../src/separator/pitch/pitch-comb.ts';
import { render } from '../../../src/separator/render.ts';
import { Separator } from '../../../src/separator/separator.ts';
import { bandDictionary } from '../../helpers/dictionaries.ts';
import { fixtureSamples } from '../../helpers/fixtures.ts';
import { levelDb, siSdr } from '../../helpers/quality.ts';
import { maximumDifference, noise } from '../../helpers/signals.ts';

const RATE = 48000;
const LAYOUT = frameLayout('balanced', RATE);

/** Partials of 110 Hz, which lie 2.3 bins apart: no mask on frames of 21 ms reaches between them. */
const buzz = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, n) => {
    let sum = 0;
    for (let k = 1; k < 27; k++) sum += Math.sin((2 * Math.PI * 110 * k * n) / RATE) / k;
    return 0.1 * sum;
  });

/** One gain for all bins, and the comb. */
function comb(
  channels: Float32Array[],
  { gain = 0.5, voice = 1, rest = 0, amount = 1 } = {},
): Float32Array[] {
  const filter = new PitchComb(LAYOUT, channels.length, createTypeScriptKernel);
  const gains = new Float32Array(LAYOUT.bins).fill(gain);
  let past: PastFrames | undefined;
  const stft = new StreamingStft();
  stft.configure({
    ...LAYOUT,
    inputs: channels.length,
    outputs: channels.length,
    lookback: PitchComb.lookback(LAYOUT),
    processor: {
      startFrame(frames) {
        past = frames;
        return 1;
      },
      processStep(_, spectra, results) {
        for (const [c, spectrum] of spectra.entries()) results[c]!.set(spectrum.map((value) => gain * value));
        filter.observe(spectra, gains, voice, rest, amount);
        filter.apply(spectra, results, gains, past!);
      },
    },
  });
  const outputs = channels.map((channel) => new Float32Array(channel.length));
  stft.process(channels, outputs, channels[0]!.length);
  return outputs.map((output) => output.subarray(LAYOUT.latency));
}

describe('PitchComb', () => {
  const clean = buzz(RATE);
  const hiss = noise(RATE, 3, 0.25);
  const noisy = clean.map((value, n) => value + hiss[n]!);
  const settled = (x: Float32Array): Float32Array => x.subarray(RATE / 4, RATE - 2 * LAYOUT.latency);

  it('takes noise from between partials that no mask can part', () => {
    // Of the band in which it works.
    const quality = (y: Float32Array): number => siSdr(settled(y), settled(clean));
    const [without] = comb([noisy], { amount: 0 });
    const [half] = comb([noisy], { amount: 0.5 });
    const [whole] = comb([noisy]);
    expect(quality(half!)).toBeGreaterThan(quality(without!) + 0.1);
    expect(quality(whole!)).toBeGreaterThan(quality(half!) + 0.1);
  });

  it('leaves alone what has no noise: masks of 1, and without a comb every mask', () => {
    for (const options of [
      { gain: 1 },
      { gain: 4, voice: 4 },
      { gain: 0.5, amount: 0 },
      { gain: 0.5, voice: 0 },
      { gain: 0.5, rest: 0.5 },
      { gain: 0.5, rest: 2 },
    ]) {
      const [y] = comb([noisy], options);
      const wanted = noisy.map((value) => options.gain * value).subarray(0, y!.length);
      expect(maximumDifference(y!, wanted)).toBeLessThan(1e-6);
    }
  });

  it('knows a mask by the gain of the voice', () => {
    const [y] = comb([noisy], { gain: 0.5 });
    const [louder] = comb([noisy], { gain: 2, voice: 4 });
    expect(
      maximumDifference(
        louder!,
        y!.map((value) => 4 * value),
      ),
    ).toBeLessThan(1e-5);
  });

  it('does the same to all channels, so that the image stands still', () => {
    const another = noise(RATE, 5, 0.2);
    const other = clean.map((value, n) => 0.4 * value + another[n]!);
    const both = noisy.map((value, n) => value + other[n]!);
    const [left, right, sum] = comb([noisy, other, both]);
    // One set of weights for all: what is done to the sum is the sum of what is done.
    const apart = left!.map((value, n) => value + right![n]!);
    expect(maximumDifference(sum!, apart)).toBeLessThan(1e-6);
  });
});

describe('the comb in a separator', () => {
  const file = new URL('../../../dictionaries/denoise.safetensors', import.meta.url);
  const dictionary = readSafetensors(new Uint8Array(readFileSync(file)));
  const clean = fixtureSamples('speech').subarray(0, 48000);
  const hiss = noise(48000, 7);
  const level = 10 ** ((levelDb(clean) - levelDb(hiss) - 5) / 20);
  const noisy = clean.map((value, n) => value + level * hiss[n]!);
  const heard = (parameters: Record<string, number>, used = dictionary): Float32Array =>
    render([noisy], { sampleRate: 16000, mode: 'balanced', dictionary: used, parameters })![0]!;
  const difference = (parameters: Record<string, number>, used = dictionary): number =>
    maximumDifference(heard({ ...parameters, comb: 1 }, used), heard({ ...parameters, comb: 0 }, used));

  it('lifts speech out of noise, in every mode with frames', () => {
    for (const mode of ['live', 'balanced', 'quality'] as const) {
      const gain = (amount: number): number => {
        const parameters = { gain1: -60, comb: amount };
        const [y] = render([noisy], { sampleRate: 16000, mode, dictionary, parameters })!;
        return siSdr(y!, clean) - siSdr(noisy, clean);
      };
      expect(gain(1), mode).toBeGreaterThan(gain(0) + 0.15);
    }
  });

  it('leaves a hum as low as the masks have it', () => {
    const hum = Float32Array.from({ length: 48000 }, (_, n) => {
      let sum = 0;
      for (let k = 1; k < 9; k++) sum += Math.sin((2 * Math.PI * 100 * k * n) / 16000) / k;
      return 0.05 * sum;
    });
    for (const reduction of [6, 24]) {
      const loudness = (amount: number): number => {
        const parameters = { gain1: -60, reduction, comb: amount };
        const [y] = render([hum], { sampleRate: 16000, mode: 'balanced', dictionary, parameters })!;
        return levelDb(y!.subarray(8000));
      };
      expect(loudness(1) - loudness(0), `${reduction} dB`).toBeLessThan(1);
    }
  });

  it('begins anew after a reset, also where hops are no whole number of its own samples', () => {
    const separator = new Separator();
    separator.configure({ sampleRate: 44100, channels: 1, mode: 'balanced', dictionary });
    separator.setParameter('gain1', -60);
    const heardTwice = [0, 1].map(() => {
      separator.reset();
      const y = new Float32Array(noisy.length);
      separator.process([noisy], [y], noisy.length);
      return y;
    });
    expect(maximumDifference(heardTwice[0]!, heardTwice[1]!)).toBe(0);
  });

  it('is there for a voice that shall be louder than the rest, and for nothing else', () => {
    expect(difference({ gain1: -60 })).toBeGreaterThan(1e-3);
    expect(difference({ gain1: -12 })).toBeGreaterThan(1e-4);
    expect(difference({ gain0: -6, gain1: -6 })).toBe(0);
    expect(difference({ gain0: -20, gain1: -12 })).toBe(0);
    expect(difference({ gain0: -60 })).toBe(0);
    const bands = (label: string) => bandDictionary([0, 1000, 24000], { labels: [label, 'rest'] });
    expect(difference({ gain1: -20 }, bands('vocals'))).toBe(0);
    expect(difference({ gain1: -20 }, bands('Speech'))).toBeGreaterThan(0);
    const monitor = [0, 1].map((amount) => {
      const parameters = { gain1: -60, comb: amount };
      return render([noisy], { sampleRate: 16000, mode: 'monitor', dictionary, parameters })![0]!;
    });
    expect(maximumDifference(monitor[0]!, monitor[1]!)).toBe(0);
  });

  it('comes and goes with the voice when the dictionary changes while sound flows', () => {
    const played = [0, 1].map((amount) => {
      const separator = new Separator();
      separator.configure({ sampleRate: 16000, channels: 1, mode: 'balanced', dictionary });
      separator.setParameter('gain1', -60);
      separator.setParameter('comb', amount);
      const y = new Float32Array(noisy.length);
      separator.process([noisy], [y], 20000);
      separator.setDictionary(bandDictionary([0, 1000, 24000], { labels: ['low', 'high'] }));
      separator.process([noisy.subarray(20000)], [y.subarray(20000)], noisy.length - 20000);
      return y;
    });
    const apart = (from: number, to: number): number =>
      maximumDifference(played[0]!.subarray(from, to), played[1]!.subarray(from, to));
    expect(apart(0, 20000)).toBeGreaterThan(1e-3);
    // What was combed before leaves within the latency and a frame.
    expect(apart(20700, noisy.length)).toBe(0);
  });
});
