// Lockdown by the admin API, by the switch file and by the verb: in force on all four workers within a second, the first request after
// the API’s answer obeys, a restart does not end it, and only a named person with a reason does.
import { rmSync, writeFileSync } from 'node:fs';
import { eventually } from '../../wire/harness/deadline.js';
import { describeWith } from '../../programs.js';
import { BANK, OWN, Operator, PAY, policyOf, STRANGER, WIDE } from './operator.js';
import { historyOf, Program } from './program.js';
import { Site } from './site.js';
import { reaching, Subscriber } from './subscriber.js';

/** So many reach each of four workers, but for a chance of one in a million. */
const CONNECTIONS = 48;
const WITHIN_MS = 1000;

interface Lockdowns {
  readonly lockdown: {
    readonly all: { readonly by: string; readonly via: string } | null;
    readonly partners: readonly object[];
  };
  readonly workers: readonly { readonly serving: boolean }[];
}

describeWith(['ssh-keygen'], 'lockdown on four workers', () => {
  let site: Site;
  let operator: Operator;
  let program: Program;
  let subscribers: Subscriber[] = [];

  beforeAll(async () => {
    site = await Site.start([PAY, BANK, OWN]);
    operator = await Operator.make(site.port, { workers: 4 });
    await operator.baseline();
    await begin();
  }, 60_000);
  afterAll(async () => {
    for (const subscriber of subscribers) subscriber.close();
    await program.stop().finally(() => program.kill());
    await site.stop();
    operator.remove();
  });

  async function begin(): Promise<void> {
    program = await Program.start({ folder: operator.folder });
    subscribers = await Promise.all(Array.from({ length: CONNECTIONS }, () => Subscriber.open(program.port)));
  }
  async function restart(): Promise<void> {
    for (const subscriber of subscribers) subscriber.close();
    await program.stop();
    await begin();
  }
  const status = (): Promise<Lockdowns> => program.api<Lockdowns>('/v1/status');
  /** What reaches a host from each old connection. */
  const everyones = async (host: string): Promise<readonly string[]> => {
    const reached = await Promise.all(subscribers.map((subscriber) => subscriber.ask(host)));
    expect(reached.map((each) => each.status)).toEqual(subscribers.map(() => 200));
    return [...new Set(reached.map(({ names }) => names.join(' ')))];
  };
  const isStripped = async (host: string): Promise<void> => expect(await everyones(host)).toEqual(['']);
  const isReleased = async (host: string, names: readonly string[]): Promise<void> =>
    expect(await everyones(host)).toEqual([names.join(' ')]);
  const order = (state: 'on' | 'off', more: object = {}): Promise<object> =>
    program.api('/v1/lockdown', { state, reason: 'INC-1', by: 'dana', ...more });

  test('by the API it is in force for the first request after the answer, for everyone and for one partner', async () => {
    expect((await status()).workers.filter(({ serving }) => serving)).toHaveLength(4);
    await isReleased(PAY, WIDE.pay);
    const began = performance.now();
    expect(await order('on')).toMatchObject({ workers: 4, recorded: true });
    expect(performance.now() - began).toBeLessThan(WITHIN_MS);
    for (const host of [PAY, BANK, OWN, STRANGER]) await isStripped(host);
    await order('off');
    await isReleased(PAY, WIDE.pay);
    await order('on', { partner: 'pay' });
    await isStripped(PAY);
    await isReleased(BANK, WIDE.bank);
    await order('off', { partner: 'pay' });
    await isReleased(PAY, WIDE.pay);
  }, 60_000);

  test('by the verb, and it says who ended it', async () => {
    const ons = (): number => historyOf(operator.folder).filter(({ kind }) => kind === 'lockdown-on').length;
    const before = ons();
    const { code } = await program.verb('lockdown', 'on', '--reason', 'numbers at a stranger');
    expect(code).toBe(0);
    await isStripped(PAY);
    expect(ons()).toBe(before + 1);
    // The log is written a moment after what it tells of.
    await eventually('a line in the log for each', () => program.of('lockdown-on').length === before + 1);
    const off = await program.verb('lockdown', 'off', '--reason', 'it was the canary');
    expect(off.code).toBe(0);
    await isReleased(PAY, WIDE.pay);
    const { kind, reason, by } = historyOf(operator.folder).at(-1) ?? {};
    expect([kind, reason]).toEqual(['lockdown-off', 'it was the canary']);
    expect(by).toMatch(/\S/);
  }, 60_000);

  test('by the switch file within a second; a vanished file, a restart and an order without a name do not end it', async () => {
    const file = operator.path('state/LOCKDOWN');
    const began = performance.now();
    writeFileSync(file, 'all\n');
    await eventually('the first stripped heads', async () => (await everyones(PAY)).join() === '');
    expect(performance.now() - began).toBeLessThan(WITHIN_MS);
    for (const host of [PAY, BANK, OWN]) await isStripped(host);
    await expect(order('off')).rejects.toThrow('still there');
    rmSync(file);
    await eventually('the gateway to see it gone', () => program.of('lockdown-file-gone').length > 0);
    await isStripped(PAY);
    await restart();
    for (const host of [PAY, BANK, OWN]) await isStripped(host);
    expect((await status()).lockdown.all).toMatchObject({ by: 'file', via: 'file' });
    for (const bad of [{ by: '' }, { reason: '' }, { by: ' ' }]) {
      await expect(order('off', bad)).rejects.toThrow('answered 4');
      await isStripped(PAY);
    }
    await order('off');
    await isReleased(PAY, WIDE.pay);
    await restart();
    await isReleased(PAY, WIDE.pay);
  }, 90_000);

  test('a reload under lockdown releases nothing, and what was admitted meanwhile is in force when it ends', async () => {
    await order('on');
    const narrow = policyOf({ partners: policyOf()['partners'], deny: [{ hosts: [BANK], reason: 'a test' }] });
    operator.writePolicy(narrow);
    expect(await program.api('/v1/reload', {})).toMatchObject({ outcome: 'admitted', direction: 'narrowing' });
    for (const host of [PAY, BANK, OWN]) await isStripped(host);
    await order('off');
    await isReleased(PAY, WIDE.pay);
    await isStripped(BANK);
    expect(await reaching(program.port, STRANGER)).toEqual([]);
    expect(site.strays).toEqual([]);
  }, 60_000);
});
