/**
 * Worker threads for training: a thin shell around the handler, and the pool that starts them. This file is both: the same
 * module (in the sources), or the same bundle (when built), is what a thread runs.
 */
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { createLocalPool, createShardHandler } from '../training/parallel/handler.ts';
import type { ShardPool, ShardReply, ShardRequest } from '../training/parallel/messages.ts';

const ROLE = 'sotto-training';

/** True in a thread that was started here. */
export const isTrainingThread = (): boolean => !isMainThread && workerData === ROLE;

/** Node 20 has relaxed SIMD behind a flag; later ones have it on, and may not know the flag. */
export function allowRelaxedSimd(): void {
  if (process.versions.node.startsWith('20.')) setFlagsFromString('--experimental-wasm-relaxed-simd');
}

interface Waiting {
  resolve(reply: ShardReply): void;
  reject(error: Error): void;
}

class Thread {
  readonly #worker: Worker;
  readonly #waiting: Waiting[] = [];
  #problem: Error | undefined;

  constructor() {
    this.#worker = startWorker();
    this.#worker.on('message', (reply: ShardReply) => {
      const waiting = this.#waiting.shift();
      if (reply.type === 'failed') waiting?.reject(new Error(reply.message));
      else waiting?.resolve(reply);
    });
    this.#worker.on('error', (error: Error) => this.#fail(error));
    this.#worker.on('exit', () => this.#fail(new Error('A training thread has ended early: out of memory?')));
    this.#worker.unref();
  }

  #fail(error: Error): void {
    this.#problem ??= error;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#problem);
  }

  run(request: ShardRequest, transfer: readonly ArrayBuffer[] = []): Promise<ShardReply> {
    if (this.#problem) return Promise.reject(this.#problem);
    return new Promise((resolve, reject) => {
      // Keeps the process alive while it is waited for.
      this.#worker.ref();
      const done = (): void => {
        if (this.#waiting.length === 0) this.#worker.unref();
      };
      this.#waiting.push({
        resolve: (reply) => {
          done();
          resolve(reply);
        },
        reject: (error) => {
          done();
          reject(error);
        },
      });
      this.#worker.postMessage(request, [...transfer]);
    });
  }

  close(): void {
    void this.#worker.terminate();
  }
}

/** A thread on this module. From the sources, where TypeScript has to be loaded, it first needs the loader. */
function startWorker(): Worker {
  const here = import.meta.url;
  if (!here.endsWith('.ts')) return new Worker(new URL(here), { workerData: ROLE });
  // The path that require() finds is that of the CommonJS build; an import needs the other.
  const loader = pathToFileURL(createRequire(here).resolve('tsx/esm/api')).href.replace(/\.cjs$/, '.mjs');
  const script = `import(${JSON.stringify(loader)}).then(({ register }) => {
    register();
    return import(${JSON.stringify(here)});
  });`;
  return new Worker(script, { eval: true, workerData: ROLE });
}

/**
 * A pool of `threads` threads, by default one per core that this process may use. `here`: the calling thread is one of them, which
 * spares a switch between threads in every step, where it has nothing else to do.
 */
export function createThreadPool(threads = availableParallelism(), here = false): ShardPool {
  allowRelaxedSimd();
  const started = Array.from({ length: here ? threads - 1 : threads }, () => new Thread());
  const local = here ? createLocalPool() : undefined;
  const first = local ? 1 : 0;
  return {
    size: threads,
    async run(worker, request, transfer) {
      if (!local || worker > 0) return started[worker - first]!.run(request, transfer);
      // Not before the caller has given the other threads their share.
      await undefined;
      return local.run(0, request);
    },
    close: () => started.forEach((thread) => thread.close()),
  };
}

if (isTrainingThread()) {
  allowRelaxedSimd();
  const handle = createShardHandler();
  const port = parentPort!;
  port.on('message', (request: ShardRequest) => {
    const { reply, transfer } = handle(request);
    port.postMessage(reply, transfer);
  });
}
