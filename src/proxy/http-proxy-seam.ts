// The only importer of http-proxy. It is handed what the plan built and nothing else: headers, path and socket are fixed before it looks.
// INVARIANT: no hook of http-proxy changes a head; each defect in docs/decisions/0002-http-proxy.md has its wire test.
import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import httpProxy from 'http-proxy';
import { HandOver, MAX_ANSWER_HEAD_BYTES } from './hand-over.js';

/** A request as it will leave, built from a plan. */
export interface Outgoing {
  readonly method: string;
  readonly path: string;
  /** Flat: name, value, name, value; Node keeps case, order and repeats of this shape. */
  readonly headers: readonly string[];
  readonly socket: Socket;
}

export interface SeamEvents {
  /** Synchronously, before a byte is written. */
  started(request: ClientRequest): void;
  answered(answer: IncomingMessage): void;
  failed(error: Error): void;
}

/**
 * http-proxy copies `req.headers` into an object (order, repeats and `__proto__` are lost) and joins paths (`//` collapses).
 * It does so by assigning to the object given as `options.ssl`, which it then passes to `http.request`: here these two
 * properties cannot be assigned to.
 */
function sealed(outgoing: Outgoing): object {
  const fixed = (value: unknown): PropertyDescriptor => ({ enumerable: true, get: () => value, set: () => undefined });
  return Object.defineProperties(
    { maxHeaderSize: MAX_ANSWER_HEAD_BYTES },
    { headers: fixed(outgoing.headers), path: fixed(outgoing.path), method: fixed(outgoing.method) },
  );
}

/** http-proxy hands a request back in its event; whose it is stands here. */
const eventsOf = new WeakMap<IncomingMessage, SeamEvents>();

function createSeam(): httpProxy {
  const proxy = httpProxy.createProxyServer({ selfHandleResponse: true });
  // `deleteLength` turns a chunked DELETE or OPTIONS into `Content-Length: 0` and a second, smuggled request.
  const passes = proxy as unknown as { webPasses: { name: string }[] };
  passes.webPasses = passes.webPasses.filter((pass) => pass.name === 'stream');
  proxy.on('proxyRes', (answer, request) => eventsOf.get(request)?.answered(answer));
  proxy.on('error', () => undefined);
  return proxy;
}

let seam: httpProxy | undefined;

/** Sends one planned request with the body of `request`. Throws what `http.request` throws on a head that is not HTTP. */
export function sendThroughHttpProxy(
  request: IncomingMessage,
  response: ServerResponse,
  outgoing: Outgoing,
  events: SeamEvents,
): void {
  seam ??= createSeam();
  eventsOf.set(request, events);
  seam.web(
    request,
    response,
    {
      target: { protocol: 'http:', host: 'fixed.invalid', port: 80 },
      ssl: sealed(outgoing),
      agent: new HandOver(outgoing.socket, (started) => events.started(started)),
    },
    (error) => events.failed(error),
  );
}
