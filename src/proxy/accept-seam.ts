// The only place that touches an internal of Node: an accepted socket is taken over by one that reads to our buffer, which
// saves 1.4 µs a request. `onread` is documented for `new net.Socket`, `_handle` is not: a probe at the start tells whether it
// is as expected, and without it sockets are read by their 'data' events (both under the whole wire suite).
import { createServer, Socket } from 'node:net';
import { Tap } from './tap.js';

interface WithHandle {
  _handle: unknown;
}

/** The socket that reads through `tap`, in place of the accepted and paused one; undefined: read it by its events. */
export function takeOver(accepted: Socket): { readonly socket: Socket; readonly tap: Tap } | undefined {
  const inner = accepted as unknown as WithHandle;
  const handle = inner._handle;
  if (handle === null || typeof handle !== 'object') return undefined;
  inner._handle = null;
  const tap = new Tap();
  // `handle` is in no type: it is what `net.Server` itself gives.
  const options: object = { handle, allowHalfOpen: true, onread: tap.onread };
  const socket = new Socket(options);
  accepted.destroy();
  return { socket, tap };
}

/** Whether sockets can be taken over here: one is, on loopback, and must bring the bytes that were sent. */
export async function isTakeOverSound(): Promise<boolean> {
  const server = createServer({ noDelay: true, pauseOnConnect: true, allowHalfOpen: true });
  try {
    return await new Promise<boolean>((resolve) => {
      const limit = setTimeout(() => resolve(false), 2000);
      const settle = (isSound: boolean): void => {
        clearTimeout(limit);
        resolve(isSound);
      };
      server.on('error', () => settle(false));
      server.on('connection', (accepted) => probe(accepted, settle));
      // `exclusive`: in a worker it would else share the port of a listener on port 0, and answer its clients.
      server.listen({ host: '127.0.0.1', port: 0, exclusive: true }, () => {
        const address = server.address();
        if (address === null || typeof address === 'string') return settle(false);
        const asker = new Socket();
        asker.on('error', () => settle(false));
        asker.on('data', (bytes) => {
          asker.destroy();
          settle(bytes.toString('latin1') === 'probe');
        });
        asker.connect(address.port, '127.0.0.1', () => asker.write('probe'));
      });
    });
  } finally {
    server.close();
  }
}

function probe(accepted: Socket, settle: (isSound: boolean) => void): void {
  try {
    const taken = takeOver(accepted);
    if (taken === undefined) return settle(false);
    const { socket, tap } = taken;
    socket.on('error', () => settle(false));
    socket.on('end', () => socket.destroy());
    tap.attach(socket, {
      received: (bytes, to) => void socket.write(bytes.toString('latin1', 0, to), 'latin1'),
      takesChunks: () => false,
    });
  } catch {
    settle(false);
  }
}
