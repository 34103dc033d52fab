// The texts of headgate.yaml that mean more than text: durations, sizes, addresses, prefixes, hosts. Each is a schema that yields the value.
import { z } from 'zod';
import { parseDuration, parseSize, renderDuration } from '../document/units.js';
import { parseCidr } from '../names/address-set.js';
import { parseAddress, renderAddress } from '../names/address.js';
import { parseHostName } from '../names/host.js';
import type { ListenAddress } from '../proxy/settings.js';

/** A text that `read` understands; `noun` names what it should have been, `rule` how that is written. */
function reading<T>(read: (text: string) => T | undefined, noun: string, rule: string, pattern: RegExp) {
  return z
    .string()
    .meta({ pattern: pattern.source })
    .transform((text, context): T => {
      const value = read(text);
      if (value !== undefined) return value;
      context.addIssue({ code: 'custom', message: `\`${shortened(text)}\` is no ${noun}: ${rule}`, input: text });
      return z.NEVER;
    });
}

function shortened(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Milliseconds, from `least` to `most` (texts as in YAML). */
export function duration(least: string, most: string) {
  const [leastMs = 0, mostMs = 0] = [parseDuration(least), parseDuration(most)];
  return reading(
    parseDuration,
    'duration',
    'a number with a unit, such as `15s` or `2h4m`',
    /^([0-9]+(d|h|m|s|ms))+$/,
  ).refine((ms) => ms >= leastMs && ms <= mostMs, {
    error: ({ input }) => `\`${renderDuration(Number(input))}\` is out of range: from \`${least}\` to \`${most}\``,
  });
}

/** Bytes, from `least` to `most` (texts as in YAML). */
export function size(least: string, most: string) {
  const [leastBytes = 0, mostBytes = 0] = [parseSize(least), parseSize(most)];
  return reading(parseSize, 'size', 'a number with a unit, such as `32KiB`', /^[0-9]+(B|KiB|MiB|GiB)$/).refine(
    (bytes) => bytes >= leastBytes && bytes <= mostBytes,
    { error: ({ input }) => `${String(input)} bytes is out of range: from \`${least}\` to \`${most}\`` },
  );
}

/** `192.0.2.7:80` or `[2001:db8::7]:80`, canonical; undefined for anything else. Host names are no addresses. */
function parsePlace(text: string, leastPort: number): ListenAddress | undefined {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([0-9.]+)):(0|[1-9][0-9]{0,4})$/.exec(text);
  const address = parseAddress(match?.[1] ?? match?.[2] ?? '');
  const port = Number(match?.[3]);
  if (match === null || address === undefined || port > 65_535 || port < leastPort) return undefined;
  if ((address.kind === 'ipv6') !== (match[1] !== undefined)) return undefined;
  return { host: renderAddress(address), port };
}

const PLACE = /^(\[[0-9A-Fa-f:.]+\]|[0-9.]+):[0-9]+$/;
const PLACE_RULE = 'an IP address and a port, such as `127.0.0.1:8080` or `[::]:8080`';

/** What we listen on; port 0 takes a free one. */
export const listenAddress = reading((text) => parsePlace(text, 0), 'address to listen on', PLACE_RULE, PLACE);

/** What we connect to. */
export const fixedAddress = reading((text) => parsePlace(text, 1), 'address to connect to', PLACE_RULE, PLACE);

/** `unix:` and a path, or an address to listen on. */
export const adminAddress = reading(
  (text): { readonly path: string } | ListenAddress | undefined =>
    /^unix:.+/.test(text) ? { path: text.slice('unix:'.length) } : parsePlace(text, 0),
  'address to listen on',
  `${PLACE_RULE}, or \`unix:\` and a path`,
  /^(unix:.+|(\[[0-9A-Fa-f:.]+\]|[0-9.]+):[0-9]+)$/,
);

/** A resolver, canonical: `192.0.2.53`, `192.0.2.53:5353`, `[2001:db8::53]:53`, `2001:db8::53`. */
export const resolver = reading(
  (text) => {
    const bare = parseAddress(text);
    if (bare !== undefined) return renderAddress(bare);
    const place = parsePlace(text, 1);
    if (place === undefined) return undefined;
    return place.host.includes(':') ? `[${place.host}]:${place.port}` : `${place.host}:${place.port}`;
  },
  'resolver',
  'an IP address, with or without a port',
  /^[0-9A-Fa-f:.[\]]+$/,
);

/** A CIDR prefix or a bare address, as written. */
export const prefix = reading(
  (text) => (parseCidr(text) === undefined ? undefined : text),
  'address prefix',
  'an address and its bits, such as `10.0.0.0/8`, with no bit set behind them',
  /^[0-9A-Fa-f:.]+(\/[0-9]{1,3})?$/,
);

/** The name of a static host, `a.b` or `*.a.b`; only its canonical spelling, so that no two keys are one host. */
export const staticHost = z
  .string()
  .meta({ pattern: /^(\*\.)?[a-z0-9_.-]+$/.source })
  .refine(
    (text) => {
      const name = text.startsWith('*.') ? text.slice(2) : text;
      return parseHostName(name, { underscore: true }) === name;
    },
    { error: 'a host name in lower case without a trailing dot, or `*.` and such a name' },
  );

/** A TCP port other than 0. */
export const port = z.int().min(1).max(65_535);

/** The path of a file or folder; anything but an empty text. */
export const path = z.string().min(1);

const REMOTE = /^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):[0-9]+$/;

/** A host name or an address, and a port. Undefined for anything else. */
function parseRemote(text: string): ListenAddress | undefined {
  const place = parsePlace(text, 1);
  if (place !== undefined) return place;
  const match = /^([^:]+):([1-9][0-9]{0,4})$/.exec(text);
  const host = parseHostName(match?.[1] ?? '', { underscore: true });
  const number = Number(match?.[2]);
  return host === undefined || number > 65_535 ? undefined : { host, port: number };
}

/** A server of ours, by name or address. */
export const remotePlace = reading(
  parseRemote,
  'host and port',
  'a name or an IP address and a port, such as `redis.example:6379`',
  REMOTE,
);

/** `redis://host:6379/0`, `rediss://host:6379` (TLS) or `unix:` and a path; without a name and a password. */
export const redisUrl = reading(
  (
    text,
  ):
    | { readonly place: ListenAddress | { readonly path: string }; readonly database: number; readonly isTls: boolean }
    | undefined => {
    if (/^unix:.+/.test(text)) return { place: { path: text.slice('unix:'.length) }, database: 0, isTls: false };
    const match = /^(rediss?):\/\/([^/@?#]+?)(:[0-9]+)?(?:\/([0-9]{0,4}))?$/.exec(text);
    const place = parseRemote(`${match?.[2] ?? ''}${match?.[3] ?? ':6379'}`);
    if (match === null || place === undefined) return undefined;
    return { place, database: Number(match[4] ?? 0), isTls: match[1] === 'rediss' };
  },
  'address of Redis',
  '`redis://`, a host and a port (`rediss://` with TLS), or `unix:` and a path; name and password stand elsewhere',
  /^(unix:.+|rediss?:\/\/[^@?#]+)$/,
);
