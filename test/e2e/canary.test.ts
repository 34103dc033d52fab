// The canary with real parts: the gateway, the mirror, HAProxy as the network, and nginx where the gateway should have been. What is
// well is told as well, what leaks is seen in one round, and what cannot be seen is never called well.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith } from '../programs.js';
import { eventually } from '../wire/harness/deadline.js';
import { Gateway } from '../wire/harness/gateway.js';
import { partner } from '../wire/harness/policy-text.js';
import { fetchText, parseSamples, total, type Samples } from '../wire/harness/scrape.js';
import {
  ANYBODY,
  IMSI,
  NUMBER,
  once,
  PAY,
  policyWith,
  startMirrorVerb,
  startPassThrough,
  startVerb,
  TRUSTED,
  writeCanary,
  type Part,
  type Ways,
} from './canary-world.js';
import { startHaproxy } from './haproxy.js';
import { freePort } from './program.js';
import { Tee } from './tee.js';

jest.setTimeout(60_000);

const FINE = { negative: 'fine', positive: 'fine', boundary: 'fine', spoof: 'fine', answers: 'fine' };

let folder: string;
let mirror: Part;
const settingsFor = (trust: unknown = [`${TRUSTED}/32`]): Readonly<Record<string, unknown>> => ({
  listeners: [
    { name: 'internet', address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust },
    {
      ...{ name: 'canary', address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust: [`${TRUSTED}/32`] },
      ...{ mirror: `127.0.0.1:${mirror.port('mirror')}`, as: 'internet' },
    },
  ],
  admin: { address: 'unix:admin.sock' },
  keys: { test: 'test.key' },
  canary: { numbers: [NUMBER, IMSI] },
  destinations: { default: `127.0.0.1:${mirror.port('mirror')}`, permit: ['127.0.0.0/8'] },
});
/** Those that a test started beside the one of all; `afterEach` ends them. */
const others: { stop(): Promise<unknown> }[] = [];
const startGateway = async (policy: string, trust?: unknown, more: object = {}): Promise<Gateway> => {
  const started = await Gateway.start({
    name: 'e2e-canary',
    policy,
    settings: { ...settingsFor(trust), ...more },
    files: { 'test.key': '0123456789abcdef0123456789abcdef' },
  });
  others.push(started);
  return started;
};
afterEach(async () => {
  for (const other of others.splice(0)) await other.stop();
});
const waysOf = (gateway: Gateway): Ways => ({
  network: gateway.port('internet'),
  boundary: gateway.port('canary'),
  direct: gateway.port('internet'),
});

let gateway: Gateway;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hg-canary-'));
  writeFileSync(join(folder, 'agreed.yaml'), policyWith());
  mirror = await startMirrorVerb('--policy', join(folder, 'agreed.yaml'));
  gateway = await startGateway(policyWith());
  others.pop();
}, 60_000);
afterAll(async () => {
  await gateway?.stop();
  expect(await mirror?.stop()).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});

describe('a gateway that does what is agreed', () => {
  test('is found well by every probe', async () => {
    const { code, of, said } = await once(writeCanary(folder, waysOf(gateway)));
    expect({ of, said }).toEqual({ of: FINE, said: expect.stringContaining('Nothing leaked.') as string });
    expect(code).toBe(0);
    expect(said).not.toMatch(/\d{9}/);
  });

  test('is asked what runs, over its admin API, where no agreed policy is named', async () => {
    const live = { admin: `unix:${join(gateway.folder, 'admin.sock')}` };
    const { code, of } = await once(writeCanary(folder, waysOf(gateway), { policy: undefined, live }));
    expect({ code, of }).toEqual({ code: 0, of: FINE });
  });

  test('whose admin API does not answer: what was not walked is not called well', async () => {
    const live = { admin: `unix:${join(folder, 'nobody.sock')}` };
    const { code, of } = await once(writeCanary(folder, waysOf(gateway), { live }));
    expect({ code, of }).toEqual({ code: 1, of: { ...FINE, boundary: 'BROKEN' } });
  });

  test('counts what it found in the canary’s requests under `canary`, and no leak of a subscriber', async () => {
    const before = await gateway.metrics();
    await once(writeCanary(folder, waysOf(gateway)));
    const after = await gateway.metrics();
    const grown = (...labels: readonly string[]): number =>
      total(after, 'headgate_leaked_headers_total', ...labels) -
      total(before, 'headgate_leaked_headers_total', ...labels);
    expect(grown('detector="canary"', 'outcome="contained"')).toBeGreaterThan(0);
    expect(grown()).toBe(grown('detector="canary"'));
  });
});

