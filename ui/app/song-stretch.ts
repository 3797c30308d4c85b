import { type Engine, openStretch } from './engine.ts';
import type { Stretch } from './stretch.ts';

/** The one stretch that plays songs at other tempos. It comes before the separator, at the song's own pitch. */
export class SongStretch {
  #opening: Promise<Stretch> | undefined;
  /** What the stretch has, or will have. */
  #buffer: AudioBuffer | undefined;
  #loading: Promise<void> | undefined;

  /** The stretch with a song loaded. Rejects where the browser does not load it. */
  async with(buffer: AudioBuffer, { context, input }: Engine): Promise<Stretch> {
    this.#opening ??= this.#open(context, input);
    const stretch = await this.#opening;
    if (this.#buffer !== buffer) {
      this.#buffer = buffer;
      const count = Math.min(2, buffer.numberOfChannels);
      this.#loading = stretch.load(Array.from({ length: count }, (_, c) => buffer.getChannelData(c)));
    }
    await this.#loading;
    return stretch;
  }

  /** Gives the memory of the song back. */
  unload(): void {
    this.#buffer = undefined;
    void this.#opening?.then((stretch) => stretch.unload()).catch(() => undefined);
  }

  async #open(context: AudioContext, input: AudioNode): Promise<Stretch> {
    try {
      const stretch = await openStretch(context);
      stretch.node.connect(input);
      return stretch;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
  }
}
