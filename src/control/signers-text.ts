// The text of `allowed_signers`, as far as it is compared. It decides nothing yet: what cannot be read is not there.
import { readFileSync } from 'node:fs';

/** null: none is named, or it cannot be read. */
export function signersTextOf(file: string | null): string | null {
  try {
    return file === null ? null : readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
