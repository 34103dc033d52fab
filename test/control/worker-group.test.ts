// The primary's hold on its workers: start, replacement, two-phase change, counts that never fall, drain.
import { setImmediate as turn } from 'node:timers/promises';
import { CounterBook } from '../../src/control/counter-book.js';
import type { Prepared } from '../../src/control/messages.js';
import { readSettings } from '../../src/control/settings-file.js';
import type { Settings } from '../../src/control/settings.js';
import { StartFailure } from '../../src/control/start-failure.js';
import { WorkerGroup, type WorkerGroupOptions } from '../../src/control/worker-group.js';
import type { Policy } from '../../src/policy/policy.js';
import { policyTablesOf } from '../../src/policy/policy-tables.js';
import type { RuntimeGated } from '../../src/policy/runtime-gated.js';
import { SlotMeter } from '../../src/telemetry/slot-meter.js';
import { slotTableOf } from '../../src/telemetry/slots.js';
import { fakeWorkers, silentLog, type FakeBehaviour, type FakeWorker } from './fake-workers.js';

const policy: Policy = {
  version: 1,
  timezone: 'UTC',
  headers: [],
  watch: [],
  numbers: [],
  detection: { exact: 'withhold', numbers: 'count', hints: 'count', novelty: 'quarantine' },
  partners: [],
  deny: [],
  suppressions: [],
  releasesNothing: true,
};
const slots = slotTableOf({ listeners: ['internet'], headers: [], releases: [], refusals: [], upstreamErrors: [] });
const runtime: RuntimeGated = {
  listeners: [{ name: 'internet', clients: ['127.0.0.0/8'], trust: 'none' }],
  destinations: { hosts: {}, default: null, permit: [], refusedPorts: [], resolvers: [], tls: { ca: [] } },
  connectPorts: [443],
  skewMs: 0,
  maxYears: 3,
};
const prepared = (generation: number): Prepared => ({
  generation,
  policy,
  tables: policyTablesOf(policy),
  digest: `d${generation}`,
  slots,
  keys: {},
  runtime,
});
const WIDENING = { direction: 'widening' } as const;
const NARROWING = { direction: 'narrowing' } as const;

function settingsWith(workers: number): Settings {
  const text = `listeners: [{ name: internet, address: "127.0.0.1:0", clients: ["127.0.0.0/8"], trust: none }]
policy: policy.yaml
workers: ${workers}
limits: { connections: 100 }
`;
  const outcome = readSettings({ file: 'headgate.yaml', text }, { processors: 1, descriptors: null });
  if (!outcome.ok) throw new Error('settings of the test are wrong');
  return outcome.value;
}

function groupOf(count: number, behaviour: FakeBehaviour = {}, more: Partial<WorkerGroupOptions> = {}) {
  const { spawn, workers } = fakeWorkers(behaviour);
  const book = new CounterBook();
  book.extend(slots);
  const meter = new SlotMeter(() => undefined);
  meter.extend(slots);
  const group = new WorkerGroup({
    spawn,
    settings: settingsWith(count),
    ownAddresses: [],
    book,
    meter,
    log: silentLog,
    ...more,
  });
  const total = (metric: string, ...labels: string[]): number => {
    book.report(0, meter.snapshot());
    const slot = slots.slots.find((each) => each.metric === metric && each.labels.join() === labels.join());
    return book.totals()[slot?.at ?? -1] ?? NaN;
  };
  return { group, workers, total };
}

/** Waits for what the event loop brings; fails with the test's own time limit. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

/** Lets everything happen that was going to. */
async function settled(): Promise<void> {
  for (let i = 0; i < 50; i += 1) await turn();
}

const digests = (workers: readonly FakeWorker[]) => workers.map((worker) => worker.ruleset?.digest);

