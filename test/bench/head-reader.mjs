// What reading one head costs: ours beside Node's own parser, on an enriched request of 12 fields, on one of 60, and on an answer.
// After `make build`: node test/bench/head-reader.mjs. Takes ten seconds; the best of many short rounds, in turn.
import { createRequire } from 'node:module';
import { AnswerReader, ANSWER_LIMITS } from '../../dist/http/answer-reader.js';
import { LinePool } from '../../dist/http/head-lines.js';
import { RequestReader } from '../../dist/http/request-reader.js';
import { parseAuthority } from '../../dist/names/authority.js';

// No public door leads to Node's parser alone; a measurement may take this one.
const { HTTPParser } = createRequire(import.meta.url)('_http_common');

const ROUNDS = 3000;
const PER_ROUND = 100;
const SLAB = Buffer.alloc(65_536);

const request = [
  'GET /news/today?id=42&x=abcdef HTTP/1.1',
  'Host: news.stranger.example',
  'User-Agent: Mozilla/5.0 (Linux; Android 13; Pixel 6) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0 Mobile Safari/537.36',
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Language: en-GB,en;q=0.5',
  'Accept-Encoding: gzip, deflate',
  'Cookie: session=4f1c9a7be2; theme=dark',
  'Referer: http://news.stranger.example/',
  'X-MSISDN: 447700900123',
  'X-IMSI: 001010123456789',
  'X-Up-Calling-Line-ID: 447700900123',
  'X-Forwarded-For: 10.1.2.3',
  'Connection: keep-alive',
];
const many = [
  'GET / HTTP/1.1',
  'Host: news.stranger.example',
  ...Array.from({ length: 59 }, (_, i) => `X-App-Header-${i}: some value of forty characters ${i}`),
];
const answer = [
  'HTTP/1.1 200 OK',
  'Server: nginx',
  'Date: Thu, 01 Jan 2026 00:00:00 GMT',
  'Content-Type: text/html; charset=utf-8',
  'Content-Length: 0',
  'Last-Modified: Wed, 01 Jan 2025 00:00:00 GMT',
  'Connection: keep-alive',
  'ETag: "65f0-400"',
  'Cache-Control: max-age=3600',
  'Accept-Ranges: bytes',
];
const bytesOf = (lines) => `${lines.join('\r\n')}\r\n\r\n`;

const authorities = new Map();
/** As the fast path will have it: a host is read once. */
function authorityOf(text) {
  let authority = authorities.get(text);
  if (authority === undefined) {
    authority = parseAuthority(text, 80);
    authorities.set(text, authority);
  }
  return authority;
}

function ourRequests(length, isAsStrings) {
  const reader = new RequestReader({ pool: new LinePool({ bytes: 32_768, fields: 128 }), authorityOf });
  return () => {
    if (reader.read(SLAB, 0, length) !== 'head') throw new Error(reader.refusal);
    const head = isAsStrings ? reader.head() : undefined;
    if (reader.read(SLAB, reader.at, length) !== 'end') throw new Error(reader.refusal);
    return head;
  };
}

function ourAnswers(length) {
  const reader = new AnswerReader(new LinePool(ANSWER_LIMITS));
  return () => {
    reader.expect('GET');
    if (reader.read(SLAB, 0, length) !== 'head') throw new Error(reader.fault);
    if (reader.read(SLAB, reader.at, length) !== 'end') throw new Error(reader.fault);
  };
}

function nodes(length, type) {
  const parser = new HTTPParser();
  parser.initialize(type, {});
  let seen = 0;
  parser[HTTPParser.kOnHeaders] = () => undefined;
  parser[HTTPParser.kOnHeadersComplete] = () => {
    seen += 1;
    return 0;
  };
  parser[HTTPParser.kOnMessageComplete] = () => undefined;
  const bytes = SLAB.subarray(0, length);
  return () => {
    seen = 0;
    const taken = parser.execute(bytes);
    if (seen !== 1 || taken !== length) throw new Error('Node read something else');
  };
}

/** Best nanoseconds of one call, of many short rounds in turn. */
function bestOf(text, calls) {
  const length = SLAB.latin1Write(text, 0);
  const made = calls.map((make) => make(length));
  const best = made.map(() => Infinity);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [i, call] of made.entries()) {
      const start = process.hrtime.bigint();
      for (let n = 0; n < PER_ROUND; n += 1) call();
      best[i] = Math.min(best[i], Number(process.hrtime.bigint() - start) / PER_ROUND);
    }
  }
  return best.map((ns) => Math.round(ns));
}

for (const [what, lines] of [
  ['request, 12 fields', request],
  ['request, 60 fields', many],
]) {
  const text = bytesOf(lines);
  const [ours, strings, theirs] = bestOf(text, [
    (length) => ourRequests(length, false),
    (length) => ourRequests(length, true),
    (length) => nodes(length, HTTPParser.REQUEST),
  ]);
  console.log(
    `${what}, ${text.length} bytes: ${ours} ns, with its fields as strings ${strings} ns, Node's parser ${theirs} ns`,
  );
}
const text = bytesOf(answer);
const [ours, theirs] = bestOf(text, [ourAnswers, (length) => nodes(length, HTTPParser.RESPONSE)]);
console.log(`answer, 9 fields, ${text.length} bytes: ${ours} ns, Node's parser ${theirs} ns`);
