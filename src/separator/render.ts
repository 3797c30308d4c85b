import { Separator, type SeparatorConfiguration } from './separator.ts';

export interface RenderConfiguration extends Omit<SeparatorConfiguration, 'channels'> {
  /** Values of controls by name (parameters.ts). */
  readonly parameters?: Readonly<Record<string, number>> | undefined;
}

/** Samples between two calls of onProgress: long enough to cost nothing, short enough to be seen moving. */
const BLOCK = 8192;

/**
 * A whole signal through the engine: `channels` in; as many out, or sources x channels (source by source) with `outputs:
 * 'sources'`. The output has the input's length and lies exactly on it: the latency is taken out. `onProgress` gets the fraction done;
 * when it returns false, rendering stops and undefined is returned.
 *
 * Throws a RangeError when there is no channel, or the channels differ in length, and whatever Separator.configure throws.
 */
export function render(
  channels: readonly Float32Array[],
  configuration: RenderConfiguration & { readonly outputs?: 'mix' | 'sources' | undefined },
  onProgress?: (fraction: number) => boolean | void,
): Float32Array[] | undefined {
  const length = channels[0]?.length ?? 0;
  if (channels.some((channel) => channel.length !== length)) {
    throw new RangeError(
      `The channels have ${channels.map((c) => c.length).join(', ')} samples; all must have as many.`,
    );
  }
  const separator = new Separator();
  for (const [name, value] of Object.entries(configuration.parameters ?? {})) {
    separator.setParameter(name, value);
  }
  separator.configure({ ...configuration, channels: channels.length });

  const count =
    configuration.outputs === 'sources'
      ? channels.length * separator.dictionary.sources.length
      : channels.length;
  const result = Array.from({ length: count }, () => new Float32Array(length));
  const inputs = channels.map(() => new Float32Array(BLOCK));
  const outputs = result.map(() => new Float32Array(BLOCK));
  const { latency } = separator;
  for (let from = 0; from < length + latency; from += BLOCK) {
    for (const [c, input] of inputs.entries()) {
      const part = channels[c]!.subarray(Math.min(from, length), Math.min(from + BLOCK, length));
      input.set(part);
      input.fill(0, part.length);
    }
    separator.process(inputs, outputs, BLOCK);
    const start = from - latency;
    for (const [o, output] of outputs.entries()) {
      const skip = Math.max(0, -start);
      const end = Math.min(BLOCK, length - start);
      if (end > skip) result[o]!.set(output.subarray(skip, end), start + skip);
    }
    if (onProgress?.(Math.min(1, (from + BLOCK) / (length + latency))) === false) return undefined;
  }
  return result;
}
