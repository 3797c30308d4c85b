import { kernelBytes } from '../kernel/index.ts';
import type { KernelName } from '../kernel/kernel.ts';
import type { KernelCandidate } from '../separator/messages.ts';

/** Order of preference. */
const ALL: readonly KernelName[] = ['relaxed-simd', 'simd', 'typescript'];

/** What to offer to the processor, and why something is not offered. */
export interface KernelOffer {
  readonly candidates: readonly KernelCandidate[];
  readonly reason: string;
}

/**
 * Compiles the kernels on the page, so that the audio thread only has to instantiate them. `wanted` 'auto' offers
 * all that compile here; a name offers that one, and the twin to fall back on.
 */
export async function kernelModules(wanted: 'auto' | KernelName): Promise<KernelOffer> {
  const candidates: KernelCandidate[] = [];
  const reasons: string[] = [];
  for (const name of ALL) {
    if (wanted !== 'auto' && wanted !== name) continue;
    if (name === 'typescript') continue;
    try {
      candidates.push({ name, module: await WebAssembly.compile(kernelBytes(name) as BufferSource) });
    } catch (error) {
      reasons.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  candidates.push({ name: 'typescript', module: undefined });
  return { candidates, reason: reasons.join(' ') };
}
