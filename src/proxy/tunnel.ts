// CONNECT: a raw tunnel to a judged address. Nothing of the request's head goes into it; identity ends here.
// INVARIANT: a refused CONNECT closes the connection, and bytes that came before our 200 are never forwarded (RFC 9931).
import type { IncomingMessage } from 'node:http';
import type { Route, Tunnel } from '../decision/plan-types.js';
import type { RefusalCode } from '../http/refusal.js';
import type { Client } from './client.js';
import { destinationOf, isNoConnection } from './connecting.js';
import { dial } from './dialer.js';
import { requestHeadOf } from './head-of.js';
import { refusalAnswer, renderOwnAnswer, upstreamErrorAnswer } from './refusal-answer.js';
import type { Shared } from './shared.js';
import { splice } from './splice.js';
import { UpstreamError, type UpstreamErrorCode } from './upstream-error.js';

/** How often it is planned and judged anew because the settings changed while it was connecting. */
const MAX_ROUNDS = 8;

/** `early`: bytes that came behind the head. Calls `done` only when the tunnel or the connection is gone. */
export function openTunnel(shared: Shared, client: Client, request: IncomingMessage, early: Buffer): void {
  const id = shared.requestId();
  const { listener } = client.origin;
  const { socket } = client;
  const job = {};
  shared.inFlight.add(job);
  socket.once('close', () => shared.inFlight.delete(job));
  socket.on('error', () => socket.destroy());
  client.close();

  const refuse = (code: RefusalCode): void => {
    shared.tally.refusal(listener, code, id);
    socket.write(renderOwnAnswer(refusalAnswer(code, id)), 'latin1');
    socket.destroySoon();
  };
  const fail = (code: UpstreamErrorCode): void => {
    shared.tally.verdict(listener, 'tunnelled');
    shared.tally.upstreamError(code, listener, null, id);
    socket.write(renderOwnAnswer(upstreamErrorAnswer(code, id)), 'latin1');
    socket.destroySoon();
  };

  const { running } = shared;
  const planNow = (): Tunnel | RefusalCode => {
    if (!client.isAllowed) return 'client-address';
    const planned = running.plan(requestHeadOf(request), client.origin);
    if (planned.kind !== 'tunnel') return planned.kind === 'refuse' ? planned.code : 'target';
    return early.length > 0 ? 'syntax' : planned;
  };

  const run = async (round: number): Promise<void> => {
    const planned = planNow();
    if (typeof planned === 'string') return refuse(planned);
    if (round === 0) {
      shared.tally.withheld(listener, planned.counts, id, running.ruleset.digest);
      shared.tally.meter.count('headgate_path_total', ['slow', 'connect']);
    }
    const { reach } = running;
    const destination = await destinationOf(shared, routeOf(planned), { port: planned.authority.port, listener });
    if (isNoConnection(destination)) {
      if (destination.kind === 'refuse') refuse(destination.code);
      else if (destination.kind === 'fail') fail(destination.code);
      return;
    }
    try {
      const { socket: upstream } = await dial(destination, shared.dialOptions);
      upstream.on('error', () => undefined);
      if (running.reach !== reach) {
        upstream.destroy();
        return round < MAX_ROUNDS ? await run(round + 1) : fail('reset');
      }
      if (socket.destroyed || socket.readableLength > 0) {
        upstream.destroy();
        socket.destroy();
        return shared.tally.verdict(listener, 'tunnelled');
      }
      shared.tally.verdict(listener, 'tunnelled');
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n', 'latin1');
      splice(socket, upstream, {
        deadlines: shared.deadlines,
        idleTimeoutMs: shared.settings.limits.tunnelIdleTimeoutMs,
        ended: () => shared.tunnels.remove('connect'),
      });
      shared.tunnels.add('connect');
    } catch (error) {
      fail(error instanceof UpstreamError ? error.code : 'connect');
    }
  };
  run(0).catch(() => {
    shared.tally.log.error('defect', 'a tunnel failed in headgate', { cause: 'tunnel', request: id });
    socket.destroy();
  });
}

function routeOf(planned: Tunnel): Route {
  const { host, kind, port } = planned.authority;
  return { transport: 'http', host, kind, port };
}
