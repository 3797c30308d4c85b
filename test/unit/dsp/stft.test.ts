import { describe, expect, it } from 'vitest';
import { StreamingStft, type FrameProcessor, type PastFrames } from '../../../src/dsp/stft.ts';
import { frameLayout, LATENCY_MODES } from '../../../src/separator/latency-modes.ts';
import { maximumDifference, noise } from '../../helpers/signals.ts';

const passThrough: FrameProcessor = {
  startFrame: () => 3,
  processStep(step, spectra, results) {
    if (step === 2) results.forEach((result, o) => result.set(spectra[o % spectra.length]!));
  },
};

function stream(
  stft: StreamingStft,
  inputs: Float32Array[],
  outputs: number,
  blocks: number[],
): Float32Array[] {
  const length = inputs[0]!.length;
  const out = Array.from({ length: outputs }, () => new Float32Array(length));
  let at = 0;
  for (let b = 0; at < length; b++) {
    const count = Math.min(blocks[b % blocks.length]!, length - at);
    stft.process(
      inputs.map((x) => x.subarray(at, at + count)),
      out.map((y) => y.subarray(at, at + count)),
      count,
    );
    at += count;
  }
  return out;
}

describe('StreamingStft', () => {
  const rates = [8000, 16000, 22050, 44100, 48000, 96000, 192000];
  for (const mode of LATENCY_MODES.filter((name) => frameLayout(name, 48000).taps === 0)) {
    for (const sampleRate of rates) {
      it(`${mode} at ${sampleRate} Hz reconstructs to 1e-6, late by exactly its latency`, () => {
        const layout = frameLayout(mode, sampleRate);
        const stft = new StreamingStft();
        stft.configure({ ...layout, inputs: 1, outputs: 1, processor: passThrough });
        const x = noise(layout.windowLength * 6, 7);
        for (const block of [64, 128, 441, 2048]) {
          stft.reset();
          const [y] = stream(stft, [x], 1, [block]);
          expect(y!.subarray(0, layout.latency).every((sample) => Math.abs(sample) < 1e-9)).toBe(true);
          const error = maximumDifference(
            y!.subarray(layout.latency),
            x.subarray(0, x.length - layout.latency),
          );
          expect(error).toBeLessThan(1e-6);
        }
      });
    }
  }

  it('has the latencies that the modes promise at 48 kHz', () => {
    expect(LATENCY_MODES.map((mode) => frameLayout(mode, 48000).latency)).toEqual([2048, 512, 256, 0]);
    expect(LATENCY_MODES.map((mode) => frameLayout(mode, 48000).fftSize)).toEqual([2048, 1024, 1024, 1024]);
  });

  it('gives a processor the past: the spectra that earlier frames had, until the work on a frame is done', () => {
    for (const mode of ['live', 'balanced', 'quality'] as const) {
      for (const block of [1, 128, 441]) {
        const layout = frameLayout(mode, 44100);
        const seen: Float64Array[] = [];
        let past: PastFrames | undefined;
        let compared = 0;
        const comparing: FrameProcessor = {
          startFrame(frames) {
            past = frames;
            return 4;
          },
          processStep(step, spectra, results) {
            if (step < 3) return;
            for (const ago of [0, 1, 2]) {
              const earlier = ago === 0 ? spectra[0]! : seen.at(-ago);
              if (!earlier) continue;
              expect(maximumDifference(past!.spectrum(0, ago * layout.hop), earlier)).toBe(0);
              compared++;
            }
            seen.push(spectra[0]!.slice());
            results[0]!.set(spectra[0]!);
          },
        };
        const stft = new StreamingStft();
        const configuration = { ...layout, inputs: 1, outputs: 1, processor: comparing };
        stft.configure({ ...configuration, lookback: 2 * layout.hop });
        const x = noise(layout.hop * 12, 5);
        const [y] = stream(stft, [x], 1, [block]);
        expect(compared).toBeGreaterThan(24);
        // To ask changes nothing of what is heard.
        const { latency } = layout;
        expect(maximumDifference(y!.subarray(latency), x.subarray(0, x.length - latency))).toBeLessThan(1e-6);
      }
    }
    const layout = frameLayout('live', 48000);
    const given: (PastFrames | undefined)[] = [];
    const processor: FrameProcessor = { ...passThrough, startFrame: (frames) => given.push(frames) };
    const stft = new StreamingStft();
    stft.configure({ ...layout, inputs: 1, outputs: 1, processor });
    stft.process([noise(layout.hop)], [new Float32Array(layout.hop)], layout.hop);
    expect(given).toEqual([undefined]);
    const bad = { ...layout, inputs: 1, outputs: 1, processor, lookback: 0.5 };
    expect(() => stft.configure(bad)).toThrow(/lookback is 0\.5 samples/);
  });

  it('gives the same samples however the stream is cut, to the bit', () => {
    const layout = frameLayout('quality', 44100);
    const gate: FrameProcessor = {
      startFrame: () => 5,
      processStep(step, [spectrum], [result]) {
        if (step === 4) for (let i = 0; i < spectrum!.length; i++) result![i] = i % 3 ? spectrum![i]! : 0;
      },
    };
    const x = noise(20000, 3);
    const cut = (blocks: number[]) => {
      const stft = new StreamingStft();
      stft.configure({ ...layout, inputs: 1, outputs: 1, processor: gate });
      return stream(stft, [x], 1, blocks)[0]!;
    };
    const whole = cut([128]);
    for (const blocks of [[1], [64], [2048], [100, 7, 900], [20000]]) {
      expect(maximumDifference(cut(blocks), whole)).toBe(0);
    }
  });

  it('spreads the work of a frame over the quanta of its hop in quality mode', () => {
    const layout = frameLayout('quality', 48000);
    let steps = 0;
    const counter: FrameProcessor = {
      startFrame: () => 10,
      processStep() {
        steps++;
      },
    };
    const stft = new StreamingStft();
    stft.configure({ ...layout, inputs: 1, outputs: 1, processor: counter });
    const block = [new Float32Array(128)];
    const perQuantum: number[] = [];
    for (let q = 0; q < 40; q++) {
      steps = 0;
      stft.process(block, [new Float32Array(128)], 128);
      perQuantum.push(steps);
    }
    expect(Math.max(...perQuantum)).toBeLessThanOrEqual(3);
    expect(perQuantum.slice(4, 36).reduce((a, b) => a + b)).toBe(80);
  });

  it('serves several outputs from one input', () => {
    const layout = frameLayout('balanced', 48000);
    const stft = new StreamingStft();
    stft.configure({ ...layout, inputs: 2, outputs: 4, processor: passThrough });
    const x = [noise(6000, 1), noise(6000, 2)];
    const y = stream(stft, x, 4, [128]);
    expect(maximumDifference(y[0]!, y[2]!)).toBe(0);
    expect(maximumDifference(y[1]!.subarray(512), x[1]!.subarray(0, 5488))).toBeLessThan(1e-6);
  });

  it('takes NaN and infinity as zero, counts them, and is right again at once', () => {
    const layout = frameLayout('balanced', 48000);
    const stft = new StreamingStft();
    stft.configure({ ...layout, inputs: 1, outputs: 1, processor: passThrough });
    const x = noise(8000, 5);
    const clean = x.slice();
    for (const [at, value] of [
      [1000, NaN],
      [1001, Infinity],
      [3000, -Infinity],
    ] as const) {
      x[at] = value;
      clean[at] = 0;
    }
    const [y] = stream(stft, [x], 1, [128]);
    expect(stft.nonFiniteSamples).toBe(3);
    expect(maximumDifference(y!.subarray(512), clean.subarray(0, 7488))).toBeLessThan(1e-6);
  });

  it('refuses lengths that do not fit together', () => {
    const base = { fftSize: 1024, windowLength: 1024, tail: 512, hop: 256, slack: 0 };
    const make = (change: object) => () =>
      new StreamingStft().configure({ ...base, ...change, inputs: 1, outputs: 1, processor: passThrough });
    expect(make({ windowLength: 2048 })).toThrow(/must not be longer than the FFT/);
    expect(make({ slack: 256 })).toThrow(/slack/);
    expect(make({ tail: 256 })).toThrow(/tail/);
    expect(make({ fftSize: 1000, windowLength: 1000 })).toThrow(/power of two/);
    expect(() => frameLayout('balanced', 4000)).toThrow(/8000 to 192000/);
    expect(() => frameLayout('slow' as 'live', 48000)).toThrow(/quality, balanced, live, monitor/);
  });
});
