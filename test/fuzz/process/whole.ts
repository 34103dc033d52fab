// The fuzz of the whole process: random and mutated messages in random pieces on many connections at once, against the built product
// on [fast] and on [fast, slow]. Never an exception, never a byte of another request in an answer, memory flat, a fifth of the messages
// accepted; what is accepted is what Node's own parser reads in the same bytes.
import { resolve } from 'node:path';
import { heapFolder, mebibytes, Watch } from '../../soak/watch.js';
import { Gateway } from '../../wire/harness/gateway.js';
import { policyText } from '../../wire/harness/policy-text.js';
import { residentBytes } from '../../wire/harness/process-view.js';
import { total } from '../../wire/harness/scrape.js';
import { answerLane, Teller, type AnswerShares } from './answer-lane.js';
import { Echo } from './echo.js';
import { converse, type Run, Tunnelled } from './lane.js';
import { requestLane, type Shares } from './request-lane.js';

const MEBIBYTE = 1024 * 1024;
/** From a third of the time to the end, each time after a collection. */
const MOST_GROWTH = 32 * MEBIBYTE;
const MOST_HEAP = 8 * MEBIBYTE;
const LEAST_SHARE = 0.2;
const LANES = { requests: 8, answers: 6 };

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export async function main(): Promise<number> {
  const seconds = Number(process.env['SECONDS'] ?? 60);
  const seed = Number(process.env['SEED'] ?? Date.now() % 0x7fff_ffff);
  if (!(seconds >= 1) || !Number.isInteger(seed)) {
    say('SECONDS and SEED are numbers');
    return 64;
  }
  const failures: string[] = [];
  const fail = (why: string): void => void failures.push(why);
  const heaps = heapFolder(resolve('build/fuzz/heap'));
  process.env['HEADGATE_SOAK_HEAP'] = heaps;
  process.env['NODE_OPTIONS'] = `--require=${resolve('test/soak/collect.cjs')}`;
  const tunnelled = new Tunnelled();
  const [echo, teller] = [await Echo.open(fail, tunnelled), await Teller.open()];
  const gateways: Gateway[] = [];
  let said = '';
  try {
    for (const paths of [['fast'], ['fast', 'slow']] as const) gateways.push(await start(paths, echo, teller));
    said = await fuzz({ gateways, heaps, teller, seconds, seed, failures, fail, tunnelled });
    for (const gateway of gateways) failures.push(...(await faultsOf(gateway)));
  } catch (error) {
    fail((error as Error).message);
  } finally {
    for (const gateway of gateways) {
      await gateway.stop().catch((error: unknown) => fail((error as Error).message));
      gateway.child.kill('SIGKILL');
    }
    await echo.close();
    await teller.close();
  }
  const [first] = failures;
  say(first === undefined ? `fuzz: ${said}` : `fuzz: FAILED with seed ${seed}: ${first}`);
  return first === undefined ? 0 : 1;
}

function start(paths: readonly ('fast' | 'slow')[], echo: Echo, teller: Teller): Promise<Gateway> {
  return Gateway.start({
    name: `fuzz-${paths.join('-')}`,
    paths,
    policy: policyText([]),
    settings: {
      log: { level: 'info' },
      destinations: {
        hosts: { 'answers.test': `127.0.0.1:${teller.port}` },
        default: `127.0.0.1:${echo.port}`,
        permit: ['127.0.0.0/8'],
      },
      limits: { responseTimeout: '10s', idleTimeout: '10s' },
    },
  });
}

interface Fuzz {
  readonly gateways: readonly Gateway[];
  /** Where they say what their heaps hold. */
  readonly heaps: string;
  readonly teller: Teller;
  readonly seconds: number;
  readonly seed: number;
  readonly failures: readonly string[];
  readonly fail: (why: string) => void;
  readonly tunnelled: Tunnelled;
}

