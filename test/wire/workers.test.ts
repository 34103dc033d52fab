// What the workers are told, with real processes of the built product: one of them is stopped by a signal, as a hung one would be.
// INVARIANTS: in a widening no worker serves the new value before all are ready; in a narrowing and under lockdown a stuck worker does
// not hold the others, and never serves the old value again.
import { fork, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import type { Prepared } from '../../src/control/messages.js';
import { readSettings } from '../../src/control/settings-file.js';
import type { Change } from '../../src/control/worker-group.js';
import type { Lockdown } from '../../src/decision/plan-types.js';
import type { Policy } from '../../src/policy/policy.js';
import { policyTablesOf, withoutHosts } from '../../src/policy/policy-tables.js';
import { POLICY } from '../decision/ruleset-fixture.js';
import { Client } from './harness/client.js';
import { eventually } from './harness/deadline.js';
import { Origin } from './harness/origin.js';
import { head, ID, NUMBER } from './harness/values.js';

jest.setTimeout(60_000);

const WORKERS = 3;
const DAY = 86_400_000;
const wide: Policy = {
  ...POLICY,
  partners: POLICY.partners.map((each) => ({ ...each, period: { from: 0, until: Date.now() + DAY } })),
};
const narrow: Policy = { ...POLICY, partners: [] };
const REQUEST = head('GET / HTTP/1.1', 'Host: partner.example', ID);

/** The primary as a process, asked by messages. */
class Primary {
  readonly #child: ChildProcess;
  readonly #open = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  #asked = 0;
  log = '';

  constructor() {
    this.#child = fork(resolve('test/wire/group/main.mjs'), {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#child.stderr?.on('data', (bytes: Buffer) => (this.log += bytes.toString('latin1')));
    this.#child.on('message', (message) => {
      const { id, value, error } = message as { id: number; value: unknown; error?: string };
      if (error === undefined) this.#open.get(id)?.resolve(value);
      else this.#open.get(id)?.reject(new Error(error));
    });
  }

  ask(act: string, more: object = {}): Promise<unknown> {
    this.#asked += 1;
    const id = this.#asked;
    return new Promise((done, reject) => {
      this.#open.set(id, { resolve: done, reject });
      this.#child.send({ id, act, ...more });
    });
  }

  lock(lockdown: Lockdown): Promise<unknown> {
    return this.ask('lock', { lockdown });
  }

  async pids(): Promise<readonly number[]> {
    return (await this.ask('pids')) as readonly number[];
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

let origin: Origin;
let primary: Primary;
let port: number;
let pids: readonly number[];
/** The only open connection of each worker, in the order of `pids`. */
let clients: Client[];
let generation: number;

const prepared = (policy: Policy): Omit<Prepared, 'slots'> => {
  generation += 1;
  return {
    generation,
    policy: withoutHosts(policy),
    tables: policyTablesOf(policy),
    digest: `d${generation}`,
    keys: {},
    runtime: {
      listeners: [{ name: 'internet', clients: ['127.0.0.0/8'], trust: 'path' }],
      destinations: {
        hosts: {},
        default: { host: '127.0.0.1', port: origin.port },
        permit: ['127.0.0.0/8'],
        refusedPorts: [],
        resolvers: [],
        tls: { ca: [] },
      },
      connectPorts: [443],
      skewMs: 0,
      maxYears: 3,
    },
  };
};

const signal = (pid: number | undefined, name: NodeJS.Signals): void => {
  if (pid !== undefined) process.kill(pid, name);
};

/** Stopped workers accept nothing: so a connection belongs to the one that is awake. */
async function connectionOf(pid: number, all: readonly number[]): Promise<Client> {
  const others = all.filter((each) => each !== pid);
  for (const other of others) signal(other, 'SIGSTOP');
  try {
    const client = await Client.connect(port);
    await isReleased(client);
    return client;
  } finally {
    for (const other of others) signal(other, 'SIGCONT');
  }
}

/** Whether the number of one more request on this connection reached the origin. */
async function isReleased(client: Client): Promise<boolean> {
  const { length } = client.read().answers;
  origin.mark();
  client.send(REQUEST);
  await client.answers(length + 1);
  return origin.requests().some((request) => request.head.includes(NUMBER));
}

const openPrimary = async (policy: Policy, readyWithinMs = 20_000): Promise<void> => {
  const text = `listeners: [{ name: internet, address: "127.0.0.1:0", clients: ["127.0.0.0/8"], trust: path }]
policy: policy.yaml
workers: ${WORKERS}
limits: { connections: 100 }
`;
  const settings = readSettings({ file: 'headgate.yaml', text }, { processors: 1, descriptors: null });
  if (!settings.ok) throw new Error('settings of the test are wrong');
  generation = 0;
  primary = new Primary();
  const options = { readyWithinMs, lockedWithinMs: 1000 };
  const addresses = await primary.ask('start', { settings: settings.value, prepared: prepared(policy), options });
  port = (addresses as readonly { port: number }[])[0]?.port ?? 0;
  pids = await primary.pids();
  clients = [];
  for (const pid of pids) clients.push(await connectionOf(pid, pids));
};

beforeEach(async () => void (origin = await Origin.start('partner')));
afterEach(async () => {
  for (const client of clients) client.abort();
  for (const pid of await primary.pids()) signal(pid, 'SIGCONT');
  await primary.ask('drain');
  primary.kill();
  await origin.stop();
});

const [awake, alsoAwake, stuck] = [0, 1, 2];
const at = (index: number): Client => {
  const client = clients[index];
  if (client === undefined) throw new Error('no such worker');
  return client;
};

test('a widening: while one worker is stuck no other serves it; when that one is ready all do', async () => {
  await openPrimary(narrow);
  signal(pids[stuck], 'SIGSTOP');
  let change: Change | undefined;
  const changing = primary.ask('change', { prepared: prepared(wide), direction: 'widening' });
  void changing.then((value) => (change = value as Change));
  for (let i = 0; i < 40; i += 1) {
    expect([await isReleased(at(awake)), await isReleased(at(alsoAwake))]).toEqual([false, false]);
  }
  expect(change).toBeUndefined();
  signal(pids[stuck], 'SIGCONT');
  expect(await changing).toEqual({ isInForce: true, failure: null });
  for (const client of clients) expect(await isReleased(client)).toBe(true);
  expect(await primary.pids()).toEqual(pids);
});

test('a widening: a worker that stays stuck is replaced, and only then the others serve it', async () => {
  await openPrimary(narrow, 2000);
  const gone = pids[stuck] ?? 0;
  signal(gone, 'SIGSTOP');
  const changing = primary.ask('change', { prepared: prepared(wide), direction: 'widening' });
  await eventually('the widening to be served', async () => {
    if (!(await isReleased(at(awake)))) return false;
    expect(primary.log).toContain('worker-late');
    return true;
  });
  expect(await changing).toEqual({ isInForce: true, failure: null });
  await eventually('another worker in its place', async () => {
    const now = await primary.pids();
    return now.length === WORKERS && !now.includes(gone);
  });
  await at(stuck).end();
});

test.each(['narrowing', 'equivalent'])(
  'a change that is %s: a stuck worker does not hold the others, and serves it when it wakes',
  async (direction) => {
    await openPrimary(wide);
    signal(pids[stuck], 'SIGSTOP');
    let change: Change | undefined;
    const changing = primary.ask('change', { prepared: prepared(narrow), direction });
    void changing.then((value) => (change = value as Change));
    for (const index of [awake, alsoAwake]) {
      await eventually('the narrowing', async () => !(await isReleased(at(index))), 3000);
    }
    expect(change).toBeUndefined();
    signal(pids[stuck], 'SIGCONT');
    expect(await changing).toEqual({ isInForce: true, failure: null });
    for (const client of clients) expect(await isReleased(client)).toBe(false);
  },
);

test.each(['all', new Set(['plain'])] as const)(
  'lockdown (%p): in force on the next request of every open connection when it is answered, and off again',
  async (lockdown) => {
    await openPrimary(wide);
    for (const client of clients) expect(await isReleased(client)).toBe(true);
    await primary.lock(lockdown);
    for (const client of clients) expect(await isReleased(client)).toBe(false);
    await primary.lock('off');
    for (const client of clients) expect(await isReleased(client)).toBe(true);
  },
);

test('lockdown: a worker that does not answer is replaced by one that begins with it', async () => {
  await openPrimary(wide);
  const gone = pids[stuck] ?? 0;
  signal(gone, 'SIGSTOP');
  await primary.lock('all');
  for (const index of [awake, alsoAwake]) expect(await isReleased(at(index))).toBe(false);
  await at(stuck).end();
  let now: readonly number[] = [];
  await eventually('another worker in its place', async () => {
    now = await primary.pids();
    return now.length === WORKERS && !now.includes(gone);
  });
  const born = now.find((pid) => !pids.includes(pid)) ?? 0;
  clients.push(await connectionOf(born, now));
  expect(await isReleased(at(WORKERS))).toBe(false);
});

test('lockdown holds through a change and for a worker that is killed and born again', async () => {
  await openPrimary(narrow);
  await primary.lock('all');
  expect(await primary.ask('change', { prepared: prepared(wide), direction: 'widening' })).toMatchObject({
    isInForce: true,
  });
  for (const client of clients) expect(await isReleased(client)).toBe(false);
  const gone = pids[awake] ?? 0;
  signal(gone, 'SIGKILL');
  await at(awake).end();
  let now: readonly number[] = [];
  await eventually('another worker in its place', async () => {
    now = await primary.pids();
    return now.length === WORKERS && !now.includes(gone);
  });
  const born = now.find((pid) => !pids.includes(pid)) ?? 0;
  clients.push(await connectionOf(born, now));
  expect(await isReleased(at(WORKERS))).toBe(false);
});
