import type { Dictionary } from '../dictionary/dictionary.ts';
import type { KernelName } from '../kernel/kernel.ts';
import type { Solver } from '../nmf/activations.ts';
import type { LatencyMode } from './latency-modes.ts';

/** What a SeparatorNode hands to its processor at construction (`processorOptions`, structured-cloneable). */
export interface ProcessorOptions {
  readonly mode: LatencyMode;
  readonly dictionary: Dictionary;
  readonly channels: number;
  readonly solver: Solver;
  readonly iterations: number | undefined;
  /** Compiled kernel modules in order of preference; none: the TypeScript twin is wanted. */
  readonly kernels: readonly KernelCandidate[];
}

export interface KernelCandidate {
  readonly name: KernelName;
  /** A module compiled by the page, or its bytes where the module could not be sent. */
  readonly module: unknown;
}

/** Page to processor. */
export type ToProcessor =
  | { readonly type: 'dictionary'; readonly id: number; readonly dictionary: Dictionary }
  /** The dictionary is the one in use, on the grid of the mode: what has adapted goes on from where it is. */
  | {
      readonly type: 'mode';
      readonly id: number;
      readonly mode: LatencyMode;
      readonly dictionary: Dictionary;
    }
  /** A meter buffer given back to the pool. */
  | { readonly type: 'recycle'; readonly buffer: Float32Array }
  | { readonly type: 'close' };

/** Processor to page. */
export type FromProcessor =
  | {
      readonly type: 'ready';
      readonly kernel: KernelName;
      readonly latency: number;
      /** Why a faster kernel is not in use; empty when the first choice is. */
      readonly reason: string;
    }
  | { readonly type: 'done'; readonly id: number; readonly latency: number }
  | { readonly type: 'failed'; readonly id: number; readonly message: string }
  /** See meters.ts. At most 30 a second. */
  | { readonly type: 'meters'; readonly buffer: Float32Array }
  | { readonly type: 'fault'; readonly message: string };
