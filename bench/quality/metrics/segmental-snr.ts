/** Seconds. */
const FRAME = 0.03;
const HOP = FRAME / 4;
/** dB: what a frame counts at least and at most, so that pauses and perfect frames do not rule the mean. */
const RANGE = [-10, 35] as const;

/**
 * Segmental signal-to-noise ratio in dB: the mean over frames of 30 ms (Hann window, a quarter apart) of the frame's SNR, held between -10 and 35
 * dB. (Hansen and Pellom, "An effective quality evaluation protocol for speech enhancement algorithms", ICSLP 1998.) Unlike SI-SDR it
 * punishes a change of level. `sampleRate` in Hz. Throws a RangeError where the lengths differ or there is not one frame.
 */
export function segmentalSnr(
  estimate: ArrayLike<number>,
  target: ArrayLike<number>,
  sampleRate: number,
): number {
  const frame = Math.round(FRAME * sampleRate);
  const hop = Math.floor(HOP * sampleRate);
  if (estimate.length !== target.length || target.length < frame) {
    throw new RangeError(
      `The estimate has ${estimate.length} samples and the target ${target.length}; they must agree, and be at least ${frame}.`,
    );
  }
  const window = Float64Array.from(
    { length: frame },
    (_, n) => (0.5 - 0.5 * Math.cos((2 * Math.PI * (n + 1)) / (frame + 1))) ** 2,
  );
  let sum = 0;
  let count = 0;
  for (let start = 0; start + frame <= target.length; start += hop) {
    let signal = 0;
    let error = 0;
    for (let n = 0; n < frame; n++) {
      const t = target[start + n]!;
      signal += window[n]! * t * t;
      error += window[n]! * (estimate[start + n]! - t) ** 2;
    }
    const snr = 10 * Math.log10(signal / (error + Number.EPSILON) + Number.EPSILON);
    sum += Math.min(RANGE[1], Math.max(RANGE[0], snr));
    count++;
  }
  return sum / count;
}
