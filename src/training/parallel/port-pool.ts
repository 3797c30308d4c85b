import type { ShardPool, ShardReply } from './messages.ts';

/** As much of a Web Worker (or a MessagePort) as a pool needs. */
export interface ShardPort {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  onmessage: ((event: { readonly data: unknown }) => void) | null;
  onerror?: ((event: { readonly message?: string }) => void) | null;
  terminate?(): void;
  close?(): void;
}

interface Waiting {
  resolve(reply: ShardReply): void;
  reject(error: Error): void;
}

/**
 * A pool over Web Workers. Each runs nothing but this:
 *
 *     const handle = createShardHandler();
 *     onmessage = ({ data }) => {
 *       const { reply, transfer } = handle(data);
 *       postMessage(reply, { transfer });
 *     };
 */
export function createPortPool(ports: readonly ShardPort[]): ShardPool {
  if (ports.length === 0) throw new RangeError('A pool needs at least one worker.');
  const queues: Waiting[][] = ports.map(() => []);
  const failures: (Error | undefined)[] = ports.map(() => undefined);
  const fail = (worker: number, message: string): void => {
    failures[worker] = new Error(message);
    for (const waiting of queues[worker]!.splice(0)) waiting.reject(failures[worker]!);
  };
  for (const [worker, port] of ports.entries()) {
    port.onmessage = ({ data }) => {
      const reply = data as ShardReply;
      const waiting = queues[worker]!.shift();
      if (reply.type === 'failed') waiting?.reject(new Error(reply.message));
      else waiting?.resolve(reply);
    };
    port.onerror = ({ message }) =>
      fail(worker, `A training worker has failed: ${message ?? 'no reason given'}`);
  }
  return {
    size: ports.length,
    run: (worker, request, transfer = []) =>
      new Promise((resolve, reject) => {
        const failure = failures[worker];
        if (failure) {
          reject(failure);
          return;
        }
        queues[worker]!.push({ resolve, reject });
        ports[worker]!.postMessage(request, [...transfer]);
      }),
    close: () => {
      for (const [worker, port] of ports.entries()) {
        port.terminate?.();
        port.close?.();
        fail(worker, 'The training was stopped.');
      }
    },
  };
}
