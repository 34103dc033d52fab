// The one place where an outgoing request head is put together, from a plan and nothing else (both for http-proxy and WebSocket).
import type { Forward } from '../decision/plan-types.js';

/** Methods for which Node's client adds no framing of its own when a request has no body. */
const BODILESS = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT']);

/** Flat names and values: the plan's fields (Host first), exactly one framing field where one is owed, then Connection. */
export function outgoingHeaders(plan: Forward): string[] {
  const headers = plan.fields.flatMap((field) => [field.name, field.value]);
  const { framing } = plan;
  if (framing.kind === 'length') headers.push('Content-Length', String(framing.bytes));
  else if (framing.kind === 'chunked') headers.push('Transfer-Encoding', 'chunked');
  else if (plan.webSocketKey === null && !BODILESS.has(plan.method)) headers.push('Content-Length', '0');
  if (plan.webSocketKey === null) headers.push('Connection', 'keep-alive');
  else headers.push('Connection', 'Upgrade', 'Upgrade', 'websocket');
  return headers;
}
