// Hosts of partners and denies. A release may not cover more than its partner can own: no public suffix, no bare wildcard,
// and addresses and single labels only for own services.
import type { Path } from '../document/document.js';
import { complain, type CompileContext } from './compile-context.js';
import { readHostPattern, type HostReading } from './host-pattern.js';
import { repeatedHosts } from './one-partner.js';
import type { HostPattern } from './policy.js';
import { coveredSuffixOf, suffixWithin } from './public-suffix.js';

/** `release-own`: an own service; `deny`: hosts that lose something may be named as widely as the language can. */
export type HostUse = 'release' | 'release-own' | 'deny';

/** What is no host is reported and left out, so that positions may shift: then there is an error, and no policy. */
export function compileHosts(
  context: CompileContext,
  path: Path,
  texts: readonly string[],
  use: HostUse,
): readonly HostPattern[] {
  const patterns: HostPattern[] = [];
  texts.forEach((text, index) => {
    const reading = readHostPattern(text);
    if (reading.ok) patterns.push(reading.pattern);
    // Without a spread for each of 100,000 hosts: most give no reason to complain.
    const problems = reading.ok ? (use === 'deny' ? NONE : releaseProblems(text, reading, use)) : [problemOf(reading)];
    for (const problem of problems) complain(context, [...path, index], problem);
  });
  if (patterns.length === texts.length) {
    for (const index of repeatedHosts(patterns)) {
      complain(context, [...path, index], {
        code: 'host-twice',
        message: `host \`${texts[index] ?? ''}\` is listed twice: a host stands once`,
      });
    }
  }
  return patterns;
}

type Complaint = Parameters<typeof complain>[2];
const NONE: readonly Complaint[] = [];

function problemOf({ code, message, help }: Extract<HostReading, { ok: false }>): Complaint {
  return { code, message, help };
}

function releaseProblems(
  text: string,
  { pattern, isAddress }: Extract<HostReading, { ok: true }>,
  use: HostUse,
): readonly Complaint[] {
  const named = use === 'release-own' ? undefined : nameProblem(text, pattern.host, isAddress);
  const covered = pattern.kind === 'exact' ? undefined : coverProblem(text, pattern.kind, pattern.host);
  if (named === undefined && covered === undefined) return NONE;
  return [named, covered].filter((problem) => problem !== undefined);
}

/** Of what only an own service may be named by. */
function nameProblem(text: string, host: string, isAddress: boolean): Complaint | undefined {
  if (isAddress) {
    return {
      code: 'host-address',
      message: `\`${text}\` is an IP address: only an own service is named by its address`,
      help: 'name the host; for a service of ours write `own: true`',
    };
  }
  if (host.includes('.')) return undefined;
  return {
    code: 'host-single-label',
    message: `\`${text}\` is a single label: only an own service is named so`,
    help: 'write the whole name; for a service of ours write `own: true`',
  };
}

function coverProblem(text: string, kind: 'one' | 'any', host: string): Complaint | undefined {
  const suffix = coveredSuffixOf(host);
  if (suffix !== undefined) {
    return {
      code: 'host-public-suffix',
      message: `\`${text}\` covers every site under a public suffix, for example http://${suffix.startsWith('*') ? 'x.y' : 'x'}.${host}/`,
      help: `name the partner’s own domain, for example \`${kind === 'one' ? '*' : '**'}.bank.${host}\``,
    };
  }
  const within = suffixWithin(host, kind);
  if (within === undefined) return undefined;
  return {
    code: 'host-shared-hosting',
    message:
      kind === 'one'
        ? `\`${text}\` covers the public suffix \`${within}\`, for example http://${within}/`
        : `\`${text}\` covers every site under the public suffix \`${within}\`, for example http://x.${within}/`,
    help: `name the partner’s own hosts, for example \`pay.${host}\``,
  };
}
