// What a proxy needs to know of headgate.yaml: plain JSON-safe data, already validated. Reading the file is control's.

export interface ListenAddress {
  /** An address without brackets. */
  readonly host: string;
  readonly port: number;
}

export interface ListenerSettings {
  readonly name: string;
  readonly address: ListenAddress;
  /** CIDRs that may connect. */
  readonly clients: readonly string[];
  /** Whose identity is believed: CIDRs, `path` (all that comes on this wire went through the enricher) or `none`. */
  readonly trust: readonly string[] | 'path' | 'none';
}

export interface DestinationSettings {
  /** Static answers before DNS: exact names, then the longest `*.` wildcard. */
  readonly hosts: Readonly<Record<string, ListenAddress>>;
  /** Every other host (labs and tests only). */
  readonly default: ListenAddress | null;
  /** CIDRs excepted from the refused address ranges. */
  readonly permit: readonly string[];
  readonly refusedPorts: readonly number[];
  /** Resolvers as `address` or `address:port`; empty: the system's. */
  readonly resolvers: readonly string[];
  readonly tls: { readonly ca: readonly string[] };
}

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

export interface ProxySettings {
  readonly listeners: readonly ListenerSettings[];
  readonly paths: readonly ('fast' | 'slow')[];
  readonly destinations: DestinationSettings;
  readonly connect: { readonly ports: readonly number[] };
  readonly limits: Limits;
  readonly skewMs: number;
  readonly via: boolean;
}
