// What is in force now: one reference that a swap replaces. A request asks here when it is planned and again just before its head leaves.
import { lockedOf } from '../decision/lockdown.js';
import { ByteRules } from '../decision/byte-rules.js';
import type { Circumstances, DetectionTally, Forward, Lockdown, Plan } from '../decision/plan-types.js';
import { plan } from '../decision/plan.js';
import { Expectation, Permission } from '../egress/expectation.js';
import { type EgressCheck, egressCheckOf, type EgressFault, type Sought } from '../egress/look.js';
import type { RequestHead } from '../http/message.js';
import { renderAuthority } from '../names/authority.js';
import { keyOf } from '../names/key.js';
import type { Ruleset } from '../policy/ruleset.js';
import type { Meter } from '../telemetry/meter.js';
import type { HeadCheck } from './connection.js';
import type { ProxyOptions, ProxyValue } from './proxy.js';
import { Reach, type ReachParts } from './reach.js';
import { Sample } from './sample.js';
import type { FreeSettings } from './settings.js';
import { LEAVING_LINES_AT, SLAB, SLAB_MEMORY } from './slab.js';
import type { Stretch } from './stretch.js';

/** Who asks and whether its identity headers are believed. */
export interface Origin {
  readonly listener: string;
  /** The listener as which the policy judges it; absent: `listener`. */
  readonly as?: string | undefined;
  readonly trusted: boolean;
}

/** A value with a run of a digest's length costs 15 µs to look at: more of them are counted, not looked at. */
const DIGESTS_A_SECOND = 100;

/** Where the heads of the fast path lie, if a program can look at them there. */
const LEAVING =
  SLAB_MEMORY === null ? undefined : { memory: SLAB_MEMORY, bytes: SLAB, tablesAt: LEAVING_LINES_AT, owner: null };

const NOTHING_QUARANTINED: ReadonlySet<string> = new Set();

/** What a swap replaces, built. */
interface InForce {
  readonly ruleset: Ruleset;
  readonly keys: ReadonlyMap<string, Uint8Array>;
  readonly reach: Reach;
  /** For the plan on bytes; made again when the time leaves its stretch. */
  readonly rules: ByteRules;
}

