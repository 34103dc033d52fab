// From the host that a process saw to what the ledger keeps of it: the host as the policy has it, and its registrable domain. What a
// subscriber wrote below a wildcard may be anything, a number too: it is not kept.
import { ELSEWHERE } from '../ledger/leak-cell.js';
import { type HostIndex, hostIndexOf } from '../policy/host-index.js';
import { renderHostPattern } from '../policy/host-pattern.js';
import type { HostPattern, Policy } from '../policy/policy.js';
import { registrableDomainOf } from '../policy/public-suffix.js';

export interface Place {
  readonly host: string;
  readonly domain: string;
}

/** Policies whose releases may still be told: a worker tells within a second. */
const POLICIES = 8;
const REMEMBERED = 16_384;
const NOWHERE: Place = { host: ELSEWHERE, domain: ELSEWHERE };

export class LedgerPlaces {
  readonly #policies = new Map<string, Policy>();
  readonly #indexes = new Map<string, HostIndex<HostPattern>>();
  readonly #places = new Map<string, Place>();

  /** `policy` with its hosts: its releases are told under `digest` from now on. */
  know(digest: string, policy: Policy): void {
    this.#policies.delete(digest);
    this.#policies.set(digest, policy);
    const [oldest] = this.#policies.keys();
    if (this.#policies.size > POLICIES && oldest !== undefined) this.#policies.delete(oldest);
    this.#indexes.clear();
    this.#places.clear();
  }

  /** Of a host that the partner has there. */
  placeOf(digest: string, partner: string, host: string): Place {
    if (host === ELSEWHERE) return NOWHERE;
    const key = `${digest}\n${partner}\n${host}`;
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const pattern = this.#indexOf(digest, partner).find(host, () => true);
    const place =
      pattern === undefined ? NOWHERE : { host: renderHostPattern(pattern), domain: registrableDomainOf(pattern.host) };
    if (this.#places.size >= REMEMBERED) this.#places.clear();
    this.#places.set(key, place);
    return place;
  }

  #indexOf(digest: string, partner: string): HostIndex<HostPattern> {
    const key = `${digest}\n${partner}`;
    const known = this.#indexes.get(key);
    if (known !== undefined) return known;
    const hosts = this.#policies.get(digest)?.partners.flatMap((each) => (each.id === partner ? each.hosts : [])) ?? [];
    const index = hostIndexOf(hosts.map((pattern) => [pattern, pattern]));
    this.#indexes.set(key, index);
    return index;
  }
}

/** A place of a leak as it may be kept: a domain that somebody asked for, without a run of digits that is as long as a number. */
export function keptDomainOf(host: string): string {
  return registrableDomainOf(host).replace(/[a-z]*\d(?:[-_]?\d){7,}/g, '[digits]');
}