describeWith(['haproxy'], 'through HAProxy as the network', () => {
  test('a canary that adds nothing itself sees the same, and what the network forgets to replace', async () => {
    const inlet = await Tee.start({ to: gateway.port('internet'), from: TRUSTED });
    const haproxy = await startHaproxy(folder, { [TRUSTED]: { msisdn: NUMBER, imsi: IMSI } }, inlet.port);
    others.push(haproxy, inlet);
    const ways = { ...waysOf(gateway), network: haproxy.port };
    const { code, of, said } = await once(
      writeCanary(folder, ways, { network: { proxy: `127.0.0.1:${haproxy.port}`, from: TRUSTED, adds: true } }),
    );
    expect({ of, said }).toEqual({ of: FINE, said: expect.stringContaining('Nothing leaked.') as string });
    expect(code).toBe(0);
    // An address that the network does not know: nothing is added, so the positive part does not see.
    const unknown = await once(
      writeCanary(folder, ways, { network: { proxy: `127.0.0.1:${haproxy.port}`, from: ANYBODY, adds: true } }),
    );
    expect(unknown).toMatchObject({ code: 1, of: { positive: 'BROKEN', negative: 'BROKEN' } });
  });
});

describe('what is too open', () => {
  test('a policy with an approved wildcard too many is seen by `boundary`', async () => {
    const wide = await startGateway(policyWith([PAY, '**.acme.example']));
    const { code, of, said } = await once(writeCanary(folder, waysOf(wide)));
    expect({ code, of }).toEqual({ code: 5, of: { ...FINE, boundary: 'LEAK' } });
    expect(said).toContain(`x-boundary.${PAY} received X-MSISDN: beside \`${PAY}\` of \`pay\``);
  });

  test('a host more, of a partner that is agreed', async () => {
    const other = partner({ id: 'x', hosts: [`not-${PAY}`], release: [{ header: 'X-MSISDN', as: 'unchanged' }] });
    const wide = await startGateway(policyWith([PAY], [other]));
    const { code, of } = await once(writeCanary(folder, waysOf(wide)));
    expect({ code, of }).toEqual({ code: 5, of: { ...FINE, boundary: 'LEAK' } });
  });

  test('a gateway that believes everyone is seen by `spoof`', async () => {
    const believing = await startGateway(policyWith(), 'path');
    const { code, of, said } = await once(writeCanary(folder, waysOf(believing)));
    expect({ code, of }).toEqual({ code: 5, of: { ...FINE, spoof: 'LEAK' } });
    expect(said).toContain('received X-MSISDN: a forged number past the network');
  });
});

describeWith(['nginx'], 'a network without its filter', () => {
  test('is seen in one round, by `negative` first', async () => {
    const nginx = await startPassThrough(join(folder, 'nginx'), mirror.port('mirror'));
    others.push(nginx);
    const ways = { network: nginx.port, boundary: nginx.port, direct: nginx.port };
    const { code, of, said } = await once(writeCanary(folder, ways));
    expect(of).toEqual({ negative: 'LEAK', positive: 'LEAK', boundary: 'LEAK', spoof: 'LEAK', answers: 'LEAK' });
    expect(code).toBe(5);
    expect(said).toContain('A LEAK WAS SEEN.');
  });
});