describe('the start', () => {
  test('every worker builds its ruleset before any listens', async () => {
    const order: string[] = [];
    const { group } = groupOf(2, {
      hears: (worker, message) => {
        order.push(`${message.kind} ${worker.id}`);
        return true;
      },
    });
    await group.start(prepared(1));
    expect(order).toEqual(['start 1', 'start 2', 'go 1', 'go 2']);
    expect(group.serving).toBe(2);
  });

  test('the connections are shared among the workers', async () => {
    const { group, workers } = groupOf(3);
    await group.start(prepared(1));
    expect(workers.map((worker) => worker.options?.connectionShare)).toEqual([34, 34, 34]);
  });

  test('one worker that cannot listen ends all, with its reason in one line', async () => {
    const { group, workers } = groupOf(2, {
      starts: (worker) => {
        const error = Object.assign(new Error('listen EADDRINUSE: address already in use 127.0.0.1:8080'), {
          code: 'EADDRINUSE',
          syscall: 'listen',
          address: '127.0.0.1',
          port: 8080,
        });
        if (worker.id === 2) throw error;
      },
    });
    const failure: unknown = await group.start(prepared(1)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StartFailure);
    expect((failure as StartFailure).problems).toEqual([
      { code: 'start', severity: 'error', message: 'cannot listen on `127.0.0.1:8080`: the port is in use' },
    ]);
    expect(workers.map((worker) => worker.isEnded)).toEqual([true, true]);
    await settled();
    expect(workers).toHaveLength(2);
  });
});

describe('a worker that ends', () => {
  test('is replaced and counted, and no counter falls', async () => {
    const { group, workers, total } = groupOf(2);
    await group.start(prepared(1));
    workers[0]?.options?.meter.count('headgate_requests_total', ['internet', 'stripped'], 5);
    workers[1]?.options?.meter.count('headgate_requests_total', ['internet', 'stripped'], 2);
    await group.refresh(1000);
    expect(total('headgate_requests_total', 'internet', 'stripped')).toBe(7);
    workers[0]?.crash();
    await until(() => group.serving === 1);
    expect(total('headgate_requests_total', 'internet', 'stripped')).toBe(7);
    await until(() => group.serving === 2);
    expect(total('headgate_worker_restarts_total')).toBe(1);
    workers[2]?.options?.meter.count('headgate_requests_total', ['internet', 'stripped']);
    await group.refresh(1000);
    expect(total('headgate_requests_total', 'internet', 'stripped')).toBe(8);
  });

  test('has reported its leaks before: they are sent at once, not with the next report', async () => {
    const { group, workers, total } = groupOf(1);
    await group.start(prepared(1));
    const labels = ['internet', 'msisdn', 'exact', 'contained'];
    workers[0]?.options?.meter.count('headgate_leaked_headers_total', labels);
    workers[0]?.options?.meter.count('headgate_leaked_headers_total', labels);
    await until(() => total('headgate_leaked_headers_total', ...labels) === 2);
    workers[0]?.crash();
    await until(() => group.serving === 0);
    expect(total('headgate_leaked_headers_total', ...labels)).toBe(2);
  });

  test('is replaced by one that serves what is in force by then', async () => {
    const { group, workers } = groupOf(2);
    await group.start(prepared(1));
    await group.change(prepared(2), WIDENING);
    workers[0]?.crash();
    await until(() => group.serving === 1);
    await until(() => group.serving === 2);
    expect(digests(workers.slice(1))).toEqual(['d2', 'd2']);
  });
});

