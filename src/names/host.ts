// The one canonical form of a host name, on the raw characters: what cannot be read in exactly one way is no name.
// No percent-decoding, no Unicode, no numeric address in disguise (`0x7f.1`, `2130706433`: RFC 3986, section 7.4).

export interface HostNameOptions {
  /** A request's Host: `_` anywhere and `-` at the edge of a label, as real sites have them. Default false (a policy). */
  readonly underscore?: boolean;
}

const HYPHEN = 0x2d;
const DOT = 0x2e;
const UNDERSCORE = 0x5f;

const isLabelCode = (code: number): boolean =>
  (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || (code >= 0x30 && code <= 0x39);

/** Resolvers of the C library read such a last label as (a part of) an IPv4 address. */
function isNumeric(label: string): boolean {
  return /^(?:[0-9]+|0[xX][0-9a-fA-F]*)$/.test(label);
}

/**
 * The name in lower case without its one trailing dot; undefined when it is not 1 to 253 octets of labels of 1 to 63 letters,
 * digits and hyphens (RFC 1123, section 2.1), or when its last label is a number.
 */
export function parseHostName(text: string, options: HostNameOptions = {}): string | undefined {
  const underscore = options.underscore === true;
  const end = text.charCodeAt(text.length - 1) === DOT ? text.length - 1 : text.length;
  if (end < 1 || end > 253) return undefined;
  let label = 0;
  for (let i = 0; i <= end; i += 1) {
    const code = i === end ? DOT : text.charCodeAt(i);
    if (code === DOT) {
      if (i === label || i - label > 63) return undefined;
      if (!underscore && (text.charCodeAt(label) === HYPHEN || text.charCodeAt(i - 1) === HYPHEN)) return undefined;
      if (i < end) label = i + 1;
    } else if (!isLabelCode(code) && code !== HYPHEN && !(underscore && code === UNDERSCORE)) {
      return undefined;
    }
  }
  const name = text.slice(0, end);
  const first = name.charCodeAt(label);
  if (first >= 0x30 && first <= 0x39 && isNumeric(name.slice(label))) return undefined;
  return name.toLowerCase();
}
