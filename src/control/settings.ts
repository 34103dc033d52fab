// How this gateway runs: the value of headgate.yaml after validation, plain JSON-safe data. Reading it is settings-file.ts.
import type { RedisSettings } from '../fleet/redis-settings.js';
import type { ListenAddress, ProxySettings } from '../proxy/settings.js';

/** `destinations.tls.ca` holds the PEM texts themselves once the gateway has read them (trusted-files.ts), paths before. */
export interface Settings extends ProxySettings {
  readonly metrics: ListenAddress | null;
  /** Where the admin API is; null: nowhere. Token files by role, absolute. */
  readonly admin: {
    readonly address: ListenAddress | { readonly path: string };
    readonly tokens: Readonly<Record<string, string>>;
  } | null;
  /** Absolute path of the policy. */
  readonly policyFile: string;
  /** Absolute path of the policy's own decision tests; null: none. */
  readonly testsFile: string | null;
  /** Absolute path of the policy that no approval exceeds; null: none. */
  readonly ceilingFile: string | null;
  /** Absolute path of the folder of approvals. */
  readonly approvalsFolder: string;
  /** Absolute path of the state folder. */
  readonly stateFolder: string;
  /** Processes that carry traffic; `auto` has been resolved. */
  readonly workers: number;
  /** Pseudonym key files by key id (absolute paths). */
  readonly keys: Readonly<Record<string, string>>;
  /** Who must approve a widening. `signers` and `revoked` are absolute paths. */
  readonly approval: {
    readonly required: number;
    readonly groups: Readonly<Record<string, number>>;
    readonly signers: string | null;
    readonly revoked: string | null;
    readonly audience: string | null;
  };
  /** Numbers that canaries carry: international digits, or an IMSI. */
  readonly canaryNumbers: readonly string[];
  /** How far ahead a policy's `until` may lie, 1 to 3. */
  readonly maxYears: number;
  /** Absolute paths of `destinations.tls.ca`, whatever that holds by now. */
  readonly authorityFiles: readonly string[];
  /** What replicas share lies there; null: they share nothing. */
  readonly redis: RedisSettings | null;
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
}
