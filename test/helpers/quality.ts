/**
 * Scale-invariant signal-to-distortion ratio in dB (Le Roux, Wisdom, Erdogan and Hershey, ICASSP 2019): how far the part of
 * `estimate` that is a multiple of `target` stands above the rest.
 */
export function siSdr(estimate: ArrayLike<number>, target: ArrayLike<number>): number {
  let dot = 0;
  let power = 0;
  for (let i = 0; i < target.length; i++) {
    dot += estimate[i]! * target[i]!;
    power += target[i]! * target[i]!;
  }
  const scale = dot / power;
  let error = 0;
  for (let i = 0; i < target.length; i++) error += (estimate[i]! - scale * target[i]!) ** 2;
  return 10 * Math.log10((scale * scale * power) / error);
}

/** Root mean square in dB of full scale. */
export function levelDb(samples: ArrayLike<number>): number {
  let power = 0;
  for (let i = 0; i < samples.length; i++) power += samples[i]! * samples[i]!;
  return 10 * Math.log10(power / samples.length + 1e-20);
}
