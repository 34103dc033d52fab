// Which member of an exposure a header name is a case of.
import { keysOf } from '../../src/names/key.js';
import type { HeaderMember } from '../../src/policy/header-members.js';

/** The exact one, else the longest prefix; undefined: `other`. */
export function memberOf(name: string, members: readonly HeaderMember[]): HeaderMember | undefined {
  for (const key of keysOf(name)) {
    const exact = members.find((member) => member.kind === 'name' && member.key === key);
    if (exact !== undefined) return exact;
    const prefixes = members.filter(
      (member) => member.kind === 'prefix' && key.startsWith(member.id.slice('prefix:'.length)),
    );
    const longest = prefixes.sort((a, b) => b.id.length - a.id.length)[0];
    if (longest !== undefined) return longest;
  }
  return undefined;
}
