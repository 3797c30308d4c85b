/** Everything here is mono at this rate, in Hz. */
export const SAMPLE_RATE = 48000;

/** Samples of a render quantum: every system is driven in blocks of this length, as in an AudioWorklet. */
export const QUANTUM = 128;

/** What a system hears, and what an oracle is told of it. The arrays have the same length, apart from `profile`. */
export interface Material {
  /** clean + noise. */
  readonly mixture: Float32Array;
  readonly clean: Float32Array;
  readonly noise: Float32Array;
  /** Noise of the same recording from just before the mixture, for systems that can learn it. */
  readonly profile: Float32Array;
}
