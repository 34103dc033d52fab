// Stands for the operator's network in the demo: takes what a handset sends, adds who the subscriber is, hands it to the
// gateway. It enriches every request alike, as such layers do; who may keep what it adds is not its business.
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http';
import { subscriberOf, type Subscriber } from './subscriber.js';

export interface EnricherOptions {
  /** 0: any free port. Listens on 127.0.0.1 alone: whoever can reach an enricher gets a number from it. */
  readonly port: number;
  readonly gateway: { readonly host: string; readonly port: number };
  /** The address to connect from: the one that the gateway trusts. */
  readonly sourceAddress: string;
}

export interface Enricher {
  readonly port: number;
  /** From the next request on the number goes out under this name too: the mistake that the demo shows. null ends it. */
  alsoSendAs(name: string | null): void;
  close(): Promise<void>;
}

/**
 * Absolute-form as it came; `http://NAME.localhost:PORT/path`, which a browser resolves to loopback by itself, as
 * `http://NAME/path`. Undefined for everything else.
 */
export function targetOf(url: string, host: string): string | undefined {
  if (/^http:\/\//i.test(url)) return url;
  const name = /^([a-z0-9.-]+)\.localhost(?::\d+)?$/i.exec(host)?.[1];
  return name !== undefined && url.startsWith('/') ? `http://${name}${url}` : undefined;
}

/** What the network adds, in the order in which it adds it. */
export function addedFields(subscriber: Subscriber, alsoAs: string | null): readonly (readonly [string, string])[] {
  return [
    ['X-MSISDN', subscriber.number],
    ['x-up-calling-line-id', subscriber.number],
    ['X-IMSI', subscriber.imsi],
    ['X-Forwarded-For', subscriber.address],
    ...(alsoAs === null ? [] : [[alsoAs, subscriber.number] as const]),
  ];
}

/** A flat list for node:http, Host rewritten; what the handset sent under a name that the network adds is replaced. */
function enrichedHeaders(
  rawHeaders: readonly string[],
  target: string,
  added: readonly (readonly [string, string])[],
): string[] {
  const own = new Set(['host', 'proxy-connection', ...added.map(([name]) => name.toLowerCase())]);
  const headers = ['Host', new URL(target).host];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    if (!own.has(name.toLowerCase())) headers.push(name, rawHeaders[i + 1] ?? '');
  }
  return [...headers, ...added.flat()];
}

/** Starts to listen; rejects with the system's error where the port cannot be had. */
export async function startEnricher(options: EnricherOptions): Promise<Enricher> {
  let alsoAs: string | null = null;
  const enrich = (request: IncomingMessage, response: ServerResponse): void => {
    const target = targetOf(request.url ?? '', request.headers.host ?? '');
    if (target === undefined || !URL.canParse(target)) {
      response.writeHead(400, { 'Content-Type': 'text/plain' });
      response.end('use this port as an HTTP proxy, or open http://NAME.localhost:PORT/\n');
      return;
    }
    const added = addedFields(subscriberOf(request.socket.remoteAddress ?? ''), alsoAs);
    const { host, port } = options.gateway;
    const headers = enrichedHeaders(request.rawHeaders, target, added);
    const { method } = request;
    const onward = send({ host, port, method, path: target, headers, localAddress: options.sourceAddress });
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.statusMessage, answer.rawHeaders);
      answer.pipe(response);
    });
    onward.on('error', () => {
      if (!response.headersSent) response.writeHead(502, { 'Content-Type': 'text/plain' });
      response.end('the gateway does not answer\n');
    });
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  };
  const server = createServer(enrich);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: options.port }, resolve);
  });
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : options.port,
    alsoSendAs: (name) => {
      alsoAs = name;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
