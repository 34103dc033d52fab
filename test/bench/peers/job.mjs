// What the Node peers have in common: their arguments and the strip. Arguments: port to listen on, port of the origin, a file of
// partners (one host a line), a file of names (one a line), and `equal` where a name is meant in every spelling.
import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';

const linesOf = (file) => readFileSync(file, 'utf8').trim().split('\n');
const [port, originPort, partnersFile, namesFile, job] = process.argv.slice(2);

export const PORT = Number(port);
export const ORIGIN_PORT = Number(originPort);

const partners = new Set(linesOf(partnersFile));
const keyOf = (name) => name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
const exact = new Set(linesOf(namesFile).map((name) => name.toLowerCase()));
const keys = new Set(linesOf(namesFile).map(keyOf));

const known = new Map();
/** Letters and digits decide, with or without a leading `http`; each spelling is judged once and remembered. */
function isInAnySpelling(name) {
  let is = known.get(name);
  if (is === undefined) {
    const key = keyOf(name);
    is = keys.has(key) || (key.startsWith('http') && keys.has(key.slice(4)));
    if (known.size < 10_000) known.set(name, is);
  }
  return is;
}

const isIdentity = job === 'equal' ? isInAnySpelling : (name) => exact.has(name);

/** Whether a field goes no further. `name` in lower case, as Node's HTTP server has it. */
export const isWithheld = (host, name) => isIdentity(name) && !partners.has(host);

/** Takes the identity fields from a request before it is copied: cheaper than removing names from the copy. */
export function strip(headers) {
  if (partners.has(headers.host)) return headers;
  for (const name in headers) if (isIdentity(name)) delete headers[name];
  return headers;
}

/** Without it the packages open a connection per request, at three times the cost; the other proxies keep theirs. */
export const AGENT = new Agent({ keepAlive: true, maxSockets: 1024, maxFreeSockets: 1024, noDelay: true });

/** Listens as the other proxies do: a client connection is never closed for its age. */
export function listen(server) {
  server.keepAliveTimeout = 600_000;
  server.requestTimeout = 0;
  server.listen({ port: PORT, host: '127.0.0.1', backlog: 4096 });
}
