// What reading one head costs, ours beside Node's own parser, and what planning it costs, on its bytes beside on its strings: requests of
// 10 to 60 fields, an answer. After `make build`: node test/bench/head-reader.mjs. Takes half a minute; the best of many short rounds, in
// turn. Numbers, hosts and user agents rotate where the plan is measured.
import { createRequire } from 'node:module';
import { AnswerReader, ANSWER_LIMITS } from '../../dist/http/answer-reader.js';
import { byteAnswer } from '../../dist/decision/byte-answer.js';
import { BytePlan } from '../../dist/decision/byte-plan.js';
import { ByteRules } from '../../dist/decision/byte-rules.js';
import { plan } from '../../dist/decision/plan.js';
import { LinePool } from '../../dist/http/head-lines.js';
import { RequestReader } from '../../dist/http/request-reader.js';
import { parseAuthority } from '../../dist/names/authority.js';
import { rulesetOf } from '../../dist/policy/ruleset-of.js';

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

/** A policy as a gateway has one: 1,000 partners that are released two headers unchanged. */
const everMs = { from: null, until: null };
const POLICY = {
  version: 1,
  timezone: 'UTC',
  headers: [{ kind: 'name', key: 'xacmeline', spelling: 'X-Acme-Line', carries: 'msisdn' }],
  watch: [],
  numbers: [{ countryCode: '44', ranges: [{ prefix: '447700900', digits: 12 }], plmns: ['00101'], placeholders: [] }],
  detection: { exact: 'withhold', numbers: 'count', hints: 'count', novelty: 'observe' },
  partners: Array.from({ length: 1000 }, (_, i) => ({
    id: `p${i}`,
    hosts: [{ kind: 'exact', host: `www.partner${i}.example` }],
    transport: 'http',
    ports: [80],
    connect: null,
    listeners: null,
    release: [
      { key: 'xmsisdn', header: 'X-MSISDN', class: 'msisdn', form: 'unchanged', keyIds: [] },
      { key: 'xupcallinglineid', header: 'X-Up-Calling-Line-ID', class: 'msisdn', form: 'unchanged', keyIds: [] },
    ],
    period: everMs,
  })),
  deny: [],
  suppressions: [],
  releasesNothing: false,
};
const nowMs = Date.UTC(2026, 5, 1);
const skewMs = 30_000;
const ruleset = rulesetOf(POLICY, '');
const rules = ByteRules.of(ruleset, { nowMs, skewMs });
const ROTATED = 64;

const agents = ['Chrome/114.0', 'Chrome/115.0.5790.166', 'Chrome/116.0', 'Version/16.5', 'Firefox/117.0'];
/** Ten fields, two of them identity; `i` rotates what differs between subscribers. */
function tenFields(i, site) {
  const number = `447700900${String((i * 37) % 1000).padStart(3, '0')}`;
  return [
    `GET /news/today?id=${i}&x=abcdef HTTP/1.1`,
    `Host: www.${site}${i}.example`,
    `User-Agent: Mozilla/5.0 (Linux; Android 13; Pixel 6) AppleWebKit/537.36 (KHTML, like Gecko) ${agents[i % agents.length]} Mobile`,
    'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'Accept-Language: en-GB,en;q=0.5',
    'Accept-Encoding: gzip, deflate',
    'Cookie: session=4f1c9a7be2; theme=dark',
    `Referer: http://www.${site}${i}.example/`,
    `X-MSISDN: ${number}`,
    `X-Up-Calling-Line-ID: ${number}`,
    'Connection: keep-alive',
  ];
}
const cookie = (i) =>
  `Cookie: _ga=GA1.2.${1234567890 + i}.${1700000000 + i}; _gid=GA1.2.${987654321 + i}.${1700000123 + i}; id=${10000000 + i}; s=${1600000000000 + i}`;
const escapes = (i) =>
  `Cookie: prefs=%7B%22a%22%3A${i}%2C%22b%22%3A%22x%2Fy%22%7D; u=http%3A%2F%2Fa.example%2Fb; sid=d41d8cd98f00b204e9800998ecf842${10 + (i % 80)}`;
