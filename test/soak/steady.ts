// Clients that stay to the end of their answers: kept connections, pipelines, bodies both ways, slow readers and slow writers.
import { pauseUpTo, type Caller } from './caller.js';
import { answerOf, askFor, oneOf, upTo, withCaller, type Asked, type Work, type World } from './asking.js';
import { contentOf, MOST_BYTES } from './content.js';
import { SHORT } from './site.js';

const CRLF = '\r\n';

/** A length, or chunks of odd sizes with an extension and a trailer now and then. */
export async function sendBody(
  caller: Caller,
  { id }: Asked,
  { bytes, isChunked, pause, until = bytes }: SendOptions,
): Promise<void> {
  // Not so small that its extensions come to more than a body may have.
  const step = pause === undefined ? 1 + (bytes >> 10) + upTo(Math.max(1, bytes >> 2)) : 1 + (bytes >> 4);
  for (let at = 0; at < until; at += step) {
    const piece = contentOf(id, at, Math.min(until, at + step));
    // A chunk in one write: where its content was read, its end was too.
    const size = `${piece.length.toString(16)}${upTo(7) === 0 ? ';a=b' : ''}${CRLF}`;
    await caller.send(isChunked ? Buffer.concat([Buffer.from(size), piece, Buffer.from(CRLF)]) : piece);
    await pause?.();
  }
  if (isChunked && until === bytes) await caller.send(`0${CRLF}${upTo(7) === 0 ? `X-Trailer: a${CRLF}` : ''}${CRLF}`);
}

interface SendOptions {
  readonly bytes: number;
  readonly isChunked: boolean;
  readonly pause?: () => Promise<void>;
  /** Of `bytes`, how many are sent. */
  readonly until?: number;
}

export const framing = (bytes: number, isChunked: boolean): string =>
  isChunked ? `Transfer-Encoding: chunked${CRLF}${CRLF}` : `Content-Length: ${bytes}${CRLF}${CRLF}`;

async function getOn(caller: Caller, world: World, kind: string): Promise<boolean> {
  const bytes = oneOf(0, 1, 20, 300, 5000, 20_000);
  const want = oneOf('get', 'get', 'get', 'chunks', 'close');
  const method = want === 'get' && upTo(9) === 0 ? 'HEAD' : 'GET';
  const asked = askFor(world, want, { method, bytes });
  await caller.send(`${asked.head}${CRLF}`);
  const head = await answerOf(caller, world, kind, asked, { bytes, isHead: method === 'HEAD' });
  return head.fields.get('connection') !== 'close';
}

async function putOn(
  caller: Caller,
  world: World,
  kind: string,
  bytes: number,
  pause?: () => Promise<void>,
): Promise<void> {
  const asked = askFor(world, 'put', { method: oneOf('POST', 'PUT', 'PATCH', 'DELETE'), bytes });
  const isChunked = upTo(1) === 0;
  const head = `${asked.head}${framing(bytes, isChunked)}`;
  if (pause === undefined) {
    await caller.send(head);
  } else {
    for (let at = 0; at < head.length; at += 40) {
      await caller.send(head.slice(at, at + 40));
      await pause();
    }
  }
  await sendBody(caller, asked, { bytes, isChunked, ...(pause === undefined ? {} : { pause }) });
  await answerOf(caller, world, kind, asked, { bytes: SHORT });
}

/** Small requests on a kept connection, some with a body. */
export const keeps: Work = (world, kind) =>
  withCaller(world, async (caller) => {
    for (let left = 1 + upTo(60); left > 0 && !world.isOver(); left -= 1) {
      if (upTo(3) === 0) await putOn(caller, world, kind, oneOf(0, 1, 100, 4000));
      else if (!(await getOn(caller, world, kind))) return caller.ends();
      if (upTo(3) === 0) await pauseUpTo(20);
    }
  });

/** A kept connection that lies idle, longer than its host keeps the other side. */
export const idles: Work = (world, kind) =>
  withCaller(world, async (caller) => {
    while (!world.isOver()) {
      if (!(await getOn(caller, world, kind))) return;
      for (let waited = 0; waited < 9 + upTo(3) && !world.isOver(); waited += 1) await pauseUpTo(2000);
    }
  });

/** Several requests in one write, cut anywhere; the answers come in order. */
export const pipelines: Work = (world, kind) =>
  withCaller(world, async (caller) => {
    for (let left = 1 + upTo(10); left > 0 && !world.isOver(); left -= 1) {
      const all = Array.from({ length: 2 + upTo(8) }, () => {
        const isPut = upTo(3) === 0;
        const bytes = oneOf(1, 20, 300, 5000);
        const asked = askFor(world, isPut ? 'put' : oneOf('get', 'chunks'), { method: isPut ? 'POST' : 'GET', bytes });
        const body = isPut ? `${framing(bytes, false)}${contentOf(asked.id, 0, bytes).toString('latin1')}` : CRLF;
        return { asked, text: `${asked.head}${body}`, bytes: isPut ? SHORT : bytes };
      });
      const text = all.map((each) => each.text).join('');
      const cut = upTo(text.length);
      await caller.send(text.slice(0, cut));
      if (upTo(1) === 0) await pauseUpTo(10);
      await caller.send(text.slice(cut));
      for (const { asked, bytes } of all) await answerOf(caller, world, kind, asked, { bytes });
    }
  });

/** A mebibyte up, and one down. */
export const mebibytes: Work = (world, kind) =>
  withCaller(world, async (caller) => {
    await putOn(caller, world, kind, MOST_BYTES);
    const asked = askFor(world, oneOf('get', 'chunks'), { bytes: MOST_BYTES });
    await caller.send(`${asked.head}${CRLF}`);
    await answerOf(caller, world, kind, asked, { bytes: MOST_BYTES });
  });

/** Reads a mebibyte so slowly that the gateway must wait with it. */
export const readsSlowly: Work = (world, kind) =>
  withCaller(
    world,
    async (caller) => {
      const asked = askFor(world, oneOf('get', 'chunks', 'close'), { bytes: MOST_BYTES });
      await caller.send(`${asked.head}${CRLF}`);
      await answerOf(caller, world, kind, asked, {
        bytes: MOST_BYTES,
        pause: () => pauseUpTo(world.isOver() ? 1 : 60),
      });
    },
    8192,
  );

/** Writes head and body in pieces with pauses. */
export const writesSlowly: Work = (world, kind) =>
  withCaller(world, (caller) => putOn(caller, world, kind, oneOf(16, 900, 70_000), () => pauseUpTo(80)));

/** What the slow path carries: HTTP/1.0, Expect; each closes behind its answer. */
export const slowPath: Work = (world, kind) =>
  withCaller(world, async (caller) => {
    if (upTo(1) === 0) {
      const asked = askFor(world, 'get', { bytes: 300 });
      await caller.send(`${asked.head.replace('HTTP/1.1\r\n', 'HTTP/1.0\r\n')}${CRLF}`);
      await answerOf(caller, world, kind, asked, { bytes: 300 });
      return caller.ends();
    }
    const asked = askFor(world, 'put', { method: 'POST', bytes: 4000 });
    await caller.send(`${asked.head}Expect: 100-continue${CRLF}${framing(4000, false)}`);
    const first = await caller.head();
    if (first?.status !== 100) throw new Error(`got ${String(first?.status)} where 100 was owed`);
    await sendBody(caller, asked, { bytes: 4000, isChunked: false });
    await answerOf(caller, world, kind, asked, { bytes: SHORT });
    await caller.ends();
  });
