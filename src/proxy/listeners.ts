// The listeners of this process: with the fast path, and the slow one behind it for what the fast one does not carry; or the
// slow one alone.
import type { AddressInfo } from 'node:net';
import { isSeamSound } from './handle-seam.js';
import { FastListener } from './fast-listener.js';
import { fastSharedOf } from './fast-shared.js';
import { Listener } from './listener.js';
import type { OpenConnections } from './open-connections.js';
import type { Shared } from './shared.js';

export interface AnyListener {
  readonly name: string;
  /** A connection of it carries a request that `Shared.inFlight` does not know. */
  readonly isBusy: boolean;
  /** Rejects with the system's error, for example EADDRINUSE. */
  listen(): Promise<AddressInfo>;
  /** Stops accepting and closes connections that carry nothing. */
  stop(): void;
}

/** None of them listens yet. */
export async function listenersFor(shared: Shared, connections: OpenConnections): Promise<readonly AnyListener[]> {
  const { listeners, paths } = shared.settings;
  if (!paths.includes('fast')) return listeners.map((listener) => new Listener(listener, shared, connections));
  const fast = fastSharedOf(shared);
  // Only for measuring what the seam is worth and for testing without it: no setting of the product.
  const takesOver = process.env['HEADGATE_PUBLIC_API'] === undefined && (await isSeamSound());
  return listeners.map((settings) => {
    const slow = paths.includes('slow') ? new Listener(settings, shared, connections) : null;
    slow?.serveOthers();
    return new FastListener({ settings, fast, connections, slow, takesOver });
  });
}