describe('a canary that cannot see', () => {
  const BLIND = { negative: 'BROKEN', positive: 'BROKEN', boundary: 'BROKEN', spoof: 'BROKEN', answers: 'BROKEN' };

  test('a mirror that is dead makes all of it broken', async () => {
    const nobody = await freePort();
    const mute = await startGateway(policyWith(), undefined, {
      listeners: [
        { name: 'internet', address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust: [`${TRUSTED}/32`] },
        {
          ...{ name: 'canary', address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust: [`${TRUSTED}/32`] },
          ...{ mirror: `127.0.0.1:${nobody}`, as: 'internet' },
        },
      ],
      destinations: { default: `127.0.0.1:${nobody}`, permit: ['127.0.0.0/8'] },
    });
    const { code, of } = await once(writeCanary(folder, waysOf(mute)));
    expect({ code, of }).toEqual({ code: 1, of: BLIND });
  });

  test('a gateway that is down makes all of it broken', async () => {
    const nobody = await freePort();
    const { code, of } = await once(writeCanary(folder, { network: nobody, boundary: nobody, direct: nobody }));
    expect({ code, of }).toEqual({ code: 1, of: BLIND });
  });

  test('a partner that receives nothing any more makes the silence of strangers worth nothing', async () => {
    const closed = await startGateway(policyWith().replace('"canary.operator.example"', '"other.operator.example"'));
    const { code, of, said } = await once(writeCanary(folder, waysOf(closed)));
    expect({ code, of }).toEqual({ code: 1, of: BLIND });
    expect(said).toContain('promised and not there: X-MSISDN');
  });

  test('an agreed policy that does not compile: nothing is asked', async () => {
    const file = writeCanary(folder, waysOf(gateway), { policy: 'broken.yaml' });
    writeFileSync(join(folder, 'broken.yaml'), 'version: 2\n');
    const { code, said } = await once(file);
    expect({ code, said }).toEqual({ code: 1, said: expect.stringMatching(/^BROKEN/) as string });
  });
});

describe('on its schedule', () => {
  test('it exports when each probe last went through, and a leak from the round in which it begins', async () => {
    const own = await startGateway(policyWith());
    others.pop();
    const file = writeCanary(folder, waysOf(own));
    const canary = await startVerb(['canary', '--config', file], (said) => said.includes('"canary-round"'));
    others.push(canary);
    const port = Number(/"port":(\d+)/.exec(canary.said())?.[1]);
    const scrape = async (): Promise<Samples> => parseSamples((await fetchText(port, '/metrics')).body);
    const well = await scrape();
    for (const probe of Object.keys(FINE)) {
      const label = `probe="${probe}"`;
      expect(well.get(`headgate_canary_leaks_total{${label}}`)).toBe(0);
      expect(well.get(`headgate_canary_broken{${label}}`)).toBe(0);
      const age = Date.now() / 1000 - total(well, 'headgate_canary_last_success_timestamp_seconds', label);
      expect(age).toBeLessThan(60);
    }
    expect(total(well, 'headgate_canary_boundary_hosts')).toBeGreaterThan(10);
    const beganMs = Date.now();
    expect(await own.reload(policyWith([PAY, '**.acme.example']))).toBe('replaced');
    await eventually('the leak to be counted', async () => total(await scrape(), 'headgate_canary_leaks_total') > 0);
    console.log(`a policy too wide: counted by the canary after ${Date.now() - beganMs} ms, rounds of 1 s`);
    const leaking = await scrape();
    expect(total(leaking, 'headgate_canary_leaks_total', 'probe="boundary"')).toBeGreaterThan(0);
    expect(total(leaking, 'headgate_canary_leaks_total', 'probe="negative"')).toBe(0);
    await eventually('its log line', () => canary.said().includes('"event":"canary-leak"'));
    await own.stop();
    await eventually('it to be broken', async () => total(await scrape(), 'headgate_canary_broken') === 5);
    expect(total(await scrape(), 'headgate_canary_leaks_total')).toBeGreaterThan(0);
    expect(await canary.stop()).toBe(0);
    expect(canary.said()).not.toMatch(/7700900\d{3}|00101\d{10}/);
  }, 60_000);
});

test('the mirror counted what reached it, by class and by whether it may', async () => {
  const samples = parseSamples((await fetchText(mirror.port('metrics'), '/metrics')).body);
  const headers = 'headgate_mirror_headers_total';
  expect(total(samples, headers, 'class="msisdn"', 'outcome="expected"')).toBeGreaterThan(0);
  expect(total(samples, headers, 'class="location"', 'outcome="escaped"')).toBe(0);
  expect(total(samples, 'headgate_mirror_requests_total')).toBeGreaterThan(100);
  expect(mirror.said()).not.toMatch(/7700900\d{3}/);
});
