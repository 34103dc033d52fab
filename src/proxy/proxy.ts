// The proxy as control sees it: started with a ruleset, swapped, drained. It carries traffic and knows no file.
import type { Ruleset } from '../policy/ruleset.js';
import type { Log } from '../telemetry/log.js';
import type { Meter } from '../telemetry/meter.js';
import type { ListenAddress, ProxySettings } from './settings.js';

export interface ProxyOptions {
  readonly settings: ProxySettings;
  readonly ruleset: Ruleset;
  /** Pseudonym keys by id; secret. */
  readonly keys: ReadonlyMap<string, Uint8Array>;
  readonly meter: Meter;
  readonly log: Log;
  /** What else this gateway listens on (metrics, admin): a request to it would be a loop. */
  readonly ownAddresses: readonly ListenAddress[];
  /** Client connections that this process may hold. */
  readonly connectionShare: number;
}

export interface Proxy {
  /** What each listener really listens on (a configured port 0 is resolved). */
  readonly addresses: readonly { readonly name: string; readonly host: string; readonly port: number }[];
  /** In force for the next request of every open connection. */
  swap(ruleset: Ruleset, keys: ReadonlyMap<string, Uint8Array>): void;
  /** Stops accepting, finishes requests in flight, then closes all; resolves when nothing is open or the deadline passed. */
  drain(deadlineMs: number): Promise<void>;
}
