import { describe, expect, it } from 'vitest';
import type { FrameProcessor } from '../../../src/dsp/stft.ts';
import { StreamingFilter } from '../../../src/dsp/streaming-filter.ts';
import { frameLayout } from '../../../src/separator/latency-modes.ts';
import { availableKernels } from '../../helpers/kernels.ts';
import { maximumDifference, noise, sine } from '../../helpers/signals.ts';

/** Multiplies each bin of every output with `gain`, which may change from frame to frame. */
function gains(gain: (bin: number, frame: number, output: number) => number): FrameProcessor {
  let frame = -1;
  return {
    startFrame: () => {
      frame++;
      return 2;
    },
    processStep(step, spectra, results) {
      if (step === 0) return;
      for (const [o, result] of results.entries()) {
        const spectrum = spectra[o % spectra.length]!;
        for (let i = 0; i < result.length; i++) result[i] = gain(i >> 1, frame, o) * spectrum[i]!;
      }
    },
  };
}

function filter(
  processor: FrameProcessor,
  options: { inputs?: number; outputs?: number; sampleRate?: number } = {},
): StreamingFilter {
  const { inputs = 1, outputs = inputs, sampleRate = 48000 } = options;
  const streaming = new StreamingFilter();
  streaming.configure({ ...frameLayout('monitor', sampleRate), inputs, outputs, processor });
  return streaming;
}

function run(
  streaming: StreamingFilter,
  inputs: readonly Float32Array[],
  outputs = inputs.length,
  blocks: readonly number[] = [128],
): Float32Array[] {
  const length = inputs[0]!.length;
  const y = Array.from({ length: outputs }, () => new Float32Array(length));
  for (let at = 0, b = 0; at < length; b++) {
    const count = Math.min(blocks[b % blocks.length]!, length - at);
    streaming.process(
      inputs.map((x) => x.subarray(at, at + count)),
      y.map((channel) => channel.subarray(at, at + count)),
      count,
    );
    at += count;
  }
  return y;
}

/** A low pass that wavers from frame to frame. */
const wavering = (bin: number, frame: number) => (bin < 100 + 20 * (frame % 5) ? 1 : 0.1);

