// Which names hold the sites of many owners: public suffixes, shared hosting included. Asked at compile time only.
import { getDomain, getPublicSuffix } from 'tldts';

/** The list that is built in, by the package that brings it; part of the effective policy. */
export const SUFFIX_LIST = 'tldts-7.5.4';

const OPTIONS = { allowPrivateDomains: true, detectIp: false, validateHostname: false } as const;
/** A label that no rule of the list names. */
const ANY_LABEL = 'x-any-label';

/** The public suffix that a wildcard under `host` covers: `host` itself, or every name under it (a rule like `*.ck`). */
export function coveredSuffixOf(host: string): string | undefined {
  if (getPublicSuffix(host, OPTIONS) === host) return host;
  return getPublicSuffix(`${ANY_LABEL}.${host}`, OPTIONS) === `${ANY_LABEL}.${host}` ? `*.${host}` : undefined;
}

/** Whether somebody registered the name itself: `bank.co.uk`, neither `co.uk` nor `pay.bank.co.uk`. */
export function isRegistrable(host: string): boolean {
  return getDomain(host, OPTIONS) === host;
}
