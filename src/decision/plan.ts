// The decision: a policy, a head and its circumstances in, a plan out. Pure; it decides once where the request goes, what
// leaves and what is counted. If it throws, nothing was sent.
import type { RequestHead } from '../http/message.js';
import { type ReadRequest, readRequest } from '../http/request.js';
import { renderAuthority } from '../names/authority.js';
import type { Partner } from '../policy/policy.js';
import type { Ruleset } from '../policy/ruleset.js';
import { countedAsCanary } from './canary.js';
import { containFindings } from './contain.js';
import { detect } from './detect.js';
import type { Setting } from './fate.js';
import { filterFields } from './filter.js';
import { detectionUnder, lockedOf } from './lockdown.js';
import { needlesOf } from './needles.js';
import type { Circumstances, Counts, Forward, Needle, Plan, Refuse, Route, Tunnel } from './plan-types.js';

const refuse = (code: Refuse['code'], local: Refuse['local'] = null): Refuse => ({
  kind: 'refuse',
  code,
  local,
  verdict: 'refused',
});

/** Behind the highest time ever seen by more than the skew, the clock is not believed alone: a release must hold at both. */
function timesOf({ now, highestMs, skewMs }: Circumstances): readonly number[] {
  return now < highestMs - skewMs ? [now, highestMs] : [now];
}

function routeOf({ authority }: ReadRequest, partner: Partner | undefined): Route {
  const { host, kind, port } = authority;
  return partner?.transport === 'tls'
    ? { transport: 'tls', host, kind, port: partner.connect ?? 443 }
    : { transport: 'http', host, kind, port };
}

/** The headers of a CONNECT are for us alone: what they carry is withheld from everyone, and counted. */
function tunnelOf(setting: Setting): Tunnel | Refuse {
  const { read, circumstances } = setting;
  if (!circumstances.connectPorts.includes(read.authority.port)) return refuse('connect-port');
  const { counts } = filterFields(setting);
  const { hostDisagrees, authority } = read;
  return {
    kind: 'tunnel',
    authority,
    verdict: 'tunnelled',
    counts: { ...counts, leaked: [], seen: [], hostDisagrees },
  };
}

const novelLeak = (field: string): Counts['leaked'][number] => ({
  class: 'unknown',
  detector: 'novelty',
  outcome: 'contained',
  field,
});

function verdictOf({ released, stripped, leaked }: Counts): Forward['verdict'] {
  if (released.length > 0) return 'released';
  const isContained = leaked.some(({ outcome }) => outcome === 'contained');
  return stripped.length > 0 || isContained ? 'stripped' : 'untouched';
}

/** Rare: something was found. */
function labelled<T extends Pick<Counts, 'leaked' | 'seen'>>(
  found: T,
  { circumstances, read }: Setting,
  needles: readonly Needle[],
): Pick<Counts, 'leaked' | 'seen'> {
  const { canaries } = circumstances;
  return canaries === undefined ? found : countedAsCanary(found, { needles, fields: read.fields, canaries });
}

function forwardOf(setting: Setting): Forward {
  const { ruleset, read, circumstances, times, release, locked } = setting;
  const { policy } = ruleset;
  const { kept, carried, quarantined, counts } = filterFields(setting);
  const { needles, dropped } = needlesOf(carried, policy.numbers);
  const { tally } = circumstances;
  if (tally !== undefined) tally.needlesDropped += dropped;
  const findings = detect({
    fields: kept.filter(({ isReleased }) => !isReleased).map(({ field }) => field),
    target: read.path,
    needles,
    ruleset,
    host: read.authority.host,
    times,
    skewMs: circumstances.skewMs,
    areSuppressionsOff: locked !== 'nothing',
    ...(tally === undefined ? {} : { tally }),
  });
  const contained = containFindings(kept, findings, detectionUnder(locked, policy.detection));
  const { fields } = contained;
  const found = contained.leaked.length + contained.seen.length > 0 ? labelled(contained, setting, needles) : contained;
  const { seen } = found;
  const leaked = quarantined.length === 0 ? found.leaked : [...quarantined.map(novelLeak), ...found.leaked];
  const all: Counts = { ...counts, leaked, seen, hostDisagrees: read.hostDisagrees };
  const host = { name: 'Host', value: renderAuthority(read.authority, 80) };
  const via = circumstances.via ? [{ name: 'Via', value: `${read.version} headgate` }] : [];
  return {
    kind: 'forward',
    authority: read.authority,
    route: routeOf(read, release?.partner),
    method: read.method,
    path: read.path,
    fields: [host, ...fields, ...via],
    framing: read.framing,
    version: read.version,
    expectContinue: read.expectContinue,
    webSocketKey: read.webSocketKey,
    partner: release?.partner.id ?? null,
    verdict: verdictOf(all),
    counts: all,
    needles,
  };
}

/**
 * What to do with a request. Never throws on any head, whatever its strings hold. The destination's address is judged later,
 * by who resolves it; everything that policy and head decide is decided here.
 */
export function plan(ruleset: Ruleset, head: RequestHead, circumstances: Circumstances): Plan {
  const read = readRequest(head, circumstances.limits);
  if (read.kind === 'refusal') return refuse(read.code, read.local);
  const times = timesOf(circumstances);
  const { listener, skewMs, lockdown } = circumstances;
  if (read.form === 'authority') {
    const locked = lockedOf(lockdown, undefined);
    return tunnelOf({ ruleset, read, circumstances, times, release: undefined, locked });
  }
  const { host, port } = read.authority;
  const release = ruleset.release({ listener, host, port, times, skewMs });
  return forwardOf({ ruleset, read, circumstances, times, release, locked: lockedOf(lockdown, release) });
}
