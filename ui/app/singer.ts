import type { Dictionary } from '../../src/dictionary/index.ts';
import type { SeparatorNode } from '../../src/node/separator-node.ts';
import { PRESETS } from '../../src/presets.ts';
import { type Engine, openSeparator } from './engine.ts';
import { openMicrophone, stopStream } from './microphone.ts';
import { roomImpulse } from './reverberation.ts';

/** Of the room, seconds. */
const ROOM = 1.4;
/** Of every change of a gain, seconds. */
const GLIDE = 0.015;

/** Linear gains. */
export interface SingerLevels {
  readonly level: number;
  /** Of the room, relative to the voice. */
  readonly room: number;
  /** Whether the singer hears the microphone; a recording has it either way. */
  readonly heard: boolean;
}

/**
 * A microphone on top of the song: without its noise (a separator of its own that adds no latency), with a little of a room.
 *
 *     microphone -> separator -> level -> dry ------> heard -> bus
 *                                      -> room ----> recorded only
 */
export class Singer {
  /** Its 'meters' are those of the microphone. */
  readonly separator: SeparatorNode;
  readonly name: string;
  readonly #engine: Engine;
  readonly #stream: MediaStream;
  readonly #nodes: readonly AudioNode[];
  readonly #level: GainNode;
  readonly #room: GainNode;
  readonly #heard: GainNode;
  readonly #unheard: GainNode;

  /** Opens a microphone ('' is the system's choice); `onLost` when it is unplugged or taken away. Rejects with a DOMException. */
  static async open(
    engine: Engine,
    dictionary: Dictionary,
    deviceId: string,
    levels: SingerLevels,
    onLost: () => void,
  ): Promise<Singer> {
    const stream = await openMicrophone(deviceId);
    try {
      const separator = await openSeparator(engine.context, {
        dictionary,
        mode: 'monitor',
        channelCount: 1,
        parameters: PRESETS.denoise.parameters,
      });
      const singer = new Singer(engine, separator, stream, levels);
      stream.getAudioTracks()[0]?.addEventListener('ended', onLost, { once: true });
      return singer;
    } catch (error) {
      stopStream(stream);
      throw error;
    }
  }

  private constructor(engine: Engine, separator: SeparatorNode, stream: MediaStream, levels: SingerLevels) {
    const { context } = engine;
    const source = context.createMediaStreamSource(stream);
    const level = context.createGain();
    const convolver = context.createConvolver();
    const room = context.createGain();
    const heard = context.createGain();
    const unheard = context.createGain();
    const impulse = roomImpulse(context.sampleRate, ROOM);
    const buffer = context.createBuffer(impulse.length, impulse[0]!.length, context.sampleRate);
    for (const [channel, samples] of impulse.entries()) {
      buffer.copyToChannel(samples as Float32Array<ArrayBuffer>, channel);
    }
    convolver.normalize = false;
    convolver.buffer = buffer;
    source.connect(separator.node);
    separator.connect(level);
    level.connect(convolver);
    convolver.connect(room);
    for (const end of [heard, unheard]) {
      level.connect(end);
      room.connect(end);
      end.gain.value = 0;
    }
    level.gain.value = 0;
    heard.connect(engine.bus);
    unheard.connect(engine.unheard);
    this.separator = separator;
    this.name = stream.getAudioTracks()[0]?.label || 'Microphone';
    this.#engine = engine;
    this.#stream = stream;
    this.#nodes = [source, level, convolver, room, heard, unheard];
    this.#level = level;
    this.#room = room;
    this.#heard = heard;
    this.#unheard = unheard;
    this.set(levels);
  }

  get deviceId(): string {
    return this.#stream.getAudioTracks()[0]?.getSettings().deviceId ?? '';
  }

  set({ level, room, heard }: SingerLevels): void {
    const now = this.#engine.context.currentTime;
    const targets: [GainNode, number][] = [
      [this.#level, level],
      [this.#room, room],
      // What is heard is recorded too: one way or the other.
      [this.#heard, heard ? 1 : 0],
      [this.#unheard, heard ? 0 : 1],
    ];
    for (const [{ gain }, target] of targets) gain.setTargetAtTime(target, now, GLIDE);
  }

  close(): void {
    stopStream(this.#stream);
    this.separator.close();
    for (const node of this.#nodes) node.disconnect();
  }
}
