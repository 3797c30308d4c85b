/**
 * Scale-invariant signal-to-distortion ratio in dB: the part of `estimate` that is a multiple of `target`, against the rest. (Le Roux, Wisdom,
 * Erdogan and Hershey, "SDR - half-baked or well done?", ICASSP 2019, eq. 3.) Infinity for a perfect estimate, -Infinity for one that
 * has nothing of the target. Throws a RangeError where the lengths differ.
 */
export function siSdr(estimate: ArrayLike<number>, target: ArrayLike<number>): number {
  if (estimate.length !== target.length) {
    throw new RangeError(
      `The estimate has ${estimate.length} samples and the target ${target.length}; they must agree.`,
    );
  }
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
