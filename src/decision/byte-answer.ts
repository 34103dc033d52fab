// The plan of a usual answer, on its bytes: which fields do not go on to the client. Identity in answers is for `planAnswer`.
import type { HeadLines } from '../http/head-lines.js';
import { DROPPED, FRAMING, HOST, KEPT, LOGIN, UNSURE } from './byte-names.js';
import { saysLogin } from './byte-plan.js';
import type { ByteRules } from './byte-rules.js';

export interface ByteAnswer {
  /** Numbers of fields that do not leave, ascending; room for all fields of the head. Not a real Content-Length. */
  readonly drops: Int32Array;
  dropped: number;
  /** WWW-Authenticate says NTLM or Negotiate: the connection belongs to this client from now on. */
  hasLogin: boolean;
}

/** For a head that `AnswerReader` calls canonical (`unusual` is null). `strings`: a name is identity, or not sure; then `out` says nothing. */
export function byteAnswer(rules: ByteRules, lines: HeadLines, out: ByteAnswer): 'bytes' | 'strings' {
  const meanings = rules.answerMeanings;
  if (lines.classes !== rules.answerNames || meanings.length === 0 || lines.count > out.drops.length) return 'strings';
  const { listed, listedCount, nameClass, present, firsts } = lines;
  out.dropped = 0;
  out.hasLogin = false;
  for (let i = 0; i < listedCount; i += 1) {
    const field = listed[i] ?? 0;
    const known = nameClass[field] ?? 0;
    switch (meanings[known]?.kind ?? UNSURE) {
      case KEPT:
        break;
      case DROPPED:
        out.drops[out.dropped++] = field;
        break;
      case HOST:
      case FRAMING:
        if ((present & (1 << known)) === 0 || firsts[known] !== field) out.drops[out.dropped++] = field;
        break;
      case LOGIN:
        if (saysLogin(lines, field)) out.hasLogin = true;
        break;
      default:
        return 'strings';
    }
  }
  return 'bytes';
}
