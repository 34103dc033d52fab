// How a host that a pattern does not cover stands to it. Suggests only: whether it is covered is asked of the host index.
import { nearestWord } from '../document/nearest.js';
import { parseAddress } from '../names/address.js';
import { renderHostPattern } from './host-pattern.js';
import type { HostPattern } from './policy.js';
import { coveredSuffixOf } from './public-suffix.js';

/** From the nearest to the farthest. */
const KINDS = ['apex', 'labels', 'below', 'above', 'spelling', 'beside'] as const;

export interface NearHost {
  /** `apex` of a wildcard; `labels`: too many of them; `below` or `above` an exact host; `spelling`: few letters differ; `beside`: a sibling. */
  readonly kind: (typeof KINDS)[number];
  readonly message: string;
}

/** What is missed by how much, or undefined for a pattern that is far from the host. `host` is canonical and not covered. */
export function nearnessOf(host: string, pattern: HostPattern): NearHost | undefined {
  if (parseAddress(host) !== undefined || parseAddress(pattern.host) !== undefined) return undefined;
  const text = renderHostPattern(pattern);
  if (pattern.kind !== 'exact' && host === pattern.host)
    return { kind: 'apex', message: `\`${host}\` is the apex of \`${text}\`: a wildcard does not cover it` };
  if (host.endsWith(`.${pattern.host}`)) {
    const labels = host.slice(0, -pattern.host.length - 1).split('.').length;
    return pattern.kind === 'exact'
      ? { kind: 'below', message: `\`${host}\` is below \`${text}\`: a host without a wildcard covers itself alone` }
      : {
          kind: 'labels',
          message: `\`${host}\` has ${labels} labels before \`${pattern.host}\`: \`*.\` stands for exactly 1, \`**.\` for 1 or more`,
        };
  }
  if (host.includes('.') && pattern.host.endsWith(`.${host}`))
    return {
      kind: 'above',
      message: `\`${host}\` is above \`${text}\`: what covers a name does not cover those above it`,
    };
  const isWildcard = pattern.kind !== 'exact';
  const [written, meant] = isWildcard ? [parentOf(host) ?? '', pattern.host] : [host, pattern.host];
  if (isSpelledAlmost(written, meant))
    return { kind: 'spelling', message: `\`${host}\` is spelled almost like \`${text}\`` };
  const parent = parentOf(host);
  const isBeside = !isWildcard && parent === parentOf(pattern.host) && parent !== undefined;
  return isBeside && coveredSuffixOf(parent) === undefined
    ? { kind: 'beside', message: `\`${host}\` is beside \`${text}\`: a host without a wildcard covers itself alone` }
    : undefined;
}

/** Of names under one parent only the first labels are compared: `api.bank.example` is no misspelling of `pay.bank.example`. */
function isSpelledAlmost(written: string, meant: string): boolean {
  if (!written.includes('.')) return false;
  const isSibling = parentOf(written) === parentOf(meant);
  const [a, b] = isSibling ? [labelOf(written), labelOf(meant)] : [written, meant];
  return a !== b && nearestWord(a, [b]) !== undefined;
}

function labelOf(host: string): string {
  return host.split('.', 1)[0] ?? '';
}

/** Orders two findings, the nearest first. */
export function compareNearness(a: NearHost, b: NearHost): number {
  return KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind);
}

function parentOf(host: string): string | undefined {
  const dot = host.indexOf('.');
  return dot === -1 ? undefined : host.slice(dot + 1);
}
