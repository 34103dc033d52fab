// A state folder that is full, and one that is read-only, under the real program: it keeps serving, a narrowing is in force, a widening is
// refused in one clear line, and when there is room again it is admitted. In a mount namespace of the program's own (unshare).
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { eventually } from '../../wire/harness/deadline.js';
import { describeWith } from '../../programs.js';
import { BANK, OWN, Operator, PARTNERS, PAY, policyOf, STRANGER, WIDE } from './operator.js';
import { Program } from './program.js';
import { Site } from './site.js';
import { Subscriber } from './subscriber.js';

const canMount = spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()]).status === 0;

interface Answer {
  readonly outcome: string;
  readonly candidate?: { readonly code: string; readonly messages: readonly string[] };
}

const NARROW = policyOf({
  partners: [{ ...PARTNERS.pay, release: [{ header: 'X-MSISDN', as: 'unchanged' }] }, PARTNERS.bank, PARTNERS.own],
});

describeWith(['ssh-keygen'], 'a state folder that cannot be written', () => {
  let site: Site;
  let operator: Operator;
  let program: Program;
  let subscriber: Subscriber;

  beforeEach(async () => {
    site = await Site.start([PAY, BANK, OWN]);
    operator = await Operator.make(site.port, { workers: 2 });
    mkdirSync(operator.path('state'));
    await operator.baseline();
  });
  afterEach(async () => {
    subscriber.close();
    await program.stop().finally(() => program.kill());
    await site.stop();
    operator.remove();
  });

  /** The program with a file system of its own, of 256 kB, as its state folder. */
  async function begin(): Promise<void> {
    const mount = `mount -t tmpfs -o size=256k tmpfs ${operator.path('state')} && exec "$@"`;
    program = await Program.start({ folder: operator.folder, under: ['unshare', '-rm', 'sh', '-ec', mount, 'sh'] });
    subscriber = await Subscriber.open(program.port);
  }
  /** In the program's namespace. */
  const inside = (script: string): void =>
    void execFileSync(
      'nsenter',
      ['-t', String(program.pid), '-U', '-m', '--preserve-credentials', 'sh', '-ec', script],
      {
        stdio: 'pipe',
      },
    );
  async function receive(pay: readonly string[]): Promise<void> {
    for (const [host, names] of [
      [PAY, pay],
      [BANK, WIDE.bank],
      [OWN, WIDE.own],
      [STRANGER, []],
    ] as const) {
      expect(await subscriber.ask(host)).toMatchObject({ status: 200, names });
    }
    expect(site.strays).toEqual([]);
  }

  const said = (event: string, words: string): Promise<void> =>
    eventually(`\`${event}\` to say ${words}`, () =>
      program.of(event).some(({ message }) => message?.includes(words) === true),
    );

  const rows = [
    ['full', `dd if=/dev/zero of=STATE/ballast bs=1k 2>/dev/null || true`, 'rm STATE/ballast', 'the disk is full'],
    ['read-only', 'mount -o remount,ro STATE', 'mount -o remount,rw STATE', 'the file system is read-only'],
  ] as const;

  (canMount ? test.each(rows) : test.skip.each(rows))(
    `${canMount ? '' : '[needs mount namespaces] '}%s: a narrowing is in force, a widening is refused, and everything is served`,
    async (_, harm, mend, why) => {
      await begin();
      await receive(WIDE.pay);
      inside(harm.replace('STATE', operator.path('state')));
      operator.writePolicy(NARROW);
      expect(await program.api<Answer>('/v1/reload', {})).toMatchObject({ outcome: 'admitted' });
      await receive(['x-msisdn']);
      await said('state-unwritten', why);
      expect(await program.api('/v1/status')).toMatchObject({ stateFolder: { writable: false } });
      // With its approval: what refuses it is the disk alone.
      operator.writePolicy(policyOf());
      await operator.widening(NARROW);
      const { outcome, candidate } = await program.api<Answer>('/v1/reload', {});
      expect([outcome, candidate?.code]).toEqual(['refused', 'state']);
      expect(candidate?.messages[0]).toContain(why);
      await said('policy-not-replaced', '[state]');
      await receive(['x-msisdn']);
      await program.api('/v1/lockdown', { state: 'on', reason: 'INC-1', by: 'dana', partner: 'pay' });
      await receive([]);
      inside(mend.replace('STATE', operator.path('state')));
      expect(await program.api<Answer>('/v1/reload', {})).toMatchObject({ outcome: 'admitted' });
      await receive([]);
      await program.api('/v1/lockdown', { state: 'off', reason: 'INC-1', by: 'dana', partner: 'pay' });
      await receive(WIDE.pay);
      expect(await program.api('/v1/status')).toMatchObject({ stateFolder: { writable: true } });
      // It ends in order whatever the disk is.
      inside(harm.replace('STATE', operator.path('state')));
    },
    60_000,
  );

  test('one that cannot be had at all: everything is served, and withheld, since nobody knows what was locked down', async () => {
    rmSync(operator.path('state'), { recursive: true });
    operator.write('state', 'a file where the folder should be');
    program = await Program.start({ folder: operator.folder });
    subscriber = await Subscriber.open(program.port);
    for (const host of [PAY, BANK, OWN, STRANGER])
      expect(await subscriber.ask(host)).toMatchObject({ status: 200, names: [] });
    await said('lockdown-on', 'lockdown is on for everyone');
  }, 60_000);
});
