// What leaves is within the exposure, on real bytes and on each path: for every request, whatever arrives anywhere is permitted there. And
// the second look never fires while the filter is whole. HEADGATE_FUZZ_RUNS says how many requests, HEADGATE_FUZZ_SEED which.
import { rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { compilePolicy } from '../../src/policy/compile.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import type { Ruleset } from '../../src/policy/ruleset.js';
import { withBrokenFilter } from '../e2e/broken-filter.js';
import { exposedPolicy, exposedRequests, KEY_ID, outside, type Exposed } from './exposed-requests.js';
import { Client } from './harness/client.js';
import { Gateway, type GatewayOptions } from './harness/gateway.js';
import { Origin } from './harness/origin.js';
import { isFast, WAYS } from './harness/paths.js';
import { total } from './harness/scrape.js';
import { head } from './harness/values.js';

const COUNT = 2 * Number(process.env['HEADGATE_FUZZ_RUNS'] ?? 300);
const SEED = Number(process.env['HEADGATE_FUZZ_SEED'] ?? Date.now() % 0x7fff_ffff);
/** Requests behind each other on one connection. */
const BEHIND = 10;

const POLICIES = {
  shipped: exposedPolicy({ exact: 'withhold', numbers: 'count', hints: 'count', novelty: 'observe' }),
  strict: exposedPolicy({ exact: 'withhold', numbers: 'withhold', hints: 'withhold', novelty: 'observe' }),
} as const;

const rulesetFor = (text: string): Ruleset => {
  const compiled = compilePolicy({ file: 'policy.yaml', text }, { now: Date.now() });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return rulesetOf(compiled.value.policy, compiled.value.digest);
};

let origin: Origin;
beforeAll(async () => {
  origin = await Origin.start('anywhere');
});
afterAll(() => origin?.stop());

const startGateway = (options: Pick<GatewayOptions, 'name' | 'paths' | 'policy' | 'main'>): Promise<Gateway> =>
  Gateway.start({
    ...options,
    settings: {
      listeners: [
        { name: 'internet', address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust: 'path' },
        { name: 'roaming', address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust: 'none' },
      ],
      keys: { [KEY_ID]: KEY_ID },
      destinations: { default: `127.0.0.1:${String(origin.port)}`, permit: ['127.0.0.0/8'] },
    },
    files: { [KEY_ID]: '0123456789abcdef0123456789abcdef' },
  });

const textOf = ({ host, isAbsolute, lines }: Exposed, index: number): string => {
  const target = isAbsolute ? `http://${host}/r${String(index)}` : `/r${String(index)}`;
  return head(`GET ${target} HTTP/1.1`, `Host: ${host}`, ...lines);
};

interface Outcome {
  /** Each request that was not answered with 200, by its status. */
  readonly statuses: readonly number[];
  readonly faults: readonly string[];
  /** Fields of identity that arrived where they are permitted. */
  readonly released: number;
}

/** Sends them all, so many behind each other on one connection (a refusal may end it), and judges what arrived. */
async function play(
  gateway: Gateway,
  ruleset: Ruleset,
  requests: readonly Exposed[],
  behind = BEHIND,
): Promise<Outcome> {
  origin.mark();
  const statuses: number[] = [];
  for (const listener of ['internet', 'roaming'] as const) {
    const own = requests.flatMap((request, i) => (request.listener === listener ? [textOf(request, i)] : []));
    for (let at = 0; at < own.length; at += behind) {
      const some = own.slice(at, at + behind);
      const client = await Client.connect(gateway.port(listener));
      client.send(some.join(''));
      for (const { status } of await client.answers(some.length)) if (status !== 200) statuses.push(status);
      client.abort();
    }
  }
  const arrived = origin.requests();
  expect(arrived.length).toBe(requests.length - statuses.length);
  const faults: string[] = [];
  let released = 0;
  for (const seen of arrived) {
    const asked = requests[Number(seen.target.slice(2))];
    if (asked === undefined) throw new Error(`nobody asked for ${seen.target}`);
    faults.push(...outside(ruleset, asked, seen));
    released += seen.fields.filter(([name]) => /^x[-_]?(?:msisdn|imsi|uidh|up-calling)/i.test(name)).length;
  }
  return { statuses, faults, released };
}

describe.each(WAYS)('on $on', (way) => {
  test.each(Object.entries(POLICIES))(
    'whatever arrives is permitted there by the %s detection, and the second look finds nothing',
    async (name, policy) => {
      process.stderr.write(
        `within the exposure, ${way.on}, ${name}: ${String(COUNT)} requests, seed ${String(SEED)}\n`,
      );
      const gateway = await startGateway({ name: `exposure-${name}`, ...way, policy });
      try {
        const outcome = await play(gateway, rulesetFor(policy), exposedRequests(SEED, COUNT));
        expect(outcome).toMatchObject({ faults: [], statuses: [] });
        expect(outcome.released).toBeGreaterThan(COUNT / 20);
        const samples = await gateway.metrics();
        const leaks = (...labels: string[]): number => total(samples, 'headgate_leaked_headers_total', ...labels);
        expect(leaks('detector="egress"')).toBe(0);
        // Much had to be withheld: the silence is not for want of cases.
        expect(leaks('detector="exact"', 'outcome="contained"')).toBeGreaterThan(COUNT / 3);
        if (isFast(way)) expect(total(samples, 'headgate_path_total', 'path="fast"')).toBeGreaterThanOrEqual(COUNT);
      } finally {
        await gateway.stop();
      }
    },
    120_000 + 20 * COUNT,
  );
});

test.each([{ paths: ['slow'] }, { paths: ['fast', 'slow'] }] as const)(
  'with the filter broken the second look fires, and what is not permitted is noticed here: $paths',
  async ({ paths }) => {
    const policy = POLICIES.shipped;
    const main = withBrokenFilter();
    const gateway = await startGateway({ name: 'exposure-broken', paths, policy, main });
    try {
      const { statuses, faults } = await play(gateway, rulesetFor(policy), exposedRequests(SEED, 200), 1);
      expect(new Set(statuses)).toEqual(new Set([502]));
      expect(faults.length).toBeGreaterThan(0);
      const contained = total(await gateway.metrics(), 'headgate_leaked_headers_total', 'detector="egress"');
      expect(contained).toBe(statuses.length);
    } finally {
      await gateway.stop();
      rmSync(resolve(dirname(main), '../..'), { recursive: true });
    }
  },
  120_000,
);
