import { instantiateKernel, createTypeScriptKernel } from '../kernel/index.ts';
import type { KernelFactory, KernelName } from '../kernel/kernel.ts';
import type { Dictionary } from '../dictionary/dictionary.ts';
import type { LatencyMode } from './latency-modes.ts';
import type { FromProcessor, KernelCandidate, ProcessorOptions, ToProcessor } from './messages.ts';
import { meterLength, MeterWriter } from './meters.ts';
import { Separator } from './separator.ts';

/** Seconds over which one engine is faded into another when the latency mode changes. */
const FADE = 0.03;
/** Meter messages a second, at most. */
const METER_RATE = 30;
/** Buffers on their way at once; when none is back the snapshot is left out. */
const METER_POOL = 3;

/**
 * What a SeparatorNode's processor does, without the AudioWorklet around it: keeps an engine running, answers messages, and
 * changes the dictionary or the mode while sound flows.
 */
export class SeparatorSession {
  readonly #options: ProcessorOptions;
  readonly #sampleRate: number;
  readonly #post: (message: FromProcessor, transfer?: ArrayBuffer[]) => void;
  readonly #kernel: KernelFactory;
  readonly #meterWriter = new MeterWriter();
  readonly #meterPool: Float32Array[] = [];
  readonly #inputs: Float32Array[] = [];
  #block: Float32Array[] = [];
  #silence = new Float32Array(0);
  #engine: Separator;
  #next: Separator | undefined;
  /** Mode changes that came during a fade. */
  readonly #waiting: ToProcessor[] = [];
  /** Samples since #next began to run. */
  #nextAge = 0;
  #sinceMeters = 0;
  #closed = false;
  #faulted = false;

