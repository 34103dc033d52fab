// Destinations that die, what is refused, tunnels, and what lasts too long: each request enters the book once, whatever became of it.
import { randomBytes } from 'node:crypto';
import { pauseUpTo } from './caller.js';
import { answerOf, askFor, oneOf, ownAnswer, upTo, withCaller, type Work } from './asking.js';
import { ContentCheck, contentOf } from './content.js';
import { framing } from './steady.js';

const CRLF = '\r\n';
const UPSTREAM_FAILED = [502, 504];

/** A destination that dies before, in and after its answer. What had begun is cut, never short; the rest is 502. */
export const meetsDying: Work = (world, kind) =>
  withCaller(world, async (caller) => {
    for (let left = 1 + upTo(3); left > 0; left -= 1) {
      const want = oneOf('before', 'half-head', 'in', 'after', 'garbage', 'more');
      const bytes = 2 + upTo(20_000);
      const asked = askFor(world, want, { to: 'dying.test', bytes });
      await caller.send(`${asked.head}${CRLF}`);
      const head = await caller.head();
      world.book.enter(kind, asked.entry);
      if (head === null) {
        // Cut before a byte of its own answer: what of it came first had already been answered.
        if (want === 'in' || want === 'after') return;
        throw new Error(`the connection ended where 502 was owed (${want})`);
      }
      const isOwn = !head.fields.has('x-mark');
      if (isOwn) {
        if (head.status !== 502) throw new Error(`got ${head.status} where 502 was owed (${want})`);
        if (!(await caller.body(head, () => undefined))) throw new Error('a 502 was cut');
        if (head.fields.get('connection') === 'close') return;
        continue;
      }
      if (head.fields.get('x-mark') !== String(asked.id)) throw new Error('an answer of another request');
      const check = new ContentCheck(asked.id);
      const isWhole = await caller.body(head, (chunk) => check.take(chunk));
      if (want === 'in' && isWhole) throw new Error('half an answer looks whole');
      if (!isWhole) return;
    }
  });

/** A destination that never answers: it is given up by the client, or by the gateway's time limit. */
export const meetsSilent: Work = (world, kind) =>
  withCaller(world, async (caller) => {
    const asked = askFor(world, 'never', { to: 'dying.test' });
    const arrival = world.book.arrivalOf(asked.id);
    await caller.send(`${asked.head}${CRLF}`);
    if (upTo(3) === 0) {
      await ownAnswer(caller, [504]);
      world.book.enter(kind, asked.entry);
      return;
    }
    await arrival;
    world.book.enter(kind, asked.entry);
    caller.reset();
  });

/** A port where nobody listens. */
export const meetsNobody: Work = (world, kind) =>
  withCaller(world, async (caller) => {
    const asked = askFor(world, 'get', { to: 'nobody.test' });
    await caller.send(`${asked.head}${CRLF}`);
    await ownAnswer(caller, UPSTREAM_FAILED);
    world.book.enter(kind, asked.entry);
  });

const id = (): string => `X-MSISDN: 447700900${String(upTo(999)).padStart(3, '0')}${CRLF}`;
/** Each is refused as soon as it is there, and ends its connection. */
const REFUSED: readonly (() => string)[] = [
  () => `GET / HTTP/1.1${CRLF}${id()}${CRLF}`,
  () => `GET / HTTP/1.1${CRLF}Host: a.test${CRLF}Host: b.test${CRLF}${id()}${CRLF}`,
  () => `GET / HTTP/1.1\nHost: a.test\n\n`,
  () => `GET / HTTP/1.1${CRLF}Host: a.test${CRLF}${id()} folded${CRLF}${CRLF}`,
  () => `GET / HTTP/1.1${CRLF}Host : a.test${CRLF}${CRLF}`,
  () => `GET / HTTP/3.0${CRLF}Host: a.test${CRLF}${CRLF}`,
  () => `TRACE / HTTP/1.1${CRLF}Host: a.test${CRLF}${id()}${CRLF}`,
  () => `GET ftp://a.test/ HTTP/1.1${CRLF}Host: a.test${CRLF}${CRLF}`,
  () => `POST / HTTP/1.1${CRLF}Host: a.test${CRLF}Content-Length: 1${CRLF}Content-Length: 2${CRLF}${CRLF}`,
  () => `POST / HTTP/1.1${CRLF}Host: a.test${CRLF}Content-Length: 1${CRLF}Transfer-Encoding: chunked${CRLF}${CRLF}`,
  () => `GET / HTTP/1.1${CRLF}Host: a.test${CRLF}X-Long: ${'a'.repeat(40_000)}${CRLF}${CRLF}`,
  () => `GET / HTTP/1.1${CRLF}Host: a.test${CRLF}${`X: y${CRLF}`.repeat(200)}${CRLF}`,
  () => `GET / HTTP/1.1${CRLF}Host: a.test:25${CRLF}${id()}${CRLF}`,
  () => `CONNECT a.test:80 HTTP/1.1${CRLF}Host: a.test:80${CRLF}${CRLF}`,
  () => `POST / HTTP/1.1${CRLF}Host: a.test${CRLF}Expect: a-miracle${CRLF}${framing(1, false)}`,
  () =>
    `\x16\x03\x01${randomBytes(60)
      .toString('latin1')
      .replaceAll(/[\r\n]/g, 'x')}${CRLF}${CRLF}`,
];

