import type { UpdateExponent } from '../../kernel/training-kernel.ts';
import type { Divergence } from '../../nmf/divergence.ts';

/**
 * What the main thread and its workers say to each other: plain objects and typed arrays, which both worker_threads and Web
 * Workers copy or transfer. Every request has one reply, in order.
 */

/** What all workers know of a factorization V ~ H W of frames (N x F) into activations (N x K) and atoms (K x F). */
export interface ShardProblem {
  readonly divergence: Divergence;
  readonly bins: number;
  readonly atomCount: number;
  /** Added to every model, in the unit of V; Itakura-Saito takes smaller values of V as this. */
  readonly background: number;
  /** Activations below it are set to zero. */
  readonly vanished: number;
  /** Keep the activations of the step before, for momentum. */
  readonly momentum: boolean;
  readonly kernel: 'auto' | 'relaxed-simd' | 'simd' | 'typescript';
}

/** A run of neighbouring frames. Its statistics are summed on their own, so that sums do not depend on who makes them. */
export interface Segment {
  readonly index: number;
  /** count x F, row-major. */
  readonly frames: Float32Array;
  readonly count: number;
  /** Per frame, how many bins from the lowest were observed; undefined: all. */
  readonly observedBins: Int32Array | undefined;
  /** count x K, row-major. Undefined: they start flat. */
  readonly activations: Float32Array | undefined;
}

export interface Step {
  /** W: K x F. */
  readonly atoms: Float32Array;
  /** K: price of an activation, in the objective. */
  readonly price: Float32Array;
  /** Updates of H with these atoms. */
  readonly updates: number;
  readonly exponent: UpdateExponent;
  /** Of the first of these updates, where another than the rest: over-relaxed ones overshoot from a flat start. */
  readonly firstExponent?: UpdateExponent;
  /** How far H goes on the way it went, before the updates: 0 to 1. */
  readonly momentum: number;
  /** Whether the statistics for W are wanted. */
  readonly gather: boolean;
  /** Whether the divergence, after the updates of H, is wanted. */
  readonly measure: boolean;
  /** One n-th of each segment takes part: its first frames. All others stay as they are. Default 1: all. */
  readonly part?: number;
}

/** Sums over the frames of one segment, after the updates of H; with y = H W: */
export interface SegmentStatistics {
  readonly index: number;
  /** K x F: sum_n h_nk v_nf y_nf^(beta - 2). Empty where not asked for. */
  readonly above: Float64Array;
  /**
   * K x F: sum_n h_nk y_nf^(beta - 1). K values where they are the same in all bins (Kullback-Leibler, all observed). Empty where not
   * asked for.
   */
  readonly below: Float64Array;
  /** K: sum_n h_nk. */
  readonly activationSums: Float64Array;
  /** D(V | H W), 0 where not asked for. */
  readonly divergence: number;
}

export type ShardRequest =
  | { readonly type: 'load'; readonly problem: ShardProblem; readonly segments: readonly Segment[] }
  | { readonly type: 'refill'; readonly segments: readonly Segment[] }
  | { readonly type: 'step'; readonly step: Step }
  | { readonly type: 'activations' };

export type ShardReply =
  | { readonly type: 'loaded'; readonly kernel: string }
  | { readonly type: 'statistics'; readonly segments: readonly SegmentStatistics[] }
  | {
      readonly type: 'activations';
      readonly segments: readonly { readonly index: number; readonly activations: Float32Array }[];
    }
  | { readonly type: 'failed'; readonly message: string };

/** Workers, wherever they run. A reply of type 'failed' rejects. */
export interface ShardPool {
  /** Number of workers, at least 1. */
  readonly size: number;
  /** Buffers in `transfer` are gone after it. */
  run(worker: number, request: ShardRequest, transfer?: readonly ArrayBuffer[]): Promise<ShardReply>;
  close(): void;
}
