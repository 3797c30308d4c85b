import { decodeBase64 } from './base64.ts';
import type { KernelName } from './kernel.ts';
import { createPlainTrainingKernel } from './plain-training.ts';
import type { TrainingKernelFactory } from './training-kernel.ts';
import { relaxedSimd, simd } from './training-wasm.generated.ts';
import { WasmTrainingKernel } from './wasm-training.ts';
import type { TrainingExports } from './wasm-training.ts';
import { webAssembly } from './webassembly.ts';

export { createPlainTrainingKernel } from './plain-training.ts';
export type { TrainingKernel, TrainingKernelFactory } from './training-kernel.ts';

/**
 * The fastest training kernel that works here, or the preferred one and else the next slower; the plain twin always works.
 * Never throws.
 */
export function loadTrainingKernel(preferred: 'auto' | KernelName = 'auto'): {
  readonly factory: TrainingKernelFactory;
  readonly name: KernelName;
} {
  const api = webAssembly();
  const binaries = { 'relaxed-simd': relaxedSimd, simd } as const;
  for (const name of ['relaxed-simd', 'simd'] as const) {
    if (!api || preferred === 'typescript' || (preferred === 'simd' && name !== 'simd')) continue;
    try {
      const module = new api.Module(decodeBase64(binaries[name]));
      const create = (): TrainingExports => new api.Instance(module).exports as unknown as TrainingExports;
      create();
      return { factory: (floats) => new WasmTrainingKernel(name, create(), floats), name };
    } catch {
      // Not in this runtime, or not allowed in it: the next one.
    }
  }
  return { factory: createPlainTrainingKernel, name: 'typescript' };
}
