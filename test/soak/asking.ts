// What every kind of client shares: the requests it writes, and how an answer is held against the one that was asked for.
import type { Book, Entry } from './book.js';
import { Caller, type AnswerHead } from './caller.js';
import { ContentCheck } from './content.js';
import type { Site } from './site.js';

export interface World {
  readonly book: Book;
  readonly site: Site;
  /** Of the gateway. */
  readonly port: number;
  readonly isOver: () => boolean;
}

/** One piece of work of a kind of client, on connections of its own. */
export type Work = (world: World, kind: string) => Promise<void>;

export interface Asked {
  readonly id: number;
  readonly host: string;
  readonly entry: Entry;
  /** The head but for its last line end; further field lines may follow. */
  readonly head: string;
}

export const oneOf = <T>(...all: readonly T[]): T => all[Math.floor(Math.random() * all.length)] as T;
export const upTo = (most: number): number => Math.floor(Math.random() * (most + 1));

/** `to`: default, one of both; a host of no partner may have a host of its own. Two of three carry identity. */
export function askFor(
  { book }: World,
  want: string,
  { method = 'GET', bytes = 0, to = oneOf('stranger', 'stranger', 'partner'), isEnriched = upTo(2) > 0 } = {},
): Asked {
  const id = book.nextId();
  const host = to === 'stranger' ? `site-${upTo(31)}.test` : to === 'partner' ? `p${upTo(3)}.allow.example` : to;
  const last = String(id % 1000).padStart(3, '0');
  const identity = [
    `X-MSISDN: 447700900${last}\r\n`,
    upTo(1) === 0 ? `X-IMSI: 001010000000${last}\r\n` : '',
    upTo(3) === 0 ? `x_up_subno: TokenOfNobody${last}abcdefgh\r\n` : '',
    upTo(3) === 0 ? `X-New-Thing: +447700900${last}\r\n` : '',
  ].join('');
  const lines = [
    `Host: ${host}\r\n`,
    `User-Agent: soak/${upTo(9)}\r\n`,
    isEnriched ? identity : '',
    upTo(2) === 0 ? `Cookie: a=${'b'.repeat(upTo(300))}\r\n` : '',
    'Accept: */*\r\n',
  ];
  const target = upTo(9) === 0 ? `http://${host}/${want}/${id}/${bytes}` : `/${want}/${id}/${bytes}`;
  const entry = !isEnriched ? 'untouched' : host.endsWith('.allow.example') ? 'partner' : 'stripped';
  return { id, host, entry, head: `${method} ${target} HTTP/1.1\r\n${lines.join('')}` };
}

/** The head of the answer to this request, proven by its mark; entered. Throws on any other. */
export async function answerHead(caller: Caller, { book }: World, kind: string, asked: Asked): Promise<AnswerHead> {
  const head = await caller.head();
  if (head === null) throw new Error('the connection ended where an answer was owed');
  const mark = head.fields.get('x-mark');
  if (head.status !== 200 || mark !== String(asked.id)) {
    throw new Error(
      `\`${asked.head.split('\r\n')[0] ?? ''}\` to ${asked.host} got ${head.status} with the mark ${String(mark)}`,
    );
  }
  book.enter(kind, asked.entry);
  return head;
}

/** A whole answer with a body of so many bytes of this request; `pause` is waited for after each piece. */
export async function answerOf(
  caller: Caller,
  world: World,
  kind: string,
  asked: Asked,
  { bytes, pause, isHead = false }: { bytes: number; pause?: () => Promise<void>; isHead?: boolean },
): Promise<AnswerHead> {
  const head = await answerHead(caller, world, kind, asked);
  if (isHead) return head;
  const check = new ContentCheck(asked.id);
  const isWhole = await caller.body(head, (chunk) => {
    check.take(chunk);
    return pause?.();
  });
  if (!isWhole || check.bytes !== bytes) throw new Error(`an answer of ${check.bytes} bytes where ${bytes} were owed`);
  return head;
}

/** The gateway's own answer, which ends the connection or not. */
export async function ownAnswer(caller: Caller, statuses: readonly number[]): Promise<AnswerHead> {
  const head = await caller.head();
  if (head === null) throw new Error('the connection ended where a refusal was owed');
  if (!statuses.includes(head.status) || head.fields.has('x-mark')) {
    throw new Error(`got ${head.status} where ${statuses.join(' or ')} was owed`);
  }
  if (!(await caller.body(head, () => undefined))) throw new Error('a refusal was cut');
  return head;
}

/** On a connection of its own, which is closed whatever happens. */
export async function withCaller(
  world: World,
  act: (caller: Caller) => Promise<void>,
  readsAhead?: number,
): Promise<void> {
  const caller = await Caller.open(world.port, readsAhead);
  try {
    await act(caller);
  } finally {
    caller.close();
  }
}
