// Which host and port a request names. Works on the raw characters: no percent-decoding, no Unicode, no `new URL`.

export type HostKind = 'name' | 'ipv4' | 'ipv6';

/**
 * A destination as the subscriber names it, canonical: lower case, one trailing dot taken off, IPv6 as RFC 5952 writes
 * it and without brackets. `port` is always there (the default of the scheme when the text had none).
 */
export interface Authority {
  readonly host: string;
  readonly kind: HostKind;
  readonly port: number;
}
