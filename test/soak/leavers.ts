// Clients that go away, at every stage, by reset, by half-close and by close. Each waits for proof of how far its request came
// before it goes, so that what the gateway must have counted is known: `Book` says how.
import { ContentCheck } from './content.js';
import { pauseUpTo, type Caller } from './caller.js';
import {
  answerHead,
  answerOf,
  askFor,
  oneOf,
  ownAnswer,
  upTo,
  withCaller,
  type Asked,
  type Work,
  type World,
} from './asking.js';
import { framing, sendBody } from './steady.js';
import { SHORT } from './site.js';

const CRLF = '\r\n';
const UP = 50_000;

/** Its head is never whole: by reset it is no request; by half-close it is one that is refused. */
async function inHead(caller: Caller, world: World, kind: string): Promise<void> {
  const text = `${askFor(world, 'get').head}${CRLF}`;
  const piece = text.slice(0, 1 + upTo(text.length - 3));
  if (upTo(1) === 0) {
    // In one write with a request before it, whose answer is the proof that both were read.
    const before = askFor(world, 'get', { bytes: 20 });
    await caller.send(`${before.head}${CRLF}${piece}`);
    await answerOf(caller, world, kind, before, { bytes: 20 });
    return caller.reset();
  }
  await caller.send(piece);
  await pauseUpTo(20);
  caller.finish();
  await ownAnswer(caller, [400]);
  world.book.enter(kind, 'refused');
  await caller.ends();
}

/** Between head and body, or in the body: the destination has all of it. By half-close the rest is owed, and refused. */
async function inBody(caller: Caller, world: World, kind: string): Promise<void> {
  const isChunked = upTo(1) === 0;
  const until = upTo(1) === 0 ? 0 : 1 + upTo(UP - 2);
  const asked = askFor(world, 'put', { method: 'POST', bytes: UP });
  const arrival = world.book.arrivalOfBody(asked.id, until);
  await caller.send(`${asked.head}${framing(UP, isChunked)}`);
  await sendBody(caller, asked, { bytes: UP, isChunked, until });
  await arrives(arrival);
  if (upTo(1) === 0) {
    world.book.enter(kind, asked.entry);
    return caller.reset();
  }
  caller.finish();
  await ownAnswer(caller, [400]);
  world.book.enter(kind, 'refused', asked.id);
  await caller.ends();
}

/** The request is whole and its destination has it. By half-close the answer is owed; by close too, though nobody reads it. */
async function whileWaiting(caller: Caller, world: World, kind: string): Promise<void> {
  const asked = askFor(world, 'wait');
  await waits(caller, world, asked);
  const how = oneOf('reset', 'half-close', 'close');
  if (how === 'half-close') {
    caller.finish();
    await pauseUpTo(20);
    world.site.release(asked.id);
    await answerOf(caller, world, kind, asked, { bytes: SHORT });
    return caller.ends();
  }
  world.book.enter(kind, asked.entry);
  if (how === 'reset') return caller.reset();
  caller.close();
  await pauseUpTo(50);
  world.site.release(asked.id);
}

async function waits(caller: Caller, world: World, asked: Asked): Promise<void> {
  const arrival = world.book.arrivalOf(asked.id);
  await caller.send(`${asked.head}${CRLF}`);
  await arrives(arrival);
}

async function inAnswer(caller: Caller, world: World, kind: string): Promise<void> {
  const asked = askFor(world, oneOf('get', 'chunks'), { bytes: 400_000 });
  await caller.send(`${asked.head}${CRLF}`);
  const head = await answerHead(caller, world, kind, asked);
  const check = new ContentCheck(asked.id);
  const most = upTo(200_000);
  if (head.fields.has('content-length')) await caller.exactly(most, (chunk) => check.take(chunk));
  if (upTo(1) === 0) caller.reset();
  else caller.close();
}

/** Behind requests that were answered, others wait in the same connection when it goes: of those only the one in work was read. */
async function inPipeline(caller: Caller, world: World, kind: string): Promise<void> {
  const first = askFor(world, 'get', { bytes: 20 });
  const second = askFor(world, 'wait');
  const third = askFor(world, 'get', { bytes: 20 });
  const arrival = world.book.arrivalOf(second.id);
  await caller.send([first, second, third].map(({ head }) => `${head}${CRLF}`).join(''));
  await answerOf(caller, world, kind, first, { bytes: 20 });
  await arrives(arrival);
  world.book.enter(kind, second.entry);
  caller.reset();
}

const PATIENCE_MS = 60_000;

function arrives(arrival: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('a request never arrived')), PATIENCE_MS);
    void arrival.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

const leaving =
  (act: (caller: Caller, world: World, kind: string) => Promise<void>): Work =>
  (world, kind) =>
    withCaller(world, (caller) => act(caller, world, kind));

export const LEAVERS: readonly (readonly [kind: string, work: Work])[] = [
  ['leaves in the head', leaving(inHead)],
  ['leaves in the body', leaving(inBody)],
  ['leaves while waiting', leaving(whileWaiting)],
  ['leaves in the answer', leaving(inAnswer)],
  ['leaves in a pipeline', leaving(inPipeline)],
];
