import { openStretch } from './engine.ts';
import type { Stretch } from './stretch.ts';

/** Seconds of the change between the untouched and the shifted sound. */
const FADE = 0.03;

/**
 * Shifts the key of what flows from `input` to `output`. It comes after the separator, which thus hears the song as it is. Untouched
 * until it is wanted, without delay or cost.
 */
export class KeyShift {
  readonly #context: AudioContext;
  readonly #input: AudioNode;
  readonly #untouched: GainNode;
  readonly #shifted: GainNode;
  #stretch: Stretch | undefined;
  #opening: Promise<Stretch> | undefined;
  #semitones = 0;

  constructor(context: AudioContext, input: AudioNode, output: AudioNode) {
    this.#context = context;
    this.#input = input;
    this.#untouched = context.createGain();
    this.#shifted = context.createGain();
    this.#shifted.gain.value = 0;
    input.connect(this.#untouched);
    this.#untouched.connect(output);
    this.#shifted.connect(output);
  }

  /** Seconds that are added to the sound's way. */
  get latency(): number {
    return this.#semitones === 0 ? 0 : (this.#stretch?.latency ?? 0);
  }

  /** Fractions are allowed; 0 is the untouched sound. Rejects where the shifter cannot be loaded. */
  async set(semitones: number): Promise<void> {
    this.#semitones = semitones;
    if (semitones === 0 && !this.#stretch) return;
    this.#stretch = await (this.#opening ??= this.#open());
    const wanted = this.#semitones;
    const now = this.#context.currentTime;
    const shifting = wanted !== 0;
    void this.#stretch.schedule({ output: now, active: shifting, ...(shifting && { semitones: wanted }) });
    // Its first sound leaves it only after its latency.
    const start = now + (shifting ? this.#stretch.latency : 0);
    for (const [{ gain }, target] of [
      [this.#untouched, shifting ? 0 : 1],
      [this.#shifted, shifting ? 1 : 0],
    ] as const) {
      gain.cancelScheduledValues(now);
      gain.setTargetAtTime(target, start, FADE / 3);
    }
  }

  async #open(): Promise<Stretch> {
    try {
      const stretch = await openStretch(this.#context);
      this.#input.connect(stretch.node);
      stretch.node.connect(this.#shifted);
      return stretch;
    } catch (error) {
      this.#opening = undefined;
      this.#semitones = 0;
      throw error;
    }
  }
}
