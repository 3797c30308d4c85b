import { kernelFftFloats, padBins, type KernelFactory } from '../kernel/kernel.ts';
import { CausalFilterDesign } from './causal-filter.ts';
import { FadingFilter } from './fading-filter.ts';
import { RealFFT } from './real-fft.ts';
import type { FrameProcessor } from './stft.ts';
import { windowPair } from './window.ts';

export interface StreamingFilterConfiguration {
  readonly fftSize: number;
  readonly windowLength: number;
  /** Shapes the analysis window, which is that of an overlap-add with this tail. */
  readonly tail: number;
  readonly hop: number;
  /** Of the filters. */
  readonly taps: number;
  readonly inputs: number;
  /** A multiple of the inputs: of each of several parts, all channels. */
  readonly outputs: number;
  readonly processor: FrameProcessor;
  /** Its FFT is used; default fft.js. */
  readonly kernel?: KernelFactory | undefined;
}

/**
 * Filtering without any delay: spectra are only looked at. After each frame the gains that the processor would give it
 * become a causal filter (causal-filter.ts), into which the last one fades over a hop, and every sample is filtered as
 * it comes (the filter-bank equalizer of Loellmann and Vary, Speech Communication 49, 2007). Blocks of any length; the
 * result does not depend on how the stream is cut. Nothing is allocated after `configure`.
 *
 * All channels share a filter. Of several parts, whose gains must sum to one, the last is the input less the others: to
 * this its own filter would come too, as they are linear in the gains, and so the parts sum to the input exactly.
 */
export class StreamingFilter {
  readonly latency = 0;
  #configuration!: StreamingFilterConfiguration;
  #fft!: RealFFT;
  #analysis!: Float64Array;
  /** The last samples of each input, in one piece: a ring would need a test at each tap. */
  #history: Float64Array[] = [];
  /** Where the next sample goes. */
  #position = 0;
  #keep = 0;
  #frame!: Float64Array;
  #spectra: Float64Array[] = [];
  #units: Float64Array[] = [];
  #results: Float64Array[] = [];
  /** Of each filter, the gains that made it, one a bin. */
  #gains: Float64Array[] = [];
  #design!: CausalFilterDesign;
  #filters: FadingFilter[] = [];
  #untilFrame = 0;
  #nonFinite = 0;

  /** Throws a RangeError when the lengths do not fit together (see windowPair and CausalFilterDesign). */
  configure(configuration: StreamingFilterConfiguration): void {
    const { fftSize, windowLength, tail, hop, taps, inputs, outputs } = configuration;
    if (windowLength > fftSize) {
      throw new RangeError(`The window (${windowLength}) must not be longer than the FFT (${fftSize}).`);
    }
    if (!(outputs >= inputs && outputs % inputs === 0)) {
      throw new RangeError(`There are ${outputs} outputs; they must be a multiple of the ${inputs} inputs.`);
    }
    this.#configuration = configuration;
    // The frame, spectra and what the design transforms lie where the FFT of the kernel finds them.
    const held = 3 * padBins(2 * fftSize) + (inputs + 1) * padBins(2 * fftSize + 4);
    const fft = new RealFFT(fftSize, configuration.kernel?.(kernelFftFloats(fftSize) + held));
    this.#fft = fft;
    this.#analysis = windowPair(windowLength, tail, hop).analysis;
    this.#design = new CausalFilterDesign({ fft, taps });
    const parts = outputs / inputs;
    const filters = Math.max(1, parts - 1);
    const arrays = (count: number, length: number) =>
      Array.from({ length: count }, () => new Float64Array(length));
    this.#keep = Math.max(windowLength, taps - 1);
    this.#history = arrays(inputs, 2 * this.#keep + hop);
    this.#frame = fft.allocate(fftSize);
    this.#spectra = Array.from({ length: inputs }, () => fft.allocate(2 * fft.bins));
    // The spectrum of a unit impulse, for all channels.
    const unit = Float64Array.from({ length: 2 * fft.bins }, (_, i) => (i % 2 === 0 ? 1 : 0));
    this.#units = Array.from({ length: inputs }, () => unit);
    this.#results = arrays(outputs, 2 * fft.bins);
    this.#gains = arrays(filters, fft.bins);
    this.#filters = Array.from({ length: filters }, () => new FadingFilter({ taps, fade: hop }));
    this.reset();
  }

