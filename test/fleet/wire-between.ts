// A wire between a replica and its Redis that a test can cut, mend and make slow.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Wire {
  readonly port: number;
  /** New connections are refused and old ones cut, or not any more. */
  cut(isCut: boolean): void;
  /** Each way, for whatever travels from now on. */
  delayMs: number;
  close(): void;
}

export async function startWire(to: number): Promise<Wire> {
  const open = new Set<Socket>();
  let isCut = false;
  const wire = { delayMs: 0 };
  const carry = (from: Socket, onto: Socket): void => {
    from.on('data', (bytes) => {
      if (wire.delayMs === 0) onto.write(bytes);
      else setTimeout(() => onto.write(bytes), wire.delayMs);
    });
    from.on('error', () => onto.destroy());
    from.on('close', () => onto.destroy());
  };
  const server = createServer((socket) => {
    if (isCut) return void socket.destroy();
    const far = connect(to, '127.0.0.1');
    for (const each of [socket, far]) {
      open.add(each);
      each.on('close', () => open.delete(each));
    }
    carry(socket, far);
    carry(far, socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(wire, {
    port: (server.address() as AddressInfo).port,
    cut: (wanted: boolean) => {
      isCut = wanted;
      if (wanted) for (const each of open) each.destroy();
    },
    close: () => {
      for (const each of open) each.destroy();
      server.close();
    },
  });
}
