// A connection that ends with RST and nothing before it, as a phone out of coverage or a crashed origin ends one.
import type { Socket } from 'node:net';

/** Node's `resetAndDestroy` sends a FIN first, which is a proper end; this flag is what it sets before it destroys. */
export function resetNow(socket: Socket): void {
  // Where an end is already on its way a reset fails, and Node would leave the connection open for ever.
  if (!socket.writableEnded) Reflect.set(socket, 'resetAndClosing', true);
  socket.destroy();
}
