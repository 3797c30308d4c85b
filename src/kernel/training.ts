import { decodeBase64 } from './base64.ts';
import type { KernelName } from './kernel.ts';
import { createPlainTrainingKernel } from './plain-training.ts';
import { createPlainTuningKernel } from './plain-tuning.ts';
import type { TrainingKernelFactory } from './training-kernel.ts';
import type { TuningKernelFactory } from './tuning-kernel.ts';
import { relaxedSimd, simd } from './training-wasm.generated.ts';
import { WasmTrainingKernel } from './wasm-training.ts';
import type { TrainingExports } from './wasm-training.ts';
import { WasmTuningKernel } from './wasm-tuning.ts';
import type { TuningExports } from './wasm-tuning.ts';
import { webAssembly } from './webassembly.ts';

export { createPlainTrainingKernel } from './plain-training.ts';
export type { TrainingKernel, TrainingKernelFactory } from './training-kernel.ts';
export { createPlainTuningKernel } from './plain-tuning.ts';
export { TUNING_GRAIN } from './tuning-kernel.ts';
export type { Place, Strided, TuningKernel, TuningKernelFactory } from './tuning-kernel.ts';

/**
 * The fastest training kernel that works here, or the preferred one and else the next slower; the plain twin always works.
 * Never throws.
 */
export function loadTrainingKernel(preferred: 'auto' | KernelName = 'auto'): {
  readonly factory: TrainingKernelFactory;
  readonly name: KernelName;
} {
  const found = fastestInstance<TrainingExports>(preferred);
  if (!found) return { factory: createPlainTrainingKernel, name: 'typescript' };
  const { name, create } = found;
  return { factory: (floats) => new WasmTrainingKernel(name, create(), floats), name };
}

/** As {@link loadTrainingKernel}, for fine-tuning. */
export function loadTuningKernel(preferred: 'auto' | KernelName = 'auto'): {
  readonly factory: TuningKernelFactory;
  readonly name: KernelName;
} {
  const found = fastestInstance<TuningExports>(preferred);
  if (!found) return { factory: createPlainTuningKernel, name: 'typescript' };
  const { name, create } = found;
  return { factory: (floats) => new WasmTuningKernel(name, create(), floats), name };
}

function fastestInstance<Exports>(
  preferred: 'auto' | KernelName,
): { readonly name: KernelName; readonly create: () => Exports } | undefined {
  const api = webAssembly();
  const binaries = { 'relaxed-simd': relaxedSimd, simd } as const;
  for (const name of ['relaxed-simd', 'simd'] as const) {
    if (!api || preferred === 'typescript' || (preferred === 'simd' && name !== 'simd')) continue;
    try {
      const module = new api.Module(decodeBase64(binaries[name]));
      const create = (): Exports => new api.Instance(module).exports as unknown as Exports;
      create();
      return { name, create };
    } catch {
      // Not in this runtime, or not allowed in it: the next one.
    }
  }
  return undefined;
}
