// The O2 day as the product's own verbs tell it when it is over, each beside what is true of it.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { LeaksAnswer } from '../../src/control/admin-actions.js';
import type { Report } from '../../src/report/report.js';
import { crossingsOf, tallyOf, type Crossing, type Tally } from './crossings.js';
import {
  changesOf,
  eventsOf,
  historyOf,
  joined,
  measuresOf,
  passingOf,
  plantedHeldBack,
  type Marks,
} from './o2-expected.js';
import { factsOfBroken, factsOfWhole, type Facts, type ReleaseFact } from './o2-facts.js';
import { verb } from './o2-people.js';
import { sketchedBy } from './o2-sketch.js';
import { keyOfLeak, type Expected } from './o2-truth.js';
import { NEWS, type O2World } from './o2-world.js';

export interface Reported {
  readonly of: string;
  readonly report: Report;
  readonly expected: Expected;
  /** The same report as Markdown and as HTML. */
  readonly pages: readonly string[];
}

/** What the day was, by gateway; `strays`: requests that no log of the enricher has, though no canary made them. */
export function factsOf({ enricher, websites, gateway }: O2World): {
  whole: Facts;
  broken: Facts;
  strays: readonly Crossing[];
} {
  const crossings = crossingsOf(enricher.sent(), websites.received());
  const whole = factsOfWhole(crossings, (host) => NEWS.includes(host));
  return {
    whole: { ...whole, leaks: [...whole.leaks, ...plantedHeldBack(gateway)] },
    broken: factsOfBroken(crossings),
    strays: crossings.filter(({ sent, received }) => sent === null && received?.path.startsWith('/?canary=') !== true),
  };
}

/** `headgate report` of the whole gateway, of the broken one, and of both together. After `world.quiet`. */
export async function reportedDay(world: O2World, marks: Marks): Promise<readonly Reported[]> {
  const { whole, broken } = factsOf(world);
  const [config, configOfBroken] = [world.gateway, world.broken].map(({ folder }) => join(folder, 'headgate.yaml'));
  const [ours, theirs] = [world.gateway, world.broken].map((gateway) => ({
    replica: '',
    lines: gateway.lines,
    stateFolder: gateway.stateFolder,
    hasApprovals: true,
  }));
  if (ours === undefined || theirs === undefined || config === undefined || configOfBroken === undefined) return [];
  const [named, other] = [ours, theirs].map((each) => ({ ...each, replica: basename(each.stateFolder) }));
  if (named === undefined || other === undefined) return [];
  const from = marks.started[0] - 60_000;
  const common = {
    sketched: sketchedBy(world),
    from,
    aware: marks.rang,
    version: (JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string }).version,
    began: marks.started,
    ended: marks.ended,
  };
  const aware = { kind: 'aware', when: [marks.rang, marks.rang], says: /^known, as/ } as const;
  const asked = async (
    of: string,
    words: readonly string[],
    expected: Omit<Expected, keyof typeof common | 'made'>,
  ): Promise<Reported> => {
    const since = ['--from', new Date(from).toISOString(), '--aware-at', new Date(marks.rang).toISOString()];
    const ask = (format: string): Promise<string> =>
      verb('report', ...words, ...since, '--jurisdiction', 'uk', '--format', format);
    const began = Date.now();
    const [json = '', ...pages] = await Promise.all(['json', 'md', 'html'].map(ask));
    const made = [began, Date.now()] as const;
    return { of, report: JSON.parse(json) as Report, expected: { ...common, ...expected, made }, pages };
  };
  return [
    await asked('the whole gateway', ['--config', config], {
      facts: whole,
      histories: [historyOf(ours)],
      events: [...eventsOf(ours, marks), aware, ...measuresOf(ours, marks)],
      passing: passingOf(ours, marks),
      changes: changesOf(ours, marks),
      measured: measuresOf(ours, marks),
    }),
    await asked('the broken gateway', ['--config', configOfBroken], {
      facts: broken,
      histories: [historyOf(theirs)],
      events: [...eventsOf(theirs, marks), aware],
      passing: [],
      changes: changesOf(theirs, marks),
      measured: [],
    }),
    await asked(
      'both together',
      ['--state', ours.stateFolder, theirs.stateFolder, '--approvals', join(world.gateway.folder, 'approvals')],
      {
        facts: joined(whole, broken),
        histories: [historyOf(named), historyOf(other)],
        events: [
          ...eventsOf(named, marks),
          ...eventsOf({ ...other, hasApprovals: false }, marks),
          aware,
          ...measuresOf(named, marks),
        ],
        passing: passingOf(named, marks),
        changes: changesOf(named, marks),
        measured: measuresOf(named, marks),
      },
    ),
  ];
}

