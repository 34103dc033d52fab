// Two sockets as one raw tunnel: bytes both ways with back-pressure, half-close kept, one idle limit for both directions.
import type { Socket } from 'node:net';
import { type Deadlines, monotonicMs, type Waiting } from './deadlines.js';

export interface SpliceOptions {
  readonly deadlines: Deadlines;
  readonly idleTimeoutMs: number;
  /** Called once when both sockets are closed. */
  readonly ended: () => void;
}

/** From here on both sockets belong to the tunnel; an error or a close of one closes the other. */
export function splice(client: Socket, upstream: Socket, options: SpliceOptions): { destroy(): void } {
  let moved = -1;
  let open = 2;
  const destroy = (): void => {
    client.destroy();
    upstream.destroy();
  };
  const waiting: Waiting = {
    deadlineMs: monotonicMs() + options.idleTimeoutMs,
    progress(nowMs) {
      const now = client.bytesRead + upstream.bytesRead + client.bytesWritten + upstream.bytesWritten;
      if (now === moved) return;
      moved = now;
      this.deadlineMs = nowMs + options.idleTimeoutMs;
    },
    expire: destroy,
  };
  options.deadlines.add(waiting);
  for (const socket of [client, upstream]) {
    socket.setTimeout(0);
    socket.on('error', destroy);
    socket.once('close', () => {
      destroy();
      open -= 1;
      if (open > 0) return;
      options.deadlines.remove(waiting);
      options.ended();
    });
  }
  client.pipe(upstream);
  upstream.pipe(client);
  if (client.destroyed || upstream.destroyed) destroy();
  return { destroy };
}
