const TYPES = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];

export interface Recording {
  readonly url: string;
  readonly fileName: string;
  readonly seconds: number;
}

/** Records a MediaStream to a file that the browser can encode. */
export class Recorder {
  readonly #recorder: MediaRecorder;
  readonly #chunks: Blob[] = [];
  readonly #startedAt = performance.now();

  /** Throws when the browser cannot record. */
  constructor(stream: MediaStream) {
    if (typeof MediaRecorder === 'undefined') throw new Error('This browser cannot record.');
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    this.#recorder = new MediaRecorder(stream, {
      ...(mimeType ? { mimeType } : {}),
      audioBitsPerSecond: 192_000,
    });
    this.#recorder.addEventListener('dataavailable', (event) => this.#chunks.push(event.data));
    this.#recorder.start(1000);
  }

  get seconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  async stop(): Promise<Recording> {
    const seconds = this.seconds;
    await new Promise((resolve) => {
      this.#recorder.addEventListener('stop', resolve, { once: true });
      this.#recorder.stop();
    });
    const type = this.#recorder.mimeType;
    const extension = type.includes('mp4') ? 'm4a' : type.includes('ogg') ? 'ogg' : 'webm';
    const stamp = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
    const url = URL.createObjectURL(new Blob(this.#chunks, { type }));
    return { url, fileName: `sotto ${stamp}.${extension}`, seconds };
  }
}
