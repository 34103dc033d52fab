// The dummy website: shows whoever asks what reached it, as a page, as lines or as JSON. It stores nothing and logs nothing;
// the body of a request is read and dropped. Whoever asks may be hostile: every request has a size and a time.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Field } from '../http/message.js';
import { ANSWER_FIELDS, ANSWERS_PATH } from './mirror-fields.js';
import { renderJson, renderLines, renderPage } from './mirror-page.js';
import { sightingOf, type Knowledge, type Sighting } from './sighting.js';

export interface MirrorOptions extends Knowledge {
  /** An address without brackets. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** A caption for a host, for example the partner's name; default none. */
  readonly siteOf?: (host: string) => string;
  /** Told of each request while it is answered; whoever listens keeps the rule that no value is written down. */
  readonly onSighting?: (sighting: Sighting) => void;
  /** Milliseconds for a whole head, and for a whole request; default 10,000 and 30,000. */
  readonly patience?: { readonly headMs: number; readonly requestMs: number };
}

export interface Mirror {
  readonly port: number;
  /** Stops at once; open connections are closed. */
  close(): Promise<void>;
}

type Shape = 'page' | 'lines' | 'json';

const HEAD_BYTES = 64 * 1024;
/** Of a body so much is read and dropped; who sends more is cut off. */
const BODY_BYTES = 1024 * 1024;
const CONNECTIONS_MOST = 500;
const REQUESTS_MOST = 1000;

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

/** Also for an absolute target, as a proxy gets it. */
function pathOf(target: string): string {
  return target.replace(/^http:\/\/[^/?#]*/i, '').split(/[?#]/, 1)[0] ?? '';
}

/** Starts to listen; rejects with the system's error where the address cannot be had. */
export async function startMirror(options: MirrorOptions): Promise<Mirror> {
  const reply = (request: IncomingMessage, response: ServerResponse): void => {
    dropBody(request);
    const { method = '', url: target = '', httpVersion: version } = request;
    const sighting = sightingOf({ method, target, version, fields: fieldsOf(request.rawHeaders) }, options);
    options.onSighting?.(sighting);
    const shape = shapeFor(target, request.headers.accept ?? '');
    const render = { page: renderPage, lines: renderLines, json: renderJson }[shape];
    const answered = pathOf(target) === ANSWERS_PATH ? ANSWER_FIELDS : [];
    const body = render(sighting, {
      site: options.siteOf?.(sighting.host) ?? '',
      answered: answered.map(([name]) => name),
      at: `${new Date().toISOString().slice(0, 19)}Z`,
    });
    response.writeHead(200, [
      ...['Content-Type', TYPES[shape]],
      ...['Content-Length', String(Buffer.byteLength(body))],
      ...['Cache-Control', 'no-store'],
      ...[
        'Content-Security-Policy',
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      ],
      ...['Referrer-Policy', 'no-referrer'],
      ...['Vary', 'Accept'],
      ...['X-Content-Type-Options', 'nosniff'],
      ...answered.flat(),
    ]);
    response.end(method === 'HEAD' ? undefined : body);
  };
  const { headMs = 10_000, requestMs = 30_000 } = options.patience ?? {};
  const server = createServer(
    {
      maxHeaderSize: HEAD_BYTES,
      headersTimeout: headMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: Math.min(1000, headMs),
      keepAliveTimeout: 5000,
    },
    reply,
  );
  // Node keeps about 1,000 fields otherwise; a mirror that hides the 1,001st would be no mirror.
  server.maxHeadersCount = 0;
  server.maxConnections = CONNECTIONS_MOST;
  server.maxRequestsPerSocket = REQUESTS_MOST;
  server.on('clientError', (_error, socket) => {
    const end = (): void => void socket.destroy();
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n', end);
    else end();
  });
  server.on('connect', (_request, socket) =>
    socket.end('HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\n\r\n'),
  );

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

function dropBody(request: IncomingMessage): void {
  let size = 0;
  request.on('data', (part: Buffer) => {
    size += part.length;
    if (size > BODY_BYTES) request.socket.destroy();
  });
}
