import captureUrl from '../../worklets/capture.worklet.ts?worker&url';
import { openMicrophone, stopStream } from './microphone.ts';

/** Records a microphone as it is, uncompressed, beside whatever else sounds. */
export class MicrophoneCapture {
  readonly #stream: MediaStream;
  readonly #context: AudioContext;
  readonly #node: AudioWorkletNode;
  readonly #blocks: Float32Array[] = [];
  #length = 0;
  #finished: (() => void) | undefined;

  /** Opens a microphone; '' is the system's choice. `onBlock` is called some 20 times a second with a linear peak. */
  static async start(deviceId: string, onBlock: (peak: number) => void): Promise<MicrophoneCapture> {
    const stream = await openMicrophone(deviceId);
    const context = new AudioContext();
    try {
      await context.audioWorklet.addModule(captureUrl);
      await context.resume();
      return new MicrophoneCapture(stream, context, onBlock);
    } catch (error) {
      stopStream(stream);
      void context.close();
      throw error;
    }
  }

  private constructor(stream: MediaStream, context: AudioContext, onBlock: (peak: number) => void) {
    this.#stream = stream;
    this.#context = context;
    this.#node = new AudioWorkletNode(context, 'sotto-capture', { numberOfOutputs: 0 });
    this.#node.port.onmessage = ({ data }: MessageEvent<{ samples: Float32Array; last: boolean }>) => {
      this.#blocks.push(data.samples);
      this.#length += data.samples.length;
      if (data.last) this.#finished?.();
      else onBlock(data.samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0));
    };
    context.createMediaStreamSource(stream).connect(this.#node);
  }

  get seconds(): number {
    return this.#length / this.#context.sampleRate;
  }

  /** Calls back when the microphone is unplugged or taken away. */
  set onLost(lost: () => void) {
    this.#stream.getAudioTracks()[0]?.addEventListener('ended', lost, { once: true });
  }

  async stop(): Promise<{ samples: Float32Array; sampleRate: number }> {
    await new Promise<void>((resolve) => {
      this.#finished = resolve;
      this.#node.port.postMessage('stop');
      // A context that the system has suspended answers no more.
      setTimeout(resolve, 500);
    });
    stopStream(this.#stream);
    const { sampleRate } = this.#context;
    void this.#context.close();
    const samples = new Float32Array(this.#length);
    let at = 0;
    for (const block of this.#blocks) {
      samples.set(block, at);
      at += block.length;
    }
    return { samples, sampleRate };
  }
}
