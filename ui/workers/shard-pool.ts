import { createLocalPool } from '../../src/training/parallel/handler.ts';
import type { ShardPool, ShardReply, ShardRequest } from '../../src/training/parallel/messages.ts';

/** Cores left to the audio thread and the page, and most threads that a training takes. */
const SPARE = 2;
const MOST = 4;

/** Threads for a training in this browser; one, without workers of its own, where there are few cores or no nested workers. */
export function createPool(): ShardPool {
  const size = Math.min(MOST, (navigator.hardwareConcurrency || 1) - SPARE);
  if (size < 2 || typeof Worker === 'undefined') return yieldingPool();
  const threads = Array.from({ length: size }, () => new Thread());
  return {
    size,
    run: (worker, request, transfer) => threads[worker]!.run(request, transfer),
    close: () => threads.forEach((thread) => thread.close()),
  };
}

/** All in this worker, which reads its messages in between. */
function yieldingPool(): ShardPool {
  const local = createLocalPool();
  return {
    ...local,
    run: async (worker, request) => {
      await new Promise((resolve) => setTimeout(resolve));
      return local.run(worker, request);
    },
  };
}

interface Waiting {
  resolve(reply: ShardReply): void;
  reject(error: Error): void;
}

class Thread {
  readonly #worker = new Worker(new URL('./shard.worker.ts', import.meta.url), { type: 'module' });
  readonly #waiting: Waiting[] = [];

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<ShardReply>) => {
      const waiting = this.#waiting.shift();
      if (data.type === 'failed') waiting?.reject(new Error(data.message));
      else waiting?.resolve(data);
    };
    this.#worker.onerror = ({ message }) => {
      const error = new Error(`A training thread could not go on. ${message ?? ''}`.trim());
      for (const waiting of this.#waiting.splice(0)) waiting.reject(error);
    };
  }

  run(request: ShardRequest, transfer: readonly ArrayBuffer[] = []): Promise<ShardReply> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#worker.postMessage(request, [...transfer]);
    });
  }

  close(): void {
    this.#worker.terminate();
  }
}
