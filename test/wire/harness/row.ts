// A hostile row as data, and its run: the outcome asked for, and on every row the invariants I1 to I6.
import { Client } from './client.js';
import { eventually } from './deadline.js';
import { checkHead, checkNoValue, checkViews } from './invariants.js';
import type { SeenRequest } from './lenient.js';
import { handsOver, isFast, type Way } from './paths.js';
import { total, type Samples } from './scrape.js';
import type { Stage } from './stage.js';
import { head, IMSI, NUMBER, OTHER_NUMBER, STRANGER } from './values.js';

/** How the bytes are written: in one segment, one write a byte, or with a whole request behind them. */
export const DELIVERIES = ['whole', 'byte by byte', 'with a request behind'] as const;
export type Delivery = (typeof DELIVERIES)[number];

/** A longer message is not sent byte by byte: thousands of writes show nothing that hundreds do not. */
const LONGEST_BY_BYTE = 2048;

export interface Row {
  /** The number in the list of hostile requests. */
  readonly row: number;
  /** A sentence: what goes in and what must be. */
  readonly says: string;
  /** The bytes, latin1. */
  readonly send: string;
  /** `refused`: answered by us with one of `status`, then closed; `to`: forwarded to that origin. */
  readonly outcome: 'refused' | { readonly to: 'stranger' | 'partner' };
  /** Of the final answer. Default: 400 when refused, 200 when forwarded. */
  readonly status?: readonly number[];
  /** Lines that must arrive byte for byte. */
  readonly arrives?: readonly string[];
  /** Texts that must not arrive, in any case. */
  readonly withheld?: readonly string[];
  /** The start line that must arrive. */
  readonly line?: string;
  /** The Host that must arrive. */
  readonly host?: string;
  /** The body that must arrive, whatever its framing. */
  readonly body?: string;
  /** Series that must have grown: metric and label pairs, and by how much. */
  readonly counts?: readonly { readonly metric: string; readonly labels?: readonly string[]; readonly by: number }[];
  /** The origin may see the beginning of the message, never a whole one (a fault inside the body). */
  readonly isCut?: true;
  /** The values stand in what is the subscriber's own (target, Cookie, Referer): they may arrive. */
  readonly isOwn?: true;
  /** The client ends its side after the bytes: for messages that end by it. */
  readonly finishes?: true;
  /** The answer may be followed by the end of the connection, so what stands behind is not answered. */
  readonly mayClose?: true;
  /** The forwarded request is answered and then the rest is refused: bytes that are no request. */
  readonly thenRefused?: true;
  /**
   * A well-formed head of the closed list (WebSocket, Expect, HTTP/1.0, CONNECT): the fast path alone refuses it and contacts
   * nobody; handed over, its answer is the connection's last. The row says what the slow path makes of it.
   */
  readonly needs?: 'slow';
  /** Where the fast path reads the message: in place of what the row says elsewhere. */
  readonly onFast?: Partial<Row>;
  /** The forwarded request's answer is the connection's last: what stands behind it is not executed. */
  readonly isLast?: true;
  /** Only these; default all. */
  readonly deliveries?: readonly Delivery[];
  /** Anything else that must hold of the request that arrived. */
  readonly also?: (request: SeenRequest) => void;
}

const BEHIND = head('GET /behind HTTP/1.1', `Host: ${STRANGER}`);

export function deliveriesOf(row: Row): readonly Delivery[] {
  const asked = row.deliveries ?? DELIVERIES;
  return asked.filter((delivery) => delivery !== 'byte by byte' || row.send.length <= LONGEST_BY_BYTE);
}

/** What a row asks where the product is started this way. */
export function rowOn(row: Row, way: Way): Row {
  if (!isFast(way)) return row;
  if (row.needs !== 'slow') return { ...row, ...row.onFast };
  if (handsOver(way)) return row.outcome === 'refused' ? row : { ...row, isLast: true };
  const { send, says, finishes, deliveries } = row;
  return {
    row: row.row,
    says,
    send,
    ...(finishes === undefined ? {} : { finishes }),
    ...(deliveries === undefined ? {} : { deliveries }),
    ...refused(501),
    counts: [{ metric: 'headgate_refused_requests_total', labels: ['why="slow-path"'], by: 1 }],
  };
}

function must(isTrue: boolean, what: () => string): void {
  if (!isTrue) throw new Error(what());
}

/** What the client saw. */
interface Seen {
  readonly statuses: readonly number[];
  readonly bodies: readonly string[];
}

