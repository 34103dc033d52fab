// The running gateway around a proxy that only counts: what it serves, what a reload does, how it ends.
import { get } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { judge } from '../../src/control/judge.js';
import { Gateway } from '../../src/control/gateway.js';
import type { LogSink } from '../../src/control/log-sink.js';
import type { LogFields } from '../../src/telemetry/log.js';
import { readSettings } from '../../src/control/settings-file.js';
import { readSource } from '../../src/control/text-file.js';
import { writeBaseline } from './baseline.js';
import { fakeWorkers, type FakeBehaviour } from './fake-workers.js';
import { makeWorkspace, POLICY, SETTINGS, type Workspace } from './workspace.js';

interface Line {
  readonly level: string;
  readonly event: string;
  readonly message: string;
  readonly fields: LogFields;
}

function recordingLog(): { log: LogSink; lines: Line[] } {
  const lines: Line[] = [];
  const say =
    (level: string) =>
    (event: string, message: string, fields: LogFields = {}): void =>
      void lines.push({ level, event, message, fields });
  const log = {
    debug: say('debug'),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
    flush: () => undefined,
  };
  return { log, lines };
}

const START = Date.UTC(2026, 10, 22, 9, 14);
let space: Workspace;
let gateway: Gateway | undefined;
afterEach(async () => {
  await gateway?.drain();
  space.remove();
});

async function startGateway(behaviour: FakeBehaviour = {}, settings = SETTINGS) {
  const made = makeGateway(behaviour, settings);
  await made.gateway.start();
  return made;
}

function makeGateway(behaviour: FakeBehaviour = {}, settings = SETTINGS, unreadyMs?: number) {
  space = makeWorkspace({
    'headgate.yaml': `${settings}state: ./state\napproval: { required: 0 }\n`,
  });
  const machine = { processors: 1, descriptors: null };
  const source = readSource(space.config);
  const read = source.ok ? readSettings(source.value, machine) : source;
  if (!source.ok || !read.ok) throw new Error(JSON.stringify(read.problems));
  const { spawn, workers } = fakeWorkers(behaviour);
  const { log, lines } = recordingLog();
  writeBaseline(space.config, { now: START });
  const made = new Gateway({
    file: space.config,
    settings: read.value,
    machine,
    judge: (order) => Promise.resolve(judge(order)),
    spawn,
    log,
    version: '0.1.0',
    clock: () => START,
    folder: space.folder,
    ...(unreadyMs === undefined ? {} : { unreadyMs }),
  });
  gateway = made;
  const line = (event: string): Line | undefined => lines.findLast((each) => each.event === event);
  const ask = (path: string): Promise<{ status: number; body: string }> =>
    new Promise((resolve, reject) => {
      const port = Number(line('metrics-listening')?.fields['port']);
      get({ host: '127.0.0.1', port, path, agent: false }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => (body += text));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      }).on('error', reject);
    });
  return { gateway: made, workers, lines, line, ask };
}

const sample = (body: string, series: string): string | undefined =>
  body
    .split('\n')
    .find((each) => each.startsWith(`${series} `))
    ?.slice(series.length + 1);

