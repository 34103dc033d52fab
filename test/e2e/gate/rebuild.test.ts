// Rebuild everything: the policy, the baseline and the approvals of 90 days ago, and no state. A fresh gateway releases exactly what
// the old one does, before it says that it is ready; with an older baseline it refuses; after a later narrowing it is as narrow.
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { eventually } from '../../wire/harness/deadline.js';
import { describeWith } from '../../programs.js';
import { BANK, OWN, Operator, PARTNERS, PAY, policyOf, STRANGER, WIDE, type Values } from './operator.js';
import { Program } from './program.js';
import { Site } from './site.js';
import { reaching, Subscriber } from './subscriber.js';

const DAY_MS = 86_400_000;
const SHOP = 'shop.example';
/** The policy of the baseline, and the one that an approval made of it. */
const FIRST = policyOf();
const withShop = (...hosts: readonly string[]): Values =>
  policyOf({ partners: [PARTNERS.pay, { ...PARTNERS.bank, hosts: [BANK, ...hosts] }, PARTNERS.own] });
const NOW = withShop(SHOP);
const HOSTS = [PAY, BANK, SHOP, OWN, STRANGER, `www.${SHOP}`, `a.${PAY}`, 'example'];

describeWith(['ssh-keygen'], 'a gateway without a state', () => {
  let site: Site;
  let operator: Operator;
  const programs: Program[] = [];

  beforeEach(async () => {
    site = await Site.start([PAY, BANK, OWN, SHOP]);
    operator = await Operator.make(site.port);
  });
  afterEach(async () => {
    for (const program of programs.splice(0)) program.kill();
    await site.stop();
    operator.remove();
  });

  async function start(): Promise<Program> {
    const program = await Program.start({ folder: operator.folder });
    programs.push(program);
    return program;
  }

  /** What reaches each host; both the digest and the generation that say it. */
  async function exposureOf(program: Program): Promise<object> {
    const reached: Record<string, readonly string[]> = {};
    for (const host of HOSTS) reached[host] = await reaching(program.port, host);
    const { digest, generation } = await program.api('/v1/status');
    return { reached, digest, generation };
  }

  /** The pod is gone, and its disk. */
  async function fresh(program: Program): Promise<Program> {
    await program.stop();
    rmSync(operator.path('state'), { recursive: true });
    return start();
  }

  /** It answers, and nobody is reached: without a policy only what is public would be. */
  async function withholds(program: Program): Promise<void> {
    const before = site.count;
    for (const host of HOSTS) {
      // A connection of its own: one whose request found no destination may be closed behind the answer.
      const subscriber = await Subscriber.open(program.port);
      const { status, names } = await subscriber.ask(host);
      expect([status >= 200, names]).toEqual([true, []]);
      subscriber.close();
    }
    expect(site.count).toBe(before);
  }

  /** A gateway that has run for 90 days: a baseline, then a widening, each signed at its time. */
  async function old(): Promise<Program> {
    const then = Date.now() - 90 * DAY_MS;
    operator.writePolicy(FIRST);
    await operator.baseline({ now: then });
    operator.writePolicy(NOW);
    await operator.widening(FIRST, { now: then + 1000 });
    return start();
  }

  test('releases exactly what the old one did, from its first request on', async () => {
    const before = await old();
    const exposure = await exposureOf(before);
    expect(exposure).toMatchObject({
      generation: 1,
      reached: { [PAY]: WIDE.pay, [BANK]: WIDE.bank, [SHOP]: ['x-imsi'], [OWN]: WIDE.own, [STRANGER]: [] },
    });
    const after = await fresh(before);
    // Ready is said after: what was asked on the port as soon as it listened has the same answer.
    expect(await exposureOf(after)).toEqual(exposure);
    const order = after.lines.map(({ event }) => event);
    expect(order.indexOf('policy-admitted')).toBeLessThan(order.indexOf('listening'));
    expect(order.indexOf('listening')).toBeLessThan(order.indexOf('ready'));
    expect(site.strays).toEqual([]);
    await after.stop();
  }, 60_000);

  test('is as narrow as the policy after a later narrowing', async () => {
    const before = await old();
    operator.writePolicy(FIRST);
    expect(await before.api('/v1/reload', {})).toMatchObject({ outcome: 'admitted', direction: 'narrowing' });
    const exposure = await exposureOf(before);
    expect(exposure).toMatchObject({ reached: { [SHOP]: [], [BANK]: WIDE.bank } });
    const after = await fresh(before);
    expect(await exposureOf(after)).toEqual(exposure);
    await after.stop();
  }, 60_000);

  test('refuses a policy that is wider than baseline and approvals, and withholds everything meanwhile', async () => {
    const before = await old();
    operator.writePolicy(withShop(SHOP, `www.${SHOP}`));
    const after = await fresh(before);
    expect(await after.fetch('/readyz')).toMatchObject({ status: 503 });
    await withholds(after);
    expect(after.of('withholding')[0]).toMatchObject({ level: 'error', cause: 'not-approved' });
    // What was approved is released as soon as the policy is that again.
    operator.writePolicy(NOW);
    await eventually('it to be ready', async () => (await after.fetch('/readyz')).status === 200);
    expect(await reaching(after.port, SHOP)).toEqual(['x-imsi']);
    await after.stop();
  }, 60_000);

  test('with the baseline of an older policy alone refuses, and says what to type', async () => {
    const before = await old();
    mkdirSync(operator.path('away'));
    for (const suffix of ['', '.sig', '.sig.2']) {
      const name = `widening-2.approval.yaml${suffix}`;
      renameSync(operator.path(`approvals/${name}`), operator.path(`away/${name}`));
    }
    const after = await fresh(before);
    expect((await after.fetch('/readyz')).status).toBe(503);
    await withholds(after);
    expect(String(after.of('withholding')[0]?.['next'])).toContain('headgate propose');
    await after.stop();
  }, 60_000);

  test('of one that keeps its state, a baseline of an older generation brings nothing', async () => {
    const before = await old();
    operator.writePolicy(FIRST);
    await operator.baseline({ generation: 2 });
    expect(await before.api('/v1/reload', {})).toMatchObject({ outcome: 'admitted', generation: 2 });
    await before.stop();
    // Generation 2 is gone from the folder, as where an older commit is rolled out: the policy of then, its baseline and approval.
    operator.forget('baseline-3.approval.yaml');
    operator.writePolicy(NOW);
    const after = await start();
    expect(await reaching(after.port, SHOP)).toEqual([]);
    expect(await reaching(after.port, PAY)).toEqual(WIDE.pay);
    expect(after.of('policy-not-replaced')[0]).toMatchObject({ cause: 'not-approved' });
    await after.stop();
  }, 60_000);
});
