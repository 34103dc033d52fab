// A second, slow reading of what a destination may receive, written without the code under test: lists, loops, no index.
import type { Circumstances } from '../../src/decision/plan-types.js';
import type { HostPattern, Policy, ReleaseRule } from '../../src/policy/policy.js';
import { STRIPPED_NAMES } from './arbitraries.js';

const fold = (name: string): string => name.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();
const STRIPPED_KEYS = STRIPPED_NAMES.map(fold);
/** Whole families: names that begin so are identity whatever follows. */
const FAMILIES = ['xacmesub', 'xnokiawaploc', 'xopwvddm', 'xwap3gpp', 'xup3gpp', 'xh3g', 'xdrutt'];

/** The keys under which someone may read this name. */
export const readingsOf = (name: string): readonly string[] => {
  const key = fold(name);
  return key.startsWith('http') ? [key, key.slice('http'.length)] : [key];
};

export const isIdentity = (name: string): boolean =>
  readingsOf(name).some((key) => STRIPPED_KEYS.includes(key) || FAMILIES.some((family) => key.startsWith(family)));

const matches = (pattern: HostPattern, host: string): boolean => {
  if (pattern.kind === 'exact') return host === pattern.host;
  const labels = host.split('.');
  const suffix = pattern.host.split('.');
  const isBelow = labels.length > suffix.length && labels.slice(-suffix.length).join('.') === pattern.host;
  return isBelow && (pattern.kind === 'any' || labels.length === suffix.length + 1);
};

/** The rules that hold for a destination now; empty for strangers. */
export function releasedTo(
  policy: Policy,
  host: string,
  port: number,
  { now, highestMs, skewMs, listener }: Circumstances,
): readonly ReleaseRule[] {
  if (policy.deny.some((deny) => deny.hosts.some((pattern) => matches(pattern, host)))) return [];
  const times = highestMs - now > skewMs ? [now, highestMs] : [now];
  const edges = times.flatMap((time) => [time - skewMs, time + skewMs]);
  return policy.partners
    .filter((partner) => partner.hosts.some((pattern) => matches(pattern, host)))
    .filter((partner) => partner.ports.includes(port))
    .filter((partner) => partner.listeners === null || partner.listeners.includes(listener))
    .filter(({ period }) =>
      edges.every((time) => time >= (period.from ?? -Infinity) && time < (period.until ?? Infinity)),
    )
    .flatMap((partner) => partner.release);
}
