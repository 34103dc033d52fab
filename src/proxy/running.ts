// What is in force now: one reference that a swap replaces. A request asks here when it is planned and again just before its head leaves.
import type { Circumstances, Forward, Plan } from '../decision/plan-types.js';
import { plan } from '../decision/plan.js';
import { type EgressCheck, egressCheckOf } from '../egress/look.js';
import type { RequestHead } from '../http/message.js';
import { renderAuthority } from '../names/authority.js';
import { keyOf } from '../names/key.js';
import type { Ruleset } from '../policy/ruleset.js';
import type { HeadCheck } from './connection.js';
import type { ProxySettings } from './settings.js';

/** Who asks and whether its identity headers are believed. */
export interface Origin {
  readonly listener: string;
  readonly trusted: boolean;
}

const NOTHING_QUARANTINED: ReadonlySet<string> = new Set();

export class Running {
  readonly #settings: ProxySettings;
  #ruleset: Ruleset;
  #keys: ReadonlyMap<string, Uint8Array>;
  #egress: EgressCheck;
  /** The highest time this process ever saw (design: behind it by more than the skew, a release must hold at both). */
  #highestMs = 0;

  constructor(settings: ProxySettings, ruleset: Ruleset, keys: ReadonlyMap<string, Uint8Array>) {
    this.#settings = settings;
    this.#ruleset = ruleset;
    this.#keys = keys;
    this.#egress = egressOf(ruleset);
  }

  get ruleset(): Ruleset {
    return this.#ruleset;
  }

  swap(ruleset: Ruleset, keys: ReadonlyMap<string, Uint8Array>): void {
    this.#egress = egressOf(ruleset);
    this.#keys = keys;
    this.#ruleset = ruleset;
  }

  plan(head: RequestHead, origin: Origin): Plan {
    return plan(this.#ruleset, head, this.#circumstances(origin));
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
    const unchanged = new Set(
      isHeld ? [] : [...release.rules.values()].filter((r) => r.form === 'unchanged').map((r) => r.key),
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
    };
  }
}

/** Watched names are told without their beginning: a watch that begins later must not look like a leak to an old check. */
function egressOf(ruleset: Ruleset): EgressCheck {
  return egressCheckOf({
    own: ruleset.policy.headers,
    watched: ruleset.policy.watch.map((watch) => watch.key),
    exact: ruleset.policy.detection.exact,
  });
}
