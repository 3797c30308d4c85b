import type { KernelFactory, KernelName } from './kernel.ts';
import { decodeBase64 } from './base64.ts';
import { createTypeScriptKernel } from './typescript-kernel.ts';
import { WasmKernel } from './wasm-kernel.ts';
import type { KernelExports } from './wasm-kernel.ts';
import { webAssembly } from './webassembly.ts';
import { relaxedSimd, simd } from './wasm.generated.ts';

export { createTypeScriptKernel };

/** The kernels that are WebAssembly, fastest first. */
export type WasmKernelName = Exclude<KernelName, 'typescript'>;

export interface LoadedKernel {
  readonly factory: KernelFactory;
  readonly name: KernelName;
  /** Why it is this one and not the one asked for (the fastest, for 'auto'); empty when it is that one. */
  readonly reason: string;
}

const WASM_KERNELS: readonly WasmKernelName[] = ['relaxed-simd', 'simd'];

/** The WebAssembly binary of a kernel. */
export function kernelBytes(name: WasmKernelName): Uint8Array {
  return decodeBase64(name === 'simd' ? simd : relaxedSimd);
}

/**
 * A factory from the bytes of {@link kernelBytes} or a WebAssembly.Module compiled from them. Each kernel it creates has an instance
 * and a memory of its own. Throws an Error that says what is missing.
 */
export function instantiateKernel(name: WasmKernelName, module: unknown): KernelFactory {
  const api = webAssembly();
  if (!api) throw new Error('WebAssembly is not available here.');
  let compiled: object;
  if (module instanceof Uint8Array) {
    if (!api.validate(module)) {
      throw new Error(`This browser does not have the WebAssembly feature ${describe(name)}.`);
    }
    try {
      compiled = new api.Module(module);
    } catch (error) {
      // A content security policy without 'wasm-unsafe-eval' ends here.
      throw new Error(`WebAssembly is not allowed to compile: ${message(error)}`, { cause: error });
    }
  } else if (typeof module === 'object' && module !== null && !ArrayBuffer.isView(module)) compiled = module;
  else throw new TypeError('A kernel is made from a Uint8Array or a WebAssembly.Module.');
  const instantiate = (): KernelExports => new api.Instance(compiled).exports as unknown as KernelExports;
  try {
    if (typeof instantiate().ratioKullbackLeibler !== 'function')
      throw new Error('it exports something else');
  } catch (error) {
    throw new Error(`The module is not a ${name} kernel: ${message(error)}`, { cause: error });
  }
  return (floats) => new WasmKernel(name, instantiate(), floats);
}

/** The fastest kernel that works here, or the preferred one if it does; the plain twin always works. Never throws. */
export function loadKernel(preferred: 'auto' | KernelName = 'auto'): LoadedKernel {
  const reasons: string[] = [];
  if (preferred !== 'typescript') {
    const first = preferred === 'auto' ? 0 : Math.max(0, WASM_KERNELS.indexOf(preferred));
    for (const name of WASM_KERNELS.slice(first)) {
      try {
        return { factory: instantiateKernel(name, kernelBytes(name)), name, reason: reasons.join(' ') };
      } catch (error) {
        const reason = message(error);
        if (!reasons.includes(reason)) reasons.push(reason);
      }
    }
  }
  return { factory: createTypeScriptKernel, name: 'typescript', reason: reasons.join(' ') };
}

const describe = (name: WasmKernelName): string => (name === 'simd' ? 'SIMD' : 'relaxed SIMD');

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));