export const sendsGarbage: Work = (world, kind) =>
  withCaller(world, async (caller) => {
    if (upTo(2) === 0) {
      const asked = askFor(world, 'get', { bytes: 20 });
      await caller.send(`${asked.head}${CRLF}`);
      await answerOf(caller, world, kind, asked, { bytes: 20 });
    }
    const text = oneOf(...REFUSED)();
    // A request behind a refused one is never executed.
    await caller.send(`${text}${upTo(1) === 0 ? `${askFor(world, 'get').head}${CRLF}` : ''}`);
    await ownAnswer(caller, [400, 403, 405, 417, 431, 501, 505]);
    world.book.enter(kind, 'refused');
    await caller.ends();
  });

/** A body that cannot be read to its end, behind a head that could. */
export const sendsBadChunks: Work = (world, kind) =>
  withCaller(world, async (caller) => {
    const asked = askFor(world, 'put', { method: 'POST', bytes: 3 });
    await caller.send(`${asked.head}${framing(3, true)}`);
    await pauseUpTo(20);
    await caller.send(oneOf('xyz\r\n', '3\r\nabcd\r\n', '-1\r\n', '0\r\nX : y\r\n\r\n'));
    await ownAnswer(caller, [400]);
    world.book.enter(kind, 'refused', asked.id);
    await caller.ends();
  });

/** OPTIONS that ends here. */
export const asksOptions: Work = (world, kind) =>
  withCaller(world, async (caller) => {
    await caller.send(`OPTIONS * HTTP/1.1${CRLF}Host: a.test${CRLF}Max-Forwards: 0${CRLF}${CRLF}`);
    const head = await caller.head();
    if (head?.status !== 200 && head?.status !== 204) throw new Error(`OPTIONS got ${String(head?.status)}`);
    world.book.enter(kind, 'refused');
    world.book.answeredLocally += 1;
  });

/** A head that never comes to its end: refused by the time limit. */
export const stallsInHead: Work = (world, kind) =>
  withCaller(world, async (caller) => {
    await caller.send(`GET / HTTP/1.1${CRLF}Host: a.te`);
    await ownAnswer(caller, [408]);
    world.book.enter(kind, 'refused');
  });

/** CONNECT and WebSocket; the content comes back from the other end. */
const tunnels =
  (isWebSocket: boolean): Work =>
  (world, kind) =>
    withCaller(world, async (caller) => {
      const asked = askFor(world, 'ws', { to: 'site-0.test' });
      const connect = `CONNECT tunnel.test:443 HTTP/1.1${CRLF}Host: tunnel.test:443${CRLF}X-MSISDN: 447700900123${CRLF}${CRLF}`;
      const key = randomBytes(16).toString('base64');
      const upgrade = `Connection: Upgrade${CRLF}Upgrade: websocket${CRLF}Sec-WebSocket-Version: 13${CRLF}Sec-WebSocket-Key: ${key}${CRLF}${CRLF}`;
      await caller.send(isWebSocket ? `${asked.head}${upgrade}` : connect);
      const head = await caller.head();
      if (head?.status !== (isWebSocket ? 101 : 200)) throw new Error(`a tunnel got ${String(head?.status)}`);
      world.book.enter(kind, isWebSocket ? asked.entry : 'tunnelled');
      const bytes = oneOf(10, 5000, 300_000);
      const check = new ContentCheck(asked.id);
      const send = async (): Promise<void> => {
        for (let at = 0; at < bytes; at += 10_000)
          await caller.send(contentOf(asked.id, at, Math.min(bytes, at + 10_000)));
      };
      const sends = send();
      const how = oneOf('finish', 'finish', 'close', 'reset');
      if (how === 'finish') {
        if (!(await caller.exactly(bytes, (chunk) => check.take(chunk)))) throw new Error('a tunnel was cut');
        caller.finish();
        await caller.ends();
      } else {
        await caller.exactly(upTo(bytes), (chunk) => check.take(chunk));
        if (how === 'reset') caller.reset();
        else caller.close();
      }
      await sends;
    });

export const connects = tunnels(false);
export const upgrades = tunnels(true);
