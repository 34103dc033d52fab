// A clock that jumps: whatever it says, requests are served; ahead, what ends is over; back again, nothing that was over comes back, in
// what runs and after a restart, and no approval is too early or in time again.
import { describeWith } from '../../programs.js';
import { dayFromNow } from '../../wire/harness/policy-text.js';
import { eventually } from '../../wire/harness/deadline.js';
import { BANK, OWN, Operator, PARTNERS, PAY, policyOf, STRANGER, WIDE } from './operator.js';
import { Program } from './program.js';
import { Site } from './site.js';
import { Subscriber } from './subscriber.js';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

describeWith(['ssh-keygen'], 'a clock that jumps', () => {
  let site: Site;
  let operator: Operator;
  let program: Program;
  let subscriber: Subscriber;

  beforeEach(async () => {
    site = await Site.start([PAY, BANK, OWN]);
    operator = await Operator.make(site.port, { workers: 2 });
    setClock(0);
    // The bank's release ends in ten days.
    operator.writePolicy(ENDING);
    await operator.baseline();
    await begin();
  }, 60_000);
  afterEach(async () => {
    subscriber.close();
    await program.stop().finally(() => program.kill());
    await site.stop();
    operator.remove();
  });

  const ENDING = policyOf({ partners: [PARTNERS.pay, { ...PARTNERS.bank, until: dayFromNow(10) }, PARTNERS.own] });

  function setClock(shiftMs: number): void {
    operator.write('clock', String(shiftMs));
  }
  async function begin(): Promise<void> {
    program = await Program.start({
      folder: operator.folder,
      env: {
        NODE_OPTIONS: `--import=${new URL('shifted-clock.mjs', `file://${__dirname}/`).href}`,
        HEADGATE_TEST_CLOCK: operator.path('clock'),
      },
    });
    subscriber = await Subscriber.open(program.port);
  }
  const namesAt = async (host: string): Promise<readonly string[]> => {
    const { status, names } = await subscriber.ask(host);
    expect(status).toBe(200);
    return names;
  };
  const become = (host: string, names: readonly string[]): Promise<void> =>
    eventually(`${host} to receive [${names.join(' ')}]`, async () => (await namesAt(host)).join() === names.join());
  /** Until the gateway itself has seen a time so far ahead. */
  const seen = (shiftMs: number): Promise<void> =>
    eventually('the gateway to have seen it', async () => {
      const { highestTime } = await program.api<{ highestTime: string }>('/v1/status');
      return Date.parse(highestTime) > Date.now() + shiftMs - HOUR_MS;
    });
  /** So often that whatever a clock does every few milliseconds has been done. */
  async function stays(host: string, names: readonly string[]): Promise<void> {
    const end = performance.now() + 300;
    while (performance.now() < end) expect(await namesAt(host)).toEqual(names);
  }

  test('a release that ended does not come back when the clock goes back, nor with a restart', async () => {
    await become(BANK, WIDE.bank);
    setClock(20 * DAY_MS);
    await become(BANK, []);
    expect(await namesAt(PAY)).toEqual(WIDE.pay);
    // The gateway has seen it too.
    await seen(20 * DAY_MS);
    for (const shiftMs of [0, -20 * DAY_MS, 20 * DAY_MS, 0]) {
      setClock(shiftMs);
      await stays(BANK, []);
      expect(await namesAt(STRANGER)).toEqual([]);
    }
    subscriber.close();
    await program.stop();
    await begin();
    await stays(BANK, []);
    expect(await namesAt(OWN)).toEqual(WIDE.own);
  }, 60_000);

  test('a little behind everything is served as before; before a release began it is withheld, and nothing more leaves', async () => {
    const everywhere = async (isReleased: boolean): Promise<void> => {
      for (const [host, names] of [
        [PAY, WIDE.pay],
        [BANK, WIDE.bank],
        [OWN, WIDE.own],
        [STRANGER, []],
      ] as const) {
        await become(host, isReleased ? names : []);
        await stays(host, isReleased ? names : []);
      }
    };
    setClock(-DAY_MS);
    await everywhere(true);
    setClock(-400 * DAY_MS);
    await everywhere(false);
    operator.writePolicy(policyOf({ partners: [PARTNERS.pay, PARTNERS.own] }));
    expect(await program.api('/v1/reload', {})).toMatchObject({ outcome: 'admitted', direction: 'narrowing' });
    setClock(0);
    await become(PAY, WIDE.pay);
    await stays(BANK, []);
  }, 60_000);

  test('an approval that was too late is too late for good', async () => {
    const made = Date.now();
    setClock(73 * HOUR_MS);
    await seen(73 * HOUR_MS);
    operator.writePolicy(
      policyOf({
        partners: [PARTNERS.pay, { ...PARTNERS.bank, until: dayFromNow(10), hosts: [BANK, 'b.example'] }, PARTNERS.own],
      }),
    );
    await operator.widening(ENDING, { now: made });
    expect(await program.api('/v1/reload', {})).toMatchObject({
      outcome: 'refused',
      candidate: { code: 'not-approved' },
    });
    setClock(0);
    await stays(BANK, WIDE.bank);
    expect(await program.api('/v1/reload', {})).toMatchObject({
      outcome: 'refused',
      candidate: { code: 'not-approved' },
    });
    expect(await namesAt('b.example')).toEqual([]);
    expect(site.strays).toEqual([]);
  }, 60_000);
});
