// Authorities just beside each rule of a policy: where a number must not arrive, and would if a rule were drawn a little too wide.
// Only made up from the policy's own names; whether one is real is not asked, and nothing is looked up.
import { renderHostPattern } from '../policy/host-pattern.js';
import type { HostPattern, Partner } from '../policy/policy.js';
import { releaseAt, type Rules } from './rules.js';

export interface Edge {
  /** `host` or `host:port`. */
  readonly authority: string;
  /** In words: which rule it is beside. */
  readonly beside: string;
}

/** A label that no policy writes. */
const LABEL = 'x-boundary';
const HOST_MOST = 253;
const LABEL_MOST = 63;

/** Of `drawn`: the rules whose edges are walked. What `agreed` gives to a partner is no edge. In the order of the policy, each once. */
export function edgesOf(
  drawn: Rules,
  agreed: Rules,
  at: { readonly listener: string | null; readonly nowMs: number },
): readonly Edge[] {
  const { partners, deny } = drawn.policy;
  const candidates = [
    ...partners.flatMap((partner) => [
      ...partner.hosts.flatMap((pattern) => besides(pattern, `\`${partner.id}\``, partner.ports[0] ?? 80)),
      ...otherPorts(partner),
    ]),
    ...deny.flatMap(({ hosts, reason }) =>
      hosts.flatMap((pattern) => insideOf(pattern).map((host) => ({ host, port: 80, beside: `denied (${reason})` }))),
    ),
  ];
  const seen = new Set<string>();
  return candidates.flatMap(({ host, port, beside }) => {
    const authority = port === 80 ? host : `${host}:${port}`;
    if (seen.has(authority) || !isName(host)) return [];
    seen.add(authority);
    return releaseAt(agreed, { host, port }, at) === undefined ? [{ authority, beside }] : [];
  });
}

interface Candidate {
  readonly host: string;
  readonly port: number;
  readonly beside: string;
}

function besides(pattern: HostPattern, whose: string, port: number): readonly Candidate[] {
  const beside = `beside \`${renderHostPattern(pattern)}\` of ${whose}`;
  return outsideOf(pattern).map((host) => ({ host, port, beside }));
}

function insideOf({ kind, host }: HostPattern): readonly string[] {
  return { exact: [host], one: [`${LABEL}.${host}`], any: [`${LABEL}.${host}`, `${LABEL}.${LABEL}.${host}`] }[kind];
}

/** One label more, one fewer, a sibling, a name that only ends alike, and one that only begins alike. */
function outsideOf({ kind, host }: HostPattern): readonly string[] {
  const parent = host.slice(host.indexOf('.') + 1);
  const around = parent.includes('.') ? [`${LABEL}.${parent}`, parent] : [];
  return [
    ...{ exact: [`${LABEL}.${host}`], one: [host, `${LABEL}.${LABEL}.${host}`], any: [host] }[kind],
    ...around,
    `not-${host}`,
    `${host}.${LABEL}.example`,
  ];
}

/** The first port above that is not the partner's, and 80 where it is none of them. */
function otherPorts({ id, hosts, ports }: Partner): readonly Candidate[] {
  const [pattern] = hosts;
  const host = pattern === undefined ? undefined : insideOf(pattern)[0];
  if (host === undefined) return [];
  const near = [(ports[0] ?? 80) + 1, 80].filter((port) => port <= 65_535 && !ports.includes(port));
  return near.map((port) => ({ host, port, beside: `port ${port} is none of \`${id}\`` }));
}

/** No literal, and not too long once a label stands before it. */
function isName(host: string): boolean {
  return /[a-z]/.test(host) && !host.includes(':') && host.length <= HOST_MOST && !hasLongLabel(host);
}

function hasLongLabel(host: string): boolean {
  return host.split('.').some((label) => label.length > LABEL_MOST);
}