async function converse(stage: Stage, row: Row, delivery: Delivery): Promise<Seen> {
  const client = await Client.connect(stage.port);
  try {
    return await converseOn(client, stage, row, delivery);
  } finally {
    client.abort();
  }
}

async function converseOn(client: Client, stage: Stage, row: Row, delivery: Delivery): Promise<Seen> {
  const isBehind = delivery === 'with a request behind';
  const methods = [row.send.split(' ', 1)[0] ?? 'GET'];
  const bytes = row.send + (isBehind ? BEHIND : '');
  if (delivery === 'byte by byte') await client.sendByteByByte(bytes);
  else client.send(bytes);
  if (row.finishes === true) client.finish();
  const isForwarded = row.outcome !== 'refused';
  if (row.isLast === true) {
    await client.end();
  } else if (isForwarded && row.thenRefused !== true && row.mayClose !== true) {
    await client.answers(isBehind ? 2 : 1, methods);
  } else if (isForwarded && row.mayClose === true) {
    await client.answers(1, methods);
  } else {
    await client.end();
  }
  const { answers, rest } = client.read(methods);
  if (!isForwarded || row.thenRefused === true) {
    stage.gateway.keep('answers.txt', client.received);
    checkNoValue(client.received, [NUMBER, OTHER_NUMBER, IMSI]);
    must(rest === '', () => `the client received more than answers: ${JSON.stringify(rest.slice(0, 200))}`);
  }
  return { statuses: answers.map((answer) => answer.status), bodies: answers.map((answer) => answer.body) };
}

function checkStatuses(row: Row, { statuses, bodies }: Seen, isBehind: boolean): void {
  const isForwarded = row.outcome !== 'refused';
  const allowed = row.status ?? (isForwarded ? [200] : [400]);
  const first = statuses[0] ?? 0;
  must(allowed.includes(first), () => `the client got ${JSON.stringify(statuses)}, expected ${allowed.join(' or ')}`);
  if (row.thenRefused === true) {
    must(
      statuses.length === 2 && (statuses[1] ?? 0) >= 400,
      () => `got ${JSON.stringify(statuses)}, expected a refusal`,
    );
  } else if (!isForwarded || row.isLast === true) {
    must(
      statuses.length === 1,
      () => `got ${JSON.stringify(statuses)}: nothing may follow a refusal, or an answer that is the last`,
    );
  } else if (isBehind && row.mayClose !== true) {
    must(
      statuses[1] === 200 && bodies[1] === 'stranger /behind',
      () => `the request behind got ${JSON.stringify([statuses[1], bodies[1]])}`,
    );
  }
}

function checkArrived(row: Row, request: SeenRequest): void {
  const lines = request.head.split('\r\n');
  for (const line of row.arrives ?? []) {
    must(lines.includes(line), () => `\`${JSON.stringify(line)}\` did not arrive in ${JSON.stringify(request.head)}`);
  }
  if (row.line !== undefined) {
    must(request.line === row.line, () => `the start line that arrived is ${JSON.stringify(request.line)}`);
  }
  if (row.host !== undefined) {
    must(
      lines.includes(`Host: ${row.host}`),
      () => `Host did not arrive as ${String(row.host)}: ${JSON.stringify(lines)}`,
    );
  }
  if (row.body !== undefined) {
    must(request.body === row.body, () => `the body that arrived is ${JSON.stringify(request.body.slice(0, 400))}`);
  }
  row.also?.(request);
}

/** What each origin received, without the fences, in every lenient view. */
function requestsAt(stage: Stage, row: Row): { readonly partner: SeenRequest[]; readonly stranger: SeenRequest[] } {
  const read = (name: 'partner' | 'stranger'): SeenRequest[] => {
    const requests = stage[name]
      .since()
      .flatMap(({ bytes, connection }) => {
        // A connection whose earlier request was cut is never used again, so its rest belongs to this case.
        if (row.isCut !== true || connection.isClosed === false) return checkViews(bytes);
        return checkViews(bytes, true);
      })
      .filter((request) => !request.target.startsWith('/fence-'));
    for (const request of requests) checkHead(request);
    return requests;
  };
  return { partner: read('partner'), stranger: read('stranger') };
}

/**
 * Plays one row on the stage and throws with a sentence where anything does not hold. `written`: as the table has it;
 * `before`: the samples until now.
 */
