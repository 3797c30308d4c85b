import { createShardHandler } from '../../src/training/parallel/handler.ts';
import type { ShardRequest } from '../../src/training/parallel/messages.ts';

/** The shell of one training thread: everything it does is in the handler. */
const port = self as unknown as {
  onmessage: (event: MessageEvent<ShardRequest>) => void;
  postMessage(message: unknown, transfer: Transferable[]): void;
};
const handle = createShardHandler();
port.onmessage = ({ data }) => {
  const { reply, transfer } = handle(data);
  port.postMessage(reply, transfer);
};
