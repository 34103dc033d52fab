// Destinations of the past through a change of policy: what would have been released that was not, and what ends. It decides nothing:
// the differ's classes ask the runtime decision. INVARIANT: sums are exact however many hosts there are; only names are bounded
// (test/review/replay.test.ts).
import { isMember } from '../policy/axis.js';
import type { Difference } from '../policy/class-differences.js';
import { hostDifferencesOf, type HostDifferences } from '../policy/host-differences.js';
import { labelOf } from '../policy/render-diff.js';
import type { Ruleset } from '../policy/ruleset.js';

export interface Visit {
  /** Canonical. */
  readonly host: string;
  /** The port that was asked for. */
  readonly port: number;
  readonly requests: number;
  /** Milliseconds since the epoch; null: not known. */
  readonly at: number | null;
  /** Absent: not known, and then any. */
  readonly listener?: string;
  /** What the host is called in the result, where it stands for others. Absent: itself. */
  readonly called?: string;
}

/** What one host, or hosts that are not named, gains or loses; differences of one partner, period and set of listeners. */
export interface ReplayRow {
  /** `host:port` where the port is not 80. null: every host, or further hosts that are not listed. */
  readonly host: string | null;
  /** null: everyone, partner or not. */
  readonly partner: string | null;
  /** At least one; the same but for the header and its forms. */
  readonly differences: readonly Difference[];
  /** As many as could have carried it: how many did, no log says. */
  readonly requests: number;
}

/** What a partner no longer receives, or receives less of. */
export interface EndedPartner {
  /** null: everyone. */
  readonly partner: string | null;
  readonly headers: readonly string[];
  /** Those that have a name here; `isMore`: there are others. */
  readonly hosts: number;
  readonly isMore: boolean;
  readonly requests: number;
}

export interface Replayed {
  /** All that were told. */
  readonly requests: number;
  /** Those to a host that gains, and to one that loses; a request can be both. */
  readonly gaining: number;
  readonly losing: number;
  /** The most requests first. */
  readonly gains: readonly ReplayRow[];
  readonly losses: readonly ReplayRow[];
  readonly ended: readonly EndedPartner[];
  /** First and last time that was told, in milliseconds since the epoch; null: none was. */
  readonly span: { readonly first: number; readonly last: number } | null;
}

/** Names of hosts that are kept; a wildcard can have any number of them. */
const HOSTS_KEPT = 10_000;
/** Answers that are remembered, for speed alone. */
const REMEMBERED = 65_536;

/** What is counted together: one set of differences. */
interface Bucket {
  readonly rows: readonly Omit<ReplayRow, 'host' | 'requests'>[];
  readonly gains: boolean;
  readonly loses: boolean;
  /** Whether anything in it is of some hosts only. */
  readonly hasNames: boolean;
  readonly hosts: Map<string, number>;
  further: number;
}

export class Replay {
  readonly #differences: HostDifferences;
  readonly #buckets = new Map<string, Bucket>();
  readonly #known = new Map<readonly Difference[], Map<string, Bucket | null>>();
  /** By host and port; null: nothing changes there. */
  #answers = new Map<string, { readonly bucket: Bucket; readonly name: string } | null>();
  #names = 0;
  #requests = 0;
  #first = Infinity;
  #last = -Infinity;

  /** Over `[now, ∞)`, as a comparison. In names of hosts, digits in a row as long as a number are not kept. */
  constructor(old: Ruleset, next: Ruleset, now: number) {
    this.#differences = hostDifferencesOf(old, next, now);
  }

