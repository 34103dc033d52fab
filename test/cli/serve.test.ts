// `headgate serve` as a process: bad input is one clear line and exit code 1; signals, workers and counters as documented.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { writeBaseline } from '../control/baseline.js';
import { makeWorkspace, POLICY, SETTINGS as SHARED, type Workspace } from '../control/workspace.js';
import { describeWith, programPath } from '../programs.js';
import { buildProduct, fetchText, removeProduct, Running } from './product.js';

jest.setTimeout(60_000);

const NUMBER = '447700900123';
/** Approvals as they lie, the state beside the settings. */
const SETTINGS = `${SHARED}state: state
approval: { required: 0 }
`;
let space: Workspace;
let running: Running | undefined;
const servers: Server[] = [];

beforeAll(() => void buildProduct());
afterAll(removeProduct);
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  if (running !== undefined && running.child.exitCode === null) {
    running.child.kill('SIGKILL');
    await running.exited;
  }
  running = undefined;
  space.remove();
});

/** A gateway whose policy lies within a baseline. */
function serve(files: Readonly<Record<string, string>> = {}): Running {
  space = makeWorkspace({ 'headgate.yaml': SETTINGS, ...files });
  writeBaseline(space.config);
  return begin();
}

/** One whose files cannot be read, so that nobody can have approved them. */
function serveUnread(files: Readonly<Record<string, string>>): Running {
  space = makeWorkspace({ 'headgate.yaml': SETTINGS, ...files });
  return begin();
}

function begin(): Running {
  running = new Running(['serve', '--config', 'headgate.yaml'], space.folder);
  return running;
}

