// The gated settings in the form that runs: what a worker swaps beside the policy, and what the state keeps of them. Plain JSON-safe
// data without a path of a file: a restart that cannot read one has the value all the same.

export interface Endpoint {
  /** An address without brackets. */
  readonly host: string;
  readonly port: number;
}

/** What stands before the first request of a connection: nothing, or a line of PROXY protocol. */
export type ListenerKind = 'http' | 'proxy-protocol';

export interface ListenerTrust {
  readonly name: string;
  /** Absent: `http`. */
  readonly kind?: ListenerKind | undefined;
  /** CIDRs that may connect. */
  readonly clients: readonly string[];
  /** Whose identity is believed: CIDRs, `path` (all that comes on this wire went through the enricher) or `none`. */
  readonly trust: readonly string[] | 'path' | 'none';
  /** Where every request on it goes, whatever host it asks for: the canary's own listener. Absent: where its host is. */
  readonly mirror?: Endpoint | undefined;
  /** The listener as which the policy judges it. Absent: itself. */
  readonly as?: string | undefined;
}

export interface Destinations {
  /** Static answers before DNS: exact names, then the longest `*.` wildcard. */
  readonly hosts: Readonly<Record<string, Endpoint>>;
  /** Every other host (labs and tests only). */
  readonly default: Endpoint | null;
  /** CIDRs excepted from the refused address ranges. */
  readonly permit: readonly string[];
  readonly refusedPorts: readonly number[];
  /** Resolvers as `address` or `address:port`; empty: the system's. */
  readonly resolvers: readonly string[];
  /** PEM texts of authorities beside the usual ones. */
  readonly tls: { readonly ca: readonly string[] };
}

export interface RuntimeGated {
  /** A listener that is not among them lets nobody connect and believes nobody. */
  readonly listeners: readonly ListenerTrust[];
  readonly destinations: Destinations;
  /** Ports that CONNECT may name. */
  readonly connectPorts: readonly number[];
  readonly skewMs: number;
  /** How far ahead a policy's `until` may lie; no worker asks. */
  readonly maxYears: number;
  /** Marks (`canaryMarkOf`) of the canaries' numbers, never the numbers. Absent: none. */
  readonly canaries?: readonly string[] | undefined;
}
