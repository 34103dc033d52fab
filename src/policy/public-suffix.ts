// Which names hold the sites of many owners: public suffixes, shared hosting included. Asked at compile time and for reports, never for a request.
import { getDomain, getPublicSuffix } from 'tldts';
import { SUFFIXES_WITHIN } from './suffixes-within-data.js';

const OPTIONS = { allowPrivateDomains: true, detectIp: false, validateHostname: false } as const;
/** A label that no rule of the list names. */
const ANY_LABEL = 'x-any-label';

/** The public suffix that a wildcard under `host` covers: `host` itself, or every name under it (a rule like `*.ck`). */
export function coveredSuffixOf(host: string): string | undefined {
  if (getPublicSuffix(host, OPTIONS) === host) return host;
  return getPublicSuffix(`${ANY_LABEL}.${host}`, OPTIONS) === `${ANY_LABEL}.${host}` ? `*.${host}` : undefined;
}

/** Name to the nearest public suffix below it. */
const NEAREST_WITHIN = nearestWithin(SUFFIXES_WITHIN.trim().split(/\s+/));

/**
 * A public suffix that a wildcard over `host` covers or reaches below, `host` being none itself: for `**.amazonaws.com`
 * `s3.amazonaws.com`. `*.` reaches one label: only a suffix that stands there.
 */
export function suffixWithin(host: string, kind: 'one' | 'any'): string | undefined {
  const suffix = NEAREST_WITHIN.get(host);
  const isReached = kind === 'any' || suffix?.slice(0, -host.length - 1).includes('.') === false;
  return isReached ? suffix : undefined;
}

function nearestWithin(suffixes: readonly string[]): ReadonlyMap<string, string> {
  const nearest = new Map<string, string>();
  for (const suffix of suffixes) {
    for (let dot = suffix.indexOf('.'); dot !== -1; dot = suffix.indexOf('.', dot + 1)) {
      const above = suffix.slice(dot + 1);
      if (!nearest.has(above)) nearest.set(above, suffix);
    }
  }
  return nearest;
}

/** The name that somebody registered, `bank.co.uk` of `pay.bank.co.uk`; what has none (an address, a single label) is itself. */
export function registrableDomainOf(host: string): string {
  return getDomain(host, { ...OPTIONS, detectIp: true }) ?? host;
}

/** Whether somebody registered the name itself: `bank.co.uk`, neither `co.uk` nor `pay.bank.co.uk`. */
export function isRegistrable(host: string): boolean {
  return getDomain(host, OPTIONS) === host;
}
