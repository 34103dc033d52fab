// The second net under the rule that no subscriber value is ever logged: long digit runs do not reach the log, whoever wrote them.
import type { LogFields } from './log.js';

const DIGITS = /\d{8,}/g;
const REPLACEMENT = '[digits]';
/** A digest of a policy is hexadecimal and may hold such a run by chance; it is told by its field and its exact shape. */
const DIGEST_FIELDS: ReadonlySet<string> = new Set(['digest', 'previous']);
const DIGEST = /^[0-9a-f]{64}$/;

/** `text` with every run of 8 or more digits replaced: an MSISDN has 8 to 15, an IMSI 15, an IMEI 15 or 16. */
export function redactText(text: string): string {
  return text.replace(DIGITS, REPLACEMENT);
}

/** The same for the strings of a log line; numbers, booleans and a policy's digest stay. */
export function redactFields(fields: LogFields): LogFields {
  const redacted: Record<string, LogFields[string]> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string')
      redacted[name] = DIGEST_FIELDS.has(name) && DIGEST.test(value) ? value : redactText(value);
    else if (typeof value === 'object' && value !== null) redacted[name] = value.map(redactText);
    else redacted[name] = value;
  }
  return redacted;
}
