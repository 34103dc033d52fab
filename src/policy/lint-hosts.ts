// Findings about hosts: what another line covers already, what a deny covers wholly, what is very wide, what looks like another name.
import type { Problem, Span } from '../document/problem.js';
import type { Compiled } from './compile.js';
import { homographOf } from './homograph.js';
import { hostIndexOf } from './host-index.js';
import { renderHostPattern } from './host-pattern.js';
import type { HostPattern, Partner, Period } from './policy.js';
import { coveredSuffixOf } from './public-suffix.js';

/** A label that no policy writes. */
const ANY = 'any-label-that-nobody-writes';

export function lintHosts({ policy, places }: Compiled): readonly Problem[] {
  const denies = hostIndexOf(
    policy.deny.flatMap((deny) => deny.hosts.map((pattern) => [pattern, { deny, pattern }] as const)),
  );
  return policy.partners.flatMap((partner, index) => {
    const own = hostIndexOf(partner.hosts.map((pattern) => [pattern, pattern] as const));
    return partner.hosts.flatMap((pattern, host): readonly Problem[] => {
      const text = renderHostPattern(pattern);
      const findings: Finding[] = [];
      const cover = own.find(farthestOf(pattern), (other) => other !== pattern);
      if (cover !== undefined) findings.push(coveredBy(text, cover));
      const denied = denies.find(
        farthestOf(pattern),
        ({ deny }) => isWithin(partner.period, deny.period) && isWithinListeners(partner, deny.listeners),
      );
      if (denied !== undefined) findings.push(deniedBy(text, denied.pattern, partner.id));
      if (isWide(pattern) && !partner.own) findings.push(wide(text, pattern.host, partner.id));
      const homograph = homographOf(pattern.host);
      if (homograph !== undefined) findings.push(homographFinding(text, homograph));
      return findings.map((finding) => located(finding, places.host(index, host)));
    });
  });
}

type Finding = Omit<Problem, 'span'>;

function located(finding: Finding, span: Span | undefined): Problem {
  return span === undefined ? finding : { ...finding, span };
}

/** A host inside the pattern that a second pattern covers only if it covers the whole of the first. */
function farthestOf({ kind, host }: HostPattern): string {
  return { exact: host, one: `${ANY}.${host}`, any: `${ANY}.${ANY}.${host}` }[kind];
}

function coveredBy(text: string, cover: HostPattern): Finding {
  return {
    code: 'host-covered',
    severity: 'warning',
    message: `\`${text}\` is covered by \`${renderHostPattern(cover)}\` of the same partner: taking it out would change nothing`,
    help: 'take one of the two out',
  };
}

function deniedBy(text: string, denied: HostPattern, id: string): Finding {
  return {
    code: 'host-denied',
    severity: 'warning',
    message: `\`${text}\` is denied by \`${renderHostPattern(denied)}\` for as long as \`${id}\` holds: nothing is ever released there`,
    help: 'take the host out, or narrow the deny',
  };
}

/** `**.` straight under a public suffix: every name that the partner will ever have. */
function isWide({ kind, host }: HostPattern): boolean {
  const dot = host.indexOf('.');
  return kind === 'any' && dot !== -1 && coveredSuffixOf(host.slice(dot + 1)) !== undefined;
}

function wide(text: string, host: string, id: string): Finding {
  return {
    code: 'host-wide',
    severity: 'warning',
    message: `\`${text}\` is every name under \`${host}\`, at any depth: also those that \`${id}\` lends to others`,
    help: `name the hosts that need it, for example \`pay.${host}\` or \`*.pay.${host}\``,
  };
}

function homographFinding(text: string, { shown, why }: { shown: string; why: string }): Finding {
  return {
    code: 'host-homograph',
    severity: 'warning',
    message: `\`${text}\`, shown as \`${shown}\`, ${why}: it may be taken for another name`,
    help: 'compare it, letter by letter, with what the contract says; write the A-label to keep it visible',
  };
}

function isWithin(inner: Period, outer: Period): boolean {
  return (
    (outer.from === null || (inner.from !== null && inner.from >= outer.from)) &&
    (outer.until === null || (inner.until !== null && inner.until <= outer.until))
  );
}

function isWithinListeners({ listeners }: Partner, outer: readonly string[] | null): boolean {
  return outer === null || (listeners?.every((name) => outer.includes(name)) ?? false);
}
