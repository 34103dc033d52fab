// Whether one set of address prefixes lies within another. Prefixes are nested or apart, so each is looked at alone; several
// small ones that make up a larger one do not cover it here, which errs towards asking for approval.
import { parseCidr } from '../names/address-set.js';

/** `everyone`: all addresses. A text that is no prefix covers itself alone. */
export function covers(outer: readonly string[] | 'everyone', inner: readonly string[] | 'everyone'): boolean {
  if (outer === 'everyone') return true;
  return inner !== 'everyone' && inner.every((each) => outer.some((other) => holds(other, each)));
}

function holds(outer: string, inner: string): boolean {
  if (outer === inner) return true;
  const [a, b] = [parseCidr(outer), parseCidr(inner)];
  if (a === undefined || b === undefined || a.bits > b.bits) return false;
  // `::/0` trusts no IPv4 peer, which stands behind the mapped prefix.
  if (a.bits < 96 && b.bits >= 96 && isMappedPrefix(b.groups)) return false;
  return a.groups.every((group, index) => {
    const kept = Math.min(16, Math.max(0, a.bits - index * 16));
    const mask = kept === 0 ? 0 : (0xffff << (16 - kept)) & 0xffff;
    return (group & mask) === ((b.groups[index] ?? 0) & mask);
  });
}

function isMappedPrefix(groups: readonly number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0);
}
