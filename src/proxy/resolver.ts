// Which addresses a host has: static answers, then DNS with its TTL. It judges nothing; destination.ts does.
// Answers, also negative ones, are kept; questions that are already on their way are asked once.
import { promises as dns } from 'node:dns';
import type { Meter } from '../telemetry/meter.js';
import type { DestinationSettings, ListenAddress } from './settings.js';
import { UpstreamError } from './upstream-error.js';

/** Where a host is. `port` null: the port that was asked for. */
export interface Resolution {
  /** IPv6 first where both are known (RFC 8305, section 4 interleaves them later). Never empty. */
  readonly addresses: readonly string[];
  readonly port: number | null;
}

interface Entry {
  readonly expiresMs: number;
  readonly answer: Promise<Resolution>;
  /** The answer itself once it is here. */
  readonly settled: Resolution | null;
}

/** An answer that is known without asking, and until when. */
export interface Known {
  readonly resolution: Resolution;
  readonly expiresMs: number;
}

/** A TTL of 0 would ask for every request; a day would outlive a partner's move. */
const MIN_TTL_S = 1;
const MAX_TTL_S = 3600;
const NEGATIVE_TTL_MS = 10_000;
const FAILURE_TTL_MS = 1_000;
/** RFC 8305, section 3: how long an A answer waits for the AAAA answer. */
const RESOLUTION_DELAY_MS = 50;
const MAX_ENTRIES = 20_000;

const NO_SUCH_NAME = new Set(['ENOTFOUND', 'ENODATA', 'NXDOMAIN', 'EBADNAME']);

interface Family {
  readonly addresses: readonly string[];
  readonly ttlS: number;
  readonly error: string | null;
}

export class Resolver {
  readonly #settings: DestinationSettings;
  readonly #meter: Meter;
  readonly #dns: dns.Resolver;
  readonly #cache: Map<string, Entry>;

  /** `before`: what it answered is known here too, where both ask the same resolvers. */
  constructor(settings: DestinationSettings, meter: Meter, before?: Resolver) {
    this.#settings = settings;
    this.#meter = meter;
    if (before !== undefined && before.#settings.resolvers.join() === settings.resolvers.join()) {
      this.#dns = before.#dns;
      this.#cache = before.#cache;
      return;
    }
    this.#dns = new dns.Resolver({ timeout: 2000, tries: 2 });
    this.#cache = new Map();
    if (settings.resolvers.length > 0) this.#dns.setServers(settings.resolvers);
  }

  /** Exact static names, the longest static wildcard, the default of labs, DNS. Rejects with an UpstreamError. */
  resolve(host: string, nowMs: number): Promise<Resolution> | Resolution {
    const fixed = this.fixed(host);
    if (fixed !== undefined) return fixed;
    const known = this.#cache.get(host);
    if (known !== undefined && known.expiresMs > nowMs) {
      this.#meter.count('headgate_dns_lookups_total', ['cached']);
      return known.answer;
    }
    return this.#ask(host, nowMs);
  }

  /** What `resolve` would answer at once: a static answer, or one of DNS that is still good. */
  known(host: string, nowMs: number): Known | undefined {
    const fixed = this.fixed(host);
    if (fixed !== undefined) return { resolution: fixed, expiresMs: Infinity };
    const entry = this.#cache.get(host);
    if (entry === undefined || entry.settled === null || entry.expiresMs <= nowMs) return undefined;
    this.#meter.count('headgate_dns_lookups_total', ['cached']);
    return { resolution: entry.settled, expiresMs: entry.expiresMs };
  }

  /** The static answer for a host or an address literal, if there is one. */
  fixed(host: string): Resolution | undefined {
    const found = this.#static(host);
    return found === undefined ? undefined : { addresses: [found.host], port: found.port };
  }

  #static(host: string): ListenAddress | undefined {
    const hosts = this.#settings.hosts;
    const own = (name: string): ListenAddress | undefined => (Object.hasOwn(hosts, name) ? hosts[name] : undefined);
    const exact = own(host);
    if (exact !== undefined) return exact;
    for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      const wildcard = own(`*${host.slice(dot)}`);
      if (wildcard !== undefined) return wildcard;
    }
    return this.#settings.default ?? undefined;
  }

  #ask(host: string, nowMs: number): Promise<Resolution> {
    const answer = this.#lookUp(host, nowMs);
    // While the question is on its way it stands in the cache; the answer then sets its own end.
    this.#cache.delete(host);
    this.#cache.set(host, { expiresMs: nowMs + 15_000, answer, settled: null });
    if (this.#cache.size > MAX_ENTRIES) {
      const oldest = this.#cache.keys().next();
      if (oldest.done !== true) this.#cache.delete(oldest.value);
    }
    answer.catch(() => undefined);
    return answer;
  }

  async #lookUp(host: string, askedMs: number): Promise<Resolution> {
    const startedMs = performance.now();
    const { v6, v4 } = await this.#bothFamilies(host);
    const nowMs = askedMs + (performance.now() - startedMs);
    const keep = (forMs: number, answer: Promise<Resolution>, settled: Resolution | null): void => {
      answer.catch(() => undefined);
      this.#cache.set(host, { expiresMs: nowMs + forMs, answer, settled });
    };
    const addresses = [...v6.addresses, ...v4.addresses];
    if (addresses.length > 0) {
      const ttlS = Math.min(...[v6, v4].filter((family) => family.addresses.length > 0).map((family) => family.ttlS));
      const resolution: Resolution = { addresses, port: null };
      keep(Math.min(MAX_TTL_S, Math.max(MIN_TTL_S, ttlS)) * 1000, Promise.resolve(resolution), resolution);
      this.#meter.count('headgate_dns_lookups_total', ['answered']);
      return resolution;
    }
    const isNegative = [v6, v4].every((family) => family.error === null || NO_SUCH_NAME.has(family.error));
    const error = new UpstreamError(
      isNegative || ![v6, v4].some((f) => f.error === 'ETIMEOUT') ? 'dns' : 'dns-timeout',
    );
    keep(isNegative ? NEGATIVE_TTL_MS : FAILURE_TTL_MS, Promise.reject(error), null);
    this.#meter.count('headgate_dns_lookups_total', [isNegative ? 'negative' : 'failed']);
    throw error;
  }

  /** Both questions at once; an A answer waits at most RESOLUTION_DELAY_MS for the other, an AAAA answer does not wait. */
  async #bothFamilies(host: string): Promise<{ v6: Family; v4: Family }> {
    const none: Family = { addresses: [], ttlS: 0, error: null };
    const family = (question: Promise<readonly { address: string; ttl: number }[]>): Promise<Family> =>
      question.then(
        (records) => ({
          addresses: records.map((record) => record.address),
          ttlS: Math.min(...records.map((record) => record.ttl)),
          error: null,
        }),
        (error: NodeJS.ErrnoException) => ({ addresses: [], ttlS: 0, error: error.code ?? 'UNKNOWN' }),
      );
    const v6 = family(this.#dns.resolve6(host, { ttl: true }));
    const v4 = family(this.#dns.resolve4(host, { ttl: true }));
    const first = await Promise.race([v6, v4]);
    if (first.addresses.length === 0) return { v6: await v6, v4: await v4 };
    let timer: NodeJS.Timeout | undefined;
    const patience = new Promise<Family>((resolve) => {
      timer = setTimeout(() => resolve(none), RESOLUTION_DELAY_MS);
    });
    const late = async (question: Promise<Family>): Promise<Family> => Promise.race([question, patience]);
    const both = { v6: await late(v6), v4: await late(v4) };
    clearTimeout(timer);
    return both;
  }
}
