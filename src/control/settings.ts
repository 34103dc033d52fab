// How this gateway runs: the value of headgate.yaml after validation, plain JSON-safe data. Reading it is settings-file.ts.

export interface ListenAddress {
  /** An address without brackets, or null for a unix socket. */
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

export interface Settings {
  readonly listeners: readonly ListenerSettings[];
  readonly metrics: ListenAddress | null;
  /** Absolute path of the policy. */
  readonly policyFile: string;
  /** Absolute path of the state folder. */
  readonly stateFolder: string;
  readonly workers: number;
  readonly paths: readonly ('fast' | 'slow')[];
  readonly destinations: DestinationSettings;
  readonly connect: { readonly ports: readonly number[] };
  readonly limits: Limits;
  readonly skewMs: number;
  /** Pseudonym key files by key id (absolute paths). */
  readonly keys: Readonly<Record<string, string>>;
  readonly via: boolean;
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
}