  constructor(
    options: ProcessorOptions,
    sampleRate: number,
    post: (message: FromProcessor, transfer?: ArrayBuffer[]) => void,
  ) {
    this.#options = options;
    this.#sampleRate = sampleRate;
    this.#post = post;
    const chosen = chooseKernel(options.kernels);
    this.#kernel = chosen.factory;
    this.#engine = this.#makeEngine(options.mode, options.dictionary);
    this.#prepareMeters();
    this.#ensureBlock(128);
    post({ type: 'ready', kernel: chosen.name, latency: this.#engine.latency, reason: chosen.reason });
  }

  /** False when the node was closed, and the processor may be collected. */
  get active(): boolean {
    return !this.#closed;
  }

  receive(message: ToProcessor): void {
    if (message.type === 'close') this.#closed = true;
    else if (message.type === 'recycle') this.#recycle(message.buffer);
    else {
      if (message.type === 'mode' && this.#next) {
        // Two engines are being faded already: a third would cut the fade off.
        this.#waiting.push(message);
        return;
      }
      try {
        if (message.type === 'dictionary') (this.#next ?? this.#engine).setDictionary(message.dictionary);
        else this.#changeMode(message.mode, message.dictionary);
        this.#prepareMeters();
        this.#post({ type: 'done', id: message.id, latency: (this.#next ?? this.#engine).latency });
      } catch (error) {
        this.#post({
          type: 'failed',
          id: message.id,
          message: String(error instanceof Error ? error.message : error),
        });
      }
    }
  }

  /** One render quantum of any length. `input` may have any number of channels, also none. */
  process(
    input: readonly Float32Array[],
    output: readonly Float32Array[],
    parameters: Record<string, Float32Array>,
  ): void {
    const length = output[0]?.length ?? 0;
    if (length === 0) return;
    if (length > this.#silence.length) this.#ensureBlock(length);
    for (let c = 0; c < this.#options.channels; c++) {
      this.#inputs[c] = input[c] ?? input[0] ?? this.#silence;
    }
    try {
      this.#engine.controls.readAudioParams(parameters);
      this.#engine.process(this.#inputs, output, length);
      if (this.#next) this.#fade(this.#next, output, length, parameters);
    } catch (error) {
      this.#passDry(output, error);
    }
    // A silent channel is worse than a doubled one where the graph gives more outputs than there are channels.
    for (let c = this.#options.channels; c < output.length; c++) output[c]!.set(output[0]!);
    this.#meter(length);
  }

  #fade(
    next: Separator,
    output: readonly Float32Array[],
    length: number,
    parameters: Record<string, Float32Array>,
  ): void {
    next.controls.readAudioParams(parameters);
    next.process(this.#inputs, this.#block, length);
    const fade = FADE * this.#sampleRate;
    // Before its first window is full a filter does not know the sound yet.
    const start = next.layout.taps > 0 ? next.layout.windowLength : next.latency;
    for (let c = 0; c < this.#options.channels; c++) {
      const from = output[c]!;
      const to = this.#block[c]!;
      for (let i = 0; i < length; i++) {
        const mix = Math.min(1, Math.max(0, (this.#nextAge + i - start) / fade));
        from[i]! += mix * (to[i]! - from[i]!);
      }
    }
    this.#nextAge += length;
    if (this.#nextAge > start + fade) {
      this.#engine = next;
      this.#next = undefined;
      this.#prepareMeters();
      const waiting = this.#waiting.shift();
      if (waiting) this.receive(waiting);
    }
  }

  /** An exception that left process() would end the processor, and the sound with it. */
  #passDry(output: readonly Float32Array[], error: unknown): void {
    for (let c = 0; c < this.#options.channels; c++) output[c]!.set(this.#inputs[c]!);
    if (this.#faulted) return;
    this.#faulted = true;
    const message = error instanceof Error ? error.message : String(error);
    this.#post({ type: 'fault', message: `Processing failed, the input passes unprocessed: ${message}` });
  }

  #meter(length: number): void {
    this.#sinceMeters += length;
    if (this.#sinceMeters * METER_RATE < this.#sampleRate) return;
    const buffer = this.#meterPool.pop();
    if (!buffer) return;
    this.#sinceMeters = 0;
    this.#meterWriter.write(this.#engine, buffer);
    this.#post({ type: 'meters', buffer }, [buffer.buffer as ArrayBuffer]);
  }

  #recycle(buffer: Float32Array): void {
    if (buffer.length === this.#meterSize() && this.#meterPool.length < METER_POOL)
      this.#meterPool.push(buffer);
  }

  #meterSize(): number {
    const { sources, atomCount } = this.#engine.dictionary;
    return meterLength(sources.length, atomCount);
  }

  /** Snapshots change their length with the dictionary, and their bands with the layout. */
  #prepareMeters(): void {
    this.#meterWriter.configure(this.#engine.layout);
    this.#meterPool.length = 0;
    for (let i = 0; i < METER_POOL; i++) this.#meterPool.push(new Float32Array(this.#meterSize()));
  }

  #changeMode(mode: LatencyMode, dictionary: Dictionary): void {
    this.#next = this.#makeEngine(mode, dictionary);
    this.#next.controls.values.set(this.#engine.controls.values);
    this.#next.reset();
    this.#next.adopt(this.#engine);
    this.#nextAge = 0;
  }

  #makeEngine(mode: LatencyMode, dictionary: Dictionary): Separator {
    const { channels, solver, iterations } = this.#options;
    const engine = new Separator();
    engine.configure({
      sampleRate: this.#sampleRate,
      channels,
      mode,
      dictionary,
      kernel: this.#kernel,
      solver,
      iterations,
    });
    return engine;
  }

  /** Render quanta of one context have one length, so this allocates once. */
  #ensureBlock(length: number): void {
    this.#silence = new Float32Array(length);
    this.#block = Array.from({ length: this.#options.channels }, () => new Float32Array(length));
  }
}

function chooseKernel(candidates: readonly KernelCandidate[]): {
  factory: KernelFactory;
  name: KernelName;
  reason: string;
} {
  const reasons: string[] = [];
  for (const { name, module } of candidates) {
    try {
      if (name === 'typescript') return { factory: createTypeScriptKernel, name, reason: reasons.join(' ') };
      const factory = instantiateKernel(name, module);
      factory(16);
      return { factory, name, reason: reasons.join(' ') };
    } catch (error) {
      reasons.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { factory: createTypeScriptKernel, name: 'typescript', reason: reasons.join(' ') };
}
