// What must hold of every message that left, whatever the row asks: I1 to I3 of the hostile rows, on the bytes that arrived.
import { readRequests, valuesOf, VIEWS, type SeenRequest } from './lenient.js';

/** RFC 9110, section 7.6.1, and what the rows name; `Connection`, `Upgrade` and `Transfer-Encoding` are judged apart. */
const HOP_BY_HOP = ['keep-alive', 'proxy-connection', 'te', 'trailer', 'proxy-authorization', 'proxy-authenticate'];

/** I3: one Host, at most one framing field, no hop-by-hop field but our own `Connection`. Throws with the line that broke it. */
export function checkHead(request: SeenRequest): void {
  const fail = (why: string): never => {
    throw new Error(`${why}: ${JSON.stringify(request.head)}`);
  };
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+ [\x21-\xff]+ HTTP\/1\.1\r\n/.test(request.head)) fail('not a request line');
  if (/(^|[^\r])\n|\r(?!\n)|\0/.test(request.head)) fail('a bare CR or LF or a NUL was sent');
  if (valuesOf(request.fields, 'host').length !== 1) fail('not exactly one Host');
  const codings = valuesOf(request.fields, 'transfer-encoding');
  const lengths = valuesOf(request.fields, 'content-length');
  if (codings.length + lengths.length > 1) fail('more than one framing field');
  if (codings.some((value) => value !== 'chunked')) fail('a coding other than exactly `chunked`');
  if (lengths.some((value) => !/^(0|[1-9][0-9]*)$/.test(value))) fail('a length that is not plain decimal');
  for (const name of HOP_BY_HOP) if (valuesOf(request.fields, name).length > 0) fail(`hop-by-hop field \`${name}\``);
  const upgrades = valuesOf(request.fields, 'upgrade');
  const connections = valuesOf(request.fields, 'connection').map((value) => value.toLowerCase());
  if (connections.length > 1) fail('more than one Connection');
  if (connections.some((value) => !['keep-alive', 'close', 'upgrade'].includes(value)))
    fail('a foreign Connection option');
  if (upgrades.length > 0 !== connections.includes('upgrade')) fail('Upgrade and Connection disagree');
  if (upgrades.some((value) => value.toLowerCase() !== 'websocket')) fail('an upgrade other than websocket');
}

/** I2: every lenient view reads the same requests in what one connection received. `isCut`: the last one may be unfinished. */
export function checkViews(bytes: string, isCut = false): readonly SeenRequest[] {
  const [first, ...others] = VIEWS.map((view) => ({ view, ...readRequests(bytes, view) }));
  if (first === undefined) throw new Error('no view');
  const heads = first.requests.map((request) => request.head).join('');
  for (const other of others) {
    if (other.requests.map((request) => request.head).join('') !== heads && !isCut) {
      throw new Error(
        `views ${first.view} and ${other.view} read different requests: ${JSON.stringify(bytes.slice(0, 600))}`,
      );
    }
  }
  if (first.rest !== '' && !isCut)
    throw new Error(`bytes after the last request: ${JSON.stringify(first.rest.slice(0, 200))}`);
  return first.requests;
}

/** I1: none of the values stands in the bytes, raw, in TBCD, base64 (three alignments), hexadecimal or percent-encoded. */
export function checkNoValue(bytes: string, values: readonly string[]): void {
  for (const value of values) {
    for (const [how, spelling] of spellings(value)) {
      if (bytes.includes(spelling))
        throw new Error(`a test value arrived (${how}): ${JSON.stringify(bytes.slice(0, 1200))}`);
    }
  }
}

function spellings(value: string): readonly (readonly [string, string])[] {
  const base64 = (pad: string, cut: number): string => {
    const text = Buffer.from(pad + value, 'latin1')
      .toString('base64')
      .replace(/=+$/, '');
    return text.slice(cut, -2);
  };
  const swapped = (value.length % 2 === 0 ? value : `${value}f`).replace(/(.)(.)/g, '$2$1');
  return [
    ['raw', value],
    ['hexadecimal', Buffer.from(value, 'latin1').toString('hex')],
    ['TBCD', swapped],
    ['base64', base64('', 0)],
    ['base64, second alignment', base64('x', 2)],
    ['base64, third alignment', base64('xx', 3)],
    ['percent-encoded', [...value].map((digit) => `%${digit.charCodeAt(0).toString(16)}`).join('')],
  ];
}
