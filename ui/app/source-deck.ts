import { stopStream } from './microphone.ts';
import { outlineOf, type Player } from './player.ts';

export type SourceKind = 'demo' | 'microphone' | 'file';

const WAVEFORM_POINTS = 600;

/** What sounds: a decoded file or clip, or a microphone. One at a time; the new one is ready before the old one goes. */
export class SourceDeck {
  kind: SourceKind = 'demo';
  name = '';
  credit = '';
  /** Outline of the file or clip, 0 to 1; empty when there is none. */
  waveform: Float32Array = new Float32Array(0);
  player: Player | undefined;
  /** The file or clip as it is stored. */
  original: Blob | undefined;
  #microphone: { stream: MediaStream; node: AudioNode } | undefined;

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

  /** Connects a microphone; `onLost` when it is unplugged or taken away by the browser. */
  openMicrophone(context: AudioContext, input: AudioNode, stream: MediaStream, onLost: () => void): void {
    const [audio] = stream.getAudioTracks();
    this.announce('microphone', audio?.label || 'Microphone', '');
    const node = context.createMediaStreamSource(stream);
    node.connect(input);
    this.#microphone = { stream, node };
    audio?.addEventListener('ended', () => {
      if (this.#microphone?.stream === stream) onLost();
    });
  }

  /** A file keeps its position; a microphone is released. */
  stop(): void {
    this.player?.pause();
    this.#microphone?.node.disconnect();
    stopStream(this.#microphone?.stream);
    this.#microphone = undefined;
  }

  #describe(kind: SourceKind, name: string, credit: string): void {
    this.kind = kind;
    this.name = name;
    this.credit = credit;
  }
}
