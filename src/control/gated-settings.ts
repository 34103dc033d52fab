// The gated settings of headgate.yaml by path: what belongs to the effective policy beside policy.yaml. Secrets and long texts are
// there as hashes. test/control/gated-settings.test.ts holds it to the table of settings.
import { createHash } from 'node:crypto';
import { canaryMarkOf } from '../decision/canary.js';
import type { GatedSettings, SettingValue } from '../policy/setting-rules.js';
import type { ListenAddress } from '../proxy/settings.js';
import type { Settings } from './settings.js';
import type { TrustedFiles } from './trusted-files.js';

/** Lists are sets: their order says nothing. `files` is what `settings` names, as read. */
export function gatedSettingsOf(settings: Settings, files: TrustedFiles): GatedSettings {
  const { listeners, destinations, connect, approval, skewMs, maxYears, canaryNumbers } = settings;
  return {
    ...Object.fromEntries(
      listeners.flatMap(({ name, clients, trust, kind, mirror, as }): (readonly [string, SettingValue])[] => [
        [`listeners.${name}.clients`, clients],
        [`listeners.${name}.trust`, trust],
        ...(kind === 'proxy-protocol' ? [[`listeners.${name}.kind`, kind] as const] : []),
        ...(mirror === undefined ? [] : [[`listeners.${name}.mirror`, placeOf(mirror)] as const]),
        ...(as === undefined ? [] : [[`listeners.${name}.as`, as] as const]),
      ]),
    ),
    ...prefixed('destinations.hosts', destinations.hosts, placeOf),
    ...(destinations.default === null ? {} : { 'destinations.default': placeOf(destinations.default) }),
    'destinations.permit': destinations.permit,
    'destinations.refusedPorts': destinations.refusedPorts.map(String),
    'destinations.resolvers': destinations.resolvers,
    'destinations.tls.ca': files.authorities.map(hash),
    'connect.ports': connect.ports.map(String),
    ...prefixed('keys', files.keys, thumbprint),
    'approval.required': approval.required,
    ...prefixed('approval.groups', approval.groups, (count) => count),
    'approval.signers': linesOf(files.signers).map(hash),
    'approval.revoked': linesOf(files.revoked).map((line) => hash(publicKeyOf(line))),
    ...(approval.audience === null ? {} : { 'approval.audience': approval.audience }),
    ...(canaryNumbers.length === 0 ? {} : { 'canary.numbers': canaryNumbers.map(canaryMarkOf) }),
    ...(files.ceiling === null ? {} : { ceiling: hash(files.ceiling) }),
    maxYears,
    skewMs,
  };
}

function prefixed<T>(
  path: string,
  members: Readonly<Record<string, T>>,
  valueOf: (member: T) => string | number,
): GatedSettings {
  return Object.fromEntries(Object.entries(members).map(([name, member]) => [`${path}.${name}`, valueOf(member)]));
}

function placeOf({ host, port }: ListenAddress): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Lines that say something. */
function linesOf(text: string | null): readonly string[] {
  return (text ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
}

/** Kind and key of a line; what follows is a comment. */
function publicKeyOf(line: string): string {
  return line.split(/\s+/).slice(0, 2).join(' ');
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Of a key: it tells two keys apart and gives neither away. */
export function thumbprint(key: Uint8Array): string {
  return createHash('sha256').update('headgate key thumbprint\0').update(key).digest('hex').slice(0, 32);
}
