import { RealFFT } from './real-fft.ts';
import { windowPair } from './window.ts';

/** What is done with the spectra of each frame. */
export interface FrameProcessor {
  /** A frame is complete: returns the number of pieces, of about equal cost, into which the work on it is cut. */
  startFrame(): number;
  /**
   * One piece of a frame. `spectra`: one per input, interleaved complex, to be read. `results`: one per output, to be
   * filled by the last step.
   */
  processStep(step: number, spectra: readonly Float64Array[], results: readonly Float64Array[]): void;
}

export interface StftConfiguration {
  readonly fftSize: number;
  readonly windowLength: number;
  readonly tail: number;
  readonly hop: number;
  /** Samples over which the work on a frame is spread; it adds to the latency. 0: each frame at once. */
  readonly slack: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly processor: FrameProcessor;
}

/**
 * Streaming short-time Fourier transform with overlap-add: blocks of any length in and out, delayed by exactly
 * `tail + slack` samples. Nothing is allocated after `configure`. The result does not depend on how the stream is cut into blocks.
 */
export class StreamingStft {
  #configuration!: StftConfiguration;
  #fft!: RealFFT;
  #analysis!: Float64Array;
  #synthesis!: Float64Array;
  #history: Float64Array[] = [];
  #frames: Float64Array[] = [];
  #spectra: Float64Array[] = [];
  #results: Float64Array[] = [];
  #time!: Float64Array;
  #sums: Float64Array[] = [];
  #sumLength = 0;
  #historyPosition = 0;
  #readPosition = 0;
  /** Samples until the next frame is complete. */
  #untilFrame = 0;
  /** Samples since the end of the frame in work. */
  #sinceFrame = 0;
  #stepsDone = 0;
  /** Of the frame in work: analysis, the processor's pieces, synthesis. */
  #steps = 0;
  #processorSteps = 0;
  #nonFinite = 0;

  /** Throws a RangeError when the lengths do not fit together (see windowPair). */
  configure(configuration: StftConfiguration): void {
    const { fftSize, windowLength, tail, hop, slack, inputs, outputs } = configuration;
    if (windowLength > fftSize) {
      throw new RangeError(`The window (${windowLength}) must not be longer than the FFT (${fftSize}).`);
    }
    if (!(slack >= 0 && slack < hop)) {
      throw new RangeError(
        `The slack is ${slack} samples; it must be at least 0 and below the hop (${hop}).`,
      );
    }
    this.#configuration = configuration;
    this.#fft = new RealFFT(fftSize);
    const windows = windowPair(windowLength, tail, hop);
    this.#analysis = windows.analysis;
    this.#synthesis = windows.synthesis;
    const arrays = (count: number, length: number) =>
      Array.from({ length: count }, () => new Float64Array(length));
    this.#history = arrays(inputs, windowLength);
    this.#frames = arrays(inputs, fftSize);
    this.#spectra = arrays(inputs, 2 * this.#fft.bins);
    this.#results = arrays(outputs, 2 * this.#fft.bins);
    this.#time = new Float64Array(fftSize);
    this.#sumLength = tail + slack + hop;
    this.#sums = arrays(outputs, this.#sumLength);
    this.reset();
  }

