// What two spellings of one field name share. CGI, WSGI, PHP and FastCGI read `X-MSISDN`, `X_MSISDN` and `X.Msisdn` as one
// variable, so they are one name here too. INVARIANT: never Unicode-aware; `İ` folds to nothing, not to `i`.

const isAlphanumeric = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39);

/** The key of a field name: its ASCII letters and digits, in lower case. Empty for a name that has none. */
export function keyOf(name: string): string {
  let key = '';
  let start = 0;
  for (let i = 0; i < name.length; i += 1) {
    if (isAlphanumeric(name.charCodeAt(i))) continue;
    if (i > start) key += name.slice(start, i);
    start = i + 1;
  }
  if (start === 0) return name.toLowerCase();
  if (start < name.length) key += name.slice(start);
  return key.toLowerCase();
}

/**
 * Every key under which a reader may find the name: its key and, because CGI puts `HTTP_` before what it was sent, the key
 * without one leading `http`. One or two members, the key first.
 */
export function keysOf(name: string): readonly string[] {
  const key = keyOf(name);
  return key.length > 4 && key.startsWith('http') ? [key, key.slice(4)] : [key];
}
