/** Seeded test signals. */

/** Uniform values in [0, 1) from a seed (a 32-bit xorshift); the same on every machine. */
export function randomSource(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** White noise, uniform within +-amplitude. */
export function noise(length: number, seed = 1, amplitude = 0.5): Float32Array {
  const random = randomSource(seed);
  return Float32Array.from({ length }, () => amplitude * (2 * random() - 1));
}

export function sine(length: number, hertz: number, sampleRate: number, amplitude = 0.5): Float32Array {
  return Float32Array.from(
    { length },
    (_, n) => amplitude * Math.sin((2 * Math.PI * hertz * n) / sampleRate),
  );
}

/** Harmonics of 350 Hz that swell four times a second: what a denoiser takes for a voice, unless it has learned better. */
export function wail(length: number, sampleRate: number, amplitude = 0.15): Float32Array {
  const angle = (2 * Math.PI) / sampleRate;
  return Float32Array.from({ length }, (_, n) => {
    let sum = 0;
    for (let k = 1; k < 8; k++) sum += Math.sin(350 * k * angle * n) / k;
    return amplitude * sum * (0.5 - 0.5 * Math.cos(4 * angle * n));
  });
}

/** Largest absolute difference. */
export function maximumDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`Lengths differ: ${a.length} and ${b.length}.`);
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= most)) most = difference;
  }
  return most;
}
