import type { ShardPool, ShardReply, ShardRequest } from './messages.ts';
import { Shard } from './shard.ts';

export interface HandledRequest {
  readonly reply: ShardReply;
  /** Buffers of the reply that may be transferred. */
  readonly transfer: ArrayBuffer[];
}

/** The whole of a worker but its port: answers one request after another. A thin shell posts the reply. */
export function createShardHandler(): (request: ShardRequest) => HandledRequest {
  let shard: Shard | undefined;
  const answer = (request: ShardRequest): HandledRequest => {
    if (request.type === 'load') {
      shard = undefined;
      shard = new Shard(request.problem, request.segments);
      return { reply: { type: 'loaded', kernel: shard.kernelName }, transfer: [] };
    }
    if (!shard) throw new Error('A worker was asked to work before it was given frames.');
    if (request.type === 'refill') {
      shard.refill(request.segments);
      return { reply: { type: 'loaded', kernel: shard.kernelName }, transfer: [] };
    }
    if (request.type === 'step') {
      const segments = shard.step(request.step);
      const transfer = segments.flatMap(({ above, below }) => [buffer(above), buffer(below)]);
      return { reply: { type: 'statistics', segments }, transfer };
    }
    const segments = shard.activations();
    return {
      reply: { type: 'activations', segments },
      transfer: segments.map(({ activations }) => buffer(activations)),
    };
  };
  return (request) => {
    try {
      return answer(request);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { reply: { type: 'failed', message }, transfer: [] };
    }
  };
}

const buffer = (array: Float32Array | Float64Array): ArrayBuffer => array.buffer as ArrayBuffer;

/** A pool without workers: everything is done where it is called. */
export function createLocalPool(size = 1): ShardPool {
  const handlers = Array.from({ length: size }, createShardHandler);
  return {
    size,
    run(worker, request) {
      const { reply } = handlers[worker]!(request);
      return reply.type === 'failed' ? Promise.reject(new Error(reply.message)) : Promise.resolve(reply);
    },
    close() {},
  };
}
