// What a word without quotes is in YAML, where that is beyond doubt: text, a plain decimal number, true or false.

/** The core schema's numbers (YAML 1.2.2, section 10.3.2) and more: what is none of these is text. */
const NUMBER_LIKE = /^(?:[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?|0o[0-7]+|0x[\da-f]+|[-+]?\.(?:inf|nan))$/i;
const PLAIN_NUMBER = /^-?(?:0|[1-9]\d{0,13})(?:\.\d{1,9})?$/;
const WORD_LIKE = /^(?:null|true|false)$/i;

/** Undefined: none of these, or written in an unusual way. `source` is not empty. */
export function quickScalarOf(source: string): string | number | boolean | undefined {
  const code = source.charCodeAt(0);
  // A digit, a sign or a point.
  if (code <= 0x39) return NUMBER_LIKE.test(source) ? plainNumberOf(source) : source;
  if (source.length > 5 || !WORD_LIKE.test(source)) return source;
  if (source === 'true') return true;
  return source === 'false' ? false : undefined;
}

function plainNumberOf(source: string): number | undefined {
  return PLAIN_NUMBER.test(source) ? Number(source) : undefined;
}
