import { setFlagsFromString } from 'node:v8';
import { createTypeScriptKernel, instantiateKernel, kernelBytes } from '../../src/kernel/index.ts';
import type { WasmKernelName } from '../../src/kernel/index.ts';
import type { KernelFactory, KernelName } from '../../src/kernel/kernel.ts';

/**
 * The kernels that run in this process. Node 20 has relaxed SIMD behind a flag, later ones have it on: the
 * flag is set where it is needed, which works until the first module with such instructions is refused for good.
 */
export function availableKernels(): { name: KernelName; factory: KernelFactory }[] {
  const kernels: { name: KernelName; factory: KernelFactory }[] = [
    { name: 'typescript', factory: createTypeScriptKernel },
  ];
  const add = (name: WasmKernelName): boolean => {
    try {
      kernels.push({ name, factory: instantiateKernel(name, kernelBytes(name)) });
      return true;
    } catch {
      return false;
    }
  };
  add('simd');
  if (!add('relaxed-simd')) {
    setFlagsFromString('--experimental-wasm-relaxed-simd');
    add('relaxed-simd');
  }
  return kernels;
}