describe('a narrowing', () => {
  test('is in force on each worker without waiting for another that hangs', async () => {
    const behaviour: FakeBehaviour = { hears: (worker, message) => !(worker.id === 2 && message.kind === 'prepare') };
    const { group, workers } = groupOf(3, behaviour, { readyWithinMs: 200 });
    await group.start(prepared(1));
    const change = group.change(prepared(2), NARROWING);
    await settled();
    expect(digests(workers)).toEqual(['d2', 'd1', 'd2']);
    expect(await change).toEqual({ isInForce: true, failure: null });
    await until(() => workers.length === 4 && group.serving === 3);
    expect(workers[1]?.isEnded).toBe(true);
    expect(workers[3]?.served).toEqual(['d2']);
  });

  test('that no worker can build changes nothing, says why, and does not stand in the way of the next', async () => {
    let isHeld = false;
    const { group, workers } = groupOf(1, {
      builds: () => {
        if (isHeld) throw new Error('not now');
      },
    });
    await group.start(prepared(1));
    isHeld = true;
    expect(await group.change(prepared(2), NARROWING)).toEqual({ isInForce: false, failure: 'not now' });
    expect(digests(workers)).toEqual(['d1']);
    isHeld = false;
    expect(await group.change(prepared(3), NARROWING)).toEqual({ isInForce: true, failure: null });
    expect(workers[0]?.served).toEqual(['d1', 'd3']);
  });

  test('that one worker cannot build ends that worker, and the others have it', async () => {
    const { group, workers } = groupOf(2, {
      builds: (worker, digest) => {
        if (worker.id === 1 && digest === 'd2') throw new Error('out of memory');
      },
    });
    await group.start(prepared(1));
    expect((await group.change(prepared(2), NARROWING)).isInForce).toBe(true);
    expect(workers[0]?.isEnded).toBe(true);
    await until(() => workers.length === 3 && group.serving === 2);
    expect(digests(workers.slice(1))).toEqual(['d2', 'd2']);
  });

  test.each([NARROWING, WIDENING])(
    'and any change ($direction): a worker born meanwhile serves the new value when the change is done, and never the old one after',
    async (how) => {
      const order: string[] = [];
      let isChanged = false;
      let change: Promise<unknown> | undefined;
      const { group, workers } = groupOf(2, {
        hears: (worker, message) => {
          // The change begins when the newcomer has been told to start and has not been told to go.
          if (worker.id === 3 && message.kind === 'start') change = group.change(prepared(2), how);
          if (message.kind === 'go') order.push(`${worker.id} ${message.generation} ${isChanged ? 'after' : 'before'}`);
          return true;
        },
      });
      await group.start(prepared(1));
      workers[0]?.crash();
      await until(() => change !== undefined);
      await change;
      isChanged = true;
      await until(() => group.serving === 2);
      await settled();
      expect(digests(workers.slice(1))).toEqual(['d2', 'd2']);
      expect(order.filter((line) => / 1 after$/.test(line))).toEqual([]);
    },
  );
});

describe('lockdown', () => {
  const lockdownOf = (worker: FakeWorker | undefined) => worker?.options?.lockdown();

  test('is in force on every worker when it is answered, with no other change', async () => {
    const { group, workers } = groupOf(2);
    await group.start(prepared(1));
    expect(workers.map(lockdownOf)).toEqual(['off', 'off']);
    await group.lock('all');
    expect(workers.map(lockdownOf)).toEqual(['all', 'all']);
    await group.lock(new Set(['pay']));
    expect(workers.map(lockdownOf)).toEqual([new Set(['pay']), new Set(['pay'])]);
    await group.lock('off');
    expect(workers.map(lockdownOf)).toEqual(['off', 'off']);
    expect(digests(workers)).toEqual(['d1', 'd1']);
  });

  test('set before the start is in force before the first request', async () => {
    const { group, workers } = groupOf(1);
    await group.lock('all');
    await group.start(prepared(1));
    expect(lockdownOf(workers[0])).toBe('all');
  });

  test('outlives a change of the policy and the worker that had it', async () => {
    const { group, workers } = groupOf(2);
    await group.start(prepared(1));
    await group.lock('all');
    await group.change(prepared(2), WIDENING);
    workers[0]?.crash();
    await until(() => group.serving === 1);
    await until(() => group.serving === 2);
    expect(workers.slice(1).map(lockdownOf)).toEqual(['all', 'all']);
  });

  test('ends a worker that does not answer in time; the one in its place has it from the start', async () => {
    const behaviour: FakeBehaviour = { hears: (worker, message) => !(worker.id === 1 && message.kind === 'lockdown') };
    const { group, workers, total } = groupOf(2, behaviour, { lockedWithinMs: 30 });
    await group.start(prepared(1));
    await group.lock('all');
    expect(workers[0]?.isEnded).toBe(true);
    expect(lockdownOf(workers[1])).toBe('all');
    await until(() => workers.length === 3 && group.serving === 2);
    expect(lockdownOf(workers[2])).toBe('all');
    expect(total('headgate_worker_restarts_total')).toBe(1);
  });

  test('does not end a worker because a change failed in the meantime', async () => {
    const { group, workers } = groupOf(1, {
      builds: () => {
        throw new Error('cannot be built');
      },
    });
    await group.start(prepared(1));
    const change = group.change(prepared(2), WIDENING);
    await group.lock('all');
    expect((await change).isInForce).toBe(false);
    expect(workers.map((worker) => worker.isEnded)).toEqual([false]);
  });
});

