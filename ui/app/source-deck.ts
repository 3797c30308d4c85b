import { stopStream } from './microphone.ts';
import { outlineOf, type Player } from './player.ts';

export type LiveKind = 'microphone' | 'tab';
export type SourceKind = 'demo' | 'file' | LiveKind;

const WAVEFORM_POINTS = 600;

/** What sounds: a decoded file or clip, a microphone, or another tab. One at a time; the new one is ready before the old one goes. */
export class SourceDeck {
  kind: SourceKind = 'demo';
  name = '';
  credit = '';
  /** Outline of the file or clip, 0 to 1; empty when there is none. */
  waveform: Float32Array = new Float32Array(0);
  player: Player | undefined;
  /** The file or clip as it is stored. */
  original: Blob | undefined;
  #stream: { stream: MediaStream; node: AudioNode } | undefined;

  /** Whether it sounds now or never: nothing to seek in. */
  get live(): boolean {
    return this.kind === 'microphone' || this.kind === 'tab';
  }

  /** Names a source without opening it; whatever sounded stops. */
  announce(kind: SourceKind, name: string, credit: string): void {
    this.stop();
    this.player = undefined;
    this.original = undefined;
    this.waveform = new Float32Array(0);
    this.#describe(kind, name, credit);
  }

  loadBuffer(player: Player, original: Blob, kind: SourceKind, name: string, credit: string): void {
    this.stop();
    this.player = player;
    this.original = original;
    this.waveform = outlineOf(player.buffer.getChannelData(0), WAVEFORM_POINTS);
    this.#describe(kind, name, credit);
  }

  /** Connects a microphone or a tab; `onLost` when it is unplugged, closed or taken away by the browser. */
  openStream(
    kind: LiveKind,
    { context, input }: { readonly context: AudioContext; readonly input: AudioNode },
    stream: MediaStream,
    onLost: () => void,
  ): void {
    const [audio] = stream.getAudioTracks();
    // A tab's label is an address of no use to a reader.
    this.announce(kind, kind === 'tab' ? 'Another tab' : audio?.label || 'Microphone', '');
    const node = context.createMediaStreamSource(stream);
    node.connect(input);
    this.#stream = { stream, node };
    audio?.addEventListener('ended', () => {
      if (this.#stream?.stream === stream) onLost();
    });
  }

  /** A file keeps its position; a microphone or a tab is released. */
  stop(): void {
    this.player?.pause();
    this.#stream?.node.disconnect();
    stopStream(this.#stream?.stream);
    this.#stream = undefined;
  }

  #describe(kind: SourceKind, name: string, credit: string): void {
    this.kind = kind;
    this.name = name;
    this.credit = credit;
  }
}
