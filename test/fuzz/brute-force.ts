// What a policy file permits at one point, read from the words of the policy alone: lists, loops, no index and none of the code under
// test. A point is a host, a port, a listener, a time and a header.

export interface Rule {
  readonly header: string;
  readonly as: 'unchanged' | 'pseudonym';
  readonly key?: string | readonly string[];
}
interface Holds {
  /** Instants; absent: unbounded. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}
export interface PartnerFile extends Holds {
  readonly id: string;
  readonly hosts: readonly string[];
  readonly transport: 'http' | 'tls';
  readonly ports?: readonly number[];
  readonly connect?: number;
  readonly listeners?: readonly string[] | undefined;
  readonly release: readonly Rule[];
}
export interface PolicyFile {
  readonly identity: {
    readonly headers: readonly { readonly name?: string; readonly prefix?: string }[];
    readonly watch: readonly (Holds & { readonly name: string })[];
  };
  readonly detection: {
    readonly exact: 'withhold' | 'count';
    readonly numbers: 'withhold' | 'count';
    readonly hints: 'withhold' | 'count';
    readonly novelty: 'observe' | 'quarantine';
  };
  readonly partners: readonly PartnerFile[];
  readonly deny: readonly (Holds & {
    readonly hosts: readonly string[];
    readonly listeners?: readonly string[] | undefined;
  })[];
  readonly suppressions: readonly (Holds & { readonly field: string; readonly host: string })[];
}

export interface Point {
  readonly host: string;
  readonly port: number;
  readonly listener: string;
  readonly time: number;
}

/** A header, or what detectors look for; `suppressed`: a field whose value nobody looks at; `accepted`: a novel name, if watched. */
export type Header =
  | { readonly name: string }
  | { readonly detector: 'exact' | 'numbers' | 'hints' | 'novelty' }
  | { readonly suppressed: string }
  | { readonly accepted: string };

/** `none`, `everyone`, or the form, the keys of a pseudonym and the route, as one text. */
export type Permission = string;

/** Identity by the catalogue, of the names that the tests use. */
const CATALOGUE = ['X-MSISDN', 'X-IMSI', 'Client-ID', 'Profile'];

/** Asked millions of times about the same few texts. */
const remembered = <T>(work: (text: string) => T): ((text: string) => T) => {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const now = work(text);
    known.set(text, now);
    return now;
  };
};
const fold = remembered((name) => name.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase());
const instant = remembered((text) => Date.parse(text));
const isSame = (a: string, b: string): boolean => fold(a) === fold(b);

export const isCovered = (pattern: string, host: string): boolean => coverageBy(pattern)(host);

const coverageBy = remembered((pattern) => remembered((host) => covers(pattern, host)));

function covers(pattern: string, host: string): boolean {
  const [stars] = /^\**/.exec(pattern) ?? [''];
  if (stars === '') return pattern === host;
  const suffix = pattern.slice(stars.length + 1).split('.');
  const labels = host.split('.');
  const more = labels.length - suffix.length;
  if (more < 1 || labels.slice(more).join('.') !== suffix.join('.')) return false;
  return stars === '**' || more === 1;
}

const holdsAt = ({ from, until }: Holds, time: number): boolean =>
  (from === undefined || instant(from) <= time) && (until === undefined || time < instant(until));
const isOn = (listeners: readonly string[] | undefined, listener: string): boolean =>
  listeners === undefined || listeners.includes(listener);

/** The partner that a request reaches there then. */
export function partnerAt(file: PolicyFile, { host, port, listener, time }: Point): PartnerFile | undefined {
  const isDenied = file.deny.some(
    (deny) => deny.hosts.some((each) => isCovered(each, host)) && isOn(deny.listeners, listener) && holdsAt(deny, time),
  );
  if (isDenied) return undefined;
  return file.partners.find(
    (partner) =>
      partner.hosts.some((each) => isCovered(each, host)) &&
      (partner.ports ?? [80]).includes(port) &&
      isOn(partner.listeners, listener) &&
      holdsAt(partner, time),
  );
}

const isIdentity = (file: PolicyFile, name: string): boolean =>
  CATALOGUE.some((each) => isSame(each, name)) ||
  file.identity.headers.some(
    (own) =>
      (own.name !== undefined && isSame(own.name, name)) ||
      (own.prefix !== undefined && fold(name).startsWith(fold(own.prefix))),
  );

const EVERYONE = 'everyone';

export function permissionAt(
  file: PolicyFile,
  header: Header,
  point: Point,
  partner: PartnerFile | undefined,
): Permission {
  const route = routeTo(partner);
  if ('detector' in header) {
    const setting = file.detection[header.detector];
    if (setting === 'count' || setting === 'observe') return EVERYONE;
    return header.detector === 'novelty' && partner !== undefined ? `unchanged ${route}` : 'none';
  }
  if ('suppressed' in header) {
    const isLeft = file.suppressions.some(
      (each) => isSame(each.field, header.suppressed) && each.host === point.host && holdsAt(each, point.time),
    );
    return isLeft ? EVERYONE : 'none';
  }
  if ('accepted' in header) {
    const isWatched = file.identity.watch.some(
      (each) => isSame(each.name, header.accepted) && holdsAt(each, point.time),
    );
    if (isWatched || file.detection.novelty === 'observe') return EVERYONE;
    return partner === undefined ? 'none' : `unchanged ${route}`;
  }
  if (!isIdentity(file, header.name)) return EVERYONE;
  if (file.identity.watch.some((each) => isSame(each.name, header.name) && holdsAt(each, point.time))) return EVERYONE;
  const rule = partner?.release.find((each) => isSame(each.header, header.name));
  if (partner === undefined || rule === undefined) return 'none';
  if (rule.as === 'unchanged') return `unchanged ${route}`;
  const keys = [rule.key ?? []].flat().map((key) => `${partner.id}/${key}`);
  return `pseudonym(${keys.sort().join()}) ${route}`;
}

const routeTo = (partner: PartnerFile | undefined): string =>
  partner?.transport === 'tls' ? `tls:${String(partner.connect ?? 443)}` : 'http';

/** What is to be said of a change at a point; empty for no change. What everyone receives takes the route that the host has. */
export function changeOf(
  [before, after]: readonly [Permission, Permission],
  partners: readonly [PartnerFile | undefined, PartnerFile | undefined],
): string {
  if (before === after) return '';
  const isBoth = before !== 'none' && after !== 'none';
  const [a, b] = [before, after].map((each, index) =>
    each === EVERYONE ? `unchanged ${isBoth ? routeTo(partners[index]) : 'http'}` : each,
  );
  return a === b ? '' : `${a ?? ''} -> ${b ?? ''}`;
}
