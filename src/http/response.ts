// Reads an answer's head strictly: what two parsers could frame differently is a fault, never repaired by guessing.
// Line-level repairs (folding, bare LF, a missing reason) belong to whoever splits the bytes into lines.
import { isText, isToken } from './grammar.js';
import { connectionOptionsOf, isHopByHop } from './hop-by-hop.js';
import type { Field, Framing, ResponseHead } from './message.js';
import { parseLength } from './request-framing.js';

/** Why an answer is not relayed: 502, and its connection closed. */
export type AnswerFault = 'answer-syntax' | 'answer-framing' | 'answer-size';

export interface ReadResponse {
  readonly kind: 'response';
  /** Without hop-by-hop, nominated and framing fields, in order. */
  readonly fields: readonly Field[];
  readonly framing: Framing;
  /** What Content-Length said; null: nothing. With `none` (HEAD, 304) it goes on to the client although no body comes. */
  readonly declaredBytes: number | null;
  /** The destination closes, or cannot say that it will not (HTTP/1.0): the connection is not reused. */
  readonly connectionClose: boolean;
  /** Kinds for headgate_response_repairs_total. */
  readonly repairs: readonly 'equal-lengths'[];
}

export interface Fault {
  readonly kind: 'fault';
  readonly fault: AnswerFault;
}

const MAX_FIELDS = 256;
const MAX_BYTES = 65_536;

const fault = (code: AnswerFault): Fault => ({ kind: 'fault', fault: code });

function syntaxFault(head: ResponseHead): AnswerFault | undefined {
  if (!Number.isInteger(head.status) || head.status < 100 || head.status > 999) return 'answer-syntax';
  if ((head.version !== '1.1' && head.version !== '1.0') || !isText(head.reason)) return 'answer-syntax';
  if (head.fields.length > MAX_FIELDS) return 'answer-size';
  let bytes = head.reason.length + 17;
  for (const { name, value } of head.fields) {
    if (!isToken(name) || !isText(value)) return 'answer-syntax';
    bytes += name.length + value.length + 4;
  }
  return bytes > MAX_BYTES ? 'answer-size' : undefined;
}

interface Lengths {
  /** null: no Content-Length. */
  readonly bytes: number | null;
  readonly repaired: boolean;
}

/** Equal repeated lengths, as lines or as a list, are one (RFC 9110, section 8.6); different ones are no length. */
function lengthsOf(values: readonly string[]): Lengths | undefined {
  const members = values.flatMap((value) => value.split(',').map((part) => part.replace(/^[ \t]+|[ \t]+$/g, '')));
  const [first, ...others] = members.map(parseLength);
  if (members.length === 0) return { bytes: null, repaired: false };
  if (first === undefined || others.some((bytes) => bytes !== first)) return undefined;
  return { bytes: first, repaired: others.length > 0 };
}

/** RFC 9112, section 6.3, items 1 and 2. */
function hasNoBody(status: number, requestMethod: string): boolean {
  return requestMethod === 'HEAD' || status < 200 || status === 204 || status === 304;
}

/** What the answer says, or its fault. `requestMethod` is the one that was sent. Never throws. */
export function readResponse(head: ResponseHead, requestMethod: string): ReadResponse | Fault {
  const wrong = syntaxFault(head);
  if (wrong !== undefined) return fault(wrong);
  const valuesOf = (name: string): string[] =>
    head.fields
      .filter((field) => field.name.length === name.length && field.name.toLowerCase() === name)
      .map(({ value }) => value);
  const codings = valuesOf('transfer-encoding');
  const lengths = lengthsOf(valuesOf('content-length'));
  if (lengths === undefined) return fault('answer-framing');
  if (codings.length > 0) {
    const isChunked = codings.length === 1 && codings[0]?.toLowerCase() === 'chunked';
    if (!isChunked || lengths.bytes !== null || head.version === '1.0') return fault('answer-framing');
  }
  let framing: Framing = codings.length > 0 ? { kind: 'chunked' } : { kind: 'close' };
  if (lengths.bytes !== null) framing = { kind: 'length', bytes: lengths.bytes };
  if (hasNoBody(head.status, requestMethod)) framing = { kind: 'none' };
  const options = new Set(connectionOptionsOf(head.fields));
  return {
    kind: 'response',
    fields: head.fields.filter(({ name }) => !isHopByHop(name) && !options.has(name.toLowerCase())),
    framing,
    declaredBytes: lengths.bytes,
    connectionClose: head.version === '1.0' || options.has('close'),
    repairs: lengths.repaired ? ['equal-lengths'] : [],
  };
}
