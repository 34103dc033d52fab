// The proxy as control sees it: started with a ruleset, swapped, drained. It carries traffic and knows no file.
import type { Lockdown } from '../decision/plan-types.js';
import type { Ruleset } from '../policy/ruleset.js';
import type { RuntimeGated } from '../policy/runtime-gated.js';
import type { Log } from '../telemetry/log.js';
import type { Meter } from '../telemetry/meter.js';
import type { AcceptTurns } from './accept-turns.js';
import type { Lookout } from './lookout.js';
import type { FreeSettings, ListenAddress } from './settings.js';

/** All that one swap replaces. */
export interface ProxyValue {
  readonly ruleset: Ruleset;
  /** Pseudonym keys by id; secret. */
  readonly keys: ReadonlyMap<string, Uint8Array>;
  readonly runtime: RuntimeGated;
}

export interface ProxyOptions {
  readonly settings: FreeSettings;
  readonly value: ProxyValue;
  /** Asked for each request when it is planned and again before its head leaves; the same reference while nothing changed. */
  readonly lockdown: () => Lockdown;
  /** The keys of names in quarantine on a listener; asked for each request. Default: none. Where the policy only observes, nobody asks. */
  readonly quarantined?: (listener: string) => ReadonlySet<string>;
  /** What is told of leaks and names. Default: one of its own, whose notes nobody takes. */
  readonly lookout?: Lookout;
  /** The highest time that is known, milliseconds since the epoch; a clock behind it is not believed alone. Default 0. */
  readonly highestMs?: number;
  readonly meter: Meter;
  readonly log: Log;
  /** What else this gateway listens on (metrics, admin): a request to it would be a loop. */
  readonly ownAddresses: readonly ListenAddress[];
  /** Client connections that this process may hold. */
  readonly connectionShare: number;
  /** Turns that workers on the same listening sockets give each other. Default: it is alone. */
  readonly turns?: AcceptTurns;
}

export interface Proxy {
  /** What each listener really listens on (a configured port 0 is resolved). */
  readonly addresses: readonly { readonly name: string; readonly host: string; readonly port: number }[];
  /**
   * Builds it beside what runs; the function that comes back puts it in force by one reference, for the next request of every
   * open connection and for those that wait for a connection. Throws where it cannot be built; nothing has changed then.
   */
  prepare(value: ProxyValue): () => void;
  /** Stops accepting, finishes requests in flight, then closes all; resolves when nothing is open or the deadline passed. */
  drain(deadlineMs: number): Promise<void>;
}
