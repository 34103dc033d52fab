// The head of a final answer, put into the box for its client: in its own bytes where they are usual, else from strings.
import { isConnectionLogin } from '../http/connection-login.js';
import type { AnswerReader } from '../http/answer-reader.js';
import { type AnswerContext, answerText } from './answer-text.js';
import type { FastShared } from './fast-shared.js';
import type { Stretch } from './stretch.js';

export interface AnswerSetting {
  /** In which the request left. */
  readonly stretch: Stretch | null;
  readonly context: AnswerContext;
  /** The connection closes behind it. */
  readonly isLast: boolean;
  /** Its body goes on in chunks of ours. */
  readonly isChunked: boolean;
}

/** Whether it logs in the connection (NTLM, Negotiate). */
export function putAnswerHead(fast: FastShared, reader: AnswerReader, setting: AnswerSetting): boolean {
  const { answerBox, arrival, shared } = fast;
  const { stretch, isLast, isChunked } = setting;
  if (stretch !== null && arrival.build(reader, stretch.rules)) {
    const { lines } = reader;
    if (!isChunked && !isLast) {
      answerBox.range(lines.bytes, arrival.start, lines.end);
    } else {
      answerBox.range(lines.bytes, arrival.start, lines.end - 2);
      const more = isChunked ? 'Transfer-Encoding: chunked\r\n' : '';
      answerBox.text(`${more}${isLast ? 'Connection: close\r\n' : ''}\r\n`);
    }
    return arrival.hasLogin;
  }
  for (const kind of reader.repairs) shared.tally.meter.count('headgate_response_repairs_total', [kind]);
  const hasLogin = isConnectionLogin(reader.head().fields, 'www-authenticate');
  answerBox.text(answerText(reader, setting.context, isLast));
  return hasLogin;
}
