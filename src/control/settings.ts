// How this gateway runs: the value of headgate.yaml after validation, plain JSON-safe data. Reading it is settings-file.ts.
import type { ListenAddress, ProxySettings } from '../proxy/settings.js';

export interface Settings extends ProxySettings {
  readonly metrics: ListenAddress | null;
  /** Absolute path of the policy. */
  readonly policyFile: string;
  /** Absolute path of the state folder. */
  readonly stateFolder: string;
  /** Processes that carry traffic; `auto` has been resolved. */
  readonly workers: number;
  /** Pseudonym key files by key id (absolute paths). */
  readonly keys: Readonly<Record<string, string>>;
  readonly log: { readonly level: 'debug' | 'info' | 'warn' | 'error' };
}
