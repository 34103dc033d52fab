// Reads a request head strictly: everything that Node's parser leaves to us, and again everything that it checks, because
// the fast path has no such parser. It says what the peer sent; it knows no policy and no identity header.
import { type Authority, parseAuthority } from '../names/authority.js';
import { isText, isToken } from './grammar.js';
import { connectionOptionsOf } from './hop-by-hop.js';
import type { Field, RequestHead } from './message.js';
import { METHODS } from './methods.js';
import type { RefusalCode } from './refusal.js';
import { type RequestFraming, requestFramingOf } from './request-framing.js';
import { type Target, parseTarget } from './target.js';
import { webSocketKeyOf } from './web-socket.js';

export interface HeadLimits {
  /** Of the request line and all fields with their line ends. */
  readonly headBytes: number;
  readonly fields: number;
}

/** Contacts nobody. `local`: an answer that we owe instead of an error (RFC 9110, section 7.6.2). */
export interface Refusal {
  readonly kind: 'refusal';
  readonly code: RefusalCode;
  readonly local: 'options' | null;
}

export interface ReadRequest {
  readonly kind: 'request';
  readonly method: string;
  readonly version: '1.0' | '1.1';
  readonly form: Target['form'];
  /** From an absolute target or CONNECT's; else from Host. The one that is judged and connected to. */
  readonly authority: Authority;
  /** Host names another authority than the target. */
  readonly hostDisagrees: boolean;
  /** Origin-form or `*`; empty for CONNECT. */
  readonly path: string;
  /** As sent, all of them; only Max-Forwards of an OPTIONS request is one lower. */
  readonly fields: readonly Field[];
  /** Connection options in lower case, nominated field names among them. */
  readonly options: readonly string[];
  readonly framing: RequestFraming;
  /** The client waits for a 100: only ever with a body, never in 1.0 (RFC 9110, section 10.1.1). */
  readonly expectContinue: boolean;
  /** Of a valid WebSocket handshake; else null. */
  readonly webSocketKey: string | null;
}

const refusal = (code: RefusalCode, local: Refusal['local'] = null): Refusal => ({ kind: 'refusal', code, local });

/** The values that this reader itself looks at, gathered in one pass; malformed lines and limits end it. */
interface Survey {
  readonly hosts: string[];
  readonly lengths: string[];
  readonly codings: string[];
  readonly expectations: string[];
  readonly forwards: string[];
}

function collectorOf(survey: Survey, name: string): string[] | undefined {
  // By length first: a lower-cased copy of every name would cost more than the rest of this pass.
  switch (name.length) {
    case 4:
      return name.toLowerCase() === 'host' ? survey.hosts : undefined;
    case 6:
      return name.toLowerCase() === 'expect' ? survey.expectations : undefined;
    case 12:
      return name.toLowerCase() === 'max-forwards' ? survey.forwards : undefined;
    case 14:
      return name.toLowerCase() === 'content-length' ? survey.lengths : undefined;
    case 17:
      return name.toLowerCase() === 'transfer-encoding' ? survey.codings : undefined;
    default:
      return undefined;
  }
}

function surveyOf(head: RequestHead, limits: HeadLimits): Survey | RefusalCode {
  if (head.fields.length > limits.fields) return 'field-count';
  const survey: Survey = { hosts: [], lengths: [], codings: [], expectations: [], forwards: [] };
  // The request line: two spaces, `HTTP/` and CRLF; a field: colon, space, CRLF; the blank line.
  let bytes = head.method.length + head.target.length + head.version.length + 11;
  for (const { name, value } of head.fields) {
    bytes += name.length + value.length + 4;
    if (!isToken(name) || !isText(value)) return 'syntax';
    collectorOf(survey, name)?.push(value);
  }
  return bytes > limits.headBytes ? 'head-size' : survey;
}

function methodRefusal(method: string): RefusalCode | undefined {
  if (!isToken(method)) return 'syntax';
  if (!METHODS.has(method)) return 'method';
  return method === 'TRACE' ? 'trace' : undefined;
}

