import { describe, expect, it } from 'vitest';
import type { Dictionary } from '../../../src/dictionary/index.ts';
import { loadKernel } from '../../../src/kernel/index.ts';
import { frameLayout } from '../../../src/separator/latency-modes.ts';
import { PanningCells } from '../../../src/separator/stereo/panning-cells.ts';
import { render } from '../../../src/separator/render.ts';

const kernel = loadKernel().factory;

// prettier-ignore
const CUES = Float32Array.of(
  0.8, 0.8, 0.65, 1.2, 1.6, 1.2, 2.4, 2.4, 2,
  0.3, 0.3, 0.2, 0, 0, 0, -0.2, -0.7, -0.6,
);

/** A "voice" of harmonics of 220 Hz and a "band" of harmonics of 165 Hz: an atom each, which share a third of their bins. */
function dictionaryFor(sampleRate: number): Dictionary {
  const { fftSize, bins, windowLength, hop } = frameLayout('quality', sampleRate);
  const atoms = new Float32Array(2 * bins);
  for (const [k, pitch] of [220, 165].entries()) {
    const atom = atoms.subarray(k * bins, (k + 1) * bins);
    for (let f = 0; f < bins; f++) {
      const frequency = (f * sampleRate) / fftSize;
      const harmonic = Math.max(1, Math.round(frequency / pitch));
      const distance = Math.abs(frequency - harmonic * pitch);
      // Blurred on purpose: the places must help.
      atom[f] = 0.02 + Math.exp(-distance / 60) / harmonic;
    }
    const sum = atom.reduce((a, b) => a + b, 0);
    for (let f = 0; f < bins; f++) atom[f]! /= sum;
  }
  return {
    name: 'two harmonic sounds',
    atoms,
    atomCount: 2,
    bins,
    sampleRate,
    fftSize,
    windowLength,
    hop,
    window: 'sqrt-hann',
    exponent: 1,
    divergence: 'kullback-leibler',
    sources: [
      { label: 'vocals', from: 0, to: 1 },
      { label: 'accompaniment', from: 1, to: 2 },
    ],
    card: {},
    tensors: [{ name: 'cues', shape: [2, 3, 3], data: CUES }],
  };
}

function harmonics(pitch: number, seconds: number, sampleRate: number): Float32Array {
  const result = new Float32Array(Math.round(seconds * sampleRate));
  for (let h = 1; h * pitch < Math.min(3500, 0.45 * sampleRate); h++) {
    for (let i = 0; i < result.length; i++) {
      result[i]! += (0.1 / h) * Math.sin((2 * Math.PI * h * pitch * i) / sampleRate + h * h);
    }
  }
  return result;
}

const scaled = (samples: Float32Array, gain: number): Float32Array => samples.map((x) => gain * x);
const sum = (a: Float32Array, b: Float32Array): Float32Array => a.map((x, i) => x + b[i]!);
const energy = (channels: readonly Float32Array[], from: number): number =>
  channels.reduce((all, channel) => channel.subarray(from).reduce((s, x) => s + x * x, all), 0);

/** Equal-power panning, -1 to 1. */
function panned(samples: Float32Array, place: number): Float32Array[] {
  const angle = ((place + 1) * Math.PI) / 4;
  return [scaled(samples, Math.cos(angle)), scaled(samples, Math.sin(angle))];
}

/** Error of the backing against the voice that was there before, in dB of its last half: 0 when nothing was gained. */
function gained(voice: Float32Array[], backing: Float32Array[], sampleRate: number): number {
  const mix = voice.map((channel, c) => sum(channel, backing[c]!));
  const parameters = { gain0: -60, reduction: 40 };
  const out = render(mix, {
    sampleRate,
    mode: 'quality',
    dictionary: dictionaryFor(sampleRate),
    kernel,
    parameters,
  })!;
  const from = Math.floor(mix[0]!.length / 2);
  const error = out.map((channel, c) => channel.map((x, i) => x - backing[c]![i]!));
  return 10 * Math.log10(energy(voice, from) / energy(error, from));
}

