/** Contexts into which the processor has been loaded: a second registration under one name throws. */
const loaded = new WeakMap<object, Promise<void>>();

/** Of native and standardized-audio-context's contexts, what is needed here. */
export interface WorkletContext {
  readonly audioWorklet?: { addModule(url: string): Promise<void> } | undefined;
}

/**
 * Loads the processor into a context, once. Throws an Error that says why it cannot be: no secure context, or the file is
 * not where `url` says.
 */
export function loadWorklet(context: WorkletContext, url: string): Promise<void> {
  const known = loaded.get(context);
  if (known) return known;
  if (!context.audioWorklet) {
    throw new Error(
      'This page has no AudioWorklet: browsers have it only in secure contexts (https, or http on localhost).',
    );
  }
  const loading = context.audioWorklet.addModule(url).catch((error: unknown) => {
    loaded.delete(context);
    throw new Error(
      `The processor could not be loaded from ${url} (${error instanceof Error ? error.message : error}). ` +
        'The file sotto.worklet.js must be served there as JavaScript; pass workletUrl if it is elsewhere.',
    );
  });
  loaded.set(context, loading);
  return loading;
}
