import type { BrowserContext, Page } from 'playwright-core';

/** What the helpers below leave in the page of the app, which has to be opened with `?context=native`. */
interface Heard {
  readonly input: Float32Array;
  readonly output: Float32Array;
}

interface ListeningWindow {
  /** The node of the app, and what is connected to it. */
  running: { node: AudioWorkletNode; source: AudioNode };
  heard: Heard;
  sotto: {
    session: {
      dictionary: unknown;
      settings: { mode: string };
      setParameter(name: string, value: number): void;
    };
  };
}

/** Lets the page remember the separator's node when the app makes it, and what feeds it. */
export async function listenIn(pages: BrowserContext): Promise<void> {
  await pages.addInitScript(() => {
    const running: { node?: AudioWorkletNode; source?: AudioNode } = {};
    Object.assign(window, { running });
    // At this rate hops are whole blocks of 128 samples, so that frames can begin at a few places only.
    window.AudioContext = class extends AudioContext {
      constructor(options?: AudioContextOptions) {
        super({ ...options, sampleRate: 48000 });
      }
    };
    window.AudioWorkletNode = class extends AudioWorkletNode {
      constructor(context: BaseAudioContext, name: string, options?: AudioWorkletNodeOptions) {
        super(context, name, options);
        if (name.startsWith('sotto/separator')) running.node = this;
      }
    };
    const connect = AudioNode.prototype.connect as (...all: unknown[]) => unknown;
    AudioNode.prototype.connect = function (this: AudioNode, ...all: unknown[]) {
      if (all[0] === running.node) running.source = this;
      return connect.apply(this, all);
    } as typeof AudioNode.prototype.connect;
  });
}

/** Sets one control of the app. */
export async function setControl(page: Page, name: string, value: number): Promise<void> {
  await page.evaluate(
    ([control, to]) => {
      const { sotto } = window as unknown as ListeningWindow;
      sotto.session.setParameter(control, to);
    },
    [name, value] as const,
  );
}

/** Takes down what goes into the running node and what comes out of it at the same time, for some seconds. */
export async function recordNode(page: Page, seconds: number): Promise<void> {
  await page.evaluate(async (wanted) => {
    const here = window as unknown as ListeningWindow;
    const { node, source } = here.running;
    const { context } = node;
    const code = `registerProcessor('tape', class extends AudioWorkletProcessor {
      process([input, output]) {
        const copy = (side) => side[0] ? side[0].slice() : new Float32Array(128);
        this.port.postMessage([copy(input), copy(output)]);
        return true;
      }
    });`;
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([code], { type: 'text/javascript' })));
    const tape = new AudioWorkletNode(context, 'tape', {
      numberOfInputs: 2,
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: 'explicit',
    });
    const length = Math.round(wanted * context.sampleRate);
    const heard: Heard = { input: new Float32Array(length), output: new Float32Array(length) };
    let at = 0;
    await new Promise<void>((resolve) => {
      tape.port.onmessage = ({ data }: MessageEvent<[Float32Array, Float32Array]>) => {
        if (at >= length) return;
        const count = Math.min(data[0].length, length - at);
        heard.input.set(data[0].subarray(0, count), at);
        heard.output.set(data[1].subarray(0, count), at);
        at += count;
        if (at >= length) resolve();
      };
      source.connect(tape, 0, 0);
      node.connect(tape, 0, 1);
    });
    source.disconnect(tape);
    node.disconnect(tape);
    here.heard = heard;
  }, seconds);
}

interface Library {
  createSeparator(
    context: BaseAudioContext,
    options: object,
  ): Promise<{ readonly node: AudioNode; connect(to: AudioNode): void }>;
}

export interface Comparison {
  /** Of the sound after a second of silence, root mean square, linear. */
  readonly level: number;
  /** Largest difference between what the running node put out and a render of what went into it. */
  readonly withLearned: number;
  /** The same, with the dictionary that was in use before. */
  readonly withOther: number;
}

/**
 * Renders what went into the node with the library, in an OfflineAudioContext of its own: with a dictionary's file, and with the other
 * dictionary. Begins in a second of silence, and looks at the `seconds` from its end on.
 */
export async function compareWithRenders(
  page: Page,
  files: {
    readonly library: string;
    readonly learned: Buffer;
    readonly other: string;
    readonly seconds: number;
  },
): Promise<Comparison> {
  return page.evaluate(
    async ({ library, learned, other, seconds }) => {
      const { running, heard, sotto } = window as unknown as ListeningWindow;
      const { sampleRate } = running.node.context;
      // The end of the fourth time that a second of silence is heard: the trained updates remember for seconds, so the render hears
      // three rounds before it, too.
      const rounds = 4;
      const ends: number[] = [];
      let quiet = 0;
      for (let n = 0; n < heard.input.length && ends.length < rounds; n++) {
        if (Math.abs(heard.input[n]!) > 1e-7) {
          if (quiet > sampleRate) ends.push(n);
          quiet = 0;
        } else quiet++;
      }
      const first = ends[0] ?? 0;
      const begin = ends[rounds - 1] ?? heard.input.length;
      const lead = Math.ceil((begin - first + 0.9 * sampleRate) / 128) * 128;
      const from = Math.floor(begin / 128) * 128 - lead;
      const length = lead + Math.round(seconds * sampleRate);
      if (from < 0 || from + length > heard.input.length) throw new Error('The tape is too short.');
      // Masks stay through silence, and go on from where they were.
      const settled = lead + sampleRate;
      const output = heard.output.subarray(from, from + length);
      // Hidden from the bundler of the tests, which has an import() of its own.
      const load = new Function('url', 'return import(url)') as (url: string) => Promise<Library>;
      const { createSeparator } = await load(library);
      const bytes = Uint8Array.from(atob(learned), (character) => character.charCodeAt(0));
      const render = async (dictionary: unknown, shift: number): Promise<Float32Array> => {
        const offline = new OfflineAudioContext(1, shift + length, sampleRate);
        const values: Record<string, number> = {};
        for (const [name, { value }] of running.node.parameters) values[name] = value;
        const separator = await createSeparator(offline, {
          dictionary,
          mode: sotto.session.settings.mode,
          parameters: values,
        });
        const buffer = new AudioBuffer({ length: shift + length, sampleRate });
        buffer.copyToChannel(heard.input.slice(from, from + length), 0, shift);
        const source = new AudioBufferSourceNode(offline, { buffer });
        source.connect(separator.node);
        separator.connect(offline.destination);
        source.start();
        return (await offline.startRendering()).getChannelData(0).subarray(shift);
      };
      const difference = (rendered: Float32Array): number => {
        let most = 0;
        for (let n = settled; n < length; n++) most = Math.max(most, Math.abs(rendered[n]! - output[n]!));
        return most;
      };
      // Frames begin every few blocks of 128 samples, nobody says at which: the nearest of the possible renders.
      let withLearned = Infinity;
      let phase = 0;
      for (let shift = 0; shift < 256; shift += 128) {
        const most = difference(await render(new Blob([bytes]), shift));
        if (most < withLearned) phase = shift;
        withLearned = Math.min(withLearned, most);
      }
      let power = 0;
      for (let n = settled; n < length; n++) power += output[n]! ** 2;
      return {
        level: Math.sqrt(power / (length - settled)),
        withLearned,
        withOther: difference(await render(other, phase)),
      };
    },
    { ...files, learned: files.learned.toString('base64') },
  );
}
