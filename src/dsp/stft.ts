import { kernelFftFloats, padBins, type KernelFactory } from '../kernel/kernel.ts';
import { RealFFT } from './real-fft.ts';
import { windowPair } from './window.ts';

/** What the inputs were before a frame. */
export interface PastFrames {
  /**
   * Spectrum of the window that ended `delay` samples before that of the frame in work: 0 to the `lookback` of the configuration. The array
   * is used again by the next call for this input.
   */
  spectrum(input: number, delay: number): Float64Array;
}

/** What is done with the spectra of each frame. */
export interface FrameProcessor {
  /**
   * A frame is complete: returns the number of pieces, of about equal cost, into which the work on it is cut. `past` may be asked until the
   * last of them is done; there is none where nothing is kept of it.
   */
  startFrame(past?: PastFrames): number;
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
  /** Samples before a frame's window of which the processor may ask. Default 0: it is given no past. */
  readonly lookback?: number | undefined;
  readonly processor: FrameProcessor;
  /** Its FFT is used; default fft.js. */
  readonly kernel?: KernelFactory | undefined;
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
  /** What it gives of the past lies in #pastSpectra. */
  #past: PastFrames | undefined;
  #pastSpectra: Float64Array[] = [];
  #time!: Float64Array;
  #sums: Float64Array[] = [];
  #sumLength = 0;
  #historyPosition = 0;
  /** Where the window of the frame in work begins. */
  #windowStart = 0;
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
    const { fftSize, windowLength, tail, hop, slack, inputs, outputs, lookback = 0 } = configuration;
    if (windowLength > fftSize) {
      throw new RangeError(`The window (${windowLength}) must not be longer than the FFT (${fftSize}).`);
    }
    if (!(lookback >= 0 && Number.isInteger(lookback))) {
      throw new RangeError(`The lookback is ${lookback} samples; it must be 0 or a whole number above.`);
    }
    if (!(slack >= 0 && slack < hop)) {
      throw new RangeError(
        `The slack is ${slack} samples; it must be at least 0 and below the hop (${hop}).`,
      );
    }
    this.#configuration = configuration;
    // Frames, spectra and the time signal lie where the FFT of the kernel finds them.
    const spectra = inputs * (lookback > 0 ? 2 : 1) + outputs;
    const held = (inputs + 1) * padBins(2 * fftSize) + spectra * padBins(2 * fftSize + 4);
    const fft = new RealFFT(fftSize, configuration.kernel?.(kernelFftFloats(fftSize) + held));
    this.#fft = fft;
    const windows = windowPair(windowLength, tail, hop);
    this.#analysis = windows.analysis;
    this.#synthesis = windows.synthesis;
    const arrays = (count: number, length: number) =>
      Array.from({ length: count }, () => new Float64Array(length));
    // While a frame is in work the stream goes on by the slack.
    this.#history = arrays(inputs, windowLength + lookback + slack);
    const shared = (count: number, length: number) =>
      Array.from({ length: count }, () => fft.allocate(length));
    this.#frames = shared(inputs, fftSize);
    this.#spectra = shared(inputs, 2 * fft.bins);
    this.#results = shared(outputs, 2 * fft.bins);
    this.#pastSpectra = lookback > 0 ? shared(inputs, 2 * fft.bins) : [];
    this.#past = lookback > 0 ? { spectrum: (input, delay) => this.#pastSpectrum(input, delay) } : undefined;
    this.#time = fft.allocate(fftSize);
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
    const size = this.#history[0]?.length ?? 1;
    const start = this.#historyPosition;
    for (let c = 0; c < this.#history.length; c++) {
      const history = this.#history[c]!;
      const input = inputs[c]!;
      // The ring in stretches without a turn.
      for (let done = 0; done < count;) {
        const position = (start + done) % size;
        const stretch = Math.min(count - done, size - position);
        const from = offset + done;
        for (let i = 0; i < stretch; i++) {
          const sample = input[from + i]!;
          // x - x is 0 for every finite x, NaN otherwise.
          if (sample - sample === 0) history[position + i] = sample;
          else {
            history[position + i] = 0;
            this.#nonFinite++;
          }
        }
        done += stretch;
      }
    }
    this.#historyPosition = (start + count) % size;
  }

  #read(outputs: readonly Float32Array[], offset: number, count: number): void {
    const size = this.#sumLength;
    const start = this.#readPosition;
    for (let o = 0; o < this.#sums.length; o++) {
      const sum = this.#sums[o]!;
      const output = outputs[o]!;
      for (let done = 0; done < count;) {
        const position = (start + done) % size;
        const stretch = Math.min(count - done, size - position);
        const to = offset + done;
        for (let i = 0; i < stretch; i++) {
          output[to + i] = sum[position + i]!;
          sum[position + i] = 0;
        }
        done += stretch;
      }
    }
    this.#readPosition = (start + count) % size;
  }

  /** Takes the newest window of each input; it must be kept apart, for the history goes on while the frame is in work. */
  #startFrame(): void {
    const { inputs, outputs, processor, windowLength } = this.#configuration;
    const size = this.#history[0]?.length ?? 1;
    this.#windowStart = (this.#historyPosition + size - windowLength) % size;
    for (let c = 0; c < this.#history.length; c++) this.#takeWindow(c, this.#windowStart, this.#frames[c]!);
    this.#processorSteps = processor.startFrame(this.#past);
    this.#steps = inputs + this.#processorSteps + outputs;
    this.#stepsDone = 0;
    this.#sinceFrame = 0;
  }

  /** The window of an input that begins at a place of the ring. */
  #takeWindow(input: number, start: number, frame: Float64Array): void {
    const history = this.#history[input]!;
    const window = this.#analysis;
    const { windowLength } = this.#configuration;
    const turn = Math.min(windowLength, history.length - start);
    for (let n = 0; n < turn; n++) frame[n] = history[start + n]! * window[n]!;
    for (let n = turn; n < windowLength; n++) frame[n] = history[n - turn]! * window[n]!;
  }

  #pastSpectrum(input: number, delay: number): Float64Array {
    const size = this.#history[input]!.length;
    const spectrum = this.#pastSpectra[input]!;
    // The time signal is written anew at synthesis; beyond the window it must be silent.
    this.#time.fill(0, this.#configuration.windowLength);
    this.#takeWindow(input, (this.#windowStart + size - delay) % size, this.#time);
    this.#fft.forward(this.#time, spectrum);
    return spectrum;
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
    const time = this.#time;
    const window = this.#synthesis;
    const turn = Math.min(tail, this.#sumLength - position);
    for (let n = 0; n < turn; n++) sum[position + n]! += time[start + n]! * window[n]!;
    for (let n = turn; n < tail; n++) sum[n - turn]! += time[start + n]! * window[n]!;
  }
}
