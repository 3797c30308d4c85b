import { loopAt, positionAfter, type Range } from './playhead.ts';
import type { Stretch } from './stretch.ts';

/** Seconds of fade at every start and stop, so that neither clicks. */
const FADE = 0.008;

/** What sounds from a start to the next stop. */
interface Voice {
  /** Changes what repeats while it sounds. */
  setLoop(loop: Range | undefined): void;
  /** At a time of the context. */
  stop(when: number): void;
}

/**
 * Plays one AudioBuffer with pause, seek, loop and tempo. At its own tempo a buffer source plays it as it is, each start a new one; at
 * others a {@link Stretch} does, at the same pitch.
 */
export class Player {
  readonly buffer: AudioBuffer;
  readonly duration: number;
  /** Called when the buffer has played to its end. */
  onEnded: (() => void) | undefined;

  readonly #context: AudioContext;
  readonly #output: AudioNode;
  #stretch: Stretch | undefined;
  #voice: Voice | undefined;
  #startedAt = 0;
  #offset = 0;
  /** Seconds of the buffer a second. */
  #rate = 1;
  /** All of it repeats. */
  #whole = true;
  #marked: Range | undefined;
  /** What repeats since the last start. */
  #loop: Range | undefined;
  #ending: ReturnType<typeof setTimeout> | undefined;

  constructor(context: AudioContext, buffer: AudioBuffer, output: AudioNode) {
    this.#context = context;
    this.#output = output;
    this.buffer = buffer;
    this.duration = buffer.duration;
  }

  get playing(): boolean {
    return this.#voice !== undefined;
  }

  /** Seconds. */
  get position(): number {
    return this.#voice ? this.#positionAt(this.#context.currentTime) : this.#offset;
  }

  get rate(): number {
    return this.#rate;
  }

  get loop(): boolean {
    return this.#whole;
  }

  set loop(loop: boolean) {
    this.#whole = loop;
    this.#reloop();
  }

  /** The stretch that repeats; undefined: all or nothing, see {@link loop}. A playhead behind it goes to its start. */
  get marked(): Range | undefined {
    return this.#marked;
  }

  set marked(range: Range | undefined) {
    this.#marked = range;
    if (range && this.position >= range.end) this.seek(range.start);
    else this.#reloop();
  }

  /** Another tempo than 1 needs a stretch that has the buffer loaded. */
  setRate(rate: number, stretch?: Stretch): void {
    if (rate === this.#rate) return;
    const playing = this.playing;
    const flowing = rate !== 1 && this.#rate !== 1;
    // The buffer source plays on until the stretch has its first sound ready.
    const gap = playing && stretch && rate !== 1 && !flowing ? stretch.latency : 0;
    this.#halt(flowing, gap);
    this.#stretch = stretch;
    this.#rate = rate;
    if (playing) this.#start(gap);
  }

  play(): void {
    if (this.#voice) return;
    if (this.#offset >= this.duration) this.#offset = 0;
    this.#start(this.#rate === 1 ? 0 : (this.#stretch?.latency ?? 0));
  }

  pause(): void {
    this.#halt(false);
  }

  seek(seconds: number): void {
    const playing = this.playing;
    this.#halt(playing && this.#rate !== 1);
    // Just before the end, so that a player that does not loop comes to its end rather than back to the start.
    this.#offset = Math.max(0, Math.min(seconds, this.duration - 0.02));
    if (playing) this.#start(0);
  }

  /** `lead`: seconds from now, in which a stretch that was silent gets ready. */
  #start(lead: number): void {
    const start = this.#context.currentTime + lead;
    this.#loop = loopAt(this.#offset, this.#marked, this.#whole, this.duration);
    this.#startedAt = start;
    const stretch = this.#rate === 1 ? undefined : this.#stretch;
    this.#voice = stretch ? this.#stretched(stretch, start) : this.#plain(start);
    this.#expectEnd();
  }

  /** After `delay` seconds. With `flowing` a stretch goes on, because it is told at once what comes next. */
  #halt(flowing: boolean, delay = 0): void {
    const end = this.#context.currentTime + delay;
    this.#offset = this.#voice ? this.#positionAt(end) : this.#offset;
    clearTimeout(this.#ending);
    if (!flowing) this.#voice?.stop(end);
    this.#voice = undefined;
  }

  #reloop(): void {
    if (!this.#voice) return;
    this.#offset = this.position;
    this.#startedAt = Math.max(this.#startedAt, this.#context.currentTime);
    this.#loop = loopAt(this.#offset, this.#marked, this.#whole, this.duration);
    this.#voice.setLoop(this.#loop);
    this.#expectEnd();
  }

  #positionAt(time: number): number {
    const travelled = (time - this.#startedAt) * this.#rate;
    return positionAfter(this.#offset, travelled, this.#loop, this.duration);
  }

  #plain(start: number): Voice {
    const source = this.#context.createBufferSource();
    const fade = this.#context.createGain();
    const setLoop = (loop: Range | undefined) => {
      source.loop = loop !== undefined;
      source.loopStart = loop?.start ?? 0;
      source.loopEnd = loop?.end ?? 0;
    };
    source.buffer = this.buffer;
    setLoop(this.#loop);
    fade.gain.setValueAtTime(0, start);
    fade.gain.linearRampToValueAtTime(1, start + FADE);
    source.connect(fade);
    fade.connect(this.#output);
    source.onended = () => fade.disconnect();
    source.start(start, this.#offset);
    return {
      setLoop,
      stop: (end) => {
        fade.gain.setValueAtTime(1, end);
        fade.gain.linearRampToValueAtTime(0, end + FADE);
        source.stop(end + FADE * 2);
      },
    };
  }

  #stretched(stretch: Stretch, start: number): Voice {
    const plan = (loop: Range | undefined) => ({
      output: this.#startedAt,
      active: true,
      input: this.#offset,
      rate: this.#rate,
      loopStart: loop?.start ?? 0,
      loopEnd: loop?.end ?? 0,
    });
    void stretch.schedule({ ...plan(this.#loop), output: start });
    return {
      setLoop: (loop) => void stretch.schedule(plan(loop)),
      stop: (when) => void stretch.schedule({ output: when, active: false }),
    };
  }

  #expectEnd(): void {
    clearTimeout(this.#ending);
    if (this.#loop) return;
    const left = () =>
      this.#startedAt + (this.duration - this.#offset) / this.#rate - this.#context.currentTime;
    const check = () => {
      // The clock of the sound may stand still, and is not that of timers.
      if (left() > 0) this.#ending = setTimeout(check, Math.max(20, 1000 * left()));
      else this.#end();
    };
    check();
  }

  #end(): void {
    this.#halt(false);
    this.#offset = 0;
    this.onEnded?.();
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
