// The network begins to add a header that nobody knows, alone, on a gateway that has learned: how many reach a stranger, and how soon
// no more does. Then what ends it: not a restart, and a line of the policy.
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join, resolve } from 'node:path';
import { eventually } from '../wire/harness/deadline.js';
import { Gateway, WRITTEN, type GatewayOptions } from '../wire/harness/gateway.js';
import { Origin } from '../wire/harness/origin.js';
import { PATHS, WAYS, type Path } from '../wire/harness/paths.js';
import { dayFromNow, policyText } from '../wire/harness/policy-text.js';
import { total } from '../wire/harness/scrape.js';
import { learnedState } from './learned-state.js';

const DETECTION = { exact: 'withhold', numbers: 'count', hints: 'count', novelty: 'quarantine' };
const policyWith = (identity: object = {}): string =>
  JSON.stringify({ ...(JSON.parse(policyText([])) as object), detection: DETECTION, identity });

let site: Origin;
let gateway: Gateway | undefined;
const agent = new Agent({ keepAlive: true, maxSockets: 4 });
beforeAll(async () => {
  site = await Origin.start('site');
});
afterEach(async () => {
  await gateway?.stop();
  gateway = undefined;
});
afterAll(async () => {
  agent.destroy();
  await site?.stop();
});

const optionsOf = (name: string, state: string, paths: readonly Path[]): GatewayOptions => ({
  name: `e2e-novelty-${name}`,
  paths,
  policy: policyWith(),
  settings: { state, destinations: { default: `127.0.0.1:${String(site.port)}`, permit: ['127.0.0.0/8'] } },
});

let sent = 0;
/** One request of one of 300 subscribers to one of 61 sites, told apart by the address that the enricher forwards for. */
const visit = (extra: (who: number) => Readonly<Record<string, string>>): Promise<void> => {
  sent += 1;
  const who = (sent * 7) % 300;
  const host = `site${String((sent * 13) % 61)}.example`;
  const headers = { host, 'x-forwarded-for': `10.1.${String(who >> 8)}.${String(who & 255)}`, 'x-usual': String(who) };
  return new Promise((settle, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port: gateway?.port(),
        agent,
        path: `http://${host}/`,
        headers: { ...headers, ...extra(who) },
      },
      (answer) => answer.resume().on('end', settle),
    );
    asked.on('error', reject);
    asked.end();
  });
};
const visits = async (count: number, extra: (who: number) => Readonly<Record<string, string>>): Promise<void> => {
  for (let i = 0; i < count; i += 4) await Promise.all([visit(extra), visit(extra), visit(extra), visit(extra)]);
};
/** Opaque: no number, no token that another field knows. */
const leak = (who: number) => ({ 'X-Net-Line': `line-${String(who)}` });
const reached = (name: string): number =>
  site.connections.reduce(
    (sum, { received }) => sum + (received.match(new RegExp(`^${name}:`, 'gim'))?.length ?? 0),
    0,
  );
const states = async (): Promise<Record<string, number>> => {
  const samples = await gateway?.metrics();
  return Object.fromEntries(
    ['follows', 'quarantined', 'baseline'].map((state) => [
      state,
      samples === undefined ? NaN : total(samples, 'headgate_novel_headers', 'listener="internet"', `state="${state}"`),
    ]),
  );
};

test.each(WAYS.length === 1 ? WAYS : WAYS.filter(({ isPublic }) => !isPublic))(
  'on $on it is quarantined within seconds, and nothing that is usual is touched',
  async ({ paths }) => {
    const name = paths.join('-');
    const state = learnedState(`novelty-${name}`, ['xusual']);
    gateway = await Gateway.start(optionsOf(name, state, paths));
    await visits(400, () => ({}));
    expect(gateway.find('name-quarantined')).toBeUndefined();

    const before = reached('x-net-line');
    const began = performance.now();
    while ((await states())['quarantined'] === 0 && performance.now() - began < 90_000) await visits(80, leak);
    const tookMs = performance.now() - began;
    const escaped = reached('x-net-line') - before;
    process.stderr.write(
      `${name}: quarantined after ${(tookMs / 1000).toFixed(1)} s; ${String(escaped)} opaque values had left by then\n`,
    );
    expect(await states()).toMatchObject({ quarantined: 1 });
    await eventually('the log to say so', () => gateway?.find('name-quarantined') !== undefined, 60_000);
    expect(gateway.find('name-quarantined')).toMatchObject({
      listener: 'internet',
      field: 'xnetline',
      learning: false,
    });
    await eventually('the workers to withhold it', async () => {
      const now = reached('x-net-line');
      await visits(40, leak);
      return reached('x-net-line') === now;
    });
    const [usual, withheld] = [reached('x-usual'), reached('x-net-line')];
    await visits(400, leak);
    expect([reached('x-net-line') - withheld, reached('x-usual') - usual]).toEqual([0, 400]);
    expect(await states()).toEqual({ follows: 0, quarantined: 1, baseline: 1 });
    const samples = await gateway.metrics();
    expect(
      total(samples, 'headgate_leaked_headers_total', 'detector="novelty"', 'outcome="contained"'),
    ).toBeGreaterThanOrEqual(400);

    await gateway.stop();
    gateway = await Gateway.start({ ...optionsOf(`${name}-again`, state, paths), isApproved: true });
    const restarted = reached('x-net-line');
    await visits(40, leak);
    expect(reached('x-net-line')).toBe(restarted);

    const watch = [{ name: 'X-Net-Line', reason: 'an app', owner: 'ops@operator.example', until: dayFromNow(90) }];
    expect(await gateway.reload(policyWith({ watch }))).toBe('replaced');
    await visits(40, leak);
    expect(reached('x-net-line') - restarted).toBe(40);
    await eventually('the quarantine to be over', () => gateway?.find('name-ended') !== undefined, 30_000);

    const written = readFileSync(join(state, 'novelty.json'), 'utf8');
    expect(written).toContain('xnetline');
    expect(`${written}${gateway.output}`).not.toMatch(/line-\d|10\.1\.\d+\.\d+/);
  },
  240_000,
);

test('while it learns it is said and nothing is withheld', async () => {
  const state = resolve(WRITTEN, `novelty-new-${String(process.pid)}`);
  gateway = await Gateway.start(optionsOf('new', state, PATHS));
  const before = reached('x-net-line');
  const began = performance.now();
  let asked = 0;
  while (gateway.find('name-follows', 'internet') === undefined && performance.now() - began < 90_000) {
    await visits(40, leak);
    asked += 40;
  }
  expect(gateway.lines.filter(({ event }) => event === 'name-follows').map(({ field }) => field)).toContain('xnetline');
  expect(gateway.find('name-follows')).toMatchObject({ learning: true });
  expect(reached('x-net-line') - before).toBe(asked);
  expect((await states())['follows']).toBeGreaterThanOrEqual(1);
}, 120_000);
