// Node's HTTP server and undici's pool, fields passed on as they came: what one would write today without a proxy package.
import { createServer } from 'node:http';
import { Pool } from 'undici';
import { isWithheld, listen, ORIGIN_PORT } from './job.mjs';

const pool = new Pool(`http://127.0.0.1:${ORIGIN_PORT}`, {
  connections: 1024,
  keepAliveTimeout: 600_000,
  pipelining: 1,
});
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade']);

function fieldsOf({ rawHeaders, headers: { host } }) {
  const fields = [];
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i].toLowerCase();
    if (!HOP_BY_HOP.has(name) && !isWithheld(host, name)) fields.push(rawHeaders[i], rawHeaders[i + 1]);
  }
  return fields;
}

/** Passes an answer on as it comes; the pool waits while the client does not take it. */
class Relay {
  constructor(res) {
    this.res = res;
  }
  onConnect(abort) {
    this.res.once('close', () => this.res.writableFinished || abort());
  }
  onHeaders(status, raw, resume) {
    const fields = [];
    for (let i = 0; i < raw.length; i += 2) {
      const name = raw[i].toString('latin1');
      if (!HOP_BY_HOP.has(name.toLowerCase())) fields.push(name, raw[i + 1].toString('latin1'));
    }
    this.res.on('drain', resume);
    this.res.writeHead(status, fields);
    return true;
  }
  onData(chunk) {
    return this.res.write(chunk);
  }
  onComplete() {
    this.res.end();
  }
  onError() {
    if (this.res.headersSent) this.res.destroy();
    else this.res.writeHead(502).end();
  }
}

listen(
  createServer((req, res) => {
    const hasBody = req.headers['content-length'] !== undefined || req.headers['transfer-encoding'] !== undefined;
    const { method, url: path } = req;
    pool.dispatch({ method, path, headers: fieldsOf(req), body: hasBody ? req : null }, new Relay(res));
  }),
);
