// Hosts of partners and denies. A release may not cover more than its partner can own: no public suffix, no bare wildcard,
// and addresses and single labels only for own services.
import type { Path } from '../document/document.js';
import { complain, type CompileContext } from './compile-context.js';
import { readHostPattern } from './host-pattern.js';
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
  const patterns = texts.flatMap((text, index) => {
    const place = [...path, index];
    const reading = readHostPattern(text);
    if (!reading.ok) {
      const { code, message, help } = reading;
      complain(context, place, { code, message, help });
      return [];
    }
    if (use !== 'deny')
      judgeRelease(context, place, text, {
        ...reading.pattern,
        isAddress: reading.isAddress,
        isOwn: use === 'release-own',
      });
    return [reading.pattern];
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

function judgeRelease(
  context: CompileContext,
  place: Path,
  text: string,
  found: HostPattern & { readonly isAddress: boolean; readonly isOwn: boolean },
): void {
  const { kind, host, isAddress, isOwn } = found;
  if (isAddress && !isOwn) {
    complain(context, place, {
      code: 'host-address',
      message: `\`${text}\` is an IP address: only an own service is named by its address`,
      help: 'name the host; for a service of ours write `own: true`',
    });
  } else if (!isAddress && !host.includes('.') && !isOwn) {
    complain(context, place, {
      code: 'host-single-label',
      message: `\`${text}\` is a single label: only an own service is named so`,
      help: 'write the whole name; for a service of ours write `own: true`',
    });
  }
  if (kind === 'exact') return;
  const suffix = coveredSuffixOf(host);
  if (suffix !== undefined) {
    complain(context, place, {
      code: 'host-public-suffix',
      message: `\`${text}\` covers every site under a public suffix, for example http://${suffix.startsWith('*') ? 'x.y' : 'x'}.${host}/`,
      help: `name the partner’s own domain, for example \`${kind === 'one' ? '*' : '**'}.bank.${host}\``,
    });
    return;
  }
  const within = suffixWithin(host, kind);
  if (within !== undefined) {
    complain(context, place, {
      code: 'host-shared-hosting',
      message:
        kind === 'one'
          ? `\`${text}\` covers the public suffix \`${within}\`, for example http://${within}/`
          : `\`${text}\` covers every site under the public suffix \`${within}\`, for example http://x.${within}/`,
      help: `name the partner’s own hosts, for example \`pay.${host}\``,
    });
  }
}