describe('a change', () => {
  test('swaps no worker before all are ready', async () => {
    const order: string[] = [];
    const { group, workers } = groupOf(2, {
      hears: (worker, message) => {
        order.push(`${message.kind} ${worker.id}`);
        return true;
      },
    });
    await group.start(prepared(1));
    order.length = 0;
    expect(await group.change(prepared(2), WIDENING)).toEqual({ isInForce: true, failure: null });
    expect(order).toEqual(['prepare 1', 'prepare 2', 'go 1', 'go 2']);
    expect(digests(workers)).toEqual(['d2', 'd2']);
  });

  test('waits with every worker for the slowest one', async () => {
    const behaviour: FakeBehaviour = { hears: (worker, message) => !(worker.id === 2 && message.kind === 'prepare') };
    const { group, workers } = groupOf(2, behaviour, { readyWithinMs: 100 });
    await group.start(prepared(1));
    const change = group.change(prepared(2), WIDENING);
    await settled();
    expect(workers[0]?.received).toContain('prepare');
    expect(digests(workers)).toEqual(['d1', 'd1']);
    await change;
    expect(workers[0]?.ruleset?.digest).toBe('d2');
  });

  test('replaces a worker that is not ready in time, and does not wait for it any longer', async () => {
    const behaviour: FakeBehaviour = { hears: (worker, message) => !(worker.id === 1 && message.kind === 'prepare') };
    const { group, workers, total } = groupOf(2, behaviour, { readyWithinMs: 50 });
    await group.start(prepared(1));
    expect((await group.change(prepared(2), WIDENING)).isInForce).toBe(true);
    await until(() => workers.length === 3 && group.serving === 2);
    expect(workers[0]?.isEnded).toBe(true);
    expect(digests(workers.slice(1))).toEqual(['d2', 'd2']);
    expect(total('headgate_worker_restarts_total')).toBe(1);
  });

  test('that no worker is ready for is not in force, and says why', async () => {
    const behaviour: FakeBehaviour = { hears: (_, message) => message.kind !== 'prepare' };
    const { group, workers } = groupOf(2, behaviour, { readyWithinMs: 20 });
    await group.start(prepared(1));
    expect(await group.change(prepared(2), WIDENING)).toEqual({ isInForce: false, failure: 'no worker became ready' });
    expect(digests(workers)).toEqual(['d1', 'd1']);
    expect(workers.map((worker) => worker.isEnded)).toEqual([false, false]);
  });

  test('a worker that is born during a change is brought to the new policy', async () => {
    let release: (() => void) | undefined;
    const { group, workers } = groupOf(2, {
      hears: (worker, message) => {
        if (worker.id === 3 && message.kind === 'start') release?.();
        return true;
      },
    });
    await group.start(prepared(1));
    const born = new Promise<void>((resolve) => (release = resolve));
    workers[0]?.crash();
    await born;
    await group.change(prepared(2), WIDENING);
    await until(() => digests(workers.slice(1)).join() === 'd2,d2');
    expect(group.serving).toBe(2);
  });
});

describe('a drain', () => {
  test('waits for every worker, takes their last counts, and replaces none', async () => {
    let finish: (() => void) | undefined;
    const ending = new Promise<void>((resolve) => (finish = resolve));
    const { group, workers, total } = groupOf(2, { drains: () => ending });
    await group.start(prepared(1));
    let isOver = false;
    const drained = group.drain(60_000).then(() => (isOver = true));
    await until(() => workers.every((worker) => worker.received.includes('drain')));
    workers[0]?.options?.meter.count('headgate_requests_total', ['internet', 'stripped']);
    await settled();
    expect(isOver).toBe(false);
    finish?.();
    await drained;
    expect(workers.map((worker) => [worker.isDrained, worker.isEnded])).toEqual([
      [true, true],
      [true, true],
    ]);
    expect(total('headgate_requests_total', 'internet', 'stripped')).toBe(1);
    await settled();
    expect(workers).toHaveLength(2);
  });

  test('ends a worker that does not come to an end', async () => {
    const { group, workers } = groupOf(1, { drains: () => new Promise(() => undefined) });
    await group.start(prepared(1));
    await group.drain(0);
    expect(workers[0]).toMatchObject({ isDrained: false, isEnded: true });
  });
});