  reset(): void {
    for (const history of this.#history) history.fill(0);
    this.#position = this.#keep;
    // Of several parts, each begins with an equal share.
    const share = 1 / this.#parts;
    for (const [i, filter] of this.#filters.entries()) {
      filter.reset(share);
      this.#gains[i]!.fill(share);
    }
    this.#untilFrame = this.#configuration.hop;
    this.#nonFinite = 0;
  }

  /**
   * Input samples (taken as 0), and filters of frames (which pass dry), that were NaN or infinite, since the last
   * reset.
   */
  get nonFiniteSamples(): number {
    return this.#nonFinite;
  }

  get #parts(): number {
    return this.#configuration.outputs / this.#configuration.inputs;
  }

  /** `length` samples of each input; as many of each output, which must be other arrays. */
  process(inputs: readonly Float32Array[], outputs: readonly Float32Array[], length: number): void {
    let offset = 0;
    while (offset < length) {
      const count = Math.min(length - offset, this.#untilFrame);
      this.#write(inputs, offset, count);
      this.#filter(outputs, offset, count);
      offset += count;
      this.#untilFrame -= count;
      if (this.#untilFrame === 0) {
        this.#untilFrame = this.#configuration.hop;
        this.#observe();
      }
    }
  }

  #write(inputs: readonly Float32Array[], offset: number, count: number): void {
    const full = this.#position + count > this.#history[0]!.length;
    const start = full ? this.#keep : this.#position;
    for (let c = 0; c < this.#history.length; c++) {
      const history = this.#history[c]!;
      const input = inputs[c]!;
      if (full) history.copyWithin(0, this.#position - this.#keep, this.#position);
      for (let i = 0; i < count; i++) {
        const sample = input[offset + i]!;
        // x - x is 0 for every finite x, NaN otherwise.
        if (sample - sample === 0) history[start + i] = sample;
        else {
          history[start + i] = 0;
          this.#nonFinite++;
        }
      }
    }
    this.#position = start + count;
  }

  #filter(outputs: readonly Float32Array[], offset: number, count: number): void {
    const position = this.#position - count;
    const channels = this.#history.length;
    for (let c = 0; c < channels; c++) {
      const history = this.#history[c]!;
      for (let i = 0; i < this.#filters.length; i++) {
        this.#filters[i]!.process(history, position, outputs[i * channels + c]!, offset, count);
      }
      if (this.#parts > 1) this.#takeRest(history, position, outputs, c, offset, count);
    }
    for (let i = 0; i < this.#filters.length; i++) this.#filters[i]!.advance(count);
  }

  #takeRest(
    history: Float64Array,
    position: number,
    outputs: readonly Float32Array[],
    channel: number,
    offset: number,
    count: number,
  ): void {
    const channels = this.#history.length;
    const last = this.#filters.length;
    const rest = outputs[last * channels + channel]!;
    for (let i = 0; i < count; i++) {
      let sample = history[position + i]!;
      for (let s = 0; s < last; s++) sample -= outputs[s * channels + channel]![offset + i]!;
      rest[offset + i] = sample;
    }
  }

  #observe(): void {
    const { windowLength, processor } = this.#configuration;
    const frame = this.#frame;
    for (let c = 0; c < this.#history.length; c++) {
      const history = this.#history[c]!;
      const start = this.#position - windowLength;
      for (let n = 0; n < windowLength; n++) frame[n] = history[start + n]! * this.#analysis[n]!;
      this.#fft.forward(frame, this.#spectra[c]!);
    }
    const steps = processor.startFrame();
    for (let step = 0; step < steps - 1; step++) processor.processStep(step, this.#spectra, this.#results);
    // The last step fills the results. Of an impulse in place of the frame they are the gains themselves.
    processor.processStep(steps - 1, this.#units, this.#results);
    let observed = false;
    for (let i = 0; i < this.#filters.length; i++) {
      // In silence, or with all faders at 0 dB, there is nothing to design and nothing to fade.
      if (!this.#takeGains(i)) continue;
      if (!observed) this.#design.observe(this.#spectra);
      observed = true;
      this.#change(i);
    }
  }

  /** Whether they are others than those of the frame before. */
  #takeGains(index: number): boolean {
    const result = this.#results[index * this.#history.length]!;
    const gains = this.#gains[index]!;
    let changed = false;
    for (let f = 0; f < gains.length; f++) {
      const gain = result[2 * f]!;
      if (gain === gains[f]!) continue;
      gains[f] = gain;
      changed = true;
    }
    return changed;
  }

  #change(index: number): void {
    const filter = this.#filters[index]!;
    if (!this.#design.process(this.#gains[index]!, filter.next)) {
      filter.next.fill(0);
      filter.next[0] = 1 / this.#parts;
      this.#nonFinite++;
    }
    filter.change();
  }
}
