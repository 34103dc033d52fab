// What a proxy needs to know of headgate.yaml: plain JSON-safe data, already validated. Reading the file is control's.
import type { Destinations, ListenerTrust, Endpoint } from '../policy/runtime-gated.js';

export type ListenAddress = Endpoint;

export interface ListenerSettings extends ListenerTrust {
  readonly address: ListenAddress;
}

export type DestinationSettings = Destinations;

export interface Limits {
  readonly headBytes: number;
  readonly fields: number;
  /** Client connections of the whole process group. */
  readonly connections: number;
  readonly headTimeoutMs: number;
  readonly connectTimeoutMs: number;
  readonly responseTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly tunnelIdleTimeoutMs: number;
  /** Upstream connections per pool key, and requests waiting for one. */
  readonly perDestination: number;
  readonly waiting: number;
  readonly waitTimeoutMs: number;
  /** SIGTERM to exit at most. */
  readonly drainTimeoutMs: number;
}

/** What only a restart changes, or nothing judges. The gated settings come with each policy (`RuntimeGated`). */
export interface FreeSettings {
  readonly listeners: readonly Pick<ListenerSettings, 'name' | 'address'>[];
  readonly paths: readonly ('fast' | 'slow')[];
  readonly limits: Limits;
  readonly via: boolean;
}

export interface ProxySettings extends FreeSettings {
  readonly listeners: readonly ListenerSettings[];
  readonly destinations: DestinationSettings;
  readonly connect: { readonly ports: readonly number[] };
  readonly skewMs: number;
}
