// What the second look costs: the fast one beside the plain one (test/egress/slow-look.ts) in the same run, on heads that
// rotate hosts, numbers and user agents. After `make build`: node test/bench/egress.mjs. Takes half a minute; the best and the
// median of many short rounds, in turn. Alone and warm: in place a look costs two to three times as much.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { Expectation, Permission } from '../../dist/egress/expectation.js';
import { egressCheckOf } from '../../dist/egress/look.js';
import { spreadOf } from './statistics.mjs';

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '1500' } } });
const ROUNDS = Number(values.rounds);
const SEVERAL = 64;
const RULES = { own: [{ kind: 'prefix', key: 'xacmesub' }], watched: ['clientid'], exact: 'withhold' };
const NONE = new Set();

/** The plain look is a test's, in TypeScript: what it imports of the product is taken from dist/. */
async function slowCheckOf(rules) {
  const text = readFileSync(new URL('../egress/slow-look.ts', import.meta.url), 'utf8');
  const { outputText } = ts.transpileModule(text, { compilerOptions: { target: 'ES2023', module: 'ESNext' } });
  const whole = outputText.replaceAll(
    /'(?:\.\.\/)+src\/(.*?)'/g,
    (_, path) => `'${new URL(`../../dist/${path}`, import.meta.url).href}'`,
  );
  const module = await import(`data:text/javascript,${encodeURIComponent(whole)}`);
  return module.slowCheckOf(rules);
}

const numberOf = (i) => `447700900${String((i * 37) % 1000).padStart(3, '0')}`;
const tokenOf = (i) =>
  Buffer.from(`subscriber ${numberOf(i)} of the run`)
    .toString('base64')
    .slice(0, 40);
const hostOf = (i) => `www.site${String(i).padStart(2, '0')}.example`;
const AGENTS = [
  'Mozilla/5.0 (Linux; Android 13; Pixel 6) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Safari/604.1',
  'Mozilla/5.0 (Linux; U; Android 12; de-de; SM-A525F) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/22.0 Mobile',
  'Dalvik/2.1.0 (Linux; U; Android 11; moto g(30) Build/RRCS31.Q1-3-34-1-2)',
];
const usual = (i) => [
  `GET /news/today?id=${i}&x=abcdef HTTP/1.1`,
  `Host: ${hostOf(i)}`,
  `User-Agent: ${AGENTS[i % AGENTS.length]}`,
  'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
  'Accept-Language: en-GB,en;q=0.5',
  'Accept-Encoding: gzip, deflate',
  `Cookie: session=4f1c9a7be${i}; theme=dark`,
  `Referer: http://${hostOf(i)}/`,
  'Upgrade-Insecure-Requests: 1',
  'Cache-Control: max-age=0',
  'Connection: keep-alive',
];
const number = (i) => [{ kind: 'number', value: numberOf(i), key: 'xmsisdn' }];
const token = (i) => [{ kind: 'token', value: tokenOf(i), key: 'xacr' }];

const WORKLOADS = [
  { what: '10 fields, a number', lines: usual, needles: number },
  { what: '10 fields, no needle', lines: usual, needles: () => [] },
  { what: '10 fields, a number and a token', lines: usual, needles: (i) => [...number(i), ...token(i)] },
  {
    what: '10 fields, long numbers',
    lines: (i) => usual(i).map((line) => (line.startsWith('Cookie') ? `Cookie: ${longNumbers(i)}` : line)),
    needles: number,
  },
  {
    what: '60 fields, a number',
    lines: (i) => [
      ...usual(i),
      ...Array.from({ length: 50 }, (_, n) => `X-App-Header-${n}: some value of thirty ${n} ${i}`),
    ],
    needles: number,
  },
  {
    what: 'partner, a name released',
    lines: (i) => [...usual(i), `X-MSISDN: ${numberOf(i)}`],
    needles: number,
    released: new Set(['xmsisdn', 'ximsi']),
  },
];

function longNumbers(i) {
  return Array.from({ length: 6 }, (_, n) => `c${n}=${1_700_000_000_000 + n * 86_400_123 + i}`).join('; ');
}

/** Heads in one buffer with a body behind each, and what is expected of them. */
function prepared({ lines, needles, released = NONE }) {
  const slab = Buffer.alloc(1 << 18, 'body ');
  let at = 0;
  return Array.from({ length: SEVERAL }, (_, i) => {
    const text = `${lines(i).join('\r\n')}\r\n\r\n`;
    const start = at;
    const end = start + slab.latin1Write(text, start);
    at = end + 61;
    const permitted = { authority: hostOf(i), released, unchanged: NONE, suppressed: NONE };
    const sought = needles(i);
    return {
      slab,
      start,
      end,
      expectation: new Expectation(hostOf(i), new Permission(permitted)),
      needles: sought,
      head: slab.subarray(start, end),
      slow: { ...permitted, needles: sought.map(({ kind, value }) => ({ kind, value, released: false })) },
    };
  });
}

const fast = egressCheckOf(RULES);
const slow = await slowCheckOf(RULES);

/** Median and best nanoseconds of one look, for the plain one and the fast one. */
function measured(heads) {
  const calls = [
    ({ head, slow: expected }) => slow.look(head, expected),
    ({ slab, start, end, expectation, needles }) => fast.look(slab, start, end, expectation, needles),
  ];
  const rounds = calls.map(() => []);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [i, call] of calls.entries()) {
      const begin = process.hrtime.bigint();
      for (const head of heads) if (call(head) !== undefined) throw new Error('the head may leave');
      rounds[i].push(Number(process.hrtime.bigint() - begin) / heads.length);
    }
  }
  return rounds.map((each) => ({ best: Math.round(Math.min(...each)), median: Math.round(spreadOf(each).median) }));
}

const building = process.hrtime.bigint();
egressCheckOf(RULES);
console.log(`a check is made in ${(Number(process.hrtime.bigint() - building) / 1e6).toFixed(1)} ms`);
for (const workload of WORKLOADS) {
  const heads = prepared(workload);
  const bytes = Math.round(heads.reduce((sum, { start, end }) => sum + end - start, 0) / heads.length);
  const [plain, quick] = measured(heads);
  console.log(
    `${workload.what}, ${bytes} bytes: ${quick.median} ns (best ${quick.best}), plain ${plain.median} ns (best ${plain.best})`,
  );
}
