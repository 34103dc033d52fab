// The second net under the rule that no subscriber value is ever logged: long digit runs do not reach the log, whoever wrote them.
import type { LogFields } from './log.js';

const DIGITS = /\d{8,}/g;
const REPLACEMENT = '[digits]';
/** Values of ours that may hold such a run by chance (hexadecimal), each told by its field and its exact shape. */
const OURS: Readonly<Record<string, RegExp>> = {
  digest: /^[0-9a-f]{64}$/,
  previous: /^[0-9a-f]{64}$/,
  request: /^[0-9a-f]{8}-[0-9a-z]{1,7}$/,
};

/** `text` with every run of 8 or more digits replaced: an MSISDN has 8 to 15, an IMSI 15, an IMEI 15 or 16. */
export function redactText(text: string): string {
  return text.replace(DIGITS, REPLACEMENT);
}

/** The same for the strings of a log line; numbers, booleans, digests of a policy and request ids stay. */
export function redactFields(fields: LogFields): LogFields {
  const redacted: Record<string, LogFields[string]> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') redacted[name] = OURS[name]?.test(value) === true ? value : redactText(value);
    else if (typeof value === 'object' && value !== null) redacted[name] = value.map(redactText);
    else redacted[name] = value;
  }
  return redacted;
}
