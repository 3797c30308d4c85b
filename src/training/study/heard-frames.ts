/** Frames in a row that are kept or dropped together: the engine's activations go on from frame to frame. */
export const BLOCK = 64;

/** Frames of a song, and what is known of each. */
export interface HeardBlock {
  readonly count: number;
  /** count x bins magnitudes: the root of the mean power of the channels. */
  readonly spectrum: Float32Array;
  /** count x bins: log odds that a bin is voice, as the dictionary has it. */
  readonly odds: Float32Array;
  /** count x bins cells (stereo-places.ts); undefined for mono. */
  readonly cells: Int16Array | undefined;
  /** Hz, one a frame: the pitch of the melody. */
  readonly pitches: Float32Array;
  /** Salience of the melody, one a frame. */
  readonly strengths: Float32Array;
}

/** Keeps blocks evenly over all that came, in bounded memory: where there are too many, every other one goes. */
export class HeardFrames {
  #blocks: HeardBlock[] = [];
  #every = 1;
  #came = 0;
  readonly #most: number;

  /** `most`: blocks. */
  constructor(most: number) {
    this.#most = most;
  }

  get blocks(): readonly HeardBlock[] {
    return this.#blocks;
  }

  add(block: HeardBlock): void {
    if (this.#came++ % this.#every !== 0) return;
    this.#blocks.push(block);
    if (this.#blocks.length <= this.#most) return;
    this.#blocks = this.#blocks.filter((_, i) => i % 2 === 0);
    this.#every *= 2;
  }
}