interface Place {
  readonly authority: Authority;
  readonly hostDisagrees: boolean;
}

/** RFC 9112, section 3.2: exactly one Host in 1.1; an absolute target's authority wins, and a Host that differs is noted. */
function placeOf(target: Target, hosts: readonly string[], version: '1.0' | '1.1'): Place | RefusalCode {
  const own = target.form === 'absolute' || target.form === 'authority' ? target.authority : undefined;
  const [text] = hosts;
  if (hosts.length > 1 || (text === undefined && (version === '1.1' || own === undefined))) return 'host';
  if (text === undefined) return own === undefined ? 'host' : { authority: own, hostDisagrees: false };
  const host = parseAuthority(text, target.form === 'authority' ? target.authority.port : 80);
  if (host === undefined) return 'host';
  if (own === undefined) return { authority: host, hostDisagrees: false };
  return { authority: own, hostDisagrees: host.host !== own.host || host.port !== own.port };
}

/** RFC 9110, section 7.6.2: at 0 we answer, else one less leaves. Only OPTIONS; others may ignore the field. */
function forwardedFields(head: RequestHead, forwards: readonly string[]): readonly Field[] | Refusal {
  const [text] = forwards;
  if (head.method !== 'OPTIONS' || text === undefined) return head.fields;
  if (forwards.length > 1 || !/^[0-9]+$/.test(text)) return refusal('syntax');
  const left = Number(text);
  if (left === 0) return refusal('method', 'options');
  const value = String(Math.min(left, 256) - 1);
  return head.fields.map((field) =>
    field.name.toLowerCase() === 'max-forwards' ? { name: field.name, value } : field,
  );
}

/** `100-continue` alone or 417; 1.0 and requests without a body do not expect (RFC 9110, section 10.1.1). */
function expectationOf(
  expectations: readonly string[],
  version: '1.0' | '1.1',
  hasBody: boolean,
): boolean | RefusalCode {
  const [text] = expectations;
  if (text === undefined || version === '1.0') return false;
  if (expectations.length > 1 || text.toLowerCase() !== '100-continue') return 'expect';
  return hasBody;
}

/** What the head says, or why it is refused. Never throws, whatever the strings hold; `field-count` and `head-size` at the limits. */
export function readRequest(head: RequestHead, limits: HeadLimits): ReadRequest | Refusal {
  const { method, version } = head;
  if (version !== '1.1' && version !== '1.0') return refusal(/^[0-9]+\.[0-9]+$/.test(version) ? 'version' : 'syntax');
  const survey = surveyOf(head, limits);
  if (typeof survey === 'string') return refusal(survey);
  const wrongMethod = methodRefusal(method);
  if (wrongMethod !== undefined) return refusal(wrongMethod);
  const reading = parseTarget(method, head.target);
  if (!reading.ok) return refusal(reading.code);
  const { target } = reading;
  const place = placeOf(target, survey.hosts, version);
  if (typeof place === 'string') return refusal(place);
  const framing = requestFramingOf({ lengths: survey.lengths, codings: survey.codings, version });
  if (typeof framing === 'string') return refusal(framing);
  if (method === 'CONNECT' && framing.kind !== 'none') return refusal('framing');
  const hasBody = framing.kind === 'chunked' || (framing.kind === 'length' && framing.bytes > 0);
  const expectContinue = expectationOf(survey.expectations, version, hasBody);
  if (typeof expectContinue === 'string') return refusal(expectContinue);
  const options = connectionOptionsOf(head.fields);
  const webSocket = webSocketKeyOf({ method, version, fields: head.fields, options, hasBody });
  if (typeof webSocket === 'string') return refusal(webSocket);
  const fields = forwardedFields(head, survey.forwards);
  if ('kind' in fields) return fields;
  const path = target.form === 'authority' ? '' : target.path;
  const { form } = target;
  return {
    kind: 'request',
    method,
    version,
    form,
    ...place,
    path,
    fields,
    options,
    framing,
    expectContinue,
    webSocketKey: webSocket.key,
  };
}
