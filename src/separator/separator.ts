import type { Dictionary } from '../dictionary/dictionary.ts';
import { DelayLine } from '../dsp/delay-line.ts';
import { StreamingFilter } from '../dsp/streaming-filter.ts';
import { StreamingStft } from '../dsp/stft.ts';
import { loadKernel } from '../kernel/index.ts';
import type { KernelFactory, KernelName } from '../kernel/kernel.ts';
import type { Solver } from '../nmf/activations.ts';
import { Controls } from './controls.ts';
import { createFrameModel, type FrameModel } from './frame-model.ts';
import { FrameSeparator } from './frame-separator.ts';
import { frameLayout, type FrameLayout, type LatencyMode } from './latency-modes.ts';
import { LevelMeter } from './level-meter.ts';
import { PitchComb } from './pitch/pitch-comb.ts';

export interface SeparatorConfiguration {
  /** Hz, 8000 to 192000. */
  readonly sampleRate: number;
  readonly channels: number;
  readonly mode: LatencyMode;
  /** On any grid; it is resampled where it must be, and `resampled` says so. */
  readonly dictionary: Dictionary;
  /** Default: the fastest that runs here. */
  readonly kernel?: KernelFactory | undefined;
  readonly solver?: Solver | undefined;
  /** Updates (multiplicative) or sweeps (newton) per frame. */
  readonly iterations?: number | undefined;
  /** 'mix': one output, with faders, floor, smoothing and bypass. 'sources': each source, summing to the input. */
  readonly outputs?: 'mix' | 'sources' | undefined;
}

/** Seconds over which the bypass fades. */
const FADE = 0.01;

/** Samples worked on at once; longer blocks are cut. */
const MAX_BLOCK = 8192;

const finiteOrZero = (sample: number): number => (sample - sample === 0 ? sample : 0);

/**
 * The engine: sound in, sound without the unwanted sources out, `latency` samples later (in mode `monitor` at once).
 * The same class runs in the worklet, on the command line and in tests. `process` allocates nothing and throws nothing.
 */
export class Separator {
  readonly controls = new Controls();
  readonly inputMeter = new LevelMeter();
  readonly outputMeter = new LevelMeter();
  #stream!: StreamingStft | StreamingFilter;
  readonly #dry = new DelayLine();
  #configuration!: SeparatorConfiguration;
  #layout!: FrameLayout;
  #frames!: FrameSeparator;
  #dryBlocks: Float32Array[] = [];
  /** 0: processed, 1: bypassed. */
  #bypass = 0;
  #bypassStep = 0;

  /** Throws a RangeError for a rate or mode that is not supported, a DictionaryError for a bad dictionary. */
  configure(configuration: SeparatorConfiguration): void {
    const { sampleRate, channels, mode, outputs = 'mix' } = configuration;
    if (!(Number.isInteger(channels) && channels >= 1)) {
      throw new RangeError(`There are ${channels} channels; there must be at least one.`);
    }
    this.#configuration = configuration;
    this.#layout = frameLayout(mode, sampleRate);
    const separate = outputs === 'sources';
    const model = this.#makeModel(configuration.dictionary);
    const kernel = configuration.kernel ?? loadKernel().factory;
    // Separate outputs sum to the input, and a filter has no frames to add.
    const combing = !separate && this.#layout.taps === 0;
    const comb = combing ? new PitchComb(this.#layout, channels, kernel) : undefined;
    this.#frames = new FrameSeparator(model, this.#layout, this.controls, { channels, separate, comb });
    this.#stream = this.#layout.taps > 0 ? new StreamingFilter() : new StreamingStft();
    this.#stream.configure({
      ...this.#layout,
      inputs: channels,
      outputs: separate ? channels * model.dictionary.sources.length : channels,
      lookback: combing ? PitchComb.lookback(this.#layout) : 0,
      processor: this.#frames,
      kernel,
    });
    this.#dry.configure({ channels, latency: this.#stream.latency });
    this.#dryBlocks = Array.from({ length: channels }, () => new Float32Array(MAX_BLOCK));
    this.#bypassStep = 1 / (FADE * sampleRate);
    this.reset();
  }

  reset(): void {
    this.#stream.reset();
    this.#dry.reset();
    this.#frames.reset();
    this.#bypass = this.controls.bypassed ? 1 : 0;
    this.inputMeter.reset();
    this.outputMeter.reset();
  }

