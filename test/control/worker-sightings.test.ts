// What workers saw of leaks and names reaches the primary, and what the primary quarantines reaches every worker.
import { CounterBook } from '../../src/control/counter-book.js';
import type { Prepared } from '../../src/control/messages.js';
import { readSettings } from '../../src/control/settings-file.js';
import { WorkerGroup, type WorkerGroupOptions } from '../../src/control/worker-group.js';
import { policyTablesOf } from '../../src/policy/policy-tables.js';
import { SlotMeter } from '../../src/telemetry/slot-meter.js';
import { slotTableOf } from '../../src/telemetry/slots.js';
import { POLICY, RULESET } from '../decision/ruleset-fixture.js';
import { fakeWorkers, silentLog } from './fake-workers.js';

type Seen = Parameters<NonNullable<WorkerGroupOptions['onSeen']>>[0];

const slots = slotTableOf({ listeners: ['internet'], headers: [], releases: [], refusals: [], upstreamErrors: [] });
const PREPARED: Prepared = {
  generation: 1,
  policy: POLICY,
  tables: policyTablesOf(POLICY),
  digest: 'd1',
  slots,
  keys: {},
  runtime: {
    listeners: [{ name: 'internet', clients: ['127.0.0.0/8'], trust: 'none' }],
    destinations: { hosts: {}, default: null, permit: [], refusedPorts: [], resolvers: [], tls: { ca: [] } },
    connectPorts: [443],
    skewMs: 0,
    maxYears: 3,
  },
};
const KIND = {
  listener: 'internet',
  place: 'a.example',
  field: 'X-New',
  detector: 'exact',
  outcome: 'contained',
  partner: null,
};
const LEAK_LABELS = ['internet', 'msisdn', 'exact', 'contained'];

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
};

async function startedGroup(workers: number) {
  const text = `listeners: [{ name: internet, address: "127.0.0.1:0", clients: ["127.0.0.0/8"], trust: none }]
policy: policy.yaml
workers: ${String(workers)}
limits: { connections: 100 }
`;
  const settings = readSettings({ file: 'headgate.yaml', text }, { processors: 1, descriptors: null });
  if (!settings.ok) throw new Error('settings of the test are wrong');
  const fake = fakeWorkers();
  const book = new CounterBook();
  book.extend(slots);
  const meter = new SlotMeter(() => undefined);
  meter.extend(slots);
  const seen: Seen[] = [];
  const group = new WorkerGroup({
    spawn: fake.spawn,
    settings: settings.value,
    ownAddresses: [],
    book,
    meter,
    log: silentLog,
    onSeen: (message) => void seen.push(message),
  });
  await group.start(PREPARED);
  const leaks = () => seen.flatMap((message) => (message.kind === 'leaks' ? message.cells : []));
  return { group, workers: fake.workers, seen, leaks };
}

test('a leak reaches the primary at once, with its count', async () => {
  const { workers, leaks } = await startedGroup(1);
  const options = workers[0]?.options;
  options?.lookout?.leak(KIND, '447700900123');
  options?.meter.count('headgate_leaked_headers_total', LEAK_LABELS);
  await until(() => leaks().length > 0);
  expect(leaks()).toMatchObject([{ place: 'a.example', field: 'x-new', leaks: 1 }]);
});

test('a stream of leaks is reported ten times a second at most, and none of it is lost', async () => {
  const { workers, leaks, seen } = await startedGroup(1);
  const options = workers[0]?.options;
  const begin = performance.now();
  let told = 0;
  while (performance.now() - begin < 450) {
    options?.lookout?.leak(KIND, '447700900123');
    options?.meter.count('headgate_leaked_headers_total', LEAK_LABELS);
    told += 1;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await until(() => leaks().reduce((sum, cell) => sum + cell.leaks, 0) === told);
  const elapsed = performance.now() - begin;
  expect(seen.length).toBeLessThanOrEqual(elapsed / 100 + 2);
});

test('workers of one gateway count a subscriber alike: what two saw adds up', async () => {
  const { workers } = await startedGroup(2);
  const prints = workers.map(({ options }) => options?.lookout?.leak(KIND, '447700900123'));
  expect(prints[0]).toBe(prints[1]);
  expect(prints[0]).toMatch(/^[a-p]{12}$/);
});

test('what was seen of names reaches the primary when a worker drains, too', async () => {
  const { group, workers, seen } = await startedGroup(1);
  const request = { host: 'a.example', fields: [{ name: 'X-New', value: 'v' }], subscriber: 's' };
  workers[0]?.options?.lookout?.observe('internet', request, RULESET);
  await group.drain(1000);
  const names = seen.flatMap((message) => (message.kind === 'names' ? message.seen : []));
  expect(names).toMatchObject([{ listener: 'internet', sightings: { requests: 1, names: [{ name: 'xnew' }] } }]);
});

describe('a quarantine', () => {
  const quarantined = new Map([['internet', new Set(['xnew'])]]);
  test('reaches every worker, for its listener alone', async () => {
    const { group, workers } = await startedGroup(2);
    expect(workers.map(({ options }) => options?.quarantined?.('internet').size)).toEqual([0, 0]);
    group.quarantine(quarantined);
    await until(() => workers.every(({ options }) => options?.quarantined?.('internet').has('xnew') === true));
    expect(workers.map(({ options }) => options?.quarantined?.('roaming').size)).toEqual([0, 0]);
  });

  test('is there before the first request of a worker that is born later', async () => {
    const { group, workers } = await startedGroup(1);
    group.quarantine(quarantined);
    workers[0]?.crash();
    await until(() => workers[1]?.options !== undefined);
    expect(workers[1]?.options?.quarantined?.('internet').has('xnew')).toBe(true);
  });

  test('that ended ends in every worker', async () => {
    const { group, workers } = await startedGroup(1);
    group.quarantine(quarantined);
    group.quarantine(new Map());
    await until(() => workers[0]?.received.filter((kind) => kind === 'quarantine').length === 2);
    await until(() => workers[0]?.options?.quarantined?.('internet').size === 0);
  });
});
