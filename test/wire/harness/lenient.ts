// Reads what an origin received as lenient servers would, in several ways at once: where two views count different
// requests, the message that we sent was ambiguous. It repairs and guesses on purpose; nothing of the product is used.

/** One request as a view read it; everything in latin1. */
export interface SeenRequest {
  readonly line: string;
  readonly method: string;
  readonly target: string;
  /** Name as sent, value without surrounding white space. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** The head's bytes, blank line included. */
  readonly head: string;
  /** De-chunked. */
  readonly body: string;
  /** The body's bytes as they stood on the wire. */
  readonly rawBody: string;
  /** Where the message ended in what was read. */
  readonly end: number;
}

/** `coding`: chunked wins over a length; `length`: a length wins; `last`: the last of repeated lengths; `octal`: lengths as C reads them. */
export const VIEWS = ['coding', 'length', 'last', 'octal'] as const;
export type View = (typeof VIEWS)[number];

interface HeadEnd {
  readonly start: number;
  readonly end: number;
}

/** The first blank line, however its line ends are spelt; leading empty lines are skipped. */
function headAt(bytes: string, from: number): HeadEnd | undefined {
  let start = from;
  while (bytes.startsWith('\r\n', start) || bytes[start] === '\n') start += bytes[start] === '\n' ? 1 : 2;
  const blank = /\r?\n\r?\n/g;
  blank.lastIndex = start;
  const found = blank.exec(bytes);
  return found === null ? undefined : { start, end: found.index + found[0].length };
}

function fieldsOf(head: string): (readonly [string, string])[] {
  const fields: (readonly [string, string])[] = [];
  for (const line of head.split(/\r?\n/).slice(1)) {
    const colon = line.indexOf(':');
    if (colon >= 0) fields.push([line.slice(0, colon), line.slice(colon + 1).replace(/^[ \t]+|[ \t]+$/g, '')]);
  }
  return fields;
}

/** All values of a name, as a lenient reader compares names: any case, white space around it forgiven. */
export function valuesOf(fields: SeenRequest['fields'], name: string): readonly string[] {
  return fields.filter(([key]) => key.trim().toLowerCase() === name.toLowerCase()).map(([, value]) => value);
}

function readChunks(bytes: string, from: number): { body: string; end: number } | undefined {
  let at = from;
  let body = '';
  for (;;) {
    const lineEnd = bytes.indexOf('\n', at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(bytes.slice(at, lineEnd), 16);
    if (!(size >= 0)) return undefined;
    at = lineEnd + 1;
    if (size === 0) {
      const last = bytes.startsWith('\r\n', at) ? { end: at + 2 } : headAt(bytes, at);
      return last === undefined ? undefined : { body, end: last.end };
    }
    if (bytes.length < at + size + 2) return undefined;
    body += bytes.slice(at, at + size);
    at += size + (bytes.startsWith('\r\n', at + size) ? 2 : 1);
  }
}

function readBody(
  bytes: string,
  from: number,
  fields: SeenRequest['fields'],
  view: View,
): { body: string; end: number } | undefined {
  const lengths = valuesOf(fields, 'content-length');
  const isChunked = valuesOf(fields, 'transfer-encoding').some((value) => value.toLowerCase().includes('chunked'));
  if (isChunked && (view !== 'length' || lengths.length === 0)) return readChunks(bytes, from);
  const written = view === 'last' ? lengths.at(-1) : lengths[0];
  const length =
    written === undefined ? 0 : Number.parseInt(written, view === 'octal' && /^0\d/.test(written) ? 8 : 10);
  const end = from + (length > 0 ? length : 0);
  return bytes.length < end ? undefined : { body: bytes.slice(from, end), end };
}

/** Every whole request in `bytes` (latin1) from `from` on, and what is left over: the start of another, or nothing. */
export function readRequests(
  bytes: string,
  view: View,
  from = 0,
): { readonly requests: readonly SeenRequest[]; readonly rest: string } {
  const requests: SeenRequest[] = [];
  let at = from;
  for (;;) {
    const found = headAt(bytes, at);
    if (found === undefined) break;
    const text = bytes.slice(found.start, found.end);
    const line = text.split(/\r?\n/, 1)[0] ?? '';
    const fields = fieldsOf(text);
    const content = readBody(bytes, found.end, fields, view);
    if (content === undefined) break;
    const [method = '', target = ''] = line.split(' ');
    const rawBody = bytes.slice(found.end, content.end);
    requests.push({ line, method, target, fields, head: text, body: content.body, rawBody, end: content.end });
    at = content.end;
  }
  return { requests, rest: bytes.slice(at) };
}