const RATE = 16000;
const voice = harmonics(220, 3, RATE);
const band = harmonics(165, 3, RATE);

describe('a voice and its place', () => {
  const alone = gained([voice], [band], RATE);

  it.each([0, 0.3, -0.3, 1])('knows a voice at %d from a band that is elsewhere', (place) => {
    const side = place < 0.5 ? 0.8 : -0.5;
    expect(gained(panned(voice, place), panned(band, side), RATE)).toBeGreaterThan(Math.max(alone + 2, 4));
  });

  it('does to a mono song in two channels what it does to one channel', () => {
    const two = gained([voice, voice], [band, band], RATE);
    expect(Math.abs(two - alone)).toBeLessThan(0.1);
    expect(alone).toBeGreaterThan(0);
  });

  it.each([8000, 96000])('works at %d Hz', (rate) => {
    const backing = panned(harmonics(165, 1.5, rate), 0.8);
    expect(gained(panned(harmonics(220, 1.5, rate), 0), backing, rate)).toBeGreaterThan(1);
  });

  it('gives sources that sum to the sound', () => {
    const backing = panned(band, -0.6);
    const mix = panned(voice, 0.2).map((channel, c) => sum(channel, backing[c]!));
    const configuration = {
      sampleRate: RATE,
      mode: 'quality',
      dictionary: dictionaryFor(RATE),
      kernel,
    } as const;
    const parts = render(mix, { ...configuration, outputs: 'sources' })!;
    for (const c of [0, 1]) {
      const difference = mix[c]!.map((x, i) => x - parts[c]![i]! - parts[2 + c]![i]!);
      expect(energy([difference], 2000)).toBeLessThan(1e-8 * energy([mix[c]!], 2000));
    }
  });

  it('survives silence and what is not a number, and separates as before', () => {
    const backing = panned(band, 0.8);
    const mix = panned(voice, 0).map((channel, c) => sum(channel, backing[c]!));
    for (const channel of mix) {
      channel.fill(0, 8000, 16000);
      channel.fill(NaN, 20000, 20100);
    }
    const out = render(mix, {
      sampleRate: RATE,
      mode: 'quality',
      dictionary: dictionaryFor(RATE),
      kernel,
      parameters: { gain0: -60, reduction: 40 },
    })!;
    expect(out.every((channel) => channel.every((x) => Number.isFinite(x)))).toBe(true);
    const from = 32000;
    const error = out.map((channel, c) => channel.map((x, i) => x - backing[c]![i]!));
    expect(10 * Math.log10(energy(panned(voice, 0), from) / energy(error, from))).toBeGreaterThan(4);
  });
});

describe('the cells of a stereo image', () => {
  const layout = frameLayout('quality', RATE);

  function spectrum(seed: number): Float64Array {
    let state = seed;
    return Float64Array.from({ length: 2 * layout.bins }, () => {
      state = (state * 48271) % 2147483647;
      return state / 2147483647 - 0.5;
    });
  }

  const scale = (values: Float64Array, gain: number): Float64Array => values.map((x) => gain * x);

  it('puts a sound that is panned by levels into cells of one direction and no spread, at any level', () => {
    const cells = new PanningCells(layout);
    const sound = spectrum(1);
    const seen: number[] = [];
    for (const level of [1, 1e-4]) {
      cells.reset();
      cells.observe(scale(sound, level), scale(sound, 0.5 * level));
      cells.locate(0, layout.bins);
      const at = Math.round(1000 / (RATE / layout.fftSize)) + 1;
      expect(cells.lower[at + 5]).toBe(cells.lower[at + 40]);
      expect(cells.share[at + 5]).toBeCloseTo(cells.share[at + 40]!, 3);
      seen.push(cells.lower[at + 5]!);
    }
    expect(seen[0]).toBe(seen[1]);
  });

  it('tells mono from stereo', () => {
    const cells = new PanningCells(layout);
    const sound = spectrum(1);
    cells.observe(sound, sound);
    expect(cells.stereo).toBe(0);
    for (let i = 0; i < 5; i++) cells.observe(sound, spectrum(7));
    expect(cells.stereo).toBe(1);
  });
});
