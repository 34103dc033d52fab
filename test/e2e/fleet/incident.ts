// The ledger of a fleet against the truth of whoever asked: two replicas as whole processes under traffic, a Redis that fails in the middle,
// one of them killed with -9. `headgate recipients` of all of them says every request but for the gap, and the subscribers within 2 %.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LedgerFiles } from '../../../src/control/ledger-files.js';
import { openStateFolder } from '../../../src/control/state-folder.js';
import { until } from '../../fleet/until.js';
import { BANK, PAY } from '../gate/operator.js';
import { Site } from '../gate/site.js';
import { Member } from './member.js';
import { ride, type Ridden } from './ride.js';

export interface Incident {
  /** The setting `redis` of every replica, but for its name. */
  readonly redis: object;
  /** Redis fails, and resolves when it can be used again. */
  readonly fail: () => Promise<void>;
}

interface Row {
  readonly domain: string;
  readonly requests: { readonly least: number; readonly most: number };
  readonly subscribers: { readonly estimate: number | null; readonly epochs: number };
  readonly released: readonly { readonly header: string; readonly requests: { readonly least: number } }[];
}

interface Answer {
  readonly gaps: readonly {
    readonly from: string;
    readonly until: string;
    readonly cause: string;
    readonly replica: string;
  }[];
  readonly keptUntil: string;
  readonly recipients: readonly Row[];
}

/** The sketches are the same with every run: the first replica has this key from before, and the other one takes it from Redis. */
const KEY = '00112233445566aa';
const SUBSCRIBERS = 500;
const PART_MS = 1000;
const DOMAINS = new Map([
  [PAY, 'acme.example'],
  [BANK, 'bank.example'],
]);

/** Plays it and holds what `headgate recipients` says against the truth. */
export async function playIncident({ redis, fail }: Incident): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-e2e-fleet-'));
  const site = await Site.start([PAY, BANK]);
  const members: Member[] = [];
  const truth: Ridden[] = [];
  try {
    const day = new Date().toISOString().slice(0, 10);
    const made = ['gw-1', 'gw-2'].map((name) =>
      Member.make({ folder, name, redis: { ...redis, prefix: 'edge' }, sitePort: site.port }),
    );
    members.push(...(await Promise.all(made)));
    const [first, second] = members as [Member, Member];
    await giveKey(join(first.folder, 'state'), `${day}-9f3c`);
    for (const member of members) await member.begin();
    await until(async () => (await first.fleet()).heard === 2);

    const both = { hosts: [PAY, BANK], subscribers: SUBSCRIBERS, into: truth };
    // Some of it is in Redis before it fails: whoever ends has told all.
    await rideFor(members, both);
    await Promise.all(members.map((member) => member.end().then(() => member.begin())));
    await until(async () => (await first.fleet()).heard === 2);

    const rides = await Promise.all(members.map((member) => ride(member, both)));
    await fail();
    await until(async () => (await Promise.all(members.map((member) => member.fleet()))).every(isWhole), 120_000);
    for (const each of rides) await each.end();
    await second.end();
    await second.begin();

    // What the second one does from here on goes to one host alone, so that of the other one nothing is in doubt.
    const lost = await ride(second, { ...both, hosts: [PAY] });
    await rideFor([first], both);
    await second.kill();
    await lost.end();
    await second.begin();
    await rideFor(members, both);
    await Promise.all(members.map((member) => member.end()));

    expect(truth.filter(({ status }) => status !== 200)).toHaveLength(truth.at(-1)?.status === 200 ? 1 : 0);
    const said = await first.verb('recipients', '--from', day, '--format', 'json');
    expect([said.code, said.err]).toEqual([0, '']);
    judge(JSON.parse(said.out) as Answer, truth);
  } finally {
    for (const member of members) await member.dispose();
    await site.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const isWhole = ({ isConnected, heard }: { isConnected: boolean; heard: number }): boolean =>
  isConnected && heard === 2;

async function giveKey(state: string, epoch: string): Promise<void> {
  const opened = await openStateFolder(state);
  if (!opened.ok) throw new Error('no state folder');
  const written = new LedgerFiles(opened.value).writeEpoch({ version: 1, epoch, key: KEY });
  opened.value.close();
  expect(written.ok).toBe(true);
}

async function rideFor(members: readonly Member[], options: Parameters<typeof ride>[1]): Promise<void> {
  const rides = await Promise.all(members.map((member) => ride(member, options)));
  await new Promise((resolve) => setTimeout(resolve, PART_MS));
  for (const each of rides) await each.end();
}

/** Exact where nothing is in doubt; between what is sure and all, where a kill left a gap. */
function judge({ gaps, recipients }: Answer, truth: readonly Ridden[]): void {
  expect(gaps).toMatchObject([{ cause: 'killed', replica: 'gw-2' }]);
  const [gap] = gaps;
  const [from, until] = [Date.parse(gap?.from ?? ''), Date.parse(gap?.until ?? '')];
  const isInDoubt = (each: Ridden): boolean => each.replica === 'gw-2' && each.untilMs >= from && each.fromMs < until;
  expect(recipients.map(({ domain }) => domain).sort()).toEqual([...DOMAINS.values()].sort());
  for (const [host, domain] of DOMAINS) {
    const all = truth.filter((each) => each.host === host && each.isReleased);
    const sure = all.filter((each) => !isInDoubt(each));
    const row = recipients.find((each) => each.domain === domain);
    const [least, most] = [row?.requests.least ?? -1, row?.requests.most ?? -1];
    expect([domain, sure.length > 300, least === most]).toEqual([domain, true, true]);
    expect(least).toBeGreaterThanOrEqual(sure.length);
    expect(least).toBeLessThanOrEqual(all.length + (host === PAY ? 1 : 0));
    if (host === BANK) expect([all.length, least]).toEqual([sure.length, sure.length]);
    else expect(all.length).toBeGreaterThan(sure.length);
    expect(row?.released).toMatchObject([{ header: 'X-IMSI', requests: { least } }]);
    const people = (of: readonly Ridden[]): number => new Set(of.map(({ subscriber }) => subscriber)).size;
    const { estimate, epochs } = row?.subscribers ?? { estimate: null, epochs: 0 };
    expect(epochs).toBe(1);
    expect(estimate).toBeGreaterThanOrEqual(0.98 * people(sure));
    expect(estimate).toBeLessThanOrEqual(1.02 * people(all));
  }
}
