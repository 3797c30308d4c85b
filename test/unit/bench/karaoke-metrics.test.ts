import { describe, expect, it } from 'vitest';
import { cholesky, projectedEnergy } from '../../../bench/karaoke/metrics/cholesky.ts';
import { correlate } from '../../../bench/karaoke/metrics/correlate.ts';
import { BssEval, bssScores } from '../../../bench/karaoke/metrics/bss-eval.ts';
import { decibels, MOST_DB } from '../../../bench/karaoke/metrics/decibels.ts';
import { imageError } from '../../../bench/karaoke/metrics/stereo-image.ts';
import { measurer } from '../../../bench/karaoke/measures.ts';
import { combine, makeSong } from '../../../bench/karaoke/songs.ts';
import { mixSystem } from '../../../bench/karaoke/systems/mix.ts';
import { noise } from '../../helpers/signals.ts';

const RATE = 16000;
const scaled = (signal: Float32Array, gain: number): Float32Array => signal.map((value) => gain * value);

describe('correlate', () => {
  it('sums the products of one signal with the later values of the other', () => {
    const a = noise(3000, 1);
    const b = noise(3100, 2);
    const result = correlate(a, b, 70);
    for (const lag of [0, 1, 69]) {
      expect(result[lag]).toBeCloseTo(
        a.reduce((sum, value, n) => sum + value * (b[n + lag] ?? 0), 0),
        9,
      );
    }
  });
});

describe('cholesky', () => {
  it('finds all of a signal in the space that it was made of', () => {
    const vectors = [1, 2, 3, 4].map((seed) => noise(50, seed));
    const dot = (x: Float32Array, y: Float32Array) => x.reduce((sum, value, i) => sum + value * y[i]!, 0);
    const triangle = cholesky(vectors.map((x) => Float64Array.from(vectors, (y) => dot(x, y))));
    const signal = vectors[0]!.map((value, i) => 2 * value - vectors[2]![i]!);
    const products = Float64Array.from(vectors, (x) => dot(x, signal));
    expect(projectedEnergy(triangle, products)).toBeCloseTo(dot(signal, signal), 4);
  });

  it('bears rows that say the same', () => {
    const same = [Float64Array.of(1, 1), Float64Array.of(1, 1)];
    expect(projectedEnergy(cholesky(same), Float64Array.of(1, 1))).toBeCloseTo(1, 6);
  });
});

describe('BSS Eval', () => {
  const [voice, backing] = [noise(8000, 1), noise(8000, 2)];

  it('finds nothing wrong with the sources themselves', () => {
    const { sdr, sar } = bssScores(new BssEval([voice, backing]).energies(voice, 0));
    expect(sdr).toBe(MOST_DB);
    expect(sar).toBe(MOST_DB);
  });

  it('finds no artefacts in a mixture, and a SIR that is the SNR', () => {
    const mixture = backing.map((value, n) => value + 0.1 * voice[n]!);
    const { sir, sar } = bssScores(new BssEval([backing, voice]).energies(mixture, 0));
    // Of 8000 samples of noise, filters of 512 taps explain a sixteenth by chance.
    expect(Math.abs(sir - 20)).toBeLessThan(1);
    expect(sar).toBeGreaterThan(60);
  });

  it('takes a source that is silent in a channel for one that explains nothing', () => {
    const silent = new Float32Array(8000);
    const energies = new BssEval([backing, silent]).energies(backing, 1);
    expect(energies.source).toBe(0);
    expect(energies.sources / energies.estimate).toBeCloseTo(1, 6);
  });

  it('refuses an estimate of another length', () => {
    expect(() => new BssEval([voice, backing]).energies(voice.subarray(1), 0)).toThrow(
      /8000.*7999|7999.*8000/,
    );
  });
});

describe('decibels', () => {
  it('are cut where rounding decides', () => {
    expect(decibels(100, 1)).toBeCloseTo(20, 9);
    expect(decibels(1, 0)).toBe(MOST_DB);
    expect(decibels(0, 0)).toBe(-MOST_DB);
    expect(decibels(1, -1e-18)).toBe(MOST_DB);
  });
});

describe('imageError', () => {
  const [a, b] = [noise(RATE, 3), noise(RATE, 4)];

  it('is 0 for the same image at another level', () => {
    const { level, phase } = imageError([scaled(a, 0.3), scaled(b, 0.3)], [a, b], RATE)!;
    expect(level).toBeLessThan(0.01);
    expect(phase).toBeLessThan(0.1);
  });

  it('is the dB by which one channel was turned up', () => {
    expect(imageError([scaled(a, 2), b], [a, b], RATE)!.level).toBeCloseTo(20 * Math.log10(2), 1);
  });

  it('is 180 degrees where one channel was turned over', () => {
    const { level, phase } = imageError([scaled(a, -1), a], [a, a], RATE)!;
    expect(phase).toBeCloseTo(180, 0);
    expect(level).toBeLessThan(0.01);
  });

  it('is not defined for one channel', () => {
    expect(imageError([a], [a], RATE)).toBeUndefined();
  });
});

describe('measurer', () => {
  const voice = [noise(RATE, 5, 0.2), noise(RATE, 6, 0.2)];
  const backing = [noise(RATE, 7, 0.4), noise(RATE, 8, 0.2)];
  const song = makeSong('noise', RATE, voice, backing);
  const measure = measurer(song);

  it('says of the song as it is what its stems say', () => {
    const result = measure(mixSystem.separate(song));
    // Powers 0.4^2 + 0.2^2 to 2 0.2^2.
    expect(result.backing).toBeCloseTo(10 * Math.log10(0.2 / 0.08), 0);
    expect(result.voice).toBeCloseTo(-10 * Math.log10(0.2 / 0.08), 0);
    expect(result.voiceDown).toBe(0);
    expect(result.backingChange).toBe(0);
  });

  it('counts how far the voice is down, and what became of the backing', () => {
    const respond = (channels: readonly Float32Array[]) => channels.map((channel) => scaled(channel, 0.5));
    const result = measure({ backing: combine(respond(backing), voice, 0.1), respond });
    expect(result.voiceDown).toBeCloseTo(20 * Math.log10(2), 3);
    expect(result.backingChange).toBeCloseTo(-20 * Math.log10(2), 3);
    expect(result.backing).toBeGreaterThan(15);
    expect(result.backingSdr).toBeGreaterThan(15);
  });
});
