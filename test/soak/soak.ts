// The soak: clients of all kinds, dying destinations, reloads and lockdowns against the built product on loopback, for minutes. What
// must hold at the end: descriptors as at the start, heap and RSS flat from minute 1 on (RSS + 32 MiB at most), no rejection that
// nobody handled, no byte of another request in a body, no test number at a stranger, every request in the metrics once.
import { createServer, type AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { eventually } from '../wire/harness/deadline.js';
import { Gateway } from '../wire/harness/gateway.js';
import { total, type Samples } from '../wire/harness/scrape.js';
import type { World } from './asking.js';
import { Book } from './book.js';
import { crowd } from './crowd.js';
import { operate, WIDE, type Done } from './operator.js';
import { Site } from './site.js';
import { descriptors, heapFolder, mebibytes, moreThan, Watch, type Level } from './watch.js';

const MEBIBYTE = 1024 * 1024;
const MOST_RESIDENT = 32 * MEBIBYTE;
const MOST_HEAP = 8 * MEBIBYTE;
const say = (text: string): void => void process.stdout.write(`${text}\n`);

export async function main(): Promise<number> {
  const seconds = Number(process.env['SECONDS'] ?? 600);
  if (!(seconds >= 30)) {
    say('SECONDS is a number of seconds, 30 or more');
    return 64;
  }
  const why = (await soak(1, seconds)) ?? (await soak(2, Math.max(30, Math.round(seconds / 3))));
  say(why === undefined ? 'soak: nothing is off' : `soak: FAILED: ${why}`);
  return why === undefined ? 0 : 1;
}

/** A port where nobody listens. */
async function nobodysPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** The first thing that is off; undefined: nothing. */
async function soak(workers: number, seconds: number): Promise<string | undefined> {
  const book = new Book();
  const site = await Site.open(book);
  const heaps = heapFolder(resolve('build/soak-heap'));
  const gateway = await start(workers, site, heaps);
  let watch: Watch | undefined;
  try {
    const before = descriptors(gateway.pid);
    watch = new Watch(gateway.pid, heaps);
    say(`${workers} worker${workers === 1 ? '' : 's'}, ${seconds} s`);
    const { levels, done, requests } = await run({ gateway, site, book, watch, seconds });
    const left = await settle(gateway, site, before);
    return judge({ gateway, book, levels, done, workers, samples: await gateway.metrics(), requests, left });
  } catch (error) {
    return book.failures[0] ?? (error as Error).message;
  } finally {
    watch?.stop();
    await gateway.stop().catch((error: unknown) => book.fail((error as Error).message));
    gateway.child.kill('SIGKILL');
    await site.close();
  }
}

async function start(workers: number, site: Site, heaps: string): Promise<Gateway> {
  const { strangers, partners, dying, echo } = site.ports;
  process.env['HEADGATE_SOAK_HEAP'] = heaps;
  process.env['NODE_OPTIONS'] = `--require=${resolve('test/soak/collect.cjs')}`;
  try {
    return await Gateway.start({
      name: `soak-${workers}`,
      paths: ['fast', 'slow'],
      policy: WIDE,
      settings: {
        workers,
        admin: { address: '127.0.0.1:0' },
        log: { level: 'info' },
        destinations: {
          hosts: {
            '*.allow.example': `127.0.0.1:${partners}`,
            'dying.test': `127.0.0.1:${dying}`,
            'nobody.test': `127.0.0.1:${await nobodysPort()}`,
            'tunnel.test': `127.0.0.1:${echo}`,
          },
          default: `127.0.0.1:${strangers}`,
          permit: ['127.0.0.0/8'],
        },
        limits: { headTimeout: '15s', responseTimeout: '15s', idleTimeout: '20s', tunnelIdleTimeout: '20s' },
      },
    });
  } finally {
    delete process.env['NODE_OPTIONS'];
  }
}

interface Running {
  readonly gateway: Gateway;
  readonly site: Site;
  readonly book: Book;
  readonly watch: Watch;
  readonly seconds: number;
}

type Levels = readonly ReadonlyMap<number, Level>[];

/** The levels are those of minute 1 (or of the first third, where that is earlier), of each further minute and of the end. */
async function run({ gateway, site, book, watch, seconds }: Running): Promise<{
  readonly levels: Levels;
  readonly done: Done;
  readonly requests: number;
}> {
  let isOver = false;
  const world: World = { book, site, port: gateway.port(), isOver: () => isOver || book.failures.length > 0 };
  const clients = crowd(world);
  const operator = operate(gateway, world);
  const levels: ReadonlyMap<number, Level>[] = [];
  const step = Math.min(60, Math.max(1, Math.floor(seconds / 3)));
  for (let at = step; at <= seconds && !world.isOver(); at += step) {
    while (watch.seconds < at && !world.isOver()) await new Promise((done) => setTimeout(done, 200));
    if (world.isOver()) break;
    const level = await watch.level();
    levels.push(level);
    say(`  ${Math.round(watch.seconds)} s: ${book.total} requests; ${shown(level)}`);
  }
  isOver = true;
  const done = await operator;
  await clients;
  if (book.failures.length === 0) {
    const level = await watch.level();
    levels.push(level);
    say(`  the end: ${book.total} requests; ${shown(level)}`);
  }
  return { levels, done, requests: book.total };
}

const shown = (level: ReadonlyMap<number, Level>): string =>
  `resident (heap) MiB: ${[...level.values()].map((each) => `${mebibytes(each.resident)} (${mebibytes(each.heap)})`).join(', ')}`;

/**
 * Idle connections are given up by the gateway's own time limits, and by the hosts. What is there after that and was not at the start; told
 * before anything is asked of the gateway again, for that is a connection too.
 */
async function settle(gateway: Gateway, site: Site, before: ReadonlyMap<string, number>): Promise<readonly string[]> {
  let left: readonly string[] = [];
  await eventually(
    'the gateway’s descriptors to be as at its start',
    () => {
      site.closeConnections();
      left = moreThan(before, descriptors(gateway.pid));
      return left.length === 0;
    },
    30_000,
  ).catch(() => undefined);
  return left;
}

interface Verdict {
  readonly gateway: Gateway;
  readonly book: Book;
  readonly levels: Levels;
  readonly done: Done;
  readonly workers: number;
  readonly samples: Samples;
  readonly requests: number;
  /** Descriptors. */
  readonly left: readonly string[];
}

function judge({ gateway, book, levels, done, workers, samples, requests, left }: Verdict): string | undefined {
  const kinds = [...book.kinds].map(([kind, count]) => `${kind} ${count}`).join(', ');
  say(`  ${requests} requests: ${kinds}`);
  say(`  reloads approved ${done.approved}, refused ${done.refused}; lockdowns ${done.lockdowns}`);
  return (
    book.failures[0] ??
    [...accountOf(book, samples)].find(({ isOff }) => isOff)?.text ??
    (left.length > 0 ? `descriptors that were not there at the start: ${left.join(', ')}` : undefined) ??
    memoryOf(levels, workers) ??
    (/unhandled|uncaught|"event":"(?:crash|defect)"|Warning:/i.test(gateway.output)
      ? `the gateway threw or warned: ${/.*(?:unhandled|uncaught|"event":"(?:crash|defect)"|Warning:).*/i.exec(gateway.output)?.[0] ?? ''}`
      : undefined) ??
    (/7700900\d{3}|00101000/.test(gateway.output) ? 'the log carries a test number' : undefined) ??
    (total(samples, 'headgate_worker_restarts_total') > 0 ? 'a worker died' : undefined) ??
    (total(samples, 'headgate_leaked_headers_total', 'detector="egress"') > 0
      ? 'the second look found identity that the decision let through'
      : undefined) ??
    (Math.min(done.approved, done.refused, done.lockdowns) === 0 ? 'no reload or no lockdown happened' : undefined)
  );
}

/** The clients' count against the gateway's, printed line by line. */
function* accountOf(book: Book, samples: Samples): Generator<{ readonly isOff: boolean; readonly text: string }> {
  const of = (verdict: string): number => total(samples, 'headgate_requests_total', `verdict="${verdict}"`);
  const lines: readonly (readonly [what: string, ours: number, theirs: number])[] = [
    ['refused', book.of('refused'), of('refused')],
    ['refused, by why', book.of('refused') - book.answeredLocally, total(samples, 'headgate_refused_requests_total')],
    ['tunnelled', book.of('tunnelled'), of('tunnelled')],
    ['released', book.released, of('released')],
    ['stripped', book.of('stripped') + book.of('partner') - book.released, of('stripped')],
    ['untouched', book.of('untouched'), of('untouched')],
    ['all', book.total, total(samples, 'headgate_requests_total')],
  ];
  for (const [what, ours, theirs] of lines) {
    const text = `requests ${what}: the clients count ${ours}, the gateway ${theirs}`;
    say(`  ${text}`);
    yield { isOff: ours !== theirs, text };
  }
}

/** From minute 1 to the end, of each process. */
function memoryOf(levels: Levels, workers: number): string | undefined {
  const [first, last] = [levels[0], levels.at(-1)];
  if (first === undefined || last === undefined || levels.length < 2) return 'memory was not measured';
  if (first.size !== workers + 1) return `${first.size} processes where ${workers} carry traffic`;
  for (const [pid, { resident, heap }] of last) {
    const began = first.get(pid);
    if (began === undefined) return 'a process is there that was not at minute 1';
    for (const [what, grew, most] of [
      ['resident memory', resident - began.resident, MOST_RESIDENT],
      ['the heap after a collection', heap - began.heap, MOST_HEAP],
    ] as const) {
      say(`  ${what} grew by ${mebibytes(grew)} MiB (at most ${mebibytes(most)})`);
      if (grew > most)
        return `${what} grew by ${mebibytes(grew)} MiB from minute 1 to the end, at most ${mebibytes(most)}`;
    }
  }
  return undefined;
}
