// http-proxy with a keep-alive agent; the strip before it copies the fields.
import { createServer } from 'node:http';
import httpProxy from 'http-proxy';
import { AGENT, listen, ORIGIN_PORT, strip } from './job.mjs';

const proxy = httpProxy.createProxyServer({ target: { host: '127.0.0.1', port: ORIGIN_PORT }, agent: AGENT });
// Without it one refused connection ends the process.
proxy.on('error', (_error, _req, res) => res.writeHead?.(502).end());

listen(
  createServer((req, res) => {
    strip(req.headers);
    proxy.web(req, res);
  }),
);
