// The dummy website: shows whoever asks what reached it, as a page, as lines or as JSON. It stores nothing, logs nothing and
// judges by names alone; the body of a request is read and dropped.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Field } from '../http/message.js';
import { renderJson, renderLines, renderPage } from './mirror-page.js';
import { sightingOf, type IdentifyName, type Sighting } from './sighting.js';

export interface MirrorOptions {
  /** An address without brackets. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly identify: IdentifyName;
  /** A caption for a host, for example the partner's name; default none. */
  readonly siteOf?: (host: string) => string;
  /** Told of each request while it is answered; whoever listens keeps the rule that no value is written down. */
  readonly onSighting?: (sighting: Sighting) => void;
}

export interface Mirror {
  readonly port: number;
  /** Stops at once; open connections are closed. */
  close(): Promise<void>;
}

type Shape = 'page' | 'lines' | 'json';

/** `?format=json|text|html` decides, then Accept; a client that names none of them (curl) gets lines. */
export function shapeFor(target: string, accept: string): Shape {
  const format = new URLSearchParams(target.split('?', 2)[1] ?? '').get('format');
  if (format === 'json' || (format === null && /\bapplication\/json\b/i.test(accept))) return 'json';
  if (format === 'html' || (format === null && /\btext\/html\b/i.test(accept))) return 'page';
  return 'lines';
}

const fieldsOf = (rawHeaders: readonly string[]): Field[] => {
  const fields: Field[] = [];
  for (let i = 0; i + 1 < rawHeaders.length; i += 2)
    fields.push({ name: rawHeaders[i] ?? '', value: rawHeaders[i + 1] ?? '' });
  return fields;
};

const TYPES: Readonly<Record<Shape, string>> = {
  page: 'text/html; charset=utf-8',
  lines: 'text/plain; charset=utf-8',
  json: 'application/json; charset=utf-8',
};

/** Starts to listen; rejects with the system's error where the address cannot be had. */
export async function startMirror(options: MirrorOptions): Promise<Mirror> {
  const reply = (request: IncomingMessage, response: ServerResponse): void => {
    request.resume();
    const { method = '', url: target = '', httpVersion: version } = request;
    const sighting = sightingOf({ method, target, version, fields: fieldsOf(request.rawHeaders) }, options.identify);
    options.onSighting?.(sighting);
    const shape = shapeFor(target, request.headers.accept ?? '');
    const render = { page: renderPage, lines: renderLines, json: renderJson }[shape];
    const body = render(sighting, options.siteOf?.(sighting.host) ?? '');
    response.writeHead(200, {
      'Content-Type': TYPES[shape],
      'Content-Length': Buffer.byteLength(body),
      'Cache-Control': 'no-store',
      'Content-Security-Policy':
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
      'Referrer-Policy': 'no-referrer',
      Vary: 'Accept',
      'X-Content-Type-Options': 'nosniff',
    });
    response.end(method === 'HEAD' ? undefined : body);
  };
  const server = createServer({ maxHeaderSize: 64 * 1024 }, reply);
  // Node keeps about 1,000 fields otherwise; a mirror that hides the 1,001st would be no mirror.
  server.maxHeadersCount = 0;
  server.on('clientError', (_error, socket) => socket.destroy());

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: options.host, port: options.port }, resolve);
  });
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : options.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