  add(visit: Visit): void {
    const { host, port, requests, at, listener, called } = visit;
    this.#requests += requests;
    if (at !== null) this.spans(at);
    const place = port === 80 ? host : `${host}:${port}`;
    const key = listener === undefined && called === undefined ? place : JSON.stringify([place, listener, called]);
    let answer = this.#answers.get(key);
    if (answer === undefined) {
      answer = this.#answerFor(visit);
      if (this.#answers.size >= REMEMBERED) this.#answers = new Map();
      this.#answers.set(key, answer);
    }
    if (answer === null) return;
    const { bucket, name } = answer;
    const counted = bucket.hosts.get(name);
    if (counted !== undefined) bucket.hosts.set(name, counted + requests);
    else if (bucket.hasNames && this.#names < HOSTS_KEPT) {
      this.#names += 1;
      bucket.hosts.set(name, requests);
    } else bucket.further += requests;
  }

  /** Something was asked at this time, whatever it was. */
  spans(at: number): void {
    this.#first = Math.min(this.#first, at);
    this.#last = Math.max(this.#last, at);
  }

  get result(): Replayed {
    const buckets = [...this.#buckets.values()];
    const sumOf = (some: readonly Bucket[]): number => some.reduce((sum, bucket) => sum + requestsOf(bucket), 0);
    return {
      requests: this.#requests,
      gaining: sumOf(buckets.filter(({ gains }) => gains)),
      losing: sumOf(buckets.filter(({ loses }) => loses)),
      gains: rowsOf(buckets, 'widening'),
      losses: rowsOf(buckets, 'narrowing'),
      ended: endedOf(buckets),
      span: this.#first > this.#last ? null : { first: this.#first, last: this.#last },
    };
  }

  #answerFor(visit: Visit): { readonly bucket: Bucket; readonly name: string } | null {
    const { host, port, called } = visit;
    const bucket = this.#bucketFor(this.#differences.of(host), visit);
    if (bucket === null) return null;
    // Sites write numbers into names of hosts, too.
    const text = host.includes(':') ? `[${host}]` : host.replace(/\d{8,}/g, '[digits]');
    return { bucket, name: `${called ?? text}${port === 80 ? '' : `:${port}`}` };
  }

  /** The same answer is the same array, so that one look is enough. */
  #bucketFor(answer: readonly Difference[], { port, listener }: Visit): Bucket | null {
    const byPlace = this.#known.get(answer) ?? new Map<string, Bucket | null>();
    this.#known.set(answer, byPlace);
    const place = `${port} ${listener ?? ''}`;
    const known = byPlace.get(place);
    if (known !== undefined) return known;
    const differences = answer.filter(
      ({ ports, listeners }) => isMember(ports, port) && (listener === undefined || isMember(listeners, listener)),
    );
    const key = keyOf(differences);
    const bucket = differences.length === 0 ? null : (this.#buckets.get(key) ?? bucketOf(differences));
    if (bucket !== null) this.#buckets.set(key, bucket);
    byPlace.set(place, bucket);
    return bucket;
  }
}

function keyOf(differences: readonly Difference[]): string {
  return JSON.stringify(differences.map((each) => ({ ...each, member: each.member.id, ports: null })));
}

function bucketOf(differences: readonly Difference[]): Bucket {
  const isGain = ({ direction }: Difference): boolean => labelOf(direction) === 'widening';
  return {
    rows: groupedOf(differences),
    gains: differences.some(isGain),
    loses: !differences.every(isGain),
    hasNames: !differences.every(isForAll),
    hosts: new Map(),
    further: 0,
  };
}

/** Whose change it is; null: everyone's. */
function partnerOf({ direction, before, after }: Difference): string | null {
  const [of, other] = labelOf(direction) === 'widening' ? [after, before] : [before, after];
  if (of.form !== 'none') return of.partner;
  return other.partner;
}

function groupedOf(differences: readonly Difference[]): Bucket['rows'] {
  const groups = new Map<string, Difference[]>();
  for (const each of differences) {
    const { direction, listeners, from, until } = each;
    const key = JSON.stringify([labelOf(direction), partnerOf(each), isForAll(each), listeners, from, until]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [each]);
    else group.push(each);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [{ partner: partnerOf(first), differences: group }];
  });
}

/** Whether it is the same at every host: then none is named. */
function isForAll({ member, before, after }: Difference): boolean {
  return (
    member.kind !== 'unexamined' && [before, after].some(({ form, partner }) => form !== 'none' && partner === null)
  );
}

function rowsOf(buckets: readonly Bucket[], label: 'widening' | 'narrowing'): readonly ReplayRow[] {
  const everywhere = new Map<string, ReplayRow>();
  const rows: ReplayRow[] = [];
  for (const bucket of buckets) {
    for (const row of bucket.rows) {
      const [first] = row.differences;
      if (first === undefined || labelOf(first.direction) !== label) continue;
      if (isForAll(first)) {
        const key = `${row.partner ?? ''} ${keyOf(row.differences)}`;
        const known = everywhere.get(key)?.requests ?? 0;
        everywhere.set(key, { ...row, host: null, requests: known + requestsOf(bucket) });
        continue;
      }
      for (const [host, requests] of bucket.hosts) rows.push({ ...row, host, requests });
      if (bucket.further > 0) rows.push({ ...row, host: null, requests: bucket.further });
    }
  }
  return [...everywhere.values(), ...rows.sort(byRequests)];
}

function endedOf(buckets: readonly Bucket[]): readonly EndedPartner[] {
  const ended = new Map<
    string | null,
    { headers: Set<string>; hosts: Set<string>; isMore: boolean; requests: number }
  >();
  for (const bucket of buckets) {
    const partners = new Map<string | null, Set<string>>();
    for (const { partner, differences } of bucket.rows) {
      const lost = differences.filter(({ direction }) => labelOf(direction) === 'narrowing');
      if (lost.length === 0) continue;
      const headers = partners.get(partner) ?? new Set<string>();
      partners.set(partner, headers);
      for (const { member } of lost) headers.add(member.label);
    }
    for (const [partner, headers] of partners) {
      const one = ended.get(partner) ?? { headers: new Set(), hosts: new Set(), isMore: false, requests: 0 };
      ended.set(partner, one);
      for (const header of headers) one.headers.add(header);
      for (const host of bucket.hosts.keys()) one.hosts.add(host);
      one.isMore ||= bucket.further > 0;
      one.requests += requestsOf(bucket);
    }
  }
  return [...ended]
    .map(([partner, { headers, hosts, isMore, requests }]) => ({
      partner,
      headers: [...headers].sort(),
      hosts: hosts.size,
      isMore,
      requests,
    }))
    .sort((a, b) => b.requests - a.requests || ((a.partner ?? '') < (b.partner ?? '') ? -1 : 1));
}

function requestsOf({ hosts, further }: Bucket): number {
  let sum = further;
  for (const requests of hosts.values()) sum += requests;
  return sum;
}

function byRequests(a: ReplayRow, b: ReplayRow): number {
  // Further hosts, which have no name, come last.
  if ((a.host === null) !== (b.host === null)) return a.host === null ? 1 : -1;
  return b.requests - a.requests || ((a.host ?? '') < (b.host ?? '') ? -1 : 1);
}