const withCookie = (lines, text) => lines.map((line) => (line.startsWith('Cookie') ? text : line));
const hexOf = (i) => (Math.imul(i + 1, 0x9e3779b1) >>> 0).toString(16);
const shapes = {
  'stranger, 10 fields': (i) => tenFields(i, 'site'),
  'partner, 10 fields': (i) => tenFields(i, 'partner'),
  'stranger, no identity': (i) => tenFields(i, 'site').filter((line) => !/^X-/.test(line)),
  'stranger, six long numbers in a cookie': (i) => withCookie(tenFields(i, 'site'), cookie(i)),
  'stranger, escapes and a digest in a cookie': (i) => withCookie(tenFields(i, 'site'), escapes(i)),
  'stranger, 60 fields': (i) => [
    ...tenFields(i, 'site'),
    ...Array.from({ length: 50 }, (_, k) => `X-App-Header-${k}: some value of forty characters ${k}`),
  ],
  'stranger, 60 fields of hex digits': (i) => [
    ...tenFields(i, 'site'),
    ...Array.from({ length: 50 }, (_, k) => `X-App-Field-${k}: ${hexOf(50 * i + k)}${hexOf(50 * i + k + 7)}-${i}`),
  ],
};

const tally = { cutValues: 0, digestValuesLeft: 0, digestValuesSkipped: 0, needlesDropped: 0 };
const circumstances = {
  now: nowMs,
  highestMs: nowMs,
  skewMs,
  listener: 'internet',
  trusted: true,
  quarantined: new Set(),
  lockdown: 'off',
  keys: new Map(),
  connectPorts: [443],
  via: false,
  limits: { headBytes: 32_768, fields: 128 },
  tally,
};

/** Everything that a request costs before its bytes are written: one of `ROTATED` in turn. `how`: of read, bytes, strings. */
function planned(shape, how) {
  const pool = new LinePool({ bytes: 32_768, fields: 128 });
  pool.classes = rules.names;
  const destinations = new Map();
  const destinationOf = (host) => {
    let destination = destinations.get(host);
    if (destination === undefined) {
      const authority = parseAuthority(host, 80);
      const release = ruleset.release({ listener: 'internet', host: authority.host, port: 80, times: [nowMs], skewMs });
      destination = { ...authority, release: rules.releaseFor(release, authority.host) };
      destinations.set(host, destination);
    }
    return destination;
  };
  const reader = new RequestReader({ pool, authorityOf: destinationOf });
  const bytePlan = new BytePlan();
  const at = { release: null, trusted: true, pathStart: 0, pathEnd: 0, tally };
  const slab = Buffer.alloc(ROTATED * 8192);
  const spans = Array.from({ length: ROTATED }, (_, i) => {
    const start = i * 8192;
    return [start, start + slab.latin1Write(bytesOf(shape(i)), start)];
  });
  let turn = 0;
  let onStrings = 0;
  const call = () => {
    const [start, end] = spans[turn];
    turn = (turn + 1) % ROTATED;
    if (reader.read(slab, start, end) !== 'head') throw new Error(reader.refusal);
    if (how === 'bytes') {
      at.release = reader.authority.release;
      at.pathStart = reader.pathStart;
      at.pathEnd = reader.pathEnd;
      if (bytePlan.make(rules, reader.lines, at) !== 'bytes') onStrings += 1;
    } else if (how === 'strings') {
      plan(ruleset, reader.head(), circumstances);
    }
    if (reader.read(slab, reader.at, end) !== 'end') throw new Error(reader.refusal);
  };
  call.share = () => onStrings;
  return call;
}

for (const [what, shape] of Object.entries(shapes)) {
  const calls = ['read', 'bytes', 'strings'].map((how) => planned(shape, how));
  const [read, bytes, strings] = bestOf(
    '',
    calls.map((call) => () => call),
  );
  const share = calls[1].share();
  console.log(
    `${what}: read ${read} ns, and planned on bytes ${bytes} ns (plan ${bytes - read}), on strings ${strings} ns; left to strings ${share}`,
  );
}

{
  const pool = new LinePool(ANSWER_LIMITS);
  pool.classes = rules.answerNames;
  const reader = new AnswerReader(pool);
  const out = { drops: new Int32Array(ANSWER_LIMITS.fields), dropped: 0, hasLogin: false };
  const length = SLAB.latin1Write(bytesOf(answer), 0);
  const [both] = bestOf(bytesOf(answer), [
    () => () => {
      reader.expect('GET');
      if (reader.read(SLAB, 0, length) !== 'head') throw new Error(reader.fault);
      if (byteAnswer(rules, reader.lines, out) !== 'bytes') throw new Error('an ordinary answer');
      if (reader.read(SLAB, reader.at, length) !== 'end') throw new Error(reader.fault);
    },
  ]);
  console.log(`answer, 9 fields: read and planned on bytes ${both} ns`);
}