/** What the run came to; what is wrong is told to `fail`. */
async function fuzz({ gateways, heaps, teller, seconds, seed, failures, fail, tunnelled }: Fuzz): Promise<string> {
  await Promise.all(gateways.map((gateway) => nameHosts(gateway.port())));
  const end = performance.now() + seconds * 1000;
  let ids = 0;
  const run: Run = {
    seed,
    isOver: () => performance.now() > end || failures.length > 0,
    fail,
    nextId: () => (ids += 1),
    tunnelled,
  };
  const requests: Shares = { cases: 0, accepted: 0 };
  const answers: AnswerShares = { cases: 0, accepted: 0, both: 0 };
  const lanes = gateways.flatMap((gateway, g) => [
    ...Array.from({ length: LANES.requests }, (_, i) =>
      requestLane(run, gateway.port(), g * 100_000 + i * 1000, requests, g === 0),
    ),
    ...Array.from({ length: LANES.answers }, (_, i) =>
      answerLane(run, gateway.port(), g * 100_000 + i * 1000 + 500, teller, answers),
    ),
  ]);
  await wait((seconds * 1000) / 3);
  const before = await Promise.all(gateways.map(({ pid }) => levelOf(pid, heaps)));
  await Promise.all(lanes);
  const after = await Promise.all(gateways.map(({ pid }) => levelOf(pid, heaps)));
  const grown = (of: keyof Level): number => Math.max(...after.map((level, g) => level[of] - (before[g]?.[of] ?? 0)));
  const [heap, resident] = [grown('heap'), grown('resident')];
  if (heap > MOST_HEAP) fail(`the heap of a gateway grew by ${mebibytes(heap)} MiB`);
  if (resident > MOST_GROWTH) fail(`a gateway grew by ${mebibytes(resident)} MiB`);
  const share = (part: number, { cases }: { cases: number }): number => part / Math.max(1, cases);
  const shares = {
    requests: share(requests.accepted, requests),
    answers: share(answers.accepted, answers),
    both: share(answers.both, answers),
  };
  for (const [what, part] of Object.entries(shares)) {
    if (part < LEAST_SHARE) fail(`only ${Math.round(part * 100)} % of the cases were accepted (${what})`);
  }
  const percent = (part: number): string => `${Math.round(part * 100)} %`;
  return (
    `${requests.cases} cases of requests (${percent(shares.requests)} accepted), ${answers.cases} answers ` +
    `(${percent(shares.answers)} relayed whole, ${percent(shares.both)} taken by Node too) in ${seconds} s, ` +
    `heap and memory grew by ${mebibytes(heap)} and ${mebibytes(resident)} MiB, seed ${seed}`
  );
}

/** More than a gateway remembers. */
const HOSTS = 17_000;

/** What a gateway remembers of hosts is bounded, and large: it is filled first, or the fuzz would measure how it fills. */
async function nameHosts(port: number): Promise<void> {
  const share = HOSTS / 20;
  const requests = (from: number): string =>
    Array.from({ length: share }, (_, i) => `GET / HTTP/1.1\r\nHost: h${String(from + i)}.example\r\n\r\n`).join('');
  const name = async (from: number): Promise<void> => {
    const { length } = (await converse(port, requests(from), [])).split('HTTP/1.1 200 OK\r\n');
    if (length !== share + 1) throw new Error(`${String(share + 1 - length)} of the first requests were not answered`);
  };
  await Promise.all(Array.from({ length: 20 }, (_, i) => name(i * share)));
}

interface Level {
  readonly heap: number;
  readonly resident: number;
}

/** Of a gateway and its workers together, in bytes, right after they have collected their garbage. */
async function levelOf(pid: number, heaps: string): Promise<Level> {
  const watch = new Watch(pid, heaps);
  watch.stop();
  const levels = await watch.level();
  const sum = (all: Iterable<number>): number => [...all].reduce((a, b) => a + b, 0);
  return { heap: sum([...levels.values()].map(({ heap }) => heap)), resident: sum(residentBytes(pid).values()) };
}

async function faultsOf(gateway: Gateway): Promise<readonly string[]> {
  const samples = await gateway.metrics();
  const threw = /.*(?:unhandled|uncaught|"event":"(?:crash|defect)"|Warning:).*/i.exec(gateway.output)?.[0];
  return [
    ...(threw === undefined ? [] : [`the gateway threw or warned: ${threw}`]),
    ...(total(samples, 'headgate_worker_restarts_total') > 0 ? ['a worker died'] : []),
    ...(total(samples, 'headgate_refused_requests_total', 'why="internal"') > 0 ? ['a request met a defect'] : []),
    ...(total(samples, 'headgate_leaked_headers_total', 'detector="egress"') > 0 ? ['the second look had a hit'] : []),
    ...(/7700900\d{3}/.test(gateway.output) ? ['the log carries a test number'] : []),
  ];
}
