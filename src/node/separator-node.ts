import { checkDictionary, withoutExamples, type Dictionary, type Source } from '../dictionary/index.ts';
import type { KernelName } from '../kernel/kernel.ts';
import type { Solver } from '../nmf/activations.ts';
import { PARAMETERS, parameterInfo } from '../parameters.ts';
import { dictionaryForLayout, standsOn } from '../separator/frame-model.ts';
import { frameLayout, type LatencyMode } from '../separator/latency-modes.ts';
import type { FromProcessor, ProcessorOptions, ToProcessor } from '../separator/messages.ts';
import { readMeters } from '../separator/meters.ts';
import { PROCESSOR_NAME } from '../separator/processor-name.ts';
import { FaultEvent, KernelEvent, MeterEvent } from './events.ts';
import { kernelModules } from './kernel-modules.ts';
import { loadDictionary, type DictionarySource } from './load-dictionary.ts';
import { loadWorklet, type WorkletContext } from './worklet-module.ts';

/** The part of an AudioWorkletNode in use; native ones and standardized-audio-context's have it. */
export interface WorkletNodeLike {
  readonly port: MessagePort;
  readonly parameters: { get(name: string): AudioParamLike | undefined };
  onprocessorerror: ((this: never, event: never) => unknown) | null;
  connect(...destination: never[]): unknown;
  disconnect(...destination: never[]): unknown;
}

export interface AudioParamLike {
  value: number;
  readonly defaultValue: number;
  readonly minValue: number;
  readonly maxValue: number;
  setValueAtTime(value: number, time: number): unknown;
  setTargetAtTime(target: number, start: number, timeConstant: number): unknown;
  linearRampToValueAtTime(value: number, end: number): unknown;
}

// eslint-disable-next-line typescript/no-explicit-any -- the two families of contexts have no common type
export type WorkletNodeConstructor = new (context: any, name: string, options?: any) => WorkletNodeLike;

/** A native BaseAudioContext, or one of standardized-audio-context. */
export type SeparatorContext = WorkletContext & { readonly sampleRate: number };

export interface SeparatorOptions {
  /** Default: the built-in one for denoising, of a voice and noise. */
  readonly dictionary?: DictionarySource | undefined;
  /** Default 'balanced'. */
  readonly mode?: LatencyMode | undefined;
  /** Default 'multiplicative'. */
  readonly solver?: Solver | undefined;
  /** Updates per frame. */
  readonly iterations?: number | undefined;
  /** Default 2. */
  readonly channelCount?: 1 | 2 | undefined;
  /** Default 'auto': the fastest that runs. */
  readonly kernel?: 'auto' | KernelName | undefined;
  /** Where sotto.worklet.js is served. Default: beside this module. */
  readonly workletUrl?: string | URL | undefined;
  /** With a context of standardized-audio-context: its AudioWorkletNode. */
  readonly AudioWorkletNode?: WorkletNodeConstructor | undefined;
  /** First values of controls, by name (parameters.ts). */
  readonly parameters?: Readonly<Record<string, number>> | undefined;
}

/** Places of the files that ship with the package, relative to the built module. */
const WORKLET_URL = './sotto.worklet.js';
const DICTIONARY_URL = '../dictionaries/denoise.safetensors';

const besideModule = (relative: string): string => new URL(/* @vite-ignore */ relative, import.meta.url).href;

/**
 * Makes a separator in a context, ready to process.
 *
 *     const separator = await createSeparator(context);
 *     microphone.connect(separator.node);
 *     separator.connect(context.destination);
 *
 * Rejects with an Error that says what is wrong: no AudioWorklet, a file that is missing, a broken dictionary, a rate
 * that is not supported.
 */
