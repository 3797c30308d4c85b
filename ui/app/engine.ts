import {
  AudioContext as PortableAudioContext,
  AudioWorkletNode as PortableAudioWorkletNode,
} from 'standardized-audio-context';
import workletUrl from '../../dist/sotto.worklet.js?url';
import type { Dictionary } from '../../src/dictionary/dictionary.ts';
import type { KernelName } from '../../src/kernel/kernel.ts';
import {
  createSeparator,
  type SeparatorNode,
  type SeparatorOptions,
  type WorkletNodeConstructor,
} from '../../src/node/separator-node.ts';
import type { LatencyMode } from '../../src/separator/latency-modes.ts';
import { Stretch, type WorkletNodeClass } from './stretch.ts';

const KERNELS: readonly KernelName[] = ['relaxed-simd', 'simd', 'typescript'];

/** The part of the audio graph that stays while sources come and go. */
export interface Engine {
  readonly context: AudioContext;
  /** Sources connect here. */
  readonly input: GainNode;
  readonly separator: SeparatorNode;
  /** What the separator makes of its input. */
  readonly separated: GainNode;
  /** What is heard, at full level: to the volume and to the stream. */
  readonly bus: GainNode;
  /** To the speakers. */
  readonly volume: GainNode;
  /** To the stream only: what is recorded and not heard. */
  readonly unheard: AudioNode;
  /** Everything that is heard, at full level, whatever the volume. */
  readonly stream: MediaStream;
}

/**
 * For comparisons, in the page's address: `?context=native` leaves standardized-audio-context out, `?kernel=typescript` or another
 * name chooses the kernel.
 */
const address = new URLSearchParams(location.search);
const native = address.get('context') === 'native';
const kernel = KERNELS.find((name) => name === address.get('kernel')) ?? 'auto';

/**
 * Opens an AudioContext. The portable one keeps the interface of the native one for all that is used here, which is why the
 * rest of the app knows only the native types.
 */
export const openContext = (): AudioContext =>
  native
    ? new AudioContext({ latencyHint: 'interactive' })
    : (new PortableAudioContext({ latencyHint: 'interactive' }) as unknown as AudioContext);

/** A node that shifts key and tempo, in the context of the app. */
export const openStretch = (context: AudioContext): Promise<Stretch> =>
  Stretch.open(
    context,
    (native ? AudioWorkletNode : PortableAudioWorkletNode) as unknown as WorkletNodeClass,
  );

/** A separator in the context of the app. */
export const openSeparator = (
  context: AudioContext,
  options: Pick<SeparatorOptions, 'dictionary' | 'mode' | 'parameters' | 'channelCount'>,
): Promise<SeparatorNode> =>
  createSeparator(context, {
    ...options,
    kernel,
    workletUrl,
    AudioWorkletNode: native ? undefined : (PortableAudioWorkletNode as unknown as WorkletNodeConstructor),
  });

/** Builds input -> separator -> separated, and bus -> volume -> speakers with the stream beside it; what joins them is the caller's. */
export async function openEngine(
  context: AudioContext,
  dictionary: Dictionary,
  mode: LatencyMode,
  parameters: Record<string, number>,
): Promise<Engine> {
  const separator = await openSeparator(context, { dictionary, mode, parameters });
  const input = context.createGain();
  const separated = context.createGain();
  const bus = context.createGain();
  const volume = context.createGain();
  const tap = context.createMediaStreamDestination();
  input.connect(separator.node);
  separator.connect(separated);
  bus.connect(volume);
  bus.connect(tap);
  volume.connect(context.destination);
  return { context, input, separator, separated, bus, volume, unheard: tap, stream: tap.stream };
}
