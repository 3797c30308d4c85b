const LOWEST = -32768;
const HIGHEST = 32767;

const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Samples (full scale -1 to 1) as whole numbers of 16 bits; what exceeds full scale is cut, what is no number is silence. */
export function toSixteenBits(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, (sample) =>
    sample >= -2 && sample <= 2 ? sixteen(sample) : extreme(sample),
  );
}

const sixteen = (sample: number): number => clamp(Math.round(sample * 32768), LOWEST, HIGHEST);
const extreme = (sample: number): number => (sample > 0 ? HIGHEST : sample < 0 ? LOWEST : 0);

/**
 * One channel of a song divided into stems of 16 bits that sum to the song of 16 bits exactly, sample by sample.
 *
 * `stems`: as separated, each as long as the song; those given are rounded, and one more is made of what they leave: the result has
 * stems.length + 1 of them, the difference last. A stem is bent where the difference would not fit into 16 bits otherwise: only where a
 * stem itself is near full scale and opposed to the song.
 */
export function divideExactly(song: Int16Array, stems: readonly Float32Array[]): Int16Array[] {
  for (const stem of stems) {
    if (stem.length !== song.length) {
      throw new RangeError(
        `The song has ${song.length} samples and a stem ${stem.length}; they must be as long.`,
      );
    }
  }
  const rest = Int16Array.from(song);
  const divided = stems.map((stem) => {
    const whole = toSixteenBits(stem);
    for (let n = 0; n < whole.length; n++) {
      const left = rest[n]!;
      const part = clamp(whole[n]!, left - HIGHEST, left - LOWEST);
      whole[n] = part;
      rest[n] = left - part;
    }
    return whole;
  });
  return [...divided, rest];
}

/** Whole numbers of 16 bits as samples: a 16-bit WAV of them has the same numbers. */
export const toSamples = (whole: Int16Array): Float32Array =>
  Float32Array.from(whole, (value) => value / 32768);
