// What a report of the O2 day must say, of one gateway: from what the test did and when, the logs around the gateways, and of the gateway
// itself only what it alone can know: digests, and how many records its history has.
import { readFileSync } from 'node:fs';
import type { Crossing } from './crossings.js';
import type { Facts, LeakFact } from './o2-facts.js';
import type { Approved, Spell } from './o2-people.js';
import type { Expected, ExpectedEvent } from './o2-truth.js';

/** When what was done, milliseconds since the epoch. */
export interface Marks {
  /** The world: its first part started, all of it was there. */
  readonly started: Spell;
  /** The policy too wide was dropped, and the gateway had said no. */
  readonly refused: Spell;
  readonly approved: Approved;
  readonly locked: Spell;
  /** The first page rang. */
  readonly rang: number;
  /** Everything that counts was being ended. */
  readonly ended: Spell;
}

/** One gateway, as its log and its files have it. */
export interface Watched {
  /** Its name in the report; '' for the only one. */
  readonly replica: string;
  readonly lines: readonly { readonly event?: string; readonly [field: string]: unknown }[];
  readonly stateFolder: string;
  /** Whether its approvals are among those that the report reads. */
  readonly hasApprovals: boolean;
}

interface Admitted {
  readonly digest: string;
  readonly at: number;
}

export function historyOf({ replica, stateFolder }: Watched): Expected['histories'][number] {
  const lines = readFileSync(`${stateFolder}/history.jsonl`, 'utf8').trim().split('\n');
  const { hash } = JSON.parse(lines.at(-1) ?? '') as { readonly hash: string };
  return { replica, records: lines.length, head: hash };
}

/** Policies that it admitted, in order, by its log. */
function admittedBy({ lines }: Watched): readonly Admitted[] {
  return lines
    .filter(({ event }) => event === 'policy-admitted')
    .map(({ digest, time }) => ({ digest: String(digest), at: Date.parse(String(time)) }));
}

export function changesOf(watched: Watched, { started, approved }: Marks): Expected['changes'] {
  return admittedBy(watched).map(({ digest }, index, all) => ({
    digest,
    before: all[index - 1]?.digest ?? null,
    admitted: index === 0 ? started : [approved.signed[0], approved.signed[1] + 5000],
  }));
}

/** All of its timeline but releases and leaks. */
export function eventsOf(watched: Watched, { started, refused, approved }: Marks): readonly ExpectedEvent[] {
  const on = watched.replica === '' ? '' : ` on ${watched.replica}`;
  const [first, next] = admittedBy(watched);
  const short = (digest = ''): string => `${digest.slice(0, 7)}…`;
  const event = (kind: string, when: Spell, says: string): ExpectedEvent => ({
    kind,
    when,
    says: new RegExp(`^${says}`),
  });
  const signed: Spell = [approved.signed[0], approved.signed[1] + 5000];
  const by = 'of ops@operator\\.example';
  return [
    ...(watched.hasApprovals
      ? [event('proposed', started, 'proposed: baseline `[0-9a-f]{12}` by ops@operator\\.example: a test$')]
      : []),
    event('approved', started, `approval${on}: baseline [0-9a-f]{7}… ${by}, approved by officer@operator\\.example$`),
    event(
      'admitted',
      started,
      `admitted${on}: ${short(first?.digest)} over nothing: widening, generation 1, approved by officer@`,
    ),
    event('other', started, `started${on}: headgate [\\d.]+ with ${short(first?.digest)}, generation 1$`),
    ...(next === undefined
      ? []
      : [
          event(
            'other',
            refused,
            `refused${on}: ${short(next.digest)} over ${short(first?.digest)}: not-approved \\(file\\); widening: `,
          ),
          event(
            'proposed',
            approved.proposed,
            'proposed: widening `[0-9a-f]{12}` by ops@operator\\.example \\(CHG-2012\\): routine maintenance$',
          ),
          event(
            'approved',
            signed,
            `approval${on}: widening [0-9a-f]{7}… ${by}, approved by officer@operator\\.example$`,
          ),
          event(
            'admitted',
            signed,
            `admitted${on}: ${short(next.digest)} over ${short(first?.digest)}: widening, generation 1, approved by officer@`,
          ),
        ]),
  ];
}

/** What may be in the timeline or not: as signatures come one after another, the gateway may look at each. */
export function passingOf(watched: Watched, { approved }: Marks): readonly ExpectedEvent[] {
  const on = watched.replica === '' ? '' : ` on ${watched.replica}`;
  const when: Spell = [approved.proposed[0], approved.signed[1] + 5000];
  return [
    {
      kind: 'other',
      when,
      says: new RegExp(
        `^approval${on}: widening [0-9a-f]{7}… .*; does not count: approval-(?:proposer|too-few|unsigned)$`,
      ),
    },
    {
      kind: 'other',
      when,
      says: new RegExp(`^refused${on}: .*: not-approved \\(file\\); widening: .*does not count: `),
    },
  ];
}

export function measuresOf({ replica }: Watched, { locked }: Marks): readonly ExpectedEvent[] {
  const on = replica === '' ? '' : ` on ${replica}`;
  const says = `^lockdown-on${on}: news, by carol@operator\\.example \\(api\\): INC-1 numbers reach websites$`;
  return [{ kind: 'measure', when: locked, says: new RegExp(says) }];
}

/** The canary's probes past the enricher from which the planted header was withheld: only the gateway’s own log tells of them. */
export function plantedHeldBack({ lines }: Pick<Watched, 'lines'>): readonly LeakFact[] {
  return lines
    .filter(
      ({ event, field, outcome }) => event === 'identity-leak' && field === 'x-canary-ref' && outcome === 'contained',
    )
    .map(({ time, partner }) => {
      const at = Date.parse(String(time));
      const crossing: Crossing = {
        host: '',
        domain: 'operator.example',
        sent: null,
        received: null,
        from: at - 1000,
        until: at,
      };
      return {
        ...crossing,
        partner: partner === 'stranger' ? null : String(partner),
        field: 'x-canary-ref',
        outcome: 'contained',
      };
    });
}

export function joined(...facts: readonly Facts[]): Facts {
  return {
    releases: facts.flatMap(({ releases }) => releases),
    leaks: facts.flatMap(({ leaks }) => leaks),
    lost: facts.flatMap(({ lost }) => lost),
  };
}
