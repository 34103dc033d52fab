// Which headgate this is, from its own package.
import { readFileSync } from 'node:fs';

/** The version of package.json, for example `0.1.0`. */
export function headgateVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}
