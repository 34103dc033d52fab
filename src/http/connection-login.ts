// Schemes that log in the connection and not the request: whoever uses it next is logged in too (RFC 4559, section 6).
import type { Field } from './message.js';

/** Whether a field of this name, in lower case, says NTLM or Negotiate. */
export function isConnectionLogin(fields: readonly Field[], name: 'authorization' | 'www-authenticate'): boolean {
  return fields.some(
    (field) =>
      field.name.length === name.length &&
      field.name.toLowerCase() === name &&
      /(?:^|[\s,])(?:ntlm|negotiate)\b/i.test(field.value),
  );
}
