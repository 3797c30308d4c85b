import { StreamingStft } from '../../../src/dsp/stft.ts';
import { frameLayout, type LatencyMode } from '../../../src/separator/latency-modes.ts';
import { QUANTUM, SAMPLE_RATE } from '../material.ts';
import type { System } from './system.ts';

/** The Wiener mask |S|^2 / (|S|^2 + |N|^2) of the true speech and noise, in the frames of a latency mode: what a mask can reach at most. */
export function oracleSystem(mode: LatencyMode = 'balanced'): System {
  return {
    name: 'oracle',
    description: `Wiener mask of the true speech and noise, in the frames of mode ${mode}`,
    oracle: true,
    open({ clean, noise }) {
      const stft = new StreamingStft();
      stft.configure({
        ...frameLayout(mode, SAMPLE_RATE),
        inputs: 3,
        outputs: 1,
        processor: { startFrame: () => 1, processStep: (_, [x, s, n], [y]) => mask(x!, s!, n!, y!) },
      });
      let from = 0;
      const block = (samples: Float32Array): Float32Array => {
        const result = new Float32Array(QUANTUM);
        result.set(
          samples.subarray(Math.min(from, samples.length), Math.min(from + QUANTUM, samples.length)),
        );
        return result;
      };
      return {
        process(input, output) {
          stft.process([input, block(clean), block(noise)], [output], QUANTUM);
          from += QUANTUM;
        },
      };
    },
  };
}

function mask(mixture: Float64Array, clean: Float64Array, noise: Float64Array, result: Float64Array): void {
  for (let i = 0; i < result.length; i += 2) {
    const speech = clean[i]! ** 2 + clean[i + 1]! ** 2;
    const gain = speech / (speech + noise[i]! ** 2 + noise[i + 1]! ** 2 + 1e-20);
    result[i] = gain * mixture[i]!;
    result[i + 1] = gain * mixture[i + 1]!;
  }
}
