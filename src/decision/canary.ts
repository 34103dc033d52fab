// Whether a request is a canary's: what detectors find in it is counted apart, so that nobody is woken by a probe that meant to be
// found. It changes what is counted and never what leaves: a canary that fares better than a subscriber proves nothing.
import { createHash } from 'node:crypto';
import type { Field } from '../http/message.js';
import type { Counts, Needle } from './plan-types.js';

/** Of a number in international digits, or an IMSI: 32 hex characters that say nothing to whoever reads the settings in force. */
export function canaryMarkOf(digits: string): string {
  return createHash('sha256').update('headgate canary number\0').update(digits).digest('hex').slice(0, 32);
}

/** A field with more runs of digits is no canary's. */
const RUNS_MOST = 16;

/**
 * The same counts with detector `canary` where one of the needles, or a whole run of digits in a field with a finding, is a
 * canary's number; else `counts` themselves. Hashes only where something was found (about 1 µs a needle).
 */
export function countedAsCanary(
  { leaked, seen }: Pick<Counts, 'leaked' | 'seen'>,
  {
    needles,
    fields,
    canaries,
  }: { needles: readonly Needle[]; fields: readonly Field[]; canaries: ReadonlySet<string> },
): Pick<Counts, 'leaked' | 'seen'> {
  const isCanarys = (digits: string): boolean => canaries.has(canaryMarkOf(digits));
  const found = new Set(leaked.map(({ field }) => field));
  const runs = fields
    .filter(({ name }) => found.has(name))
    .flatMap(({ value }) => (value.match(/[0-9]{8,18}/g) ?? []).slice(0, RUNS_MOST));
  const isOne =
    needles.some(({ kind, value }) => kind === 'number' && isCanarys(value)) ||
    runs.some((run) => isCanarys(run) || (run.startsWith('00') && isCanarys(run.slice(2))));
  if (!isOne) return { leaked, seen };
  return {
    leaked: leaked.map((leak) => ({ ...leak, detector: 'canary' })),
    seen: seen.map((sight) => ({ ...sight, detector: 'canary' })),
  };
}
