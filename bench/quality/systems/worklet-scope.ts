import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { SAMPLE_RATE } from '../material.ts';

/** Constructor of an AudioWorkletProcessor, as registerProcessor is given it. */
export type ProcessorConstructor = new (options: { processorOptions: Record<string, unknown> }) => {
  process(
    inputs: Float32Array[][],
    outputs: Float32Array[][],
    parameters: Record<string, Float32Array>,
  ): boolean;
};

export interface WorkletScope {
  /** What the script exports, by name; the default export is `default`. */
  readonly exports: Readonly<Record<string, unknown>>;
  /** What it registers, by name. */
  readonly processors: ReadonlyMap<string, ProcessorConstructor>;
}

/**
 * Runs an ES module that imports nothing in a global scope of its own, which has what an AudioWorkletGlobalScope has and nothing of Node: modules
 * made by Emscripten look for `process`, and refuse to run, or run otherwise, where they find it.
 */
export function runInWorkletScope(file: string): WorkletScope {
  const processors = new Map<string, ProcessorConstructor>();
  const scope = createContext({
    console: { ...console, debug: () => {} },
    atob,
    TextDecoder,
    URL,
    sampleRate: SAMPLE_RATE,
    self: { location: { href: 'worklet:' } },
    WorkerGlobalScope: Object,
    AudioWorkletProcessor: class {
      readonly port = { addEventListener: () => {}, postMessage: () => {}, start: () => {} };
    },
    registerProcessor: (name: string, constructor: ProcessorConstructor) => processors.set(name, constructor),
  });
  const exported: string[] = [];
  const code = readFileSync(file, 'utf8')
    .replaceAll('import.meta.url', '"worklet:"')
    .replace(/export default (\w+);?/, (_, local: string) => {
      exported.push(`default: ${local}`);
      return '';
    })
    .replace(/export\s*\{([^}]*)\};?/, (_, list: string) => {
      for (const entry of list.split(',').filter((part) => part.trim() !== '')) {
        const [local, name = local] = entry.trim().split(/\s+as\s+/);
        exported.push(`${name}: ${local}`);
      }
      return '';
    });
  // In a function, for globals of a context are slow to reach.
  const result = runInContext(`(() => {${code}\nreturn { ${exported.join(', ')} };})()`, scope, {
    filename: file,
  });
  return { exports: result as Record<string, unknown>, processors };
}
