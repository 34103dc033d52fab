// Whether enough people agreed. People are counted, not keys and not signatures.
import type { Delta } from './grant.js';

/** A person who signed, by the name in `allowed_signers`. */
export interface Signer {
  readonly person: string;
  readonly groups: readonly string[];
}

/** An approval that counts, and what it permits. */
export interface Consent {
  /** SHA-256 of the approval’s text, lower-case hexadecimal. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdMs: number;
  readonly delta: Delta;
  /** Without the proposer. */
  readonly signers: readonly Signer[];
  /** Whether it is enough by itself (break-glass). */
  readonly isEnough: boolean;
}

/** The rule of the policy that runs. `required: 0`: an approval that nobody signed is enough. */
export interface ApprovalRule {
  readonly required: number;
  readonly groups: Readonly<Record<string, number>>;
}

/** Whether the people of these approvals together are as many as the rule asks for, of each group too. No approval is never enough. */
export function isEnough(consents: readonly Consent[], rule: ApprovalRule): boolean {
  if (consents.length === 0) return false;
  if (consents.some((consent) => consent.isEnough)) return true;
  const people = peopleOf(consents);
  return (
    people.size >= rule.required &&
    Object.entries(rule.groups).every(
      ([group, count]) => [...people.values()].filter((groups) => groups.has(group)).length >= count,
    )
  );
}

/** `1 of 2 people; group `privacy`: 0 of 1`; where nobody need sign and no approval is there, `no approval`. */
export function tallyOf(consents: readonly Consent[], rule: ApprovalRule): string {
  if (consents.length === 0 && rule.required === 0) return 'no approval';
  const people = peopleOf(consents);
  const groups = Object.entries(rule.groups).map(([group, count]) => {
    const there = [...people.values()].filter((each) => each.has(group)).length;
    return `; group \`${group}\`: ${there} of ${count}`;
  });
  return `${people.size} of ${rule.required} ${rule.required === 1 ? 'person' : 'people'}${groups.join('')}`;
}

function peopleOf(consents: readonly Consent[]): ReadonlyMap<string, ReadonlySet<string>> {
  const people = new Map<string, Set<string>>();
  for (const { person, groups } of consents.flatMap(({ signers }) => signers)) {
    const known = people.get(person) ?? new Set<string>();
    for (const group of groups) known.add(group);
    people.set(person, known);
  }
  return people;
}
