// Two whole gateways and a Redis whose user may do what docs/fleet.md gives it and no more: what one has learned of names the other goes by from
// its first request on, the ledger of both is there, and Redis refused nothing that was asked of it.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startSecured, type SecuredRedis } from '../fleet/redis-secured.js';
import { until } from '../fleet/until.js';
import { describeWith } from '../programs.js';
import { Gateway } from '../wire/harness/gateway.js';
import { Origin } from '../wire/harness/origin.js';
import { PARTNER0001, policyText } from '../wire/harness/policy-text.js';
import { total } from '../wire/harness/scrape.js';
import { PARTNER } from '../wire/harness/values.js';
import { learnedState } from './learned-state.js';

jest.setTimeout(240_000);

const POLICY = policyText([PARTNER0001], {
  detection: { exact: 'withhold', numbers: 'count', hints: 'count', novelty: 'quarantine' },
});
const MAIN = resolve('dist/cli/main.js');

describeWith(['redis-server', 'openssl'], 'two gateways, of which one has learned', () => {
  let folder: string;
  let secured: SecuredRedis;
  let redis: SecuredRedis['server'];
  let site: Origin;
  let old: Gateway;
  let fresh: Gateway;
  let state: string;
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });

  const start = (name: string, kept?: string): Promise<Gateway> =>
    Gateway.start({
      name: `e2e-fleet-${name}`,
      policy: POLICY,
      settings: {
        destinations: { default: `127.0.0.1:${String(site.port)}`, permit: ['127.0.0.0/8'] },
        redis: {
          url: `rediss://127.0.0.1:${String(secured.port)}`,
          tls: { ca: [secured.ca] },
          ...{ username: 'gateway', passwordFile: secured.passwordFile, prefix: 'edge', replica: name },
        },
        ...(kept === undefined ? {} : { state: kept }),
      },
    });
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-names-'));
    secured = await startSecured(folder, 'edge');
    redis = secured.server;
    site = await Origin.start('site');
    state = learnedState('fleet-names', ['xusual']);
    old = await start('old', state);
    await until(async () => (await redis.client.exists('{edge}:usual:internet')) === 1);
    fresh = await start('fresh');
  });
  afterAll(async () => {
    for (const gateway of [old, fresh]) if (gateway?.isAlive === true) await gateway.stop();
    agent.destroy();
    await site?.stop();
    await redis?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const verb = (...words: readonly string[]): Promise<{ code: number; out: string }> =>
    new Promise((settle) => {
      execFile(process.execPath, [MAIN, ...words], (error, stdout, stderr) =>
        settle({ code: error === null ? 0 : Number(error.code), out: stdout + stderr }),
      );
    });
  let sent = 0;
  /** Of one of 200 subscribers to one of 61 sites or the partner. */
  const visit = (gateway: Gateway, headers: (who: number) => Readonly<Record<string, string>>): Promise<void> => {
    sent += 1;
    const who = (sent * 7) % 200;
    const host = sent % 20 === 0 ? PARTNER : `site${String((sent * 13) % 61)}.example`;
    const number = `447700900${String(who).padStart(3, '0')}`;
    const all = { host, 'x-msisdn': number, 'x-usual': `u-${String(who)}`, ...headers(who) };
    return new Promise((settle, reject) => {
      const where = { host: '127.0.0.1', port: gateway.port(), agent, path: `http://${host}/` };
      const asked = request({ ...where, headers: all }, (answer) => answer.resume().on('end', settle));
      asked.on('error', reject);
      asked.end();
    });
  };
  const leak = (who: number) => ({ 'X-Net-Line': `line-${String(who)}` });
  const counted = async (gateway: Gateway, metric: string, which: string): Promise<number> =>
    total(await gateway.metrics(), metric, 'listener="internet"', `state="${which}"`);

  test('the one that is new goes by what the other learned, from its first request on', async () => {
    await until(async () => (await counted(fresh, 'headgate_usual_names_info', 'fleet')) === 1);
    expect(await counted(old, 'headgate_usual_names_info', 'own')).toBe(1);
    while ((await counted(fresh, 'headgate_novel_headers', 'quarantined')) === 0) {
      await Promise.all(Array.from({ length: 80 }, () => visit(fresh, leak)));
    }
    await until(() => fresh.find('name-quarantined') !== undefined);
    const said = fresh.lines.filter(({ event = '' }) => event.startsWith('name-'));
    expect(said).toMatchObject([{ event: 'name-quarantined', field: 'xnetline', learning: false }]);
    expect(await counted(fresh, 'headgate_novel_headers', 'baseline')).toBe(1);
  });

  test('a lockdown of one is in force on the other, the ledger of both is read, and Redis refused nothing', async () => {
    writeFileSync(join(state, 'LOCKDOWN'), '');
    await until(async () => total(await fresh.metrics(), 'headgate_lockdown', 'scope="all"') === 1);
    const day = new Date().toISOString().slice(0, 10);
    await until(async () => {
      const fields = await redis.client.hkeys(`{edge}:ledger:day:${day}`);
      return ['old', 'fresh'].every((name) => fields.includes(`${name}\nabout`));
    });
    const { code, out } = await verb('recipients', '--from', day, '--config', join(fresh.folder, 'headgate.yaml'));
    expect([code, out]).toEqual([0, expect.not.stringMatching(/unreadable|error/)]);
    expect(await redis.client.get('{edge}:usual:internet')).not.toMatch(/u-|line-|site|447700900/);
    await fresh.stop();
    expect(await redis.client.call('ACL', ['LOG'])).toEqual([]);
  });
});