export async function playRow(stage: Stage, written: Row, delivery: Delivery, before: Samples): Promise<Samples> {
  const row = rowOn(written, stage.way);
  const isBehind = delivery === 'with a request behind';
  for (const origin of stage.origins) origin.mark();
  const seen = await converse(stage, row, delivery);
  if (row.isCut === true) {
    const cut = (): boolean =>
      stage.origins.every((origin) => origin.open.every((c) => c.answeredTo === c.received.length));
    await eventually('the upstream connection of a message that was never whole to close', cut);
  }
  await stage.fence();
  checkStatuses(row, seen, isBehind);

  const arrived = requestsAt(stage, row);
  const behind = arrived.stranger.filter((request) => request.target === '/behind');
  const stranger = arrived.stranger.filter((request) => request.target !== '/behind');
  const outcome = row.outcome;
  const owed = {
    partner: outcome !== 'refused' && outcome.to === 'partner' ? 1 : 0,
    stranger: outcome !== 'refused' && outcome.to === 'stranger' ? 1 : 0,
    behind: isBehind && outcome !== 'refused' && row.thenRefused !== true && row.isLast !== true ? 1 : 0,
  };
  const counts = { partner: arrived.partner.length, stranger: stranger.length, behind: behind.length };
  if (row.mayClose === true && counts.behind === 0) owed.behind = 0;
  must(
    JSON.stringify(counts) === JSON.stringify(owed),
    () => `requests that arrived: ${JSON.stringify(counts)}, owed: ${JSON.stringify(owed)}`,
  );
  for (const request of [...stranger, ...arrived.partner]) checkArrived(row, request);

  const bytesAt = (name: 'partner' | 'stranger'): string =>
    stage[name]
      .since()
      .map(({ bytes }) => bytes)
      .join('\n');
  const bytes = { partner: bytesAt('partner'), stranger: bytesAt('stranger') };
  if (row.isOwn !== true) checkNoValue(bytes.stranger, [NUMBER, OTHER_NUMBER, IMSI]);
  for (const text of row.withheld ?? []) {
    const found = [bytes.partner, bytes.stranger].find((all) => all.toLowerCase().includes(text.toLowerCase()));
    must(found === undefined, () => `\`${text}\` arrived: ${JSON.stringify(found)}`);
  }

  const counted = 2 + (outcome === 'refused' ? 1 : 1 + owed.behind) + (row.thenRefused === true ? 1 : 0);
  const after = await stage.counted(before, counted);
  const grew = (metric: string, ...labels: readonly string[]): number =>
    total(after, metric, ...labels) - total(before, metric, ...labels);
  if (outcome === 'refused' || row.thenRefused === true) {
    must(grew('headgate_refused_requests_total') === 1, () => 'headgate_refused_requests_total did not grow by 1');
  }
  const onSlow = grew('headgate_path_total', 'path="slow"');
  const slow = isFast(stage.way) ? (row.needs === 'slow' && outcome !== 'refused' ? 1 : 0) : onSlow;
  must(onSlow === slow, () => `the slow path carried ${onSlow} requests, ${slow} are its own`);
  const onFast = grew('headgate_path_total', 'path="fast"');
  must(isFast(stage.way) || onFast === 0, () => `the fast path carried ${onFast} requests without being there`);
  for (const { metric, labels = [], by } of row.counts ?? []) {
    const by1 = grew(metric, ...labels);
    must(by1 === by, () => `${metric}{${labels.join(',')}} grew by ${by1}, expected ${by}`);
  }
  must(stage.gateway.isAlive, () => 'the gateway died');
  return after;
}

/** STRIP of the rows: `times` fields withheld from the stranger, and counted. */
export function strip(times = 1): Pick<Row, 'outcome' | 'counts'> {
  return {
    outcome: { to: 'stranger' },
    counts: [
      { metric: 'headgate_stripped_headers_total', by: times },
      { metric: 'headgate_released_headers_total', by: 0 },
      { metric: 'headgate_leaked_headers_total', by: 0 },
    ],
  };
}

/** KEEP of the rows: the partner gets the identity once, byte for byte, and it is counted. */
export function keep(): Pick<Row, 'outcome' | 'arrives' | 'counts'> {
  return {
    outcome: { to: 'partner' },
    arrives: [`X-MSISDN: ${NUMBER}`],
    counts: [
      { metric: 'headgate_released_headers_total', labels: ['partner="partner0001"'], by: 1 },
      { metric: 'headgate_stripped_headers_total', by: 0 },
    ],
  };
}

/** A refusal with one of these statuses; 400 by default. */
export function refused(...status: readonly number[]): Pick<Row, 'outcome' | 'status'> {
  return status.length === 0 ? { outcome: 'refused' } : { outcome: 'refused', status };
}
