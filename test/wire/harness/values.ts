// The names and numbers that the wire cases use. Numbers are Ofcom's drama range and the test network 001: nobody has them.

/** A destination that no policy names. */
export const STRANGER = 'evil.test';
/** The partner of the rows: released `X-MSISDN` over plain HTTP on port 80. */
export const PARTNER = 'partner0001.allow.example';

/** The identity that the enrichment side puts on a request. */
export const NUMBER = '447700900123';
/** A second subscriber's, for cases where two must not meet. */
export const OTHER_NUMBER = '447700900456';
/** A number that stands in a body, which is the subscriber's own: told apart from identity by its value. */
export const BODY_NUMBER = '447700900777';
export const IMSI = '001010900000123';

export const ID = `X-MSISDN: ${NUMBER}`;

const CRLF = '\r\n';

/** A head: each line ended with CRLF, and the blank line. */
export function head(...lines: readonly string[]): string {
  return lines.map((line) => line + CRLF).join('') + CRLF;
}

/** A GET of `/` with the identity right after the start line, then the lines given, then the blank line. */
export function enriched(...lines: readonly string[]): string {
  return head('GET / HTTP/1.1', ID, ...lines);
}

/** One chunk with its framing; size in hexadecimal. */
export function chunk(content: string, extension = ''): string {
  return content.length.toString(16) + extension + CRLF + content + CRLF;
}

/** A chunked body of one chunk, whole. */
export function chunkedBody(content: string, trailers: readonly string[] = []): string {
  return `${chunk(content)}0${CRLF}${trailers.map((line) => line + CRLF).join('')}${CRLF}`;
}

/** A whole request that nobody may execute: it stands inside another one's body. */
export const SMUGGLED = head('GET /smug HTTP/1.1', `X-MSISDN: ${BODY_NUMBER}`, `Host: ${STRANGER}`);
