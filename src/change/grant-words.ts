// What a line of an approval says to the people who sign it. It is made from the line’s own data alone, so that a reader of the file can
// hold the words against the data: what was signed is what counts.
import type { Axis } from '../policy/axis.js';
import type { Permitted } from '../policy/exposure.js';
import { renderHostPattern } from '../policy/host-pattern.js';
import type { HostPattern } from '../policy/policy.js';
import type { SettingValue } from '../policy/setting-rules.js';
import type { Delta, ReleaseGrant, SettingGrant } from './grant.js';

/** Hosts and holes that are named in a sentence; the rest is counted, and listed below it. */
const NAMED = 6;

/** `` `bank` receives `x-imsi` (unchanged, over TLS to port 443) on `api.bank.example`; port 80; until 2027-01-01T00:00:00Z `` */
export function saysOf({ permitted, label, where, listeners, ports, from, until }: ReleaseGrant): string {
  const who = permitted.partner === null ? 'everyone' : `\`${permitted.partner}\``;
  const what = `\`${label}\` (${formText(permitted)}, ${routeText(permitted)})`;
  const places = where.slice(0, NAMED).map(({ pattern, except }) => {
    const holes = except.slice(0, NAMED).map(patternWords).join(', ');
    const rest = except.length > NAMED ? ` and ${except.length - NAMED} more` : '';
    return `${patternWords(pattern)}${holes === '' ? '' : ` but ${holes}${rest}`}`;
  });
  const more = where.length > NAMED ? ` and ${where.length - NAMED} more` : '';
  return [
    `${who} receives ${what} on ${places.join(', ')}${more}`,
    axisText(ports, 'port'),
    axisText(listeners, 'listener'),
    from === null ? '' : `from ${instantText(from)}`,
    until === null ? 'for good' : `until ${instantText(until)}`,
  ]
    .filter((text) => text !== '')
    .join('; ');
}

/** `` `approval.required` would be 1, no longer 2 `` */
export function saysOfSetting({ setting, before, after }: SettingGrant): string {
  const was = before === null ? '' : `, no longer ${valueText(before)}`;
  return `\`${setting}\` would be ${after === null ? 'absent' : valueText(after)}${was}`;
}

/**
 * What an approver types: the number of hosts that newly receive something, `everyone under bank.example` where a wildcard does
 * (the shortest base), `everyone` where every site does, `settings` where no host is named.
 */
export function confirmationOf({ releases }: Delta): string {
  const patterns = releases.flatMap(({ where }) => where.map(({ pattern }) => pattern));
  if (patterns.length === 0) return 'settings';
  const bases = patterns.filter(({ kind }) => kind !== 'exact').map(({ host }) => host);
  if (bases.includes('')) return 'everyone';
  const [widest] = [...bases].sort((a, b) => a.split('.').length - b.split('.').length || (a < b ? -1 : a > b ? 1 : 0));
  if (widest !== undefined) return `everyone under ${widest}`;
  return String(new Set(patterns.map(({ host }) => host)).size);
}

/** As in a policy; host '' is `**`, every host, or `*`, every single label. */
export function patternText(pattern: HostPattern): string {
  if (pattern.host !== '') return renderHostPattern(pattern);
  return pattern.kind === 'any' ? '**' : '*';
}

function patternWords(pattern: HostPattern): string {
  if (pattern.host === '') return pattern.kind === 'any' ? 'every host' : 'every single label';
  return `\`${renderHostPattern(pattern)}\``;
}

function formText({ form, keys }: Permitted): string {
  return keys.length === 0 ? form : `${form} with ${keys.map((key) => `\`${key}\``).join(' and ')}`;
}

function routeText({ route }: Permitted): string {
  return route?.transport === 'tls' ? `over TLS to port ${route.port}` : 'over plain http';
}

function axisText<T>({ kind, members }: Axis<T>, word: string): string {
  if (kind === 'except' && members.length === 0) return '';
  const list = members.map((member) => `\`${String(member)}\``).join(', ');
  const noun = members.length === 1 ? word : `${word}s`;
  return kind === 'only' ? `${noun} ${list}` : `every ${word} but ${list}`;
}

function valueText(value: SettingValue): string {
  return typeof value === 'object' ? `[${value.join(', ')}]` : String(value);
}

function instantText(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z');
}
