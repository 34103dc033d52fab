// What is in force now: one reference that a swap replaces. A request asks here when it is planned and again just before its head leaves.
import type { Circumstances, DetectionTally, Forward, Plan } from '../decision/plan-types.js';
import { plan } from '../decision/plan.js';
import { type EgressCheck, egressCheckOf } from '../egress/look.js';
import type { RequestHead } from '../http/message.js';
import { renderAuthority } from '../names/authority.js';
import { keyOf } from '../names/key.js';
import type { Ruleset } from '../policy/ruleset.js';
import type { Meter } from '../telemetry/meter.js';
import type { HeadCheck } from './connection.js';
import type { ProxySettings } from './settings.js';

/** Who asks and whether its identity headers are believed. */
export interface Origin {
  readonly listener: string;
  readonly trusted: boolean;
}

/** A value with a run of a digest's length costs 15 µs to look at: more of them are counted, not looked at. */
const DIGESTS_A_SECOND = 100;

const NOTHING_QUARANTINED: ReadonlySet<string> = new Set();

export class Running {
  readonly #settings: ProxySettings;
  #ruleset: Ruleset;
  #keys: ReadonlyMap<string, Uint8Array>;
  #egress: EgressCheck;
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

  constructor(settings: ProxySettings, ruleset: Ruleset, keys: ReadonlyMap<string, Uint8Array>, meter: Meter) {
    this.#meter = meter;
    this.#settings = settings;
    this.#ruleset = ruleset;
    this.#keys = keys;
    this.#egress = egressOf(ruleset, Date.now());
  }

  get ruleset(): Ruleset {
    return this.#ruleset;
  }

  swap(ruleset: Ruleset, keys: ReadonlyMap<string, Uint8Array>): void {
    this.#egress = egressOf(ruleset, Date.now());
    this.#keys = keys;
    this.#ruleset = ruleset;
  }

  plan(head: RequestHead, origin: Origin): Plan {
    const circumstances = this.#circumstances(origin);
    this.#settleTally(circumstances.now);
    return plan(this.#ruleset, head, circumstances);
  }

  /** Once a second: what was left out is counted, and the digests' budget begins anew. */
  #settleTally(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    if (second === this.#tallySecond) return;
    // A watch that ended: the second look strips its name from now on, as the decision does.
    const ended = this.#ruleset.policy.watch.some(
      ({ period }) => period.until !== null && period.until <= nowMs && period.until > this.#tallySecond * 1000,
    );
    if (ended) this.#egress = egressOf(this.#ruleset, nowMs);
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
    const { skewMs } = this.#settings;
    const host = planned.route.host;
    const release = this.#ruleset.release({
      listener: origin.listener,
      host,
      port: planned.authority.port,
      times,
      skewMs,
    });
    const isHeld = release === undefined || (release.partner.transport === 'tls' && !isVerifiedTls);
    const released = new Set(isHeld ? [] : release.rules.keys());
    // What was spoofed, ambiguous or asked with another Host was not released, whatever the policy permits here.
    const unchanged = new Set(
      isHeld || planned.verdict !== 'released'
        ? []
        : [...release.rules.values()].filter((rule) => rule.form === 'unchanged').map((rule) => rule.key),
    );
    const suppressed = new Set(
      planned.fields
        .map((field) => keyOf(field.name))
        .filter((key) => this.#ruleset.isSuppressed(key, host, times, skewMs)),
    );
    const expectation = {
      authority: renderAuthority(planned.authority, 80),
      released,
      needles: planned.needles.map(({ kind, value, key }) => ({ kind, value, released: unchanged.has(key) })),
      suppressed,
    };
    const egress = this.#egress;
    return (head) => {
      const fault = egress.look(head, expectation);
      if (fault !== undefined) onFault(fault.field);
      return fault === undefined;
    };
  }

  #times(): readonly number[] {
    const now = Date.now();
    if (now >= this.#highestMs) this.#highestMs = now;
    return now < this.#highestMs - this.#settings.skewMs ? [now, this.#highestMs] : [now];
  }

  #circumstances({ listener, trusted }: Origin): Circumstances {
    const now = Date.now();
    if (now > this.#highestMs) this.#highestMs = now;
    const { skewMs, connect, via, limits } = this.#settings;
    return {
      now,
      highestMs: this.#highestMs,
      skewMs,
      listener,
      trusted,
      quarantined: NOTHING_QUARANTINED,
      keys: this.#keys,
      connectPorts: connect.ports,
      via,
      limits,
      tally: this.#tally,
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
  return egressCheckOf({ own: headers, watched, exact: detection.exact });
}