describe('StreamingFilter', () => {
  it.each([8000, 16000, 44100, 48000, 96000, 192000])(
    'lets everything through in the same sample, unchanged, where all gains are 1: %i Hz',
    (sampleRate) => {
      const x = noise(sampleRate / 20, 2);
      expect(
        maximumDifference(
          run(
            filter(
              gains(() => 1),
              { sampleRate },
            ),
            [x],
          )[0]!,
          x,
        ),
      ).toBe(0);
      // Also after gains that were not.
      const settling = filter(
        gains((bin, frame) => (frame < 5 ? wavering(bin, frame) : 1)),
        { sampleRate },
      );
      const [y] = run(settling, [x]);
      const { hop } = frameLayout('monitor', sampleRate);
      expect(maximumDifference(y!.subarray(7 * hop), x.subarray(7 * hop))).toBeLessThan(1e-6);
    },
  );

  it('is the input times g where all gains are g', () => {
    const x = noise(4800, 4);
    const [y] = run(filter(gains(() => 0.25)), [x]);
    const late = maximumDifference(
      y!.subarray(256),
      x.subarray(256).map((value) => 0.25 * value),
    );
    expect(late).toBeLessThan(1e-6);
  });

  it('answers an impulse with nothing before it, and most at once', () => {
    const x = noise(4800, 4, 1e-3);
    const withImpulse = x.slice();
    withImpulse[3001]! += 0.5;
    const low = gains((bin) => (bin < 200 ? 1 : 0.1));
    const [a] = run(filter(low), [x]);
    const [b] = run(filter(low), [withImpulse]);
    const answer = b!.map((value, i) => value - a![i]!);
    expect(maximumDifference(answer.subarray(0, 3001), new Float32Array(3001))).toBe(0);
    const energy = (from: number, to: number) =>
      answer.subarray(from, to).reduce((sum, value) => sum + value * value, 0);
    expect(energy(3001, 3009) / energy(3001, 3200)).toBeGreaterThan(0.85);
  });

  it('gives the same samples however the stream is cut', () => {
    const x = noise(5000, 3);
    const cut = (blocks: number[]) => run(filter(gains(wavering), { sampleRate: 44100 }), [x], 1, blocks)[0]!;
    const whole = cut([128]);
    for (const blocks of [[1], [64], [2048], [100, 7, 900]]) {
      expect(maximumDifference(cut(blocks), whole)).toBeLessThan(1e-6);
    }
  });

  it('does not step where one filter becomes another', () => {
    const tone = sine(24000, 440, 48000, 0.5);
    const [y] = run(filter(gains((_, frame) => (frame % 20 < 10 ? 1 : 0.2))), [tone]);
    const steepest = 0.5 * 2 * Math.PI * (440 / 48000);
    const steps = y!.subarray(1).map((value, i) => Math.abs(value - y![i]!));
    // The fade itself moves by up to 0.8 of the amplitude in a hop.
    expect(Math.max(...steps)).toBeLessThan(steepest + (0.5 * 0.8) / 128 + 1e-4);
  });

  it('has as many taps as a hop at 48 kHz has samples, and no more at any rate', () => {
    const taps = [16000, 44100, 48000, 96000, 192000].map((rate) => frameLayout('monitor', rate).taps);
    expect(taps).toEqual([43, 118, 128, 128, 128]);
  });

  it.each(availableKernels())('does the same with the FFT of the kernel: $name', ({ factory }) => {
    const x = [noise(6000, 3), noise(6000, 4)];
    const plain = run(filter(gains(wavering), { inputs: 2 }), x);
    const streaming = new StreamingFilter();
    streaming.configure({
      ...frameLayout('monitor', 48000),
      inputs: 2,
      outputs: 2,
      processor: gains(wavering),
      kernel: factory,
    });
    for (const [c, y] of run(streaming, x).entries())
      expect(maximumDifference(y, plain[c]!)).toBeLessThan(1e-6);
  });

  it('filters all channels alike', () => {
    const x = noise(6000, 3);
    const [left, right] = run(filter(gains(wavering), { inputs: 2 }), [x, x.map((value) => -0.5 * value)]);
    const expected = left!.map((value) => -0.5 * value);
    expect(maximumDifference(right!, expected)).toBeLessThan(1e-7);
  });

  it('gives parts each of which is the input with the gains of that part alone, the last too', () => {
    const x = [noise(6000, 1), noise(6000, 2)];
    const shares = (bin: number, frame: number) => {
      const low = 0.1 + 0.5 * wavering(bin, frame);
      return [low, (1 - low) * (bin % 2 ? 0.3 : 0.6), (1 - low) * (bin % 2 ? 0.7 : 0.4)];
    };
    const thirds = gains((bin, frame, output) => shares(bin, frame)[output >> 1]!);
    const y = run(filter(thirds, { inputs: 2, outputs: 6 }), x, 6);
    for (const part of [0, 1, 2]) {
      const alone = run(
        filter(
          gains((bin, frame) => shares(bin, frame)[part]!),
          { inputs: 2 },
        ),
        x,
      );
      // Alone it begins at 1, as a part at a third.
      for (const c of [0, 1]) {
        const actual = y[2 * part + c]!;
        expect(maximumDifference(actual.subarray(256), alone[c]!.subarray(256))).toBeLessThan(1e-5);
        expect(
          maximumDifference(
            actual.subarray(0, 128),
            x[c]!.subarray(0, 128).map((value) => value / 3),
          ),
        ).toBeLessThan(1e-6);
      }
    }
  });

  it('takes samples that are not numbers as silence, and passes a frame dry whose gains are none', () => {
    const x = noise(8000, 5);
    const clean = x.slice();
    x[1000] = NaN;
    x[3001] = -Infinity;
    clean[1000] = clean[3001] = 0;
    const broken = filter(gains((_, frame) => (frame === 30 ? NaN : 1)));
    const [y] = run(broken, [x]);
    expect(maximumDifference(y!, clean)).toBeLessThan(1e-6);
    expect(broken.nonFiniteSamples).toBe(3);
    broken.reset();
    expect(broken.nonFiniteSamples).toBe(0);
  });

  it('is late by nothing, and refuses lengths that do not fit together', () => {
    expect(filter(gains(() => 1)).latency).toBe(0);
    const base = { ...frameLayout('monitor', 48000), inputs: 2, outputs: 2, processor: gains(() => 1) };
    const make = (change: object) => () => new StreamingFilter().configure({ ...base, ...change });
    expect(make({ windowLength: 2048 })).toThrow(/must not be longer than the FFT/);
    expect(make({ outputs: 3 })).toThrow(/multiple of the 2 inputs/);
    expect(make({ taps: 0 })).toThrow(/taps/);
    expect(make({ tail: 64 })).toThrow(/tail/);
  });
});