export async function createSeparator(
  context: SeparatorContext,
  options: SeparatorOptions = {},
): Promise<SeparatorNode> {
  const { mode = 'balanced', channelCount = 2 } = options;
  const layout = frameLayout(mode, context.sampleRate);
  for (const name of Object.keys(options.parameters ?? {})) parameterInfo(name);
  const Constructor =
    options.AudioWorkletNode ??
    (globalThis.AudioWorkletNode as unknown as WorkletNodeConstructor | undefined);
  if (!Constructor) {
    throw new Error(
      'This page has no AudioWorkletNode: browsers have it only in secure contexts (https, or http on localhost).',
    );
  }
  const url = String(options.workletUrl ?? besideModule(WORKLET_URL));
  const [dictionary, offer] = await Promise.all([
    loadDictionary(options.dictionary ?? besideModule(DICTIONARY_URL)),
    kernelModules(options.kernel ?? 'auto'),
    loadWorklet(context, url),
  ]);
  checkDictionary(dictionary);
  const processorOptions: ProcessorOptions = {
    mode,
    dictionary: withoutExamples(dictionaryForLayout(dictionary, layout)),
    channels: channelCount,
    solver: options.solver ?? 'multiplicative',
    iterations: options.iterations,
    kernels: offer.candidates,
  };
  const node = new Constructor(context, PROCESSOR_NAME, {
    numberOfInputs: 1,
    numberOfOutputs: 1,
    channelCount,
    channelCountMode: 'explicit',
    channelInterpretation: 'speakers',
    outputChannelCount: [channelCount],
    parameterData: { ...options.parameters },
    processorOptions,
  });
  const separator = new SeparatorNode(node, dictionary, mode, context.sampleRate, offer.reason);
  await separator.ready;
  return separator;
}

interface Pending {
  resolve(): void;
  reject(error: Error): void;
}

/**
 * A running separator: `node` goes into an audio graph, `parameters` are its AudioParams (parameters.ts).
 *
 * Events: 'meters' ({@link MeterEvent}), 'kernel' ({@link KernelEvent}), 'fault' ({@link FaultEvent}), 'dictionarychange',
 * 'modechange'.
 */
export class SeparatorNode extends EventTarget {
  /** To be connected to: `source.connect(separator.node)`. */
  readonly node: WorkletNodeLike & AudioNode;
  /** By name, see parameters.ts. */
  readonly parameters: ReadonlyMap<string, AudioParamLike>;
  /** Resolves once the processor runs, rejects when it could not be made. */
  readonly ready: Promise<void>;
  readonly #sampleRate: number;
  readonly #pending = new Map<number, Pending>();
  #dictionary: Dictionary;
  #mode: LatencyMode;
  #latency: number;
  #kernel: KernelName = 'typescript';
  #kernelReason: string;
  #count = 0;
  /** Changes are made one after another. */
  #last: Promise<unknown> = Promise.resolve();
  #starting: Pending | undefined;