describe('a gateway that starts', () => {
  test('says what was admitted, where it listens, that approvals are unsigned, and that it is ready', async () => {
    const { lines, line, ask } = await startGateway();
    expect(lines.map((each) => each.event)).toEqual([
      'configuration-warning',
      'policy-admitted',
      'metrics-listening',
      'listening',
      'unsigned',
      'ready',
    ]);
    expect(line('listening')?.fields).toEqual({ listener: 'internet', host: '127.0.0.1', port: 8080 });
    expect(await ask('/readyz')).toEqual({ status: 200, body: 'ready\n' });
  });

  test('is not ready before its listeners take requests', async () => {
    let isStarting: (() => void) | undefined;
    const starting = new Promise<void>((resolve) => (isStarting = resolve));
    const {
      gateway: made,
      ask,
      line,
    } = makeGateway({
      hears: (_, { kind }) => {
        if (kind === 'go') isStarting?.();
        return kind !== 'go';
      },
    });
    const start = made.start();
    const failure = start.catch((error: unknown) => error);
    await starting;
    expect(await ask('/readyz')).toEqual({ status: 503, body: 'starting\n' });
    expect(sample((await ask('/metrics')).body, 'headgate_ready')).toBe('0');
    expect(line('listening')).toBeUndefined();
    await made.drain();
    expect(await failure).toMatchObject({ problems: [{ message: 'a worker ended before it served' }] });
  });

  test('tells its workers what else it listens on, so that a request to it is a loop', async () => {
    const { workers, line } = await startGateway();
    expect(workers[0]?.options?.ownAddresses).toEqual([
      { host: '127.0.0.1', port: line('metrics-listening')?.fields['port'] },
    ]);
  });

  test('exports what its workers count and what it knows itself', async () => {
    const { workers, ask } = await startGateway();
    const digest = workers[0]?.ruleset?.digest ?? '';
    workers[0]?.options?.meter.count(
      'headgate_released_headers_total',
      ['internet', 'pay', 'x-msisdn', 'unchanged'],
      3,
    );
    const { body } = await ask('/metrics');
    const released =
      'headgate_released_headers_total{listener="internet",partner="pay",header="x-msisdn",form="unchanged"}';
    expect(sample(body, released)).toBe('3');
    expect(sample(body, `headgate_policy_info{digest="${digest}",gate="admitted"}`)).toBe('1');
    expect(sample(body, 'headgate_policy_partners')).toBe('1');
    expect(sample(body, 'headgate_policy_in_force_timestamp_seconds')).toBe(String(START / 1000));
    expect(sample(body, 'headgate_ready')).toBe('1');
    expect(sample(body, 'headgate_workers')).toBe('1');
    expect(JSON.parse((await ask('/version')).body)).toEqual({ version: '0.1.0', node: process.version, digest });
  });

  test('that cannot listen leaves nothing running', async () => {
    const failing = startGateway({
      starts: () => {
        throw new Error('no');
      },
    });
    await expect(failing).rejects.toMatchObject({ problems: [{ message: 'no' }] });
  });

  test('without metrics serves none', async () => {
    const { line } = await startGateway({}, SETTINGS.replace(/metrics:.*/, 'metrics: off'));
    expect(line('metrics-listening')).toBeUndefined();
    expect(line('ready')).toBeDefined();
  });
});

describe('a gateway that may not serve any policy', () => {
  const withoutBaseline = (unreadyMs?: number) => {
    const made = makeGateway({}, SETTINGS, unreadyMs);
    space.write('approvals/baseline-1.approval.yaml', '');
    return made;
  };

  test('withholds everything, is not ready for its time, and says what to type', async () => {
    const { gateway: made, workers, line, ask } = withoutBaseline();
    await made.start();
    expect(workers[0]?.options?.lockdown()).toBe('all');
    expect(workers[0]?.options?.value.runtime.listeners[0]?.trust).toBe('none');
    expect(line('withholding')).toMatchObject({ level: 'error' });
    expect(String(line('withholding')?.fields['next'])).toMatch(/^headgate propose --config .* --baseline/);
    const { status, body } = await ask('/readyz');
    expect([status, body]).toEqual([503, expect.stringMatching(/^starting; policy refused: no-baseline since /)]);
    const metrics = (await ask('/metrics')).body;
    expect(sample(metrics, 'headgate_policy_candidate_refused{code="no-baseline"}')).toBe('1');
    expect(sample(metrics, 'headgate_policy_candidate_refused{code="invalid"}')).toBe('0');
    expect(sample(metrics, 'headgate_policy_refusals_total{code="no-baseline"}')).toBe('1');
    expect(sample(metrics, 'headgate_policy_partners')).toBe('0');
  });

  test('then serves and withholds', async () => {
    const { gateway: made, ask } = withoutBaseline(0);
    await made.start();
    let answer = await ask('/readyz');
    while (answer.status !== 200) answer = await ask('/readyz');
    expect(answer.body).toMatch(/^withholding; policy refused: no-baseline/);
  });

  test('releases as soon as a baseline is there', async () => {
    const { gateway: made, workers, ask } = withoutBaseline();
    await made.start();
    writeBaseline(space.config, { now: START });
    await made.reload('file');
    expect(workers[0]?.options?.lockdown()).toBe('off');
    expect(workers[0]?.ruleset?.policy.partners).toHaveLength(1);
    expect(await ask('/readyz')).toEqual({ status: 200, body: 'ready\n' });
  });
});

