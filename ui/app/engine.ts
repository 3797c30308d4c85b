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
  type WorkletNodeConstructor,
} from '../../src/node/separator-node.ts';
import type { LatencyMode } from '../../src/separator/latency-modes.ts';

const KERNELS: readonly KernelName[] = ['relaxed-simd', 'simd', 'typescript'];

/** The part of the audio graph that stays while sources come and go. */
export interface Engine {
  readonly context: AudioContext;
  /** Sources connect here. */
  readonly input: GainNode;
  readonly separator: SeparatorNode;
  /** To the speakers. */
  readonly volume: GainNode;
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

/** Builds input -> separator -> volume -> speakers, and the stream beside it. */
export async function openEngine(
  context: AudioContext,
  dictionary: Dictionary,
  mode: LatencyMode,
  parameters: Record<string, number>,
): Promise<Engine> {
  const separator = await createSeparator(context, {
    dictionary,
    mode,
    kernel,
    parameters,
    workletUrl,
    AudioWorkletNode: native ? undefined : (PortableAudioWorkletNode as unknown as WorkletNodeConstructor),
  });
  const input = context.createGain();
  const volume = context.createGain();
  const tap = context.createMediaStreamDestination();
  input.connect(separator.node);
  separator.connect(volume);
  separator.connect(tap);
  volume.connect(context.destination);
  return { context, input, separator, volume, stream: tap.stream };
}
