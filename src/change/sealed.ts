// A JSON document of the state folder as text: with its name and a checksum, so that a changed, cut, half-written or swapped one
// is noticed. Guesses nothing: a text is exactly what was sealed, or it is refused.
import { createHash } from 'node:crypto';
import { canonicalJson } from '../policy/canonical-json.js';

export type Unsealed =
  | { readonly ok: true; readonly value: unknown }
  /** `why` continues a sentence: "`state.json` is not used: " and it. */
  | { readonly ok: false; readonly why: string };

/** Canonical JSON and a line end. `name` is the file's path inside the folder: another document in its place is refused. */
export function sealed(name: string, value: unknown): string {
  return `${canonicalJson({ name, sha256: sumOf(name, value), value })}\n`;
}

/** The value of a text that `sealed` wrote for this name. Every byte counts: white space and order of keys too. */
export function unsealed(name: string, text: string): Unsealed {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return { ok: false, why: 'it is cut short or no JSON' };
  }
  if (typeof read !== 'object' || read === null) return { ok: false, why: 'it is no document of a state folder' };
  const { name: own, sha256, value } = read as { name?: unknown; sha256?: unknown; value?: unknown };
  if (typeof own !== 'string' || typeof sha256 !== 'string' || value === undefined) {
    return { ok: false, why: 'it is no document of a state folder' };
  }
  if (own !== name) return { ok: false, why: 'it is another document under this name' };
  if (sumOf(name, value) !== sha256) return { ok: false, why: 'its content does not have its checksum' };
  if (sealed(name, value) !== text) return { ok: false, why: 'its text is not as it was written' };
  return { ok: true, value };
}

function sumOf(name: string, value: unknown): string {
  return createHash('sha256').update(canonicalJson({ name, value })).digest('hex');
}
