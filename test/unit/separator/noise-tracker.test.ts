import { describe, expect, it } from 'vitest';
import { NoiseTracker } from '../../../src/separator/noise-tracker.ts';
import { randomSource } from '../../helpers/signals.ts';

const BINS = 129;
const HOP = 0.005;

/** Powers of Gaussian noise: exponentially distributed about `mean`, and alike over the frames that a window spans. */
function powers(mean: (f: number, t: number) => number, frames: number, seed = 3): Float32Array[] {
  const random = randomSource(seed);
  const gaussian = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const re = Float64Array.from({ length: BINS }, gaussian);
  const im = Float64Array.from({ length: BINS }, gaussian);
  const keep = 0.7;
  const fresh = Math.sqrt(1 - keep * keep);
  return Array.from({ length: frames }, (_, t) =>
    Float32Array.from({ length: BINS }, (_bin, f) => {
      re[f] = keep * re[f]! + fresh * gaussian();
      im[f] = keep * im[f]! + fresh * gaussian();
      return (mean(f, t) * (re[f]! ** 2 + im[f]! ** 2)) / 2;
    }),
  );
}

/** Mean error of the estimate in dB, of the frames from `from` on. */
function errors(
  frames: readonly Float32Array[],
  truth: (f: number, t: number) => number,
  hop = HOP,
): Float64Array {
  const tracker = new NoiseTracker();
  tracker.configure({ bins: BINS, hop });
  return Float64Array.from(frames, (power, t) => {
    tracker.process(power);
    let error = 0;
    for (let f = 0; f < BINS; f++) error += tracker.psd[f]! / truth(f, t);
    return 10 * Math.log10(error / BINS);
  });
}

const meanOf = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;
const white = (): number => 1e-4;
const coloured = (f: number): number => 1e-2 / (1 + f) ** 2;

describe('the tracked noise', () => {
  it.each([
    ['white', white],
    ['coloured', coloured],
  ])('is the power of %s noise to within 1 dB', (_, truth) => {
    const found = errors(powers(truth, 1000), truth).subarray(300);
    expect(Math.abs(meanOf(found))).toBeLessThan(1);
  });

  it('is as near with twice the hop', () => {
    expect(Math.abs(meanOf(errors(powers(white, 600), white, 2 * HOP).subarray(200)))).toBeLessThan(1);
  });

  it('follows a rise and a fall of 10 dB within 1.5 s', () => {
    const step = (_: number, t: number): number => (t < 400 || t >= 1000 ? 1e-4 : 1e-3);
    const found = errors(powers(step, 1600), step);
    expect(Math.abs(meanOf(found.subarray(700, 1000)))).toBeLessThan(1);
    expect(Math.abs(meanOf(found.subarray(1300, 1600)))).toBeLessThan(1);
  });

  it('is pulled up by less than 8 dB by three seconds of syllables that are 20 dB louder', () => {
    const syllables = (f: number, t: number): number =>
      1e-4 * (t > 200 && t < 800 && (t + 7 * Math.floor(f / 16)) % 50 < 30 ? 100 : 1);
    const found = errors(powers(syllables, 1000), white);
    for (const error of found.subarray(300, 800)) expect(error).toBeLessThan(8);
  });

  it('scales with the signal, and its probabilities do not', () => {
    const quiet = new NoiseTracker();
    const loud = new NoiseTracker();
    quiet.configure({ bins: BINS, hop: HOP });
    loud.configure({ bins: BINS, hop: HOP });
    for (const power of powers(coloured, 300)) {
      quiet.process(power);
      loud.process(power.map((value) => value * 2 ** 20));
    }
    expect(loud.psd).toEqual(quiet.psd.map((value) => value * 2 ** 20));
    expect(loud.presence).toEqual(quiet.presence);
  });

  it('takes for speech what it hears first, before it knows anything', () => {
    const tracker = new NoiseTracker();
    tracker.configure({ bins: BINS, hop: HOP });
    const frames = powers(white, 200);
    for (const run of [1, 2]) {
      expect(tracker.presence.every((value) => value === 1)).toBe(true);
      for (const power of frames.slice(0, 10)) {
        tracker.process(power);
        expect(tracker.presence.every((value) => value === 1)).toBe(true);
      }
      for (const power of frames.slice(10)) tracker.process(power);
      expect(meanOf(Float64Array.from(tracker.presence)), `run ${run}`).toBeLessThan(0.5);
      tracker.reset();
    }
  });

  it('is what it was after a frame that is not finite, and survives frames of nothing', () => {
    const tracker = new NoiseTracker();
    tracker.configure({ bins: BINS, hop: HOP });
    const frames = powers(white, 200);
    for (const power of frames) tracker.process(power);
    const before = tracker.psd.slice();
    tracker.process(new Float32Array(BINS).fill(Number.NaN));
    expect(tracker.psd).toEqual(before);
    for (let t = 0; t < 1000; t++) tracker.process(new Float32Array(BINS));
    for (const power of frames) tracker.process(power);
    expect(tracker.psd.every((value) => value > 0 && value < 1)).toBe(true);
    expect(tracker.presence.every((value) => value >= 0 && value <= 1)).toBe(true);
  });
});