export class Running {
  readonly #settings: FreeSettings;
  readonly #parts: ReachParts;
  readonly #lockdown: () => Lockdown;
  readonly #quarantined: ProxyOptions['quarantined'];
  #inForce: InForce;
  #egress: EgressCheck;
  /** Of lockdown for all. */
  #strictEgress: EgressCheck;
  /** The highest time this process ever saw (design: behind it by more than the skew, a release must hold at both). */
  #highestMs = 0;
  readonly #meter: Meter;
  readonly #tally: DetectionTally = {
    cutValues: 0,
    digestValuesLeft: DIGESTS_A_SECOND,
    digestValuesSkipped: 0,
    needlesDropped: 0,
  };
  #tallySecond = 0;
  readonly #sample = new Sample();
  /** Null: no request asked yet. */
  #stretch: Stretch | null = null;

  /** `own`: everything that this gateway itself listens on; grows when its listeners listen. */
  constructor({ settings, value, lockdown, quarantined, meter, highestMs }: ProxyOptions, own: ReachParts['own']) {
    this.#settings = settings;
    this.#parts = { own, meter };
    this.#lockdown = lockdown;
    this.#quarantined = quarantined;
    this.#highestMs = highestMs ?? 0;
    this.#meter = meter;
    this.#inForce = this.#build(value, undefined);
    this.#egress = egressOf(value.ruleset, Date.now());
    this.#strictEgress = strictEgressOf(value.ruleset);
  }

  get ruleset(): Ruleset {
    return this.#inForce.ruleset;
  }

  /** Another reference once a gated setting changed: where a request may go is then looked at again. */
  get reach(): Reach {
    return this.#inForce.reach;
  }

  /** The keys of the names that are withheld from strangers on a listener until someone decides. */
  quarantined(listener: string): ReadonlySet<string> {
    const isOn = this.ruleset.policy.detection.novelty === 'quarantine';
    return (isOn ? this.#quarantined?.(listener) : undefined) ?? NOTHING_QUARANTINED;
  }

  /** As `Proxy.prepare`. */
  prepare(value: ProxyValue): () => void {
    const next = this.#build(value, this.#inForce.reach);
    const strictEgress = strictEgressOf(value.ruleset);
    return () => {
      this.#egress = egressOf(value.ruleset, Date.now());
      this.#strictEgress = strictEgress;
      this.#inForce = next;
    };
  }

  #build({ ruleset, keys, runtime }: ProxyValue, before: Reach | undefined): InForce {
    const reach = Reach.of(runtime, this.#parts, before);
    const rules = ByteRules.of(ruleset, { nowMs: Date.now(), skewMs: reach.skewMs });
    return { ruleset, keys, reach, rules };
  }

  /** Another reference whenever requests may be decided otherwise than before: policy, settings, lockdown, or the time. */
  stretchAt(askedMs: number): Stretch {
    // The clock of a turn may be older than the last plan's.
    const nowMs = askedMs < this.#highestMs ? Date.now() : askedMs;
    if (nowMs > this.#highestMs) this.#highestMs = nowMs;
    this.#settleTally(nowMs);
    const now = this.#stretch;
    return now !== null && this.#holds(now, nowMs) ? now : (this.#stretch = this.#stretchFrom(nowMs));
  }

  #holds(now: Stretch, nowMs: number): boolean {
    const { ruleset, reach } = this.#inForce;
    const isSame = now.ruleset === ruleset && now.reach === reach && now.lockdown === this.#lockdown();
    const isBelieved = nowMs >= this.#highestMs - now.skewMs || !now.isPlain;
    return isSame && isBelieved && nowMs >= now.fromMs && nowMs < now.untilMs;
  }

  #stretchFrom(nowMs: number): Stretch {
    const { ruleset, reach, rules } = this.#inForce;
    const { skewMs } = reach;
    // Behind the highest time ever seen the clock is not believed alone: then nothing is worked out beyond this second.
    const isBehind = nowMs < this.#highestMs - skewMs;
    if (nowMs < rules.fromMs || nowMs >= rules.untilMs) {
      this.#inForce = { ...this.#inForce, rules: ByteRules.of(ruleset, { nowMs, skewMs }) };
    }
    const lockdown = this.#lockdown();
    const now = this.#inForce.rules;
    return {
      ruleset,
      reach,
      lockdown,
      skewMs,
      rules: now,
      isPlain: lockdown === 'off' && !isBehind && !this.#settings.via,
      fromMs: isBehind ? nowMs : now.fromMs,
      untilMs: isBehind ? nowMs + 1000 : now.untilMs,
      timesAt: () => this.#times(),
    };
  }

  /** The second look, without lockdown, at a head in `bytes[start, end)`; undefined: it may leave. */
  look(bytes: Buffer, start: number, end: number, expectation: Expectation, sought: Sought): EgressFault | undefined {
    return this.#egress.look(bytes, start, end, expectation, sought);
  }

  /** Whether this request belongs to the sample whose names are looked at: the same for all ways to plan it. */
  takesSample(): boolean {
    return this.#sample.take();
  }

  /** What the decisions of this process may still spend. */
  get detectionTally(): DetectionTally {
    return this.#tally;
  }

  plan(head: RequestHead, origin: Origin): Plan {
    const circumstances = this.#circumstances(origin);
    this.#settleTally(circumstances.now);
    return plan(this.ruleset, head, circumstances);
  }

  /** Of each request. Once a second: what was left out is counted, and the digests' budget begins anew. */
  #settleTally(nowMs: number): void {
    this.#sample.at(nowMs);
    const second = Math.floor(nowMs / 1000);
    if (second === this.#tallySecond) return;
    // A watch that ended: the second look strips its name from now on, as the decision does.
    const ended = this.ruleset.policy.watch.some(
      ({ period }) => period.until !== null && period.until <= nowMs && period.until > this.#tallySecond * 1000,
    );
    if (ended) this.#egress = egressOf(this.ruleset, nowMs);
    this.#tallySecond = second;
    const tally = this.#tally;
    const skipped = [
      ['value-end', tally.cutValues],
      ['digest', tally.digestValuesSkipped],
      ['needle', tally.needlesDropped],
    ] as const;
    for (const [what, count] of skipped)
      if (count > 0) this.#meter.count('headgate_detection_skipped_total', [what], count);
    tally.cutValues = 0;
    tally.digestValuesSkipped = 0;
    tally.needlesDropped = 0;
    tally.digestValuesLeft = DIGESTS_A_SECOND;
  }

  /** The second look for a planned request on a connection: what the policy releases to *this* connection's host. */
  headCheck(planned: Forward, origin: Origin, isVerifiedTls: boolean, onFault: (field: string) => void): HeadCheck {
    const times = this.#times();
    const { skewMs } = this.reach;
    const host = planned.route.host;
    const release = this.ruleset.release({
      listener: origin.as ?? origin.listener,
      host,
      port: planned.authority.port,
      times,
      skewMs,
    });
    const locked = lockedOf(this.#lockdown(), release);
    const isOpen =
      locked === 'nothing' && release !== undefined && (release.partner.transport !== 'tls' || isVerifiedTls);
    const released = new Set(isOpen ? release.rules.keys() : []);
    // What was spoofed, ambiguous or asked with another Host was not released, whatever the policy permits here.
    const unchanged = new Set(
      isOpen && planned.verdict === 'released'
        ? [...release.rules.values()].filter((rule) => rule.form === 'unchanged').map((rule) => rule.key)
        : [],
    );
    const suppressed = new Set(
      locked === 'nothing'
        ? planned.fields
            .map((field) => keyOf(field.name))
            .filter((key) => this.ruleset.isSuppressed(key, host, times, skewMs))
        : [],
    );
    const authority = renderAuthority(planned.authority, 80);
    const expectation = new Expectation(authority, new Permission({ released, unchanged, suppressed }));
    const egress = locked === 'everything' ? this.#strictEgress : this.#egress;
    const { needles } = planned;
    const sought = { hasTokens: needles.some(({ kind }) => kind === 'token'), needles };
    return (head) => {
      const fault = egress.look(head, 0, head.length, expectation, sought);
      if (fault !== undefined) onFault(fault.field);
      return fault === undefined;
    };
  }

  #times(): readonly number[] {
    const now = Date.now();
    if (now >= this.#highestMs) this.#highestMs = now;
    return now < this.#highestMs - this.reach.skewMs ? [now, this.#highestMs] : [now];
  }

  #circumstances({ listener, as, trusted }: Origin): Circumstances {
    const now = Date.now();
    if (now > this.#highestMs) this.#highestMs = now;
    const { via, limits } = this.#settings;
    const { skewMs, connectPorts, canaries } = this.reach;
    return {
      now,
      highestMs: this.#highestMs,
      skewMs,
      listener: as ?? listener,
      trusted,
      quarantined: this.quarantined(listener),
      lockdown: this.#lockdown(),
      keys: this.#inForce.keys,
      connectPorts,
      via,
      limits,
      tally: this.#tally,
      ...(canaries === undefined ? {} : { canaries }),
    };
  }
}

/**
 * Watched names that have not ended. One that begins later is among them: an old check must not take it for a leak. An end
 * is noticed within a second of traffic.
 */
function egressOf(ruleset: Ruleset, nowMs: number): EgressCheck {
  const { headers, watch, detection } = ruleset.policy;
  const isOver = (until: number | null): boolean => until !== null && until <= nowMs;
  const watched = watch.filter(({ period }) => !isOver(period.until)).map(({ key }) => key);
  return egressCheckOf({ own: headers, watched, exact: detection.exact }, LEAVING);
}

/** Under lockdown for all: no name is watched, names of low trust are identity, and a needle is withheld whatever the policy says. */
function strictEgressOf({ policy: { headers } }: Ruleset): EgressCheck {
  return egressCheckOf({ own: headers, watched: [], exact: 'withhold', hasLowTrust: true }, LEAVING);
}
