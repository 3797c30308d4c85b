/** Seconds of fade at every start and stop, so that neither clicks. */
const FADE = 0.008;

/** Plays one AudioBuffer with pause, seek and loop; a buffer source can be started only once, so each start makes a new one. */
export class Player {
  readonly buffer: AudioBuffer;
  readonly duration: number;
  /** Called when the buffer has played to its end. */
  onEnded: (() => void) | undefined;

  readonly #context: AudioContext;
  readonly #output: AudioNode;
  #source: AudioBufferSourceNode | undefined;
  #fade: GainNode | undefined;
  #startedAt = 0;
  #offset = 0;
  #loop = true;

  constructor(context: AudioContext, buffer: AudioBuffer, output: AudioNode) {
    this.#context = context;
    this.#output = output;
    this.buffer = buffer;
    this.duration = buffer.duration;
  }

  get playing(): boolean {
    return this.#source !== undefined;
  }

  /** Seconds. */
  get position(): number {
    if (!this.#source) return this.#offset;
    const position = this.#offset + this.#context.currentTime - this.#startedAt;
    return this.#loop ? position % this.duration : Math.min(position, this.duration);
  }

  get loop(): boolean {
    return this.#loop;
  }

  set loop(loop: boolean) {
    this.#offset = this.position;
    this.#startedAt = this.#context.currentTime;
    this.#loop = loop;
    if (this.#source) this.#source.loop = loop;
  }

  play(): void {
    if (this.#source) return;
    if (this.#offset >= this.duration) this.#offset = 0;
    const now = this.#context.currentTime;
    const source = this.#context.createBufferSource();
    const fade = this.#context.createGain();
    source.buffer = this.buffer;
    source.loop = this.#loop;
    fade.gain.setValueAtTime(0, now);
    fade.gain.linearRampToValueAtTime(1, now + FADE);
    source.connect(fade);
    fade.connect(this.#output);
    source.onended = () => {
      if (this.#source !== source) return;
      this.#offset = 0;
      this.#release();
      this.onEnded?.();
    };
    source.start(now, this.#offset);
    this.#source = source;
    this.#fade = fade;
    this.#startedAt = now;
  }

  pause(): void {
    const source = this.#source;
    const fade = this.#fade;
    if (!source || !fade) return;
    this.#offset = this.position;
    const now = this.#context.currentTime;
    fade.gain.setValueAtTime(1, now);
    fade.gain.linearRampToValueAtTime(0, now + FADE);
    source.stop(now + FADE * 2);
    source.onended = () => fade.disconnect();
    this.#source = undefined;
    this.#fade = undefined;
  }

  seek(seconds: number): void {
    const playing = this.playing;
    this.pause();
    // Just before the end, so that a player that does not loop comes to its end rather than back to the start.
    this.#offset = Math.max(0, Math.min(seconds, this.duration - 0.02));
    if (playing) this.play();
  }

  #release(): void {
    this.#fade?.disconnect();
    this.#source = undefined;
    this.#fade = undefined;
  }
}

/** Largest magnitude in each of `count` equal stretches, relative to the largest of all: 0 to 1. For drawing. */
export function outlineOf(samples: Float32Array, count: number): Float32Array {
  const peaks = new Float32Array(count);
  let largest = 1e-9;
  for (let i = 0; i < count; i++) {
    const end = Math.floor(((i + 1) * samples.length) / count);
    let peak = 0;
    for (let n = Math.floor((i * samples.length) / count); n < end; n++) {
      peak = Math.max(peak, Math.abs(samples[n] ?? 0));
    }
    peaks[i] = peak;
    largest = Math.max(largest, peak);
  }
  return peaks.map((peak) => peak / largest);
}
