// The truth of a day, made without the gateway: each request as the enricher sent it and as a site received it, put together by its
// address, which no two requests share. What lies between is what the gateway did.
import type { Received } from './websites.js';
import type { Sent } from './switched-enricher.js';

export interface Crossing {
  readonly host: string;
  /** The name that somebody registered: two labels here. */
  readonly domain: string;
  /** null: it came past the enricher, as the canary does on purpose. */
  readonly sent: Sent | null;
  /** null: it arrived nowhere. */
  readonly received: Received | null;
  /** Whatever was done with it was done between, milliseconds since the epoch. */
  readonly from: number;
  readonly until: number;
}

/** Before a request that did not come through the enricher was answered it did not take longer than this. */
const ASKED_WITHIN_MS = 5000;

export function crossingsOf(sent: readonly Sent[], received: readonly Received[]): readonly Crossing[] {
  const arrived = new Map(received.map((each) => [`http://${hostOf(each.host)}${each.path}`, each]));
  const asked = new Set(sent.map(({ uri }) => uri));
  return [
    ...sent.map((each) => {
      const there = arrived.get(each.uri) ?? null;
      const ends = there === null ? each.at + each.took : Math.min(there.at, each.at + each.took);
      return crossingOf(new URL(each.uri).hostname, { sent: each, received: there, from: each.at, until: ends });
    }),
    ...[...arrived]
      .filter(([uri]) => !asked.has(uri))
      .map(([, each]) =>
        crossingOf(hostOf(each.host), { sent: null, received: each, from: each.at - ASKED_WITHIN_MS, until: each.at }),
      ),
  ];
}

/** What some of them come to. */
export interface Tally {
  readonly count: number;
  readonly people: ReadonlySet<string>;
  /** The first and the last happened between. */
  readonly first: readonly [from: number, until: number];
  readonly last: readonly [from: number, until: number];
}

/** Whoever is behind a crossing counts once: by the number that the enricher knows, else by what arrived. */
export function tallyOf(crossings: readonly Crossing[]): Tally {
  const [froms, untils] = [crossings.map(({ from }) => from), crossings.map(({ until }) => until)];
  return {
    count: crossings.length,
    people: new Set(crossings.map(personOf)),
    first: [Math.min(...froms), Math.min(...untils)],
    last: [Math.max(...froms), Math.max(...untils)],
  };
}

function personOf({ sent, received }: Crossing): string {
  return sent?.number ?? Object.values(received?.fields ?? {}).find((value) => value !== '') ?? '';
}

function crossingOf(host: string, rest: Omit<Crossing, 'host' | 'domain'>): Crossing {
  return { host, domain: host.split('.').slice(-2).join('.'), ...rest };
}

function hostOf(written: string): string {
  return written.toLowerCase().replace(/:\d+$/, '');
}
