import { createRandom } from '../../../src/nmf/random.ts';
import type { Recording } from '../../../src/training/index.ts';

/** White noise, uniform, at a peak of `level`. */
export function noiseRecording(name: string, seconds: number, sampleRate: number, level = 0.1): Recording {
  const random = createRandom(name.length + seconds);
  const samples = Float32Array.from(
    { length: Math.round(seconds * sampleRate) },
    () => level * (2 * random.uniform() - 1),
  );
  return { name, samples, sampleRate };
}

/** A sum of sines of `level` each. */
export function toneRecording(
  name: string,
  frequencies: readonly number[],
  seconds: number,
  sampleRate: number,
  level = 0.1,
): Recording {
  const samples = Float32Array.from({ length: Math.round(seconds * sampleRate) }, (_, n) =>
    frequencies.reduce((sum, f) => sum + level * Math.sin((2 * Math.PI * f * n) / sampleRate), 0),
  );
  return { name, samples, sampleRate };
}
