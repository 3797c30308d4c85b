import { describe, expect, it } from 'vitest';
import { corpusFrames } from '../../../src/training/index.ts';
import type { Recording } from '../../../src/training/index.ts';
import { noiseRecording, toneRecording } from './signals.ts';

const layout = { sampleRate: 16000, fftSize: 512, windowLength: 512, hop: 128 };
const good = noiseRecording('good.wav', 1, 16000);

/** Mean of all values of the frames from `from` to `to`. */
const level = (frames: Float32Array, bins: number, from: number, to: number): number =>
  frames.slice(from * bins, to * bins).reduce((sum, value) => sum + value, 0) / ((to - from) * bins);

describe('frames of recordings', () => {
  it('has one frame a hop, with a tone in its bin', () => {
    const { frames, count, bins, messages } = corpusFrames([toneRecording('tone', [2000], 1, 16000)], layout);
    expect(bins).toBe(257);
    expect(count).toBe(Math.floor((16000 - 512) / 128) + 1);
    expect(messages).toEqual([]);
    for (let n = 0; n < count; n++) {
      const row = frames.subarray(n * bins, (n + 1) * bins);
      expect(row.indexOf(Math.max(...row))).toBe(64);
    }
  });

  it('drops silence, within and between', () => {
    const samples = new Float32Array(48000);
    samples.set(good.samples, 16000);
    const { count } = corpusFrames([{ name: 'pauses', samples, sampleRate: 16000 }], layout);
    expect(count).toBeGreaterThan(120);
    expect(count).toBeLessThan(130);
  });

  it('brings recordings to the same level', () => {
    const quiet = noiseRecording('quiet', 1, 16000, 0.001);
    const { frames, count, bins } = corpusFrames([good, quiet], layout);
    expect(level(frames, bins, 0, count / 2) / level(frames, bins, count / 2, count)).toBeCloseTo(1, 1);
  });

  it('raises magnitudes to the exponent', () => {
    const plain = corpusFrames([good], layout).frames;
    const squared = corpusFrames([good], layout, { exponent: 2 }).frames;
    expect(squared[1000]! / plain[1000]! ** 2).toBeCloseTo(1, 5);
  });

  it('draws at most so many frames, evenly from the recordings as far as they go, by the seed', () => {
    const recordings = [
      noiseRecording('short', 0.2, 16000),
      noiseRecording('a', 2, 16000),
      noiseRecording('b', 4, 16000),
    ];
    const draw = (seed: number) => corpusFrames(recordings, layout, { maxFrames: 100, seed });
    // The short one has 22 frames; the others share the rest.
    expect(draw(1).count).toBe(100);
    expect(draw(1).frames).toEqual(draw(1).frames);
    expect(draw(1).frames).not.toEqual(draw(2).frames);
  });

  it('uses a recording shorter than a window, padded', () => {
    const layoutOfMusic = { sampleRate: 44100, fftSize: 8192, windowLength: 8192, hop: 2048 };
    expect(corpusFrames([noiseRecording('short', 0.12, 44100)], layoutOfMusic).count).toBe(1);
  });

  it('resamples recordings of another rate', () => {
    const { frames, count, bins, observedBins } = corpusFrames(
      [toneRecording('t', [2000], 1, 48000)],
      layout,
    );
    expect(observedBins).toBeUndefined();
    expect(Math.abs(count - 121)).toBeLessThanOrEqual(1);
    const row = frames.subarray(50 * bins, 51 * bins);
    expect(row.indexOf(Math.max(...row))).toBe(64);
  });

  it('says which bins a recording of a lower rate cannot show', () => {
    const low = noiseRecording('low.wav', 1, 8000);
    const { observedBins, messages, count } = corpusFrames([good, low], layout);
    expect(observedBins).toHaveLength(count);
    expect(observedBins![0]).toBe(257);
    // 90 % of 4 kHz, in bins of 31.25 Hz.
    expect(observedBins!.at(-1)).toBe(115);
    expect(messages).toMatchObject([{ recording: 'low.wav', problem: 'band-limited', used: true }]);
    expect(messages[0]!.message).toMatch(/"low.wav" is at 8000 Hz: nothing above 3600 Hz/);
  });
});

describe('recordings that cannot be used', () => {
  const samples = good.samples;
  const clipped = samples.map((value) => Math.max(-1, Math.min(1, 30 * value)));
  const holed = samples.slice();
  holed[7000] = NaN;
  const bad: [Recording, string, RegExp][] = [
    [
      { name: 'empty', samples: new Float32Array(0), sampleRate: 16000 },
      'empty',
      /"empty" was left out: it is empty/,
    ],
    [{ name: 'silent', samples: new Float32Array(16000), sampleRate: 16000 }, 'silent', /silent: its peak/],
    [
      { name: 'click', samples: samples.slice(0, 800), sampleRate: 16000 },
      'too-short',
      /lasts 0.050 s.*0.1 s/,
    ],
    [{ name: 'loud', samples: clipped, sampleRate: 16000 }, 'clipped', /% of it is clipped; record it again/],
    [{ name: 'holed', samples: holed, sampleRate: 16000 }, 'not-finite', /sample 7000 is NaN/],
    [{ name: 'no rate', samples, sampleRate: 0 }, 'sample-rate', /sample rate is 0 Hz/],
  ];

  it.each(bad)('%o', (recording, problem, message) => {
    const { messages, count } = corpusFrames([recording, good], layout);
    expect(count).toBe(corpusFrames([good], layout).count);
    expect(messages).toMatchObject([{ recording: recording.name, problem, used: false }]);
    expect(messages[0]!.message).toMatch(message);
  });

  it('does not take a few full-scale samples, or a loud tone, for clipping', () => {
    const loud = toneRecording('loud tone', [440], 1, 16000, 1);
    expect(corpusFrames([loud], layout).messages).toEqual([]);
  });

  it('throws with all reasons where none can be used', () => {
    const all = bad.map(([recording]) => recording);
    expect(() => corpusFrames(all, layout)).toThrow(/No recording can be used.*empty.*silent.*clipped/s);
    expect(() => corpusFrames([], layout)).toThrow(/at least one/);
  });
});
