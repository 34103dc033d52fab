// @fastify/http-proxy on fastify, which forwards through undici's pools; the strip where it rewrites the fields.
import fastifyHttpProxy from '@fastify/http-proxy';
import fastify from 'fastify';
import { ORIGIN_PORT, PORT, strip } from './job.mjs';

const app = fastify({
  keepAliveTimeout: 600_000, // a client connection is never closed for its age
  bodyLimit: 64 * 1024 * 1024, // 1 MiB is the default's limit; no other proxy has one
});
await app.register(fastifyHttpProxy, {
  upstream: `http://127.0.0.1:${ORIGIN_PORT}`,
  undici: { connections: 1024, pipelining: 1, keepAliveTimeout: 600_000 }, // upstream connections are kept
  replyOptions: {
    // The package writes the upstream's host and adds `x-forwarded-host`; the others send the subscriber's and add nothing.
    rewriteRequestHeaders: ({ headers: { host } }, { 'x-forwarded-host': _, ...headers }) =>
      strip({ ...headers, host }),
  },
});
await app.listen({ port: PORT, host: '127.0.0.1', backlog: 4096 });
