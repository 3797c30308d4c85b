import { cuesOf } from './cues.ts';
import type { Dictionary, Source } from './dictionary.ts';
import { exampleTensors } from './examples.ts';
import { unfoldedTensors } from './unfolded.ts';

/**
 * A dictionary some of whose atoms were just learned in place of those of `base`: it says so, and keeps the base's updates and examples. Both hear
 * the same frame, and their masks multiply (see separator/product-model.ts). Updates know no further sources, and those whose weights beside
 * the atoms were tuned for the base's own (cues.ts) are of no use without them: then they are left out.
 */
export function withLearned(base: Dictionary, dictionary: Dictionary, labels: readonly string[]): Dictionary {
  const has = new Set(dictionary.sources.map(({ label }) => label));
  const learned = [...new Set([...(base.learned ?? []), ...labels])].filter((label) => has.has(label));
  const alike =
    dictionary.sources.length === base.sources.length &&
    dictionary.sources.every(({ label }, s) => label === base.sources[s]!.label);
  const updates = alike && !cuesOf(base) ? [...unfoldedTensors(base), ...exampleTensors(base)] : [];
  const tensors = [...(dictionary.tensors ?? []), ...updates];
  return { ...dictionary, learned, ...(tensors.length > 0 && { tensors }) };
}

/** The source "noise" whose atoms were learned from the very noise that is to go, where there are others beside it: it can adapt. */
export function learnedNoise({ sources, learned = [] }: Dictionary): Source | undefined {
  if (sources.length < 2) return undefined;
  return sources.find(({ label }) => label.toLowerCase() === 'noise' && learned.includes(label));
}
