// Findings: a policy that compiles and says something that its author may not have meant. None of them changes what is released.
import type { Problem } from '../document/problem.js';
import { catalogueIdentityOf } from './catalogue.js';
import type { Compiled } from './compile.js';
import { lintHosts } from './lint-hosts.js';
import { lintPeriods } from './lint-periods.js';

export interface LintCircumstances {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The names of the gateway's listeners; absent: not known, and nothing is said about them. */
  readonly listeners?: readonly string[];
}

/** Warnings and infos, each with its place; codes in docs/problems.md. */
export function lintPolicy(compiled: Compiled, { now, listeners }: LintCircumstances): readonly Problem[] {
  return [
    ...lintPeriods(compiled, now),
    ...lintHosts(compiled),
    ...lintOwnHeaders(compiled),
    ...lintOwners(compiled),
    ...(listeners === undefined ? [] : lintListeners(compiled, listeners)),
  ];
}

function lintOwnHeaders({ policy, places }: Compiled): readonly Problem[] {
  const released = new Set(policy.partners.flatMap(({ release }) => release.map(({ key }) => key)));
  return policy.headers.flatMap((header, index): readonly Problem[] => {
    const span = places.ownHeader(index);
    const place = span === undefined ? {} : { span };
    const prefix = policy.headers.find(
      (other, position) =>
        other.kind === 'prefix' &&
        position !== index &&
        header.key.startsWith(other.key) &&
        other.carries === header.carries,
    );
    if (prefix !== undefined) {
      const message = `\`${header.spelling}\` is covered by the prefix \`${prefix.spelling}\`: taking it out would change nothing`;
      return [{ code: 'header-covered', severity: 'info', message, help: 'take it out', ...place }];
    }
    const known = catalogueIdentityOf(header.key);
    if (header.kind === 'name' && known?.action === 'strip' && known.class === header.carries && !known.common) {
      const message = `\`${header.spelling}\` is in the catalogue with the same meaning: taking it out would change nothing`;
      return [{ code: 'header-known', severity: 'info', message, help: 'take it out', ...place }];
    }
    const isReleased =
      header.kind === 'name' ? released.has(header.key) : [...released].some((key) => key.startsWith(header.key));
    if (isReleased) return [];
    const message = `\`${header.spelling}\` is released to nobody: our enrichers add what no partner receives`;
    const help = 'what is not needed is best not added: ask whoever runs the enrichers; until then the line is right';
    return [{ code: 'header-unused', severity: 'info', message, help, ...place }];
  });
}

function lintOwners({ policy, places }: Compiled): readonly Problem[] {
  const owners = [
    ...policy.partners.map(({ owner }, index) => ({ owner, span: places.partnerKey(index, 'owner') })),
    ...policy.watch.map(({ owner }, index) => ({ owner, span: places.watch(index) })),
    ...policy.suppressions.map(({ owner }, index) => ({ owner, span: places.suppression(index) })),
  ];
  return owners.flatMap(({ owner, span }): readonly Problem[] =>
    /^[^\s@]+@[^\s@]+\.[^\s@.]+$/.test(owner)
      ? []
      : [
          {
            code: 'owner-contact',
            severity: 'warning',
            message: `owner \`${owner}\` is no address of e-mail: whoever is paged needs somebody to ask`,
            help: 'write an address that is read, best that of a team',
            ...(span === undefined ? {} : { span }),
          },
        ],
  );
}

/** One APN may be another operator's brand: with several listeners a release says which it is for. */
function lintListeners({ policy, places }: Compiled, listeners: readonly string[]): readonly Problem[] {
  if (listeners.length < 2) return [];
  return policy.partners.flatMap((partner, index): readonly Problem[] => {
    if (partner.listeners !== null) return [];
    const span = places.partner(index);
    const message = `\`${partner.id}\` names no listener: subscribers of all ${listeners.length} are released to it`;
    const help = `write \`listeners: [${listeners.join(', ')}]\`, or those of them that the contract is about`;
    return [{ code: 'listeners-unnamed', severity: 'warning', message, help, ...(span === undefined ? {} : { span }) }];
  });
}