describe('a reload', () => {
  const other = POLICY.replace('pay.acme.example', 'pay.shop.example').replace('id: pay', 'id: shop');

  test('of a good policy is in force on every worker, and its new series are there', async () => {
    const { gateway: running, workers, line, ask } = await startGateway();
    const before = workers[0]?.ruleset?.digest;
    space.write('policy.yaml', other);
    writeBaseline(space.config, { generation: 2, now: START });
    await running.reload('signal');
    const after = workers[0]?.ruleset?.digest;
    expect(after).not.toBe(before);
    expect(line('policy-admitted')?.fields).toMatchObject({ digest: after, direction: 'incomparable', generation: 2 });
    const { body } = await ask('/metrics');
    expect(body).toContain(
      'headgate_released_headers_total{listener="internet",partner="shop",header="x-msisdn",form="unchanged"} 0',
    );
    expect(body).toContain(
      'headgate_released_headers_total{listener="internet",partner="pay",header="x-msisdn",form="unchanged"} 0',
    );
    expect(sample(body, 'headgate_policy_reloads_total{outcome="replaced"}')).toBe('1');
    expect(body.match(/^headgate_policy_info\{.*/gm)).toEqual([
      `headgate_policy_info{digest="${after}",gate="admitted"} 1`,
    ]);
  });

  test('of a bad one changes nothing and says what still serves', async () => {
    const { gateway: running, workers, line, ask } = await startGateway();
    const digest = workers[0]?.ruleset?.digest ?? '';
    space.write('policy.yaml', `${POLICY}extra: 1\nmore: 2\n`);
    await running.reload('signal');
    expect(workers[0]?.received).not.toContain('prepare');
    expect(line('policy-not-replaced')).toMatchObject({
      level: 'error',
      message: `policy not replaced: 2 problems [invalid], still serving ${digest.slice(0, 7)}… from 2026-11-22T09:14:00.000Z`,
      fields: {
        digest,
        problems: [
          'policy.yaml:13:1: unknown key `extra` [unknown-key]',
          'policy.yaml:14:1: unknown key `more` [unknown-key]',
        ],
      },
    });
    expect(sample((await ask('/metrics')).body, 'headgate_policy_reloads_total{outcome="refused"}')).toBe('1');
    expect((await ask('/readyz')).status).toBe(200);
  });

  test('that no worker takes is not in force', async () => {
    const { gateway: running, workers, line } = await startGateway({ hears: (_, { kind }) => kind !== 'prepare' });
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick'] });
    space.write('policy.yaml', other);
    writeBaseline(space.config, { generation: 2, now: START });
    const reload = running.reload('signal');
    while (workers[0]?.received.includes('prepare') !== true) await turn();
    await jest.advanceTimersByTimeAsync(5000);
    jest.useRealTimers();
    await reload;
    expect(line('policy-not-replaced')?.message).toMatch(
      /^policy not replaced: \d problems \[workers\], still serving/,
    );
  });

  test('says which changed settings wait for a restart, once', async () => {
    const { gateway: running, lines } = await startGateway();
    const settings = SETTINGS.replace('connections: 50', 'connections: 60');
    space.write('headgate.yaml', `${settings}state: ./state\napproval: { required: 0 }\n`);
    await running.reload('signal');
    await running.reload('signal');
    expect(lines.filter(({ event }) => event === 'restart-needed').map(({ message }) => message)).toEqual([
      'changed on disk, and read at a start only: limits.connections',
    ]);
  });

  test('several at once are taken one after the other, the last one last', async () => {
    const { gateway: running, workers } = await startGateway();
    const first = workers[0]?.ruleset?.digest;
    space.write('policy.yaml', other);
    writeBaseline(space.config, { generation: 2, now: START });
    const reloads = [running.reload('signal'), running.reload('signal')];
    space.write('policy.yaml', POLICY);
    await Promise.all([...reloads, running.reload('signal')]);
    expect(workers[0]?.ruleset?.digest).toBe(first);
  });
});

describe('a gateway that ends', () => {
  test('is not ready before the workers are told, then waits for what is in flight', async () => {
    let finish: (() => void) | undefined;
    const ending = new Promise<void>((resolve) => (finish = resolve));
    const { gateway: running, workers, ask, line } = await startGateway({ drains: () => ending });
    const drained = running.drain();
    expect(workers[0]?.received.filter((kind) => kind === 'drain')).toHaveLength(1);
    expect(await ask('/readyz')).toEqual({ status: 503, body: 'draining\n' });
    expect((await ask('/livez')).status).toBe(200);
    expect(line('stopped')).toBeUndefined();
    finish?.();
    await drained;
    expect(line('stopped')).toBeDefined();
    await expect(ask('/livez')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('does not reload any more', async () => {
    const { gateway: running, workers } = await startGateway();
    await running.drain();
    await running.reload('signal');
    expect(workers[0]?.received).not.toContain('prepare');
  });
});