/** A website on loopback. `answer` decides when it answers. */
async function website(answer: (path: string) => Promise<void> = () => Promise.resolve()): Promise<number> {
  const server = createServer((request, response) => {
    void answer(request.url ?? '').then(() => response.end('hello\n'));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const lab = (port: number) => `${SETTINGS}destinations: { default: "127.0.0.1:${port}", permit: ["127.0.0.0/8"] }\n`;

/** An enriched request through the gateway. */
async function request(gateway: Running, path = '/'): Promise<number> {
  const { port } = await gateway.line('listening');
  const headers = { Host: 'news.example', 'X-MSISDN': NUMBER };
  return (await fetchText({ port: Number(port), path, headers })).status;
}

async function takenPort(): Promise<number> {
  return website();
}

describe('bad input', () => {
  const oneLine = async (gateway: Running, line: string): Promise<void> => {
    expect(await gateway.exited).toBe(1);
    expect(gateway.err).toBe(`${line}\n`);
    expect(gateway.lines.some((each) => each.event === 'listening' || each.event === 'ready')).toBe(false);
  };

  test('settings that are not there', async () => {
    space = makeWorkspace();
    running = new Running(['serve', '--config', 'none.yaml'], space.folder);
    await oneLine(running, 'error: cannot read `none.yaml`: no such file [file]');
  });

  test('a policy that is not there', async () => {
    const gateway = serveUnread({ 'headgate.yaml': SETTINGS.replace('policy.yaml', 'other.yaml') });
    await oneLine(gateway, 'error: cannot read `other.yaml`: no such file [file]');
  });

  test('an unknown key', async () => {
    const gateway = serveUnread({ 'headgate.yaml': `${SETTINGS}limit: {}\n` });
    await oneLine(
      gateway,
      [
        'headgate.yaml:8:1: error: unknown key `limit` [unknown-key]',
        '  8 | limit: {}',
        '    | ^^^^^',
        '  help: did you mean `limits`?',
      ].join('\n'),
    );
  });

  test('text that is no YAML', async () => {
    const gateway = serveUnread({ 'headgate.yaml': 'listeners: [\n' });
    expect(await gateway.exited).toBe(1);
    expect(gateway.err).toMatch(/^headgate\.yaml:\d+:\d+: error: .+ \[yaml-syntax\]\n/);
    expect(gateway.out).toBe('');
  });

  test('a policy that is no YAML', async () => {
    const gateway = serveUnread({ 'policy.yaml': 'partners: {]\n' });
    expect(await gateway.exited).toBe(1);
    expect(gateway.err).toMatch(/^policy\.yaml:1:\d+: error: .+ \[yaml-syntax\]\n/);
    expect(gateway.out).toBe('');
  });

  test('a key that is not there', async () => {
    const gateway = serveUnread({
      'headgate.yaml': `${SETTINGS}keys: { a: secret }\n`,
      'policy.yaml': POLICY.replace('transport: http', 'transport: tls'),
    });
    await oneLine(
      gateway,
      `error: cannot read key \`a\` from \`${space.folder}/secret\`: no such file [key-unreadable]`,
    );
  });

  test('a port of the metrics in use', async () => {
    const port = await takenPort();
    const gateway = serve({
      'headgate.yaml': SETTINGS.replace('metrics: { address: "127.0.0.1:0"', `metrics: { address: "127.0.0.1:${port}"`),
    });
    await oneLine(gateway, `error: cannot listen on \`127.0.0.1:${port}\` (metrics): the port is in use [listen]`);
  });

  test.each([1, 2])('a port of a listener in use, with %i workers', async (workers) => {
    const port = await takenPort();
    const gateway = serve({
      'headgate.yaml': `${SETTINGS.replace('address: "127.0.0.1:0", clients', `address: "127.0.0.1:${port}", clients`)}workers: ${workers}\n`,
    });
    await oneLine(gateway, `error: cannot listen on \`127.0.0.1:${port}\`: the port is in use [start]`);
  });

  test('more connections than the descriptor limit carries', async () => {
    space = makeWorkspace({ 'headgate.yaml': SETTINGS.replace('connections: 50', 'connections: 400') });
    const shell = spawnSync(
      'sh',
      ['-c', `ulimit -n 600; exec "${process.execPath}" "${buildProduct()}" serve --config headgate.yaml`],
      {
        cwd: space.folder,
        encoding: 'utf8',
      },
    );
    expect(shell.status).toBe(1);
    expect(shell.stderr).toContain(
      '400 connections need 1000 descriptors in each process: the limit is 600 [descriptor-limit]',
    );
  });
});

describe.each([1, 2])('signals, with %i workers', (workers) => {
  test('SIGTERM: not ready first, then what is in flight finishes, then exit code 0', async () => {
    let finish: (() => void) | undefined;
    const finished = new Promise<void>((resolve) => (finish = resolve));
    let arrived: (() => void) | undefined;
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const port = await website(() => {
      arrived?.();
      return finished;
    });
    const gateway = serve({ 'headgate.yaml': `${lab(port)}workers: ${workers}\n` });
    await gateway.line('ready');
    expect((await gateway.ask('/readyz')).status).toBe(200);
    const answer = request(gateway);
    await arrival;
    gateway.child.kill('SIGTERM');
    await gateway.line('draining');
    expect(await gateway.ask('/readyz')).toEqual({ status: 503, body: 'draining\n' });
    expect(gateway.child.exitCode).toBeNull();
    finish?.();
    expect(await answer).toBe(200);
    expect(await gateway.exited).toBe(0);
    expect(gateway.lines.at(-1)?.event).toBe('stopped');
  });

  test('SIGTERM: what does not finish is cut at the deadline, and the exit code is still 0', async () => {
    let arrived: (() => void) | undefined;
    const arrival = new Promise<void>((resolve) => (arrived = resolve));
    const port = await website(() => {
      arrived?.();
      return new Promise(() => undefined);
    });
    const gateway = serve({
      'headgate.yaml': `${lab(port).replace('drainTimeout: 5s', 'drainTimeout: 300ms')}workers: ${workers}\n`,
    });
    await gateway.line('ready');
    const answer = request(gateway).catch((error: unknown) => error);
    await arrival;
    gateway.child.kill('SIGTERM');
    expect(await gateway.exited).toBe(0);
    expect(await answer).toMatchObject({ code: 'ECONNRESET' });
  });

  test('SIGINT ends it like SIGTERM', async () => {
    const gateway = serve({ 'headgate.yaml': `${SETTINGS}workers: ${workers}\n` });
    await gateway.line('ready');
    gateway.child.kill('SIGINT');
    expect(await gateway.exited).toBe(0);
  });

  test('SIGTERM ends it though nobody reads its log any more', async () => {
    const gateway = serve({ 'headgate.yaml': `${SETTINGS}workers: ${workers}\n` });
    await gateway.line('ready');
    gateway.child.stdout?.destroy();
    gateway.child.kill('SIGTERM');
    expect(await gateway.exited).toBe(0);
  }, 20_000);

  test('SIGHUP takes a good policy for the next request of an open connection, and leaves a bad one', async () => {
    const port = await website();
    const gateway = serve({ 'headgate.yaml': `${lab(port)}workers: ${workers}\n` });
    const { digest } = await gateway.line('ready');
    const { port: listener } = await gateway.line('listening');
    const socket = connect(Number(listener), '127.0.0.1');
    let received = '';
    socket.setEncoding('latin1').on('data', (text: string) => (received += text));
    const ask = async (answers: number): Promise<void> => {
      socket.write(`GET / HTTP/1.1\r\nHost: pay.acme.example\r\nX-MSISDN: ${NUMBER}\r\n\r\n`);
      while (received.split('hello\n').length <= answers) await new Promise((resolve) => socket.once('data', resolve));
    };
    const released =
      'headgate_released_headers_total{listener="internet",partner="pay",header="x-msisdn",form="unchanged"}';
    await ask(1);
    expect(await gateway.sample(released)).toBe(1);
    space.write('policy.yaml', `${POLICY}extra: 1\n`);
    gateway.child.kill('SIGHUP');
    const refused = await gateway.line('policy-not-replaced', 1, { cause: 'invalid', way: 'signal' });
    expect(refused.message).toContain(
      `policy not replaced: 1 problem [invalid], still serving ${String(digest).slice(0, 7)}… from 20`,
    );
    await ask(2);
    expect(await gateway.sample(released)).toBe(2);
    space.write('policy.yaml', POLICY.replace('pay.acme.example', 'pay.shop.example'));
    gateway.child.kill('SIGHUP');
    expect(await gateway.line('policy-not-replaced', 1, { cause: 'not-approved' })).toMatchObject({ digest });
    await ask(3);
    expect(await gateway.sample(released)).toBe(3);
    writeBaseline(space.config, { generation: 2 });
    gateway.child.kill('SIGHUP');
    expect((await gateway.line('policy-admitted', 1, { generation: 2 }))['digest']).not.toBe(digest);
    await ask(4);
    expect(await gateway.sample(released)).toBe(3);
    expect(
      await gateway.sample('headgate_stripped_headers_total{listener="internet",header="x-msisdn",class="msisdn"}'),
    ).toBe(1);
    socket.destroy();
  });
});

describe('workers', () => {
  test('one that is killed is replaced and counted, and no counter falls', async () => {
    const port = await website();
    const gateway = serve({ 'headgate.yaml': `${lab(port)}workers: 2\n` });
    await gateway.line('ready');
    const series = 'headgate_requests_total{listener="internet",verdict="stripped"}';
    const counts: number[] = [];
    for (let round = 1; round <= 3; round += 1) {
      for (let i = 0; i < 10; i += 1) expect(await request(gateway)).toBe(200);
      counts.push(await gateway.sample(series));
      const [victim] = gateway.children();
      process.kill(victim ?? 0, 'SIGKILL');
      await gateway.line('worker-ended', round);
      counts.push(await gateway.sample(series));
      await gateway.line('worker-replaced', round);
      counts.push(await gateway.sample(series));
    }
    expect(counts).toEqual([10, 10, 10, 20, 20, 20, 30, 30, 30]);
    expect(await gateway.sample('headgate_worker_restarts_total')).toBe(3);
    expect(await gateway.sample('headgate_workers')).toBe(2);
    expect(gateway.children()).toHaveLength(2);
  });

  test('all of them end with the primary, even if it is killed', async () => {
    const gateway = serve({ 'headgate.yaml': `${SETTINGS}workers: 2\n` });
    await gateway.line('ready');
    const workers = gateway.children();
    expect(workers).toHaveLength(2);
    gateway.child.kill('SIGKILL');
    // Its output is closed when the last process that holds it has ended.
    await gateway.exited;
    // A process that ended and that nobody waited for still has a number, but no command line.
    const isAlive = (pid: number): boolean =>
      existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, 'latin1') !== '';
    expect(workers.filter(isAlive)).toEqual([]);
  });
});

describeWith(['promtool'], 'a scrape of a gateway that has traffic', () => {
  test('has no finding of promtool, and no value of a subscriber', async () => {
    const port = await website();
    const gateway = serve({ 'headgate.yaml': `${lab(port)}log: { level: debug }\n` });
    await gateway.line('ready');
    expect(await request(gateway)).toBe(200);
    const { body } = await gateway.ask('/metrics');
    const { status, stdout, stderr } = spawnSync(programPath('promtool'), ['check', 'metrics'], {
      input: body,
      encoding: 'utf8',
    });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
    for (const text of [body, gateway.out, gateway.err]) expect(text).not.toContain('7700900123');
  });
});
