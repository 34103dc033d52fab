// Node's parsed messages as our plain heads: from the raw pairs in the order sent, never from the merged object.
import type { IncomingMessage } from 'node:http';
import type { Field, RequestHead, ResponseHead } from '../http/message.js';

function fieldsOf(raw: readonly string[]): Field[] {
  const fields: Field[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) fields.push({ name: raw[i] ?? '', value: raw[i + 1] ?? '' });
  return fields;
}

export function requestHeadOf(request: IncomingMessage): RequestHead {
  return {
    method: request.method ?? '',
    target: request.url ?? '',
    version: request.httpVersion,
    fields: fieldsOf(request.rawHeaders),
  };
}

/** Also for interim answers, which Node gives as plain objects. */
export function responseHeadOf(answer: {
  readonly statusCode?: number | undefined;
  readonly statusMessage?: string | undefined;
  readonly httpVersion: string;
  readonly rawHeaders: readonly string[];
}): ResponseHead {
  return {
    status: answer.statusCode ?? 0,
    reason: answer.statusMessage ?? '',
    version: answer.httpVersion,
    fields: fieldsOf(answer.rawHeaders),
  };
}