  /** Samples from input to output. */
  get latency(): number {
    return this.#stream.latency;
  }

  get layout(): FrameLayout {
    return this.#layout;
  }

  /** The dictionary as it is used, on the layout's grid. */
  get dictionary(): Dictionary {
    return this.#frames.model.dictionary;
  }

  get resampled(): boolean {
    return this.#frames.model.resampled;
  }

  get kernelName(): KernelName {
    return this.#frames.model.kernelName;
  }

  /** The last frame: its energy, its gain, its model. To be read only. */
  get frame(): Pick<FrameSeparator, 'energy' | 'gain' | 'model'> {
    return this.#frames;
  }

  /** Frames that passed dry, and samples that were not finite, since the last reset. */
  get faults(): number {
    return this.#frames.faults + this.#stream.nonFiniteSamples;
  }

  /** Sets a control of parameters.ts. Throws a RangeError for an unknown name or a value that is not finite. */
  setParameter(name: string, value: number): void {
    this.controls.set(name, value);
  }

  /**
   * Exchanges the dictionary between two frames, without a gap. With separate outputs it must have as many sources
   * as the last. Throws a DictionaryError or RangeError, and then the last one stays in use.
   */
  setDictionary(dictionary: Dictionary): void {
    const count = this.dictionary.sources.length;
    if (this.#configuration.outputs === 'sources' && dictionary.sources.length !== count) {
      throw new RangeError(
        `The dictionary has ${dictionary.sources.length} sources; with separate outputs it must have ${count} as before.`,
      );
    }
    this.#frames.model = this.#makeModel(dictionary);
  }

  /** Goes on with learned noise as it has adapted in another engine, if both began with the same; on any grid. */
  adopt(other: Separator): void {
    const noise = other.#frames.model.adapted;
    if (noise) this.#frames.model.adopt?.(noise);
  }

  /**
   * `length` samples of every channel. `outputs`: one array a channel, or sources x channels of them, source by
   * source. Input and output arrays must be different ones.
   */
  process(inputs: readonly Float32Array[], outputs: readonly Float32Array[], length: number): void {
    if (length <= MAX_BLOCK) {
      this.#processBlock(inputs, outputs, length);
      return;
    }
    // Only off the audio thread: render quanta are shorter.
    for (let from = 0; from < length; from += MAX_BLOCK) {
      const to = Math.min(length, from + MAX_BLOCK);
      this.#processBlock(
        inputs.map((input) => input.subarray(from, to)),
        outputs.map((output) => output.subarray(from, to)),
        to - from,
      );
    }
  }

  #processBlock(inputs: readonly Float32Array[], outputs: readonly Float32Array[], length: number): void {
    this.#stream.process(inputs, outputs, length);
    this.inputMeter.process(inputs, this.#configuration.channels, length);
    if (this.#configuration.outputs !== 'sources') this.#mixDry(inputs, outputs, length);
    this.outputMeter.process(outputs, this.#configuration.channels, length);
  }

  /** The dry path always runs, late by the same time, so that the bypass changes nothing but the processing. */
  #mixDry(inputs: readonly Float32Array[], outputs: readonly Float32Array[], length: number): void {
    const target = this.controls.bypassed ? 1 : 0;
    this.#dry.process(inputs, this.#dryBlocks, length);
    if (this.#bypass === 0 && target === 0) return;
    let end = this.#bypass;
    for (let c = 0; c < this.#dryBlocks.length; c++) {
      const dry = this.#dryBlocks[c]!;
      const output = outputs[c]!;
      let mix = this.#bypass;
      for (let i = 0; i < length; i++) {
        mix = target === 1 ? Math.min(1, mix + this.#bypassStep) : Math.max(0, mix - this.#bypassStep);
        const untouched = finiteOrZero(dry[i]!);
        output[i] = mix === 1 ? untouched : output[i]! + mix * (untouched - output[i]!);
      }
      end = mix;
    }
    this.#bypass = end;
  }

  #makeModel(dictionary: Dictionary): FrameModel {
    const { solver, iterations, channels } = this.#configuration;
    const kernel = this.#configuration.kernel ?? loadKernel().factory;
    return createFrameModel(dictionary, this.#layout, { kernel, solver, iterations, channels });
  }
}
