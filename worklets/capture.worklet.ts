/** Frames of a message: some 20 a second. */
const BLOCK = 2048;

/** The shell of a recorder: sends the mean of its input's channels as it is, block by block. Any message lets it go. */
class CaptureProcessor extends AudioWorkletProcessor {
  #block = new Float32Array(BLOCK);
  #filled = 0;
  #active = true;

  constructor() {
    super();
    this.port.onmessage = () => {
      this.#active = false;
      this.#send();
    };
  }

  process(inputs: Float32Array[][]): boolean {
    const channels = inputs[0] ?? [];
    const length = channels[0]?.length ?? 0;
    for (let n = 0; n < length; n++) {
      let sum = 0;
      for (let c = 0; c < channels.length; c++) sum += channels[c]![n]!;
      this.#block[this.#filled++] = sum / channels.length;
      if (this.#filled === BLOCK) this.#send();
    }
    return this.#active;
  }

  #send(): void {
    const block = this.#block.subarray(0, this.#filled);
    this.port.postMessage({ samples: block, last: !this.#active }, [block.buffer as ArrayBuffer]);
    this.#block = new Float32Array(BLOCK);
    this.#filled = 0;
  }
}

registerProcessor('sotto-capture', CaptureProcessor);
