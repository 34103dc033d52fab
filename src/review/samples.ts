// Values that stand in where a question names a header and no value: test numbers that nobody has, one per header.
import type { Field } from '../http/message.js';
import { keyOf } from '../names/key.js';
import type { IdentityClass, Policy } from '../policy/policy.js';
import type { Ruleset } from '../policy/ruleset.js';

/** Fields with a value each; spellings of one name share theirs, and no two names do, so that no value betrays another header. */
export function sampleFields(ruleset: Ruleset, names: readonly string[]): readonly Field[] {
  const keys: string[] = [];
  return names.map((name) => {
    const identity = ruleset.identify(name);
    const key = identity?.key ?? keyOf(name);
    if (!keys.includes(key)) keys.push(key);
    return { name, value: sampleOf(identity?.class, keys.indexOf(key)) };
  });
}

function sampleOf(carries: IdentityClass | undefined, index: number): string {
  const digits = String(index).padStart(3, '0');
  switch (carries) {
    case 'msisdn':
      return `447700900${digits}`;
    case 'imsi_imei':
      return `001010000000${digits}`;
    case 'address':
      return `192.0.2.${index % 256}`;
    case 'token':
    case 'network':
    case 'location':
    case undefined:
      return `sample-${digits}`;
    default:
      return carries satisfies never;
  }
}

/** The headers that a policy speaks of, in the order of the file, each once: what is asked about where nothing was named. */
export function headersSpokenOf({ headers, watch, partners }: Policy): readonly string[] {
  const seen = new Set<string>();
  return [
    'X-MSISDN',
    'X-IMSI',
    ...partners.flatMap(({ release }) => release.map(({ header }) => header)),
    ...headers.map(({ kind, spelling }) => (kind === 'name' ? spelling : `${spelling}sample`)),
    ...watch.map(({ spelling }) => spelling),
  ].filter((name) => {
    const key = keyOf(name);
    return !seen.has(key) && seen.add(key);
  });
}
