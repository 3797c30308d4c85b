import stretchUrl from 'signalsmith-stretch?worker&url';

const PROCESSOR = 'signalsmith-stretch';
const CHANNELS = 2;
/** As the package's preset, but with the work of a window spread over its time, so that no moment has too much of it. */
const WINDOW = { blockMs: 120, intervalMs: 30, splitComputation: true };

/** What the processor does from `output` (seconds of the context) on; what is left out stays as it was. */
export interface StretchPlan {
  readonly output: number;
  readonly active?: boolean;
  /** Seconds of the loaded sound. */
  readonly input?: number;
  readonly rate?: number;
  readonly semitones?: number;
  /** Both the same: no loop. */
  readonly loopStart?: number;
  readonly loopEnd?: number;
}

type WorkletNode = Pick<AudioWorkletNode, 'port'> & AudioNode;
export type WorkletNodeClass = new (
  context: never,
  name: string,
  options: AudioWorkletNodeOptions,
) => WorkletNode;

/** Contexts whose worklet scope has the processor. */
const loaded = new WeakMap<BaseAudioContext, Promise<void>>();

/**
 * Signalsmith Stretch (MIT) as a node: shifts the pitch of what is connected to it, or plays a loaded sound at any tempo and pitch.
 *
 * Speaks to the package's processor itself, because the package's own page side makes native nodes only.
 */
export class Stretch {
  readonly node: AudioNode;
  readonly #port: MessagePort;
  readonly #waiting = new Map<number | string, (value: unknown) => void>();
  #count = 0;
  /** Seconds from a live input to the output. */
  latency = 0;

  /** Rejects where the processor cannot be loaded. */
  static async open(context: BaseAudioContext, Node: WorkletNodeClass): Promise<Stretch> {
    let loading = loaded.get(context);
    if (!loading) {
      loading = context.audioWorklet.addModule(stretchUrl);
      loaded.set(context, loading);
      loading.catch(() => loaded.delete(context));
    }
    await loading;
    const stretch = new Stretch(
      new Node(context as never, PROCESSOR, {
        // The processor expects an input, also where nothing is connected.
        numberOfInputs: 1,
        numberOfOutputs: 1,
        outputChannelCount: [CHANNELS],
        channelCount: CHANNELS,
        channelCountMode: 'explicit',
      }),
    );
    await new Promise((resolve) => stretch.#waiting.set('ready', resolve));
    await stretch.#call('configure', WINDOW);
    stretch.latency = (await stretch.#call('latency')) as number;
    return stretch;
  }

  private constructor(node: WorkletNode) {
    this.node = node;
    this.#port = node.port;
    this.#port.onmessage = ({ data: [id, value] }: MessageEvent<[number | string, unknown]>) => {
      this.#waiting.get(id)?.(value);
      this.#waiting.delete(id);
    };
  }

  async schedule(plan: StretchPlan): Promise<void> {
    await this.#call('schedule', plan);
  }

  /** Loads a sound in place of the last one. */
  async load(channels: readonly Float32Array[]): Promise<void> {
    await this.unload();
    await this.#call('addBuffers', channels);
  }

  async unload(): Promise<void> {
    await this.#call('dropBuffers');
  }

  #call(method: string, ...parameters: unknown[]): Promise<unknown> {
    const id = this.#count++;
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve);
      this.#port.postMessage([id, method, ...parameters]);
    });
  }
}
