// A usual answer's head as it goes on to the client, made in the bytes that it came in. What it is not sure of is rendered from
// strings.
import { byteAnswer } from '../decision/byte-answer.js';
import type { ByteRules } from '../decision/byte-rules.js';
import { ANSWER_LIMITS, type AnswerReader } from '../http/answer-reader.js';
import { KNOWN } from '../http/known-name.js';
import { isLengthPlain } from './byte-departure.js';
import { squeeze } from './head-squeeze.js';

const LENGTH = 1 << KNOWN['content-length'];

export class ByteArrival {
  /** Of the last `build`: where the head begins in the bytes of its lines. */
  start = 0;
  readonly drops = new Int32Array(ANSWER_LIMITS.fields);
  dropped = 0;
  hasLogin = false;

  /** false: not sure; the bytes are as they were. */
  build(reader: AnswerReader, rules: ByteRules): boolean {
    if (reader.unusual !== null || reader.repairs.length > 0) return false;
    const { lines, framing } = reader;
    if (!lines.isTight || !isLengthPlain(lines)) return false;
    // RFC 9110, section 8.6.
    if (framing.kind === 'none' && reader.status === 204 && (lines.present & LENGTH) !== 0) return false;
    if (byteAnswer(rules, lines, this) === 'strings') return false;
    this.start = squeeze(lines, this.drops, this.dropped);
    return true;
  }
}
