// http-proxy alone, the strip done the way its README teaches: an event handler on `proxyReq`. Arguments: port to listen on,
// port of the origin, file of partners (one host a line).
import { readFileSync } from 'node:fs';
import { Agent, createServer } from 'node:http';
import httpProxy from 'http-proxy';
import { NAMES } from '../../names.mjs';

const [port, originPort, partnersFile] = process.argv.slice(2);
const partners = new Set(readFileSync(partnersFile, 'utf8').trim().split('\n'));

const proxy = httpProxy.createProxyServer({
  target: { host: '127.0.0.1', port: Number(originPort) },
  // Without an agent it opens a connection per request, at three times the cost; the other proxies keep theirs.
  agent: new Agent({ keepAlive: true, maxSockets: 128 }),
});
proxy.on('proxyReq', (proxyReq, req) => {
  if (partners.has(req.headers.host)) return;
  for (const name of NAMES) proxyReq.removeHeader(name);
});
// Without it one refused connection ends the process.
proxy.on('error', (_error, _req, res) => res.writeHead?.(502).end());

const server = createServer((req, res) => proxy.web(req, res));
// A client connection is never closed for its age, as in the other proxies.
server.keepAliveTimeout = 75_000;
server.listen(Number(port), '127.0.0.1');
