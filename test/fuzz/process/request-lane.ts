// Fuzzed requests through the gateway, each answer held against what Node's parser reads in the bytes that were sent: the same
// method, target, authority, fields and body, request by request, and of no other connection.
import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { answerField, readAnswers, type Answer } from '../../wire/harness/answer.js';
import { cuts, requests } from '../messages.js';
import { NodeServer, type NodeMessage } from '../node-parser.js';
import { ECHO, readEcho } from './echo.js';
import { bareOf, casesOf, converse, differences, mayGo, mustGo, type Field, type Run } from './lane.js';

export interface Shares {
  cases: number;
  /** Cases of which a request reached a destination. */
  accepted: number;
}

/** `isOrdered`: the fields keep their order, as on the fast path alone. */
export async function requestLane(
  run: Run,
  port: number,
  lane: number,
  shares: Shares,
  isOrdered: boolean,
): Promise<void> {
  const node = await NodeServer.open();
  for (const [text, sizes] of casesOf(fc.tuple(requests, cuts), run.seed + lane)) {
    if (run.isOver()) break;
    // The first request says which case it is of.
    const marked = text.replace(/HTTP\/1\.1\r\n/, `$&X-Case: case-${run.nextId()}\r\n`);
    run.tunnelled.note(marked);
    try {
      const received = await converse(port, marked, sizes);
      shares.cases += 1;
      if (judge(received, await node.requestsIn(marked), isOrdered) > 0) shares.accepted += 1;
    } catch (error) {
      run.fail(`${(error as Error).message}; sent ${JSON.stringify(marked)} in pieces of ${sizes.join(', ')}`);
    }
  }
  await node.close();
}

/** How many requests a destination read. Throws where one of them is not what Node reads. */
function judge(received: string, theirs: readonly NodeMessage[], isOrdered: boolean): number {
  const methods = theirs.map(({ start }) => start.split(' ')[0] ?? '');
  const { answers, rest } = readAnswers(received, methods, true);
  let read = 0;
  for (const [i, answer] of answers.entries()) {
    const echo = answerField(answer, ECHO);
    if (echo === undefined) {
      checkOwn(answer);
      // A tunnel, or a refusal: nothing of ours is behind it.
      if (methods[i] === 'CONNECT' || answerField(answer, 'connection') === 'close') return read;
      continue;
    }
    const their = theirs[i];
    if (their === undefined) throw new Error(`request ${i} was forwarded, and Node’s parser does not take it`);
    compare(readEcho(echo), their, isOrdered);
    read += 1;
    // Of another protocol to Node, which reads nothing that is behind it.
    if (isUpgrade(their)) return read;
  }
  if (rest !== '') throw new Error(`bytes behind the last answer: ${JSON.stringify(rest)}`);
  return read;
}

/** Node reads its head alone. */
function isUpgrade({ fields }: NodeMessage): boolean {
  return fields.some(({ name }) => name.toLowerCase() === 'upgrade');
}

/** One of ours, which is no defect of ours. */
function checkOwn({ status }: Answer): void {
  if (status === 500 || status > 505) throw new Error(`the gateway answered ${status}`);
}

function compare(ours: ReturnType<typeof readEcho>, their: NodeMessage, isOrdered: boolean): void {
  const [, method = '', target = ''] = /^(\S+) (.*) HTTP\/1\.[01]$/.exec(their.start) ?? [];
  const differs = (what: string, left: unknown, right: unknown): never => {
    throw new Error(`${what} that arrived is ${JSON.stringify(left)}, Node reads ${JSON.stringify(right)}`);
  };
  if (ours.method !== method) differs('the method', ours.method, method);
  const { authority, path } = wantedOf(method, target, their.fields);
  if (ours.target !== path) differs('the target', ours.target, path);
  const host = canonical(ours.fields.find(({ name }) => name === 'Host')?.value ?? '');
  if (host !== canonical(authority)) differs('the authority', host, authority);
  const sent = their.fields.filter(({ name }) => !mustGo(name, their.fields));
  const arrived = ours.fields.filter((field) => !FRAMING.has(field.name.toLowerCase()) && !isHandshake(field, their));
  const { lost, invented } = differences(sent, arrived);
  const wrong = [...invented, ...lost.filter((field) => !isWithheld(field) && !mayGo(field.name, their.fields))];
  if (wrong.length > 0) differs('a field', arrived, sent);
  if (isOrdered) {
    const kept = sent.filter((field) => !lost.includes(field));
    if (JSON.stringify(kept) !== JSON.stringify(arrived)) differs('the order of fields', arrived, kept);
  }
  if (isUpgrade(their)) return;
  if (ours.body !== their.body || !their.isWhole) differs('the body', ours.body, their.body);
}

/** What the gateway writes itself. */
const FRAMING: ReadonlySet<string> = new Set([
  'host',
  'content-length',
  'transfer-encoding',
  'connection',
  'max-forwards',
]);

/** The gateway writes it anew where a WebSocket was asked for. */
function isHandshake({ name, value }: Field, { fields }: NodeMessage): boolean {
  const isOf = (field: Field): boolean =>
    field.name.toLowerCase() === 'upgrade' && field.value.toLowerCase() === 'websocket';
  return isOf({ name, value }) && fields.some(isOf);
}

/** Identity by its name, however its separators are put, or by the number of this very request in its value. */
function isWithheld({ name, value }: Field): boolean {
  return /msisdn|xupcalling/.test(bareOf(name)) || value.includes('447700900123') || name.startsWith('X_A');
}

function wantedOf(method: string, target: string, fields: readonly Field[]): { authority: string; path: string } {
  const [whole, authority] = /^http:\/\/([^/?]*)/i.exec(target) ?? [];
  if (whole === undefined || authority === undefined) {
    return { authority: fields.find(({ name }) => name.toLowerCase() === 'host')?.value ?? '', path: target };
  }
  const path = target.slice(whole.length);
  if (path === '' && method === 'OPTIONS') return { authority, path: '*' };
  return { authority, path: path.startsWith('/') ? path : `/${path}` };
}

/** Lower case, without a default port, leading zeros of one, and the dot behind a name; an IPv6 address in its shortest form. */
function canonical(authority: string): string {
  const [, host = '', port = ''] = /^(.*?)(?::(\d*))?$/.exec(authority.trim().toLowerCase()) ?? [];
  const isDefault = port === '' || Number(port) === 80;
  const name = isIPv6(host.slice(1, -1)) ? new URL(`http://${host}/`).hostname : host.replace(/\.$/, '');
  return `${name}${isDefault ? '' : `:${Number(port)}`}`;
}
