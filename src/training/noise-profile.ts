import type { Dictionary } from '../dictionary/dictionary.ts';
import { concatenateDictionaries, selectSources } from '../dictionary/combine.ts';
import { withLearned } from '../dictionary/learned.ts';
import type { Recording, RecordingMessage } from './recording.ts';
import { trainDictionary } from './train-dictionary.ts';

export interface NoiseProfileOptions {
  /**
   * Atoms to learn. Default 64: about as many as the voice has, so that neither has the frame to itself when the solver starts; 32 gave
   * 0.7 dB less.
   */
  readonly atomCount?: number;
  /** Label of the source that the atoms belong to; it need not be there yet. Default 'noise'. */
  readonly label?: string;
  /**
   * Whether the source's own atoms give way to the learned ones or stay beside them. Default 'replace', which measured better: universal
   * noise atoms also explain voices.
   */
  readonly combine?: 'replace' | 'append';
  /** Default 40. */
  readonly iterations?: number;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * A dictionary that knows the user's own noise: atoms learned from a recording of the noise alone (some 2 to 10 s) at the dictionary's
 * grid, in place of those of its noise source, or beside them. The other sources stay, and so do the updates of an unfolded
 * dictionary: they hear the same frame as the plain atoms, and the masks of both multiply. Throws a RangeError where the recording
 * cannot be used, or nothing but the noise source is there.
 */
export function noiseProfile(
  recording: Recording,
  dictionary: Dictionary,
  options: NoiseProfileOptions = {},
): { readonly dictionary: Dictionary; readonly messages: readonly RecordingMessage[] } {
  const { atomCount = 64, label = 'noise', combine = 'replace', iterations = 40, seed = 0 } = options;
  const others = dictionary.sources.map((source) => source.label).filter((other) => other !== label);
  if (others.length === 0) {
    throw new RangeError(`The dictionary "${dictionary.name}" has no source other than "${label}" to keep.`);
  }
  const { exponent, divergence, name } = dictionary;
  const trained = trainDictionary([{ label, recordings: [recording], atomCount }], {
    name: `${name} with ${recording.name}`,
    layout: dictionary,
    exponent,
    divergence,
    iterations,
    seed,
    corpus: { maxFrames: 4000 },
  });
  const kept = combine === 'append' ? dictionary : selectSources(dictionary, others);
  const joined = concatenateDictionaries([kept, trained.dictionary], {
    name: trained.dictionary.name,
    card: {
      ...dictionary.card,
      description: `${dictionary.card.description ?? name}; ${label} learned from "${recording.name}"`,
    },
  });
  // The order of sources is what the faders are called by: keep it.
  const order = dictionary.sources.map((source) => source.label);
  const ordered = order.includes(label) ? selectSources(joined, order) : joined;
  return { dictionary: withLearned(dictionary, ordered, [label]), messages: trained.messages };
}
