// httpxy with a keep-alive agent; the strip before it copies the fields.
import { createServer } from 'node:http';
import { createProxyServer } from 'httpxy';
import { AGENT, listen, ORIGIN_PORT, strip } from './job.mjs';

const proxy = createProxyServer({ target: { host: '127.0.0.1', port: ORIGIN_PORT }, agent: AGENT });

listen(
  createServer((req, res) => {
    strip(req.headers);
    proxy.web(req, res).catch(() => res.writeHead(502).end());
  }),
);
