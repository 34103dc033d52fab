// Chunking does not matter: what a reader says of bytes depends on the bytes alone, and it never throws.
// A strict subset: whatever request the reader takes, Node's parser takes, with the same fields, target and body; and an answer
// that both take has the same body.
import { NodeClient, NodeServer } from './node-parser.js';
import fc from 'fast-check';
import { readRequest } from '../../src/http/request.js';
import { answersOf, latin1, LIMITS, readingWith, requestsOf } from '../http/transcript.js';
import { answers, cuts, piecesOf, requests } from './messages.js';
import { holds, holdsLater } from './property.js';

let server: NodeServer;
let client: NodeClient;
beforeAll(async () => {
  server = await NodeServer.open();
  client = await NodeClient.open();
});
afterAll(async () => {
  await server.close();
  await client.close();
});

const SLOW = { headBytes: LIMITS.bytes, fields: LIMITS.fields };

/** Of a fault inside a message the place in the bytes is where the piece ended. */
const comparable = ({ messages, end }: ReturnType<typeof requestsOf>): unknown => ({ messages, end });

/** The share of cases that must be accepted, so that the property is not about refusals alone. */
function expectShare(accepted: number, all: number): void {
  process.stderr.write(`  accepted: ${accepted} of ${all}\n`);
  expect(accepted / all).toBeGreaterThan(0.2);
}

test('a request is read the same however it is cut', () => {
  let accepted = 0;
  let all = 0;
  const reading = readingWith({ bytes: 400, fields: 12 });
  holds(
    fc.tuple(requests, cuts),
    ([text, sizes]) => {
      const whole = requestsOf([latin1(text)], reading);
      expect(comparable(requestsOf(piecesOf(text, sizes), reading))).toEqual(comparable(whole));
      all += 1;
      if (whole.messages.length > 0) accepted += 1;
    },
    6,
  );
  expectShare(accepted, all);
});

test('an answer is read the same however it is cut', () => {
  let accepted = 0;
  let all = 0;
  holds(
    fc.tuple(answers, cuts, fc.constantFrom('GET', 'GET', 'HEAD')),
    ([text, sizes, method]) => {
      const whole = answersOf([latin1(text)], method);
      expect(comparable(answersOf(piecesOf(text, sizes), method))).toEqual(comparable(whole));
      all += 1;
      if (whole.messages.some(({ isWhole }) => isWhole)) accepted += 1;
    },
    6,
  );
  expectShare(accepted, all);
});

test('what the slow path refuses behind Node’s parser, the reader refuses with the same code, or already as malformed', async () => {
  const codes = new Set<string>();
  await holdsLater(
    requests,
    async (text) => {
      const [first] = await server.requestsIn(text);
      if (first === undefined) return;
      const [, method = '', target = '', version = ''] = /^(\S+) (.*) HTTP\/([0-9.]+)$/.exec(first.start) ?? [];
      const read = readRequest({ method, target, version, fields: first.fields }, SLOW);
      if (read.kind !== 'refusal') return;
      codes.add(read.code);
      const { messages, end } = requestsOf([latin1(text)]);
      expect(messages).toEqual([]);
      expect([read.local === null ? read.code : `${read.code} ${read.local}`, 'syntax', 'version']).toContain(end);
    },
    2,
  );
  expect(codes.size).toBeGreaterThan(3);
}, 600_000);

test('every request that the reader takes, Node’s parser takes, with the same target, fields and body', async () => {
  let accepted = 0;
  let all = 0;
  await holdsLater(
    requests,
    async (text) => {
      const { messages } = requestsOf([latin1(text)]);
      const taken = await server.requestsIn(text);
      all += 1;
      if (messages.length > 0) accepted += 1;
      for (const [i, { start, fields, body, isWhole, more }] of messages.entries()) {
        const [path, closes] = JSON.parse(more) as [string, boolean];
        const theirs = taken[i];
        expect({ start: theirs?.start, fields: theirs?.fields }).toEqual({ start, fields });
        // Handed over, another protocol to Node, or the last on its connection: it does not read what is behind.
        if (path === 'connect' || fields.some(({ name }) => name.toLowerCase() === 'upgrade')) return;
        if (isWhole) expect({ body: theirs?.body, isWhole: theirs?.isWhole }).toEqual({ body, isWhole });
        if (closes) return;
      }
    },
    5,
  );
  expectShare(accepted, all);
}, 600_000);

test('an answer that both take has the same status, fields and body', async () => {
  let accepted = 0;
  let both = 0;
  let all = 0;
  await holdsLater(
    fc.tuple(answers, fc.constantFrom('GET', 'GET', 'HEAD')),
    async ([text, method]) => {
      const { messages } = answersOf([latin1(text)], method);
      const theirs = await client.answerIn(text, method);
      const ours = messages.at(-1);
      all += 1;
      if (ours === undefined || !ours.isWhole || /^HTTP\/1\.[01] 1/.test(ours.start)) return;
      accepted += 1;
      if (theirs === undefined) return;
      both += 1;
      const { start, fields, body } = ours;
      expect({ ...theirs }).toEqual({ start, fields, body, isWhole: true });
    },
    4,
  );
  expectShare(accepted, all);
  expectShare(both, all);
}, 600_000);
