// The header members of an exposure: every name and prefix that a policy can tell apart, and what detectors look for. Two policies
// are compared over the members of both.
import { keyOf } from '../names/key.js';
import { catalogueIdentityOf } from './catalogue.js';
import { CATALOGUE } from './catalogue-data.js';
import type { Policy } from './policy.js';

export type HeaderMember =
  /** A header name by its key. `sample`: a spelling for the look-up. */
  | {
      readonly kind: 'name';
      readonly id: string;
      readonly label: string;
      readonly key: string;
      readonly sample: string;
    }
  /** Every other name that begins so. */
  | { readonly kind: 'prefix'; readonly id: string; readonly label: string; readonly sample: string }
  /** A field that detectors leave alone at a host, whatever it holds. */
  | { readonly kind: 'unexamined'; readonly id: string; readonly label: string; readonly key: string }
  /** A name that nobody knew and that the policy accepts: in quarantine it is forwarded all the same. */
  | { readonly kind: 'accepted'; readonly id: string; readonly label: string; readonly key: string }
  /** Names that neither catalogue nor policy knows, by what the detectors see in them. */
  | {
      readonly kind: 'other' | 'value' | 'number' | 'hint' | 'novel';
      readonly id: string;
      readonly label: string;
    };

/** The symbolic ones. `other` leaves everywhere, always; a detector's setting is the form of the rest. */
const SYMBOLIC_MEMBERS: readonly HeaderMember[] = [
  { kind: 'other', id: 'other', label: 'other' },
  { kind: 'value', id: 'other:value', label: 'other holding this request’s value' },
  { kind: 'number', id: 'other:number', label: 'other holding a number of ours' },
  { kind: 'hint', id: 'other:hint', label: 'other with a hint' },
  { kind: 'novel', id: 'other:novel', label: 'other, novel' },
];

/** Of all policies together: the same for `[a, b]` and `[b, a]`, each member once, sorted by `id`. */
export function headerMembersOf(policies: readonly Policy[]): readonly HeaderMember[] {
  const labels = new Map<string, string>();
  const prefixes = new Map<string, string>();
  for (const { name, prefix } of CATALOGUE) {
    if (name !== undefined) labels.set(keyOf(name), name);
    if (prefix !== undefined) prefixes.set(keyOf(prefix), prefix);
  }
  const name = (key: string, spelling: string): void =>
    void (labels.has(key) || labels.set(key, spelling.toLowerCase()));
  const unexamined = new Map<string, string>();
  const accepted = new Map<string, string>();
  for (const policy of policies) {
    for (const { kind, key, spelling } of policy.headers) {
      if (kind === 'name') name(key, spelling);
      else if (!prefixes.has(key)) prefixes.set(key, spelling.toLowerCase());
    }
    for (const { key, spelling } of policy.watch) {
      if (catalogueIdentityOf(key) === undefined) accepted.set(key, spelling.toLowerCase());
      else name(key, spelling);
    }
    for (const partner of policy.partners) for (const { key, header } of partner.release) name(key, header);
    for (const { key, spelling } of policy.suppressions) unexamined.set(key, spelling.toLowerCase());
  }
  const members: HeaderMember[] = [
    ...SYMBOLIC_MEMBERS,
    ...[...labels].map(([key, label]) => ({ kind: 'name', id: `name:${key}`, label, key, sample: key }) as const),
    ...[...prefixes].map(([key, label]) => {
      const sample = sampleIn(key, labels, prefixes);
      return { kind: 'prefix', id: `prefix:${key}`, label: `${label}*`, sample } as const;
    }),
    ...[...accepted].map(
      ([key, label]) => ({ kind: 'accepted', id: `accepted:${key}`, label: `${label}, novel`, key }) as const,
    ),
    ...[...unexamined].map(
      ([key, label]) =>
        ({ kind: 'unexamined', id: `unexamined:${key}`, label: `${label}, whatever it holds`, key }) as const,
    ),
  ];
  return members.sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
}

/** A key with the prefix that is no listed name and in no longer prefix, so that only this prefix decides. */
function sampleIn(prefix: string, labels: ReadonlyMap<string, string>, prefixes: ReadonlyMap<string, string>): string {
  for (let n = 0; ; n += 1) {
    const sample = `${prefix}${n}q`;
    const isDeeper = [...prefixes.keys()].some((other) => other.length > prefix.length && sample.startsWith(other));
    if (!labels.has(sample) && !isDeeper) return sample;
  }
}