  /** Use {@link createSeparator}. */
  constructor(
    node: WorkletNodeLike,
    dictionary: Dictionary,
    mode: LatencyMode,
    sampleRate: number,
    kernelReason: string,
  ) {
    super();
    this.node = node as WorkletNodeLike & AudioNode;
    this.#dictionary = dictionary;
    this.#mode = mode;
    this.#sampleRate = sampleRate;
    this.#latency = frameLayout(mode, sampleRate).latency;
    this.#kernelReason = kernelReason;
    this.parameters = new Map(
      PARAMETERS.flatMap(({ name }) => {
        const parameter = node.parameters.get(name);
        return parameter ? [[name, parameter] as const] : [];
      }),
    );
    this.ready = new Promise((resolve, reject) => (this.#starting = { resolve, reject }));
    node.port.onmessage = ({ data }) => this.#receive(data as FromProcessor);
    node.onprocessorerror = () => this.#fail('The processor could not be started, or stopped.');
  }

  /** As it was given. The processor uses it on the grid of the mode: see {@link resampled}. */
  get dictionary(): Dictionary {
    return this.#dictionary;
  }

  get sources(): readonly Source[] {
    return this.#dictionary.sources;
  }

  /** Whether the dictionary's atoms were brought onto another grid of frequencies. */
  get resampled(): boolean {
    return !standsOn(this.#dictionary, frameLayout(this.#mode, this.#sampleRate));
  }

  get mode(): LatencyMode {
    return this.#mode;
  }

  /** Samples from input to output, exactly; the context's own latency comes on top. */
  get latency(): number {
    return this.#latency;
  }

  /** The inner loops in use. */
  get kernel(): KernelName {
    return this.#kernel;
  }

  /** Why a faster kernel is not in use; '' when there is none. */
  get kernelReason(): string {
    return this.#kernelReason;
  }

  connect(
    ...destination: Parameters<AudioNode['connect']> | [destination: unknown, ...more: number[]]
  ): void {
    this.node.connect(...(destination as unknown as never[]));
  }

  disconnect(...destination: unknown[]): void {
    this.node.disconnect(...(destination as unknown as never[]));
  }

  /**
   * Puts another dictionary to use while sound flows. Rejects with an Error that says what is wrong with it; the last one
   * then stays in use.
   */
  loadDictionary(source: DictionarySource): Promise<void> {
    return this.#inTurn(async () => {
      const dictionary = await loadDictionary(source);
      checkDictionary(dictionary);
      await this.#request((id) => ({
        type: 'dictionary',
        id,
        dictionary: this.#onGrid(dictionary, this.#mode),
      }));
      this.#dictionary = dictionary;
      this.dispatchEvent(new Event('dictionarychange'));
    });
  }

  /** Changes the latency mode while sound flows; the two are cross-faded. */
  setMode(mode: LatencyMode): Promise<void> {
    return this.#inTurn(async () => {
      if (mode === this.#mode) return;
      const dictionary = this.#onGrid(this.#dictionary, mode);
      await this.#request((id) => ({ type: 'mode', id, mode, dictionary }));
      this.#mode = mode;
      this.#latency = frameLayout(mode, this.#sampleRate).latency;
      this.dispatchEvent(new Event('modechange'));
    });
  }

  /** Lets the processor go. The node is of no use afterwards. */
  close(): void {
    this.#send({ type: 'close' });
    this.node.disconnect();
    for (const pending of this.#pending.values()) pending.reject(new Error('The separator was closed.'));
    this.#pending.clear();
  }

  #onGrid(dictionary: Dictionary, mode: LatencyMode): Dictionary {
    return withoutExamples(dictionaryForLayout(dictionary, frameLayout(mode, this.#sampleRate)));
  }

  #inTurn(action: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(action);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  #request(message: (id: number) => ToProcessor): Promise<void> {
    const id = ++this.#count;
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      this.#send(message(id));
    });
  }

  #send(message: ToProcessor, transfer: Transferable[] = []): void {
    this.node.port.postMessage(message, transfer);
  }

  #receive(message: FromProcessor): void {
    switch (message.type) {
      case 'ready':
        this.#kernel = message.kernel;
        this.#latency = message.latency;
        this.#kernelReason = [this.#kernelReason, message.reason].filter(Boolean).join(' ');
        this.#starting?.resolve();
        this.#starting = undefined;
        // A task later, so that whoever awaited createSeparator can be listening.
        setTimeout(() => this.dispatchEvent(new KernelEvent(this.#kernel, this.#kernelReason)));
        break;
      case 'done':
        this.#pending.get(message.id)?.resolve();
        this.#pending.delete(message.id);
        break;
      case 'failed':
        this.#pending.get(message.id)?.reject(new Error(message.message));
        this.#pending.delete(message.id);
        break;
      case 'meters':
        this.dispatchEvent(new MeterEvent(readMeters(message.buffer)));
        this.#send({ type: 'recycle', buffer: message.buffer }, [message.buffer.buffer as ArrayBuffer]);
        break;
      case 'fault':
        this.#fail(message.message);
        break;
    }
  }

  #fail(message: string): void {
    this.#starting?.reject(new Error(message));
    this.#starting = undefined;
    // A processor that failed answers nothing more.
    for (const pending of this.#pending.values()) pending.reject(new Error(message));
    this.#pending.clear();
    this.dispatchEvent(new FaultEvent(message));
  }
}
