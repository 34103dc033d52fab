// The listener for machines that watch: GET /metrics, /livez, /readyz and /version, and nothing else. Changes nothing.
import { createServer, type ServerResponse } from 'node:http';
import type { ListenAddress } from '../proxy/settings.js';
import type { MetricsText } from './metrics-registry.js';
import { reasonOf, StartFailure } from './start-failure.js';

export interface MetricsServerOptions {
  readonly address: ListenAddress;
  readonly scrape: () => Promise<MetricsText>;
  /** What /readyz says; `ready` decides between 200 and 503. */
  readonly readiness: () => { readonly ready: boolean; readonly body: string };
  readonly version: () => Readonly<Record<string, string | null>>;
}

export interface MetricsServer {
  /** What it really listens on. */
  readonly address: ListenAddress;
  close(): void;
}

/** `[::1]:9464` or `127.0.0.1:9464`. */
export function renderListenAddress({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Starts to listen. Rejects with StartFailure where the address cannot be had. */
export async function startMetricsServer(options: MetricsServerOptions): Promise<MetricsServer> {
  const answer = (response: ServerResponse, status: number, body: string, type = 'text/plain; charset=utf-8'): void => {
    response.writeHead(status, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(body);
  };
  const pages: Readonly<Record<string, (response: ServerResponse) => void | Promise<void>>> = {
    '/metrics': async (response) => {
      const { text, contentType } = await options.scrape();
      answer(response, 200, text, contentType);
    },
    '/livez': (response) => answer(response, 200, 'ok\n'),
    '/readyz': (response) => {
      const { ready, body } = options.readiness();
      answer(response, ready ? 200 : 503, `${body}\n`);
    },
    '/version': (response) => answer(response, 200, `${JSON.stringify(options.version())}\n`, 'application/json'),
  };

  const server = createServer((request, response) => {
    const page = new Map(Object.entries(pages)).get((request.url ?? '').split('?', 1)[0] ?? '');
    if (page === undefined) return answer(response, 404, 'not found\n');
    if (request.method !== 'GET') {
      response.setHeader('Allow', 'GET');
      return answer(response, 405, 'only GET\n');
    }
    Promise.resolve(page(response)).catch(() => {
      if (!response.headersSent) answer(response, 500, 'an unexpected error\n');
      else response.destroy();
    });
  });
  server.requestTimeout = 10_000;
  server.keepAliveTimeout = 30_000;

  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => {
      const place = renderListenAddress(options.address);
      const message = `cannot listen on \`${place}\` (metrics): ${reasonOf(error)}`;
      reject(new StartFailure([{ code: 'listen', severity: 'error', message }]));
    });
    server.listen({ host: options.address.host, port: options.address.port }, resolve);
  });
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : options.address.port;
  return {
    address: { host: options.address.host, port },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}
