// The past as the ledger has it: destinations of partners alone, because where other traffic went it never keeps. It says so.
import type { LedgerReading } from '../ledger/ledger-reading.js';
import { ELSEWHERE } from '../ledger/leak-cell.js';
import type { Policy } from '../policy/policy.js';
import { Replay, type Visit } from '../review/replay.js';
import { EXIT_CODES } from './exit-codes.js';
import { ledgerFor } from './ledger-in-hand.js';
import type { Past, PastOrder, ReplayedPolicies } from './past.js';
import { oneLine } from './shell-words.js';
import type { Terminal } from './terminal.js';

const DAY_MS = 86_400_000;
const MOST_DAYS = 400;
/** Stands for every host that a wildcard covers; a label that nobody registers. */
const ANY_LABEL = 'x--any-label';

/** Undefined after it has printed why not and ended. */
export async function ledgerPast(
  { days = '', config, state }: PastOrder,
  { old, next, now, against }: ReplayedPolicies,
  terminal: Terminal,
): Promise<Past | undefined> {
  const count = /^\d{1,3}$/.test(days) ? Number(days) : 0;
  if (count < 1 || count > MOST_DAYS) {
    terminal.err(`error: \`--days ${oneLine(days)}\` is no number of days from 1 to ${MOST_DAYS}\n`);
    terminal.end(EXIT_CODES.usage);
    return undefined;
  }
  const place = { ...(config === undefined ? {} : { config }), ...(state === undefined ? {} : { state }) };
  const ledger = ledgerFor(state === undefined ? place : { state }, terminal);
  if (ledger === undefined) return undefined;
  const until = Date.now();
  try {
    const reading = await ledger.reader.read({ from: until - count * DAY_MS, until });
    const replay = new Replay(old, next, now);
    for (const visit of visitsOf(reading, old.policy)) replay.add(visit);
    return {
      replayed: replay.result,
      source: {
        name: `${count} ${count === 1 ? 'day' : 'days'} of the ledger`,
        against,
        unreadable: null,
        hostless: null,
        tunnelled: 0,
        coversMs: coveredMs(reading),
        counts: 'requests are those that carried a header: of several headers the one that came most often',
        remarks: remarksOf(reading),
      },
    };
  } catch (cause) {
    terminal.err(`error: cannot read the ledger: ${cause instanceof Error ? oneLine(cause.message) : 'unknown'}\n`);
    terminal.end(EXIT_CODES.failed);
    return undefined;
  } finally {
    ledger.close();
  }
}

/** One for each host and listener. The ledger has no port: the first of the partner's is taken. */
function visitsOf({ releases }: LedgerReading, { partners }: Policy): readonly Visit[] {
  const places = new Map<string, { readonly visit: Omit<Visit, 'requests'>; readonly headers: Map<string, number> }>();
  for (const { host, listener, partner, header, requests } of releases) {
    if (host === ELSEWHERE) continue;
    const port = partners.find(({ id }) => id === partner)?.ports[0] ?? 80;
    const key = JSON.stringify([host, listener, port]);
    const visit = { host: host.replace(/^\*{1,2}(?=\.)/, ANY_LABEL), called: host, port, listener, at: null };
    const { headers } = places.get(key) ?? { headers: new Map<string, number>() };
    places.set(key, { visit, headers });
    headers.set(header, (headers.get(header) ?? 0) + requests);
  }
  return [...places.values()].map(({ visit, headers }) => ({ ...visit, requests: Math.max(...headers.values()) }));
}

/** What the ledger has of the time that is asked for. */
function coveredMs({ from, until, keptFrom, keptUntil }: LedgerReading): number | null {
  if (keptFrom === null || keptUntil === null) return null;
  return Math.max(0, Math.min(until, keptUntil) - Math.max(from, keptFrom));
}

function remarksOf({ releases, gaps, keptFrom }: LedgerReading): readonly string[] {
  const hasWildcards = releases.some(({ host }) => host.startsWith('*'));
  return [
    'destinations of partners alone: where other traffic went the ledger never keeps, so what a stranger would newly receive only an access log tells',
    ...(keptFrom === null ? ['the ledger is empty'] : []),
    ...(gaps.length === 0 ? [] : [`the ledger has ${gaps.length} ${gaps.length === 1 ? 'gap' : 'gaps'} in this time`]),
    ...(hasWildcards ? ['a wildcard is replayed as one host of it, one label deep'] : []),
    ...(releases.some(({ host }) => host === ELSEWHERE)
      ? ['some hosts are not told apart in the ledger, and are not replayed']
      : []),
  ];
}
