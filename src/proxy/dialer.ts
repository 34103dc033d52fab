// Opens one connection to a judged destination: addresses raced as RFC 8305 says, then TLS with verification where asked.
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Destination } from './destination.js';
import { Tap } from './tap.js';
import { UpstreamError } from './upstream-error.js';

/** RFC 8305, section 5: the recommended Connection Attempt Delay. */
const ATTEMPT_DELAY_MS = 250;

export interface DialOptions {
  readonly connectTimeoutMs: number;
}

export interface Dialled {
  /** Connected, and with TLS verified. Paused: nothing was read. */
  readonly socket: Socket;
  readonly address: string;
  /** What reads the socket, where one was asked for and the transport is plain. */
  readonly tap: Tap | null;
}

/** IPv6 and IPv4 in turn (RFC 8305, section 4), the first family leading. */
function interleave(addresses: readonly string[]): string[] {
  const v6 = addresses.filter((address) => address.includes(':'));
  const v4 = addresses.filter((address) => !address.includes(':'));
  const [first, second] = addresses[0]?.includes(':') === true ? [v6, v4] : [v4, v6];
  const mixed: string[] = [];
  for (let i = 0; i < Math.max(first.length, second.length); i += 1) {
    for (const list of [first, second]) if (list[i] !== undefined) mixed.push(list[i] ?? '');
  }
  return mixed;
}

/** A race over the addresses: the next one starts after 250 ms or when one failed; the first that connects stays. */
function race(destination: Destination, timeoutMs: number, isTapped: boolean): Promise<Dialled> {
  return new Promise((resolve, reject) => {
    const queue = interleave(destination.addresses);
    const running = new Set<Socket>();
    let isDone = false;
    let delay: NodeJS.Timeout | undefined;
    let lastError: unknown;
    const finish = (act: () => void): void => {
      if (isDone) return;
      isDone = true;
      clearTimeout(delay);
      clearTimeout(limit);
      act();
    };
    const limit = setTimeout(() => {
      finish(() => {
        for (const socket of running) socket.destroy();
        reject(new UpstreamError('connect-timeout'));
      });
    }, timeoutMs);
    const next = (): void => {
      clearTimeout(delay);
      const address = queue.shift();
      if (address === undefined) {
        if (running.size === 0) finish(() => reject(new UpstreamError('connect', lastError)));
        return;
      }
      const tap = isTapped ? new Tap() : null;
      const to = { host: address, port: destination.port, noDelay: true, autoSelectFamily: false };
      const socket = connectTcp(tap === null ? to : { ...to, onread: tap.onread });
      running.add(socket);
      socket.once('error', (error) => {
        running.delete(socket);
        lastError = error;
        if (!isDone) next();
      });
      socket.once('connect', () => {
        finish(() => {
          running.delete(socket);
          for (const loser of running) loser.destroy();
          socket.removeAllListeners('error');
          resolve({ socket, address, tap });
        });
      });
      if (queue.length > 0) delay = setTimeout(next, ATTEMPT_DELAY_MS);
    };
    next();
  });
}

/** The certificate checked for the host (RFC 9110, section 4.3.4); SNI where the host is a name. */
function secure(raw: Socket, destination: Destination, options: DialOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const { host, kind } = destination.route;
    const socket = connectTls({
      socket: raw,
      host,
      ...(kind === 'name' ? { servername: host } : {}),
      secureContext: destination.authorities.secureContext,
      rejectUnauthorized: true,
      ALPNProtocols: ['http/1.1'],
    });
    const limit = setTimeout(() => socket.destroy(new Error('handshake timed out')), options.connectTimeoutMs);
    const fail = (error: unknown): void => {
      clearTimeout(limit);
      socket.destroy();
      reject(new UpstreamError('tls', error));
    };
    socket.once('error', fail);
    socket.once('close', fail);
    socket.once('secureConnect', () => {
      clearTimeout(limit);
      if (!socket.authorized) return fail(socket.authorizationError);
      socket.removeListener('error', fail);
      socket.removeListener('close', fail);
      resolve(socket);
    });
  });
}

/** `isTapped`: a plain connection is read through a Tap. Rejects with an UpstreamError: `connect`, `connect-timeout` or `tls`. */
export async function dial(destination: Destination, options: DialOptions, isTapped = false): Promise<Dialled> {
  const isPlain = destination.route.transport === 'http';
  const dialled = await race(destination, options.connectTimeoutMs, isTapped && isPlain);
  if (isPlain) return dialled;
  // Between the promise's settling and this line the socket may have failed: without a listener that would end the process.
  dialled.socket.on('error', () => undefined);
  return { socket: await secure(dialled.socket, destination, options), address: dialled.address, tap: null };
}
