// One line of an access log as the destination that it names: host, port, how often, when. Of everything else in the line (addresses,
// paths, agents) nothing is read on: a log holds people. What cannot be read in exactly one way is no visit.
import { parseAuthority } from '../names/authority.js';

export type AccessLine =
  | {
      readonly kind: 'visit';
      /** Canonical. */
      readonly host: string;
      /** The port that was asked for. */
      readonly port: number;
      readonly requests: number;
      /** Milliseconds since the epoch; null: the line has no time. */
      readonly at: number | null;
    }
  /** CONNECT and https: what is inside is encrypted, so nothing is ever released there. */
  | { readonly kind: 'tunnel'; readonly requests: number; readonly at: number | null }
  /** A comment, a connection that asked nothing, or nothing at all. */
  | { readonly kind: 'empty' }
  /** `host`: the line is one of a log, and no host is in it; `shape`: no log that is known here has such a line. */
  | { readonly kind: 'unreadable'; readonly why: 'host' | 'shape' };

const EMPTY: AccessLine = { kind: 'empty' };
const NO_HOST: AccessLine = { kind: 'unreadable', why: 'host' };
const NO_SHAPE: AccessLine = { kind: 'unreadable', why: 'shape' };

/** `host count`, `host,count`, and `count host` as `uniq -c` prints it. */
const COUNTED = /^\s*([^\s,;]{1,300})[\s,;]+([^\s,;]{1,300})\s*$/;
/** Squid's own: seconds, elapsed, client, result, bytes, method, URL; where it read no request the method is `-` and the URL an error. */
const SQUID = /^(\d{1,12}\.\d{3})\s+-?\d+ \S+ [A-Z_]+\/\d{3} \d+ (-|[A-Z][A-Z_-]*) (\S+) /;
/** Somebody connected and asked nothing, as health checks do. */
const SQUID_NOTHING = 'error:transaction-end-before-headers';
/** Clients, users and the time in brackets, then the request in quotes (nginx, Apache), with other words between (HAProxy). */
const REQUEST = /"([A-Z][A-Z_-]{0,31}) (\S+) HTTP\/\d(?:\.\d)?"/;
const TIME = /\[(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2})(?:\.\d{3})?(?: ([+-])(\d{2})(\d{2}))?\]/;
/** HAProxy with `option httplog`: timers `1/0/2/3/6`, status, bytes, cookies, flags, counts, then what was captured of the request. */
const HAPROXY = /\s-?\d+\/-?\d+\/-?\d+\/-?\d+\/\+?-?\d+ -?\d+ \+?\d+ \S+ \S+ \S{4} [\d/+]+ \S+ (?:\{([^{}]*)\} )?/;

/** The line without its end. HAProxy (`option httplog`), nginx and Apache with the host in front, Squid, counts, JSON. */
export function readAccessLine(line: string): AccessLine {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return EMPTY;
  if (text.startsWith('{')) return jsonLine(text);
  return squidLine(text) ?? requestLine(text) ?? countedLine(text) ?? NO_SHAPE;
}

function jsonLine(text: string): AccessLine {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return NO_SHAPE;
  }
  const { host, port, count = 1, time } = value as Readonly<Record<string, unknown>>;
  if (typeof host !== 'string' || !isCount(count)) return typeof host === 'string' ? NO_SHAPE : NO_HOST;
  if (port !== undefined && !(Number.isInteger(port) && Number(port) > 0 && Number(port) < 65_536)) return NO_SHAPE;
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return visitTo(host, { requests: count, at: Number.isNaN(at) ? null : at, port: Number(port ?? 80) });
}

function squidLine(text: string): AccessLine | undefined {
  const [, seconds, method = '', target = ''] = SQUID.exec(text) ?? [];
  if (seconds === undefined) return undefined;
  if (target === SQUID_NOTHING) return EMPTY;
  return asked(method, target, { at: Math.round(Number(seconds) * 1000), host: undefined });
}

function requestLine(text: string): AccessLine | undefined {
  const request = REQUEST.exec(text);
  if (request === null) return undefined;
  const [, method = '', target = ''] = request;
  const before = text.slice(0, request.index);
  const time = TIME.exec(before);
  if (time === null) return undefined;
  const haproxy = HAPROXY.exec(before.slice(time.index));
  // What is captured first is the Host. Without the host in front, a line of nginx begins with the client, its ident and its user.
  const words = before.slice(0, time.index).trim().split(/\s+/);
  const inFront = words.length === 4 && words[2] === '-' ? words[0] : undefined;
  const host = haproxy === null ? inFront : haproxy[1]?.split('|', 1)[0];
  return asked(method, target, { at: timeOf(time), host });
}

function countedLine(text: string): AccessLine | undefined {
  const [, first = '', second = ''] = COUNTED.exec(text) ?? [];
  const isFirst = /^\d{1,15}$/.test(first);
  const count = Number(isFirst ? first : second);
  if (!/^\d{1,15}$/.test(isFirst ? first : second) || !isCount(count)) return undefined;
  const host = isFirst ? second : first;
  // `version: 1` is a key and its value.
  return host.endsWith(':') ? undefined : visitTo(host, { requests: count, at: null, port: 80 });
}

/** As the gateway finds it: the authority of an absolute-form target decides, else the Host. */
function asked(
  method: string,
  target: string,
  { at, host }: { readonly at: number | null; readonly host: string | undefined },
): AccessLine {
  if (method === 'CONNECT' || /^https:/i.test(target)) return { kind: 'tunnel', requests: 1, at };
  const absolute = /^http:\/\/([^/?#]*)/i.exec(target)?.[1];
  const named = absolute ?? host;
  return named === undefined ? NO_HOST : visitTo(named, { requests: 1, at, port: 80 });
}

function visitTo(
  text: string,
  { requests, at, port }: { readonly requests: number; readonly at: number | null; readonly port: number },
): AccessLine {
  const authority = parseAuthority(text, port);
  return authority === undefined
    ? NO_HOST
    : { kind: 'visit', host: authority.host, port: authority.port, requests, at };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Where no zone is written, as HAProxy does, UTC is taken: it is for spans alone. */
function timeOf(match: RegExpExecArray): number | null {
  const [, day, month = '', year, hour, minute, second, sign, zoneHours, zoneMinutes] = match;
  const utc = Date.UTC(Number(year), MONTHS.indexOf(month), Number(day), Number(hour), Number(minute), Number(second));
  const zoneMs = sign === undefined ? 0 : (Number(zoneHours) * 60 + Number(zoneMinutes)) * 60_000;
  const at = sign === '-' ? utc + zoneMs : utc - zoneMs;
  return MONTHS.includes(month) && !Number.isNaN(at) ? at : null;
}
