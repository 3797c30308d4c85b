import { QUANTUM } from '../material.ts';
import type { Suppressor } from './system.ts';

/**
 * A function of whole frames as a stream of quanta, with the least constant delay: frame - gcd(frame, quantum) samples. The function
 * gets a frame, and returns one of the same length.
 */
export function frameSuppressor(
  frame: number,
  processFrame: (samples: Float32Array) => ArrayLike<number>,
  quantum = QUANTUM,
): Suppressor {
  let [a, b] = [frame, quantum];
  while (b > 0) [a, b] = [b, a % b];
  const input = new Float32Array(frame);
  const queue = new Float32Array(2 * (frame + quantum));
  let filled = 0;
  let queued = frame - a;
  return {
    process(samples, output) {
      for (const sample of samples) {
        input[filled++] = sample;
        if (filled < frame) continue;
        queue.set(processFrame(input), queued);
        queued += frame;
        filled = 0;
      }
      output.set(queue.subarray(0, quantum));
      queue.copyWithin(0, quantum, queued);
      queued -= quantum;
    },
  };
}
