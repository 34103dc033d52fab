// An answer's head as it goes on to the client: without what is between the destination and us, without identity, framed anew.
import { planAnswer } from '../decision/answer.js';
import type { AnswerReader } from '../http/answer-reader.js';
import { isHopByHop } from '../http/hop-by-hop.js';
import type { Field, Framing } from '../http/message.js';
import type { Ruleset } from '../policy/ruleset.js';
import type { Meter } from '../telemetry/meter.js';

export interface AnswerContext {
  readonly ruleset: Ruleset;
  readonly listener: string;
  readonly meter: Meter;
}

/** The fields that go on, and what was withheld of them counted. */
export function answerFields(reader: AnswerReader, { ruleset, listener, meter }: AnswerContext): readonly Field[] {
  const fields = reader.unusual?.fields ?? reader.lines.fields().filter(({ name }) => !isHopByHop(name));
  const { fields: kept, stripped, counted } = planAnswer(ruleset, fields);
  for (const { class: kind } of stripped) {
    meter.count('headgate_response_headers_total', [listener, kind, 'stripped']);
  }
  for (const { class: kind } of counted) meter.count('headgate_response_headers_total', [listener, kind, 'counted']);
  return kept;
}

/** Of an interim answer. */
export function interimText(reader: AnswerReader, context: AnswerContext): string {
  return `${startOf(reader, answerFields(reader, context))}\r\n`;
}

/** Of the final answer to an HTTP/1.1 client; `isLast`: the connection closes behind it. */
export function answerText(reader: AnswerReader, context: AnswerContext, isLast: boolean): string {
  const start = startOf(reader, answerFields(reader, context));
  return `${start}${framingLine(reader.framing, reader)}${isLast ? 'Connection: close\r\n' : ''}\r\n`;
}

function startOf(reader: AnswerReader, fields: readonly Field[]): string {
  const { status, reason } = reader.head();
  let text = `HTTP/1.1 ${String(status)} ${reason}\r\n`;
  for (const { name, value } of fields) text += `${name}: ${value}\r\n`;
  return text;
}

/** A length that comes with no body (HEAD, 304) goes on; with 204 it may not (RFC 9110, section 8.6). */
function framingLine(framing: Framing, { declaredBytes, status }: AnswerReader): string {
  switch (framing.kind) {
    case 'length':
      return `Content-Length: ${String(framing.bytes)}\r\n`;
    case 'chunked':
    case 'close':
      return 'Transfer-Encoding: chunked\r\n';
    case 'none':
      return declaredBytes === null || status === 204 ? '' : `Content-Length: ${String(declaredBytes)}\r\n`;
    default:
      return framing satisfies never;
  }
}