  reset(): void {
    for (const history of this.#history) history.fill(0);
    for (const sum of this.#sums) sum.fill(0);
    this.#historyPosition = 0;
    this.#readPosition = 0;
    this.#untilFrame = this.#configuration.hop;
    this.#sinceFrame = 0;
    this.#stepsDone = 0;
    this.#steps = 0;
    this.#nonFinite = 0;
  }

  /** Samples from input to output. */
  get latency(): number {
    return this.#configuration.tail + this.#configuration.slack;
  }

  /** Input samples that were NaN or infinite, and taken as 0, since the last reset. */
  get nonFiniteSamples(): number {
    return this.#nonFinite;
  }

  /** `length` samples of each input; as many of each output. Any length, also one that changes from call to call. */
  process(inputs: readonly Float32Array[], outputs: readonly Float32Array[], length: number): void {
    const { hop, slack } = this.#configuration;
    let offset = 0;
    while (offset < length) {
      let count = Math.min(length - offset, this.#untilFrame);
      const pending = this.#stepsDone < this.#steps;
      if (pending) count = Math.min(count, slack - this.#sinceFrame);
      if (count > 0) {
        this.#write(inputs, offset, count);
        this.#read(outputs, offset, count);
        offset += count;
        this.#untilFrame -= count;
        this.#sinceFrame += count;
      }
      if (pending) this.#advance(length);
      if (this.#untilFrame === 0) {
        this.#untilFrame = hop;
        this.#startFrame();
        this.#advance(length);
      }
    }
  }

  #write(inputs: readonly Float32Array[], offset: number, count: number): void {
    const size = this.#configuration.windowLength;
    let end = this.#historyPosition;
    for (let c = 0; c < this.#history.length; c++) {
      const history = this.#history[c]!;
      const input = inputs[c]!;
      let position = this.#historyPosition;
      for (let i = offset; i < offset + count; i++) {
        const sample = input[i]!;
        // x - x is 0 for every finite x, NaN otherwise.
        if (sample - sample === 0) history[position] = sample;
        else {
          history[position] = 0;
          this.#nonFinite++;
        }
        if (++position === size) position = 0;
      }
      end = position;
    }
    this.#historyPosition = end;
  }

  #read(outputs: readonly Float32Array[], offset: number, count: number): void {
    let end = this.#readPosition;
    for (let o = 0; o < this.#sums.length; o++) {
      const sum = this.#sums[o]!;
      const output = outputs[o]!;
      let position = this.#readPosition;
      for (let i = offset; i < offset + count; i++) {
        output[i] = sum[position]!;
        sum[position] = 0;
        if (++position === this.#sumLength) position = 0;
      }
      end = position;
    }
    this.#readPosition = end;
  }

  /** Takes the newest window of each input; it must be kept apart, for the history goes on while the frame is in work. */
  #startFrame(): void {
    const size = this.#configuration.windowLength;
    for (let c = 0; c < this.#history.length; c++) {
      const history = this.#history[c]!;
      const frame = this.#frames[c]!;
      let position = this.#historyPosition;
      for (let n = 0; n < size; n++) {
        frame[n] = history[position]! * this.#analysis[n]!;
        if (++position === size) position = 0;
      }
    }
    const { inputs, outputs, processor } = this.#configuration;
    this.#processorSteps = processor.startFrame();
    this.#steps = inputs + this.#processorSteps + outputs;
    this.#stepsDone = 0;
    this.#sinceFrame = 0;
  }

  /** Does the share of the frame's work that is due, when blocks of `block` samples come. */
  #advance(block: number): void {
    const { slack } = this.#configuration;
    const share = (this.#sinceFrame + block) / (slack + block);
    const due =
      this.#sinceFrame >= slack ? this.#steps : Math.min(this.#steps, Math.ceil(this.#steps * share));
    while (this.#stepsDone < due) this.#step(this.#stepsDone++);
  }

  #step(step: number): void {
    const inputs = this.#frames.length;
    const { processor } = this.#configuration;
    if (step < inputs) this.#fft.forward(this.#frames[step]!, this.#spectra[step]!);
    else if (step < inputs + this.#processorSteps) {
      processor.processStep(step - inputs, this.#spectra, this.#results);
    } else this.#overlapAdd(step - inputs - this.#processorSteps);
  }

  #overlapAdd(output: number): void {
    const { tail, slack, windowLength } = this.#configuration;
    this.#fft.inverse(this.#results[output]!, this.#time);
    const sum = this.#sums[output]!;
    // The next sample to be read is `latency` behind the stream; the frame's tail begins `tail` before the frame's end.
    let position = this.#readPosition + slack - this.#sinceFrame;
    if (position >= this.#sumLength) position -= this.#sumLength;
    const start = windowLength - tail;
    for (let n = 0; n < tail; n++) {
      sum[position]! += this.#time[start + n]! * this.#synthesis[n]!;
      if (++position === this.#sumLength) position = 0;
    }
  }
}
