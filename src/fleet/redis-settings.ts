// Where the Redis is that replicas share, as headgate.yaml says it. Plain data; reads no file.

/** A host name or an IP address, and a port. */
export interface RedisPlace {
  readonly host: string;
  readonly port: number;
}

/** The setting `redis`. Paths are absolute. */
export interface RedisSettings {
  readonly at:
    | { readonly kind: 'one'; readonly place: RedisPlace | { readonly path: string }; readonly database: number }
    /** `master`: the name under which the Sentinels watch it. */
    | { readonly kind: 'sentinels'; readonly sentinels: readonly RedisPlace[]; readonly master: string }
    /** Any of its nodes; the others are found. */
    | { readonly kind: 'cluster'; readonly nodes: readonly RedisPlace[] };
  /** Null: plain TCP. `ca`: files; none: the system's authorities. `serverName` null: the host as it is written. */
  readonly tls: { readonly ca: readonly string[]; readonly serverName: string | null } | null;
  /** Null: `default`. */
  readonly username: string | null;
  /** Null: no password. */
  readonly passwordFile: string | null;
  /** Every key and channel begins with `{prefix}:`. */
  readonly prefix: string;
  /** The name of this replica; null: that of the machine. */
  readonly replica: string | null;
}