interface Received {
  readonly domain: string;
  readonly partners: readonly string[];
  readonly hosts: readonly string[];
  readonly requests: { readonly least: number; readonly most: number };
  readonly subscribers: { readonly least: number | null; readonly most: number | null };
  readonly first: string;
  readonly last: string;
  readonly released: readonly {
    readonly header: string;
    readonly form: string;
    readonly requests: { readonly least: number };
  }[];
}

/** What `headgate recipients --from` says otherwise than the sites' logs. After `world.quiet`. */
export async function faultsOfRecipients(world: O2World, marks: Marks): Promise<readonly string[]> {
  const from = new Date(marks.started[0] - 60_000).toISOString();
  const config = join(world.gateway.folder, 'headgate.yaml');
  const { recipients } = JSON.parse(
    await verb('recipients', '--config', config, '--from', from, '--format', 'json'),
  ) as {
    readonly recipients: readonly Received[];
  };
  const facts = new Map<string, ReleaseFact[]>();
  for (const fact of factsOf(world).whole.releases) facts.set(fact.domain, [...(facts.get(fact.domain) ?? []), fact]);
  const of = (row: Received): string | null => {
    const own = facts.get(row.domain) ?? [];
    const tally = tallyOf(own);
    const each = (nameOf: (fact: ReleaseFact) => string): string => [...new Set(own.map(nameOf))].sort().join();
    const said = [row.requests.least, row.requests.most, row.partners.join(), row.hosts.join()];
    const wanted = [tally.count, tally.count, each(({ partner }) => partner), each(({ host }) => host)];
    const forms = row.released
      .map(({ header, form, requests }) => `${header} ${form} ${String(requests.least)}`)
      .join();
    const kinds = new Set(own.map(({ header, form }) => `${header} ${form}`));
    const counts = [...kinds].map(
      (kind) => `${kind} ${String(own.filter(({ header, form }) => `${header} ${form}` === kind).length)}`,
    );
    const isIn = (at: string, [least, most]: Tally['first']): boolean =>
      Date.parse(at) >= least - 1 && Date.parse(at) <= most + 1;
    const { least, most } = row.subscribers;
    const arePeople = (least ?? 0) - 1 <= tally.people.size && (most ?? 9) + 1 >= tally.people.size;
    const isTrue = JSON.stringify([said, forms]) === JSON.stringify([wanted, counts.sort().join()]);
    return isTrue && arePeople && isIn(row.first, tally.first) && isIn(row.last, tally.last)
      ? null
      : `${JSON.stringify(row)} is not ${JSON.stringify([wanted, counts, tally.people.size, tally.first, tally.last])}`;
  };
  const lacking = [...facts.keys()].filter((domain) => !recipients.some((row) => row.domain === domain));
  return [...recipients.flatMap((row) => of(row) ?? []), ...lacking.map((domain) => `${domain} is not told`)];
}

/** What an answer of `headgate leaks` says otherwise than the logs around the gateways; of subscribers, not of the canary. */
export function faultsOfLeaks({ leaks, more }: LeaksAnswer, facts: Facts): readonly string[] {
  const ours = leaks.filter(({ detector, domain }) => detector !== 'canary' && domain !== 'operator.example');
  const true_ = facts.leaks.filter(({ domain }) => domain !== 'operator.example');
  const keys = [...new Set([...ours.map(keyOfLeak), ...true_.map(keyOfLeak)])];
  const faults = keys.flatMap((key) => {
    const rows = ours.filter((row) => keyOfLeak(row) === key);
    const own = true_.filter((fact) => keyOfLeak(fact) === key);
    const said = rows.reduce((sum, row) => sum + row.leaks, 0);
    if (own.length === 0 || said !== own.length) return [`${key}: ${String(said)}, not ${String(own.length)}`];
    const { first, last } = tallyOf(own);
    const times = rows.flatMap((row) => [Date.parse(row.first), Date.parse(row.last)]);
    const [least, most] = [Math.min(...times), Math.max(...times)];
    const isThen = least >= first[0] - 1 && least <= first[1] + 1 && most >= last[0] - 1 && most <= last[1] + 1;
    return isThen ? [] : [`${key}: ${new Date(least).toISOString()} to ${new Date(most).toISOString()}`];
  });
  return more === 0 ? faults : [...faults, `${String(more)} rows are left out`];
}
