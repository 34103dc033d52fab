// What a client reads when we answer ourselves: a status, a code and a request id. Never a host list, a stack or a value.
import { STATUS_CODES } from 'node:http';
import type { RefusalCode } from '../http/refusal.js';
import { REFUSALS } from '../http/refusal.js';
import { UPSTREAM_ERRORS, type UpstreamErrorCode } from './upstream-error.js';

/** An answer of ours, ready for either writer: raw bytes or Node's response. */
export interface OwnAnswer {
  readonly status: number;
  readonly reason: string;
  /** Flat: name, value, name, value. Without framing and Connection. */
  readonly fields: readonly string[];
  readonly body: string;
}

function answerOf(status: number, code: string, request: string, more: readonly string[] = []): OwnAnswer {
  return {
    status,
    reason: STATUS_CODES[status] ?? 'Error',
    fields: ['Content-Type', 'text/plain; charset=utf-8', 'Cache-Control', 'no-store', ...more],
    body: `headgate: ${code}\nrequest: ${request}\n`,
  };
}

export function refusalAnswer(code: RefusalCode, request: string): OwnAnswer {
  const more = code === 'upgrade-version' ? ['Sec-WebSocket-Version', '13'] : code === 'trace' ? ['Allow', ALLOW] : [];
  return answerOf(REFUSALS[code].status, code, request, more);
}

export function upstreamErrorAnswer(code: UpstreamErrorCode, request: string): OwnAnswer {
  return answerOf(UPSTREAM_ERRORS[code].status ?? 502, code, request);
}

const ALLOW = 'GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH, CONNECT';

/** OPTIONS that ends here (`Max-Forwards: 0`, RFC 9110, section 7.6.2). */
export function optionsAnswer(): OwnAnswer {
  return { status: 200, reason: 'OK', fields: ['Allow', ALLOW], body: '' };
}

/** As latin1 text for a socket that no HTTP server owns. `isHead`: without its body. Default: the last answer, with its body. */
export function renderOwnAnswer(answer: OwnAnswer, { closes = true, isHead = false } = {}): string {
  let head = `HTTP/1.1 ${String(answer.status)} ${answer.reason}\r\n`;
  for (let i = 0; i < answer.fields.length; i += 2)
    head += `${answer.fields[i] ?? ''}: ${answer.fields[i + 1] ?? ''}\r\n`;
  const close = closes ? 'Connection: close\r\n' : '';
  const length = `Content-Length: ${String(Buffer.byteLength(answer.body))}\r\n`;
  return `${head}${length}${close}\r\n${isHead ? '' : answer.body}`;
}
