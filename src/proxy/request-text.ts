// A planned request as the text that leaves on the fast path.
import type { Forward } from '../decision/plan-types.js';
import { outgoingHeaders } from './outgoing-head.js';

/** Latin1. Without Connection: HTTP/1.1 stays open without it (RFC 9112, section 9.3). */
export function renderRequest(plan: Forward): string {
  const headers = outgoingHeaders(plan);
  let text = `${plan.method} ${plan.path} HTTP/1.1\r\n`;
  // The last of them is Connection.
  for (let i = 0; i + 2 < headers.length; i += 2) text += `${headers[i] ?? ''}: ${headers[i + 1] ?? ''}\r\n`;
  return `${text}\r\n`;
}
