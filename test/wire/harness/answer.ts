// Reads what a client received: answers in order, strictly. Bytes that are no answer are a failed case, not a guess.

export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly version: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** De-chunked, latin1. */
  readonly body: string;
  /** The head's bytes, blank line included. */
  readonly head: string;
  /** Whether the body was chunked on the wire. */
  readonly isChunked: boolean;
}

/** `answers`: the final ones; `interim`: 1xx with the number of final answers before each; `rest`: what is not whole yet. */
export interface Answers {
  readonly answers: readonly Answer[];
  readonly interim: readonly (Answer & { readonly before: number })[];
  readonly rest: string;
}

/** The value of a name in an answer; several are joined as RFC 9110, section 5.3 says. */
export function answerField(answer: Answer, name: string): string | undefined {
  const values = answer.fields.filter(([key]) => key.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(', ');
}

function readHead(bytes: string, at: number): Omit<Answer, 'body' | 'isChunked'> | undefined {
  const end = bytes.indexOf('\r\n\r\n', at);
  if (end < 0) return undefined;
  const [start = '', ...lines] = bytes.slice(at, end).split('\r\n');
  const parts = /^HTTP\/(\d\.\d) (\d{3}) (.*)$/.exec(start);
  if (parts === null) throw new Error(`not a status line: ${JSON.stringify(start.slice(0, 80))}`);
  const fields = lines.map((line): readonly [string, string] => {
    const field = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*?)[ \t]*$/.exec(line);
    if (field === null) throw new Error(`not a field line in an answer: ${JSON.stringify(line.slice(0, 80))}`);
    return [field[1] ?? '', field[2] ?? ''];
  });
  return {
    version: parts[1] ?? '',
    status: Number(parts[2]),
    reason: parts[3] ?? '',
    fields,
    head: bytes.slice(at, end + 4),
  };
}

function readChunks(bytes: string, from: number): { body: string; end: number } | undefined {
  let at = from;
  let body = '';
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return undefined;
    const line = bytes.slice(at, lineEnd);
    if (!/^[0-9a-fA-F]+$/.test(line))
      throw new Error(`not a chunk size in an answer: ${JSON.stringify(line.slice(0, 80))}`);
    const size = Number.parseInt(line, 16);
    at = lineEnd + 2;
    if (bytes.length < at + size + 2) return undefined;
    if (bytes.slice(at + size, at + size + 2) !== '\r\n')
      throw new Error('a chunk of an answer is not ended with CRLF');
    body += bytes.slice(at, at + size);
    at += size + 2;
    if (size === 0) return { body, end: at };
  }
}

/**
 * `methods`: of the requests that were sent, in order (a HEAD has no body); missing ones count as GET.
 * `hasEnded`: the peer closed, so a body without framing is whole.
 */
export function readAnswers(bytes: string, methods: readonly string[], hasEnded: boolean): Answers {
  const answers: Answer[] = [];
  const interim: (Answer & { before: number })[] = [];
  let at = 0;
  for (;;) {
    const headOf = readHead(bytes, at);
    if (headOf === undefined) break;
    const from = at + headOf.head.length;
    const { status } = headOf;
    if (status < 200 && status !== 101) {
      interim.push({ ...headOf, body: '', isChunked: false, before: answers.length });
      at = from;
      continue;
    }
    const method = methods[answers.length] ?? 'GET';
    const whole: Answer = { ...headOf, body: '', isChunked: false };
    if (status === 101 || (method === 'CONNECT' && status === 200)) {
      answers.push(whole);
      return { answers, interim, rest: bytes.slice(from) };
    }
    if (method === 'HEAD' || status === 204 || status === 304) {
      answers.push(whole);
      at = from;
      continue;
    }
    const length = answerField(whole, 'content-length');
    if (answerField(whole, 'transfer-encoding')?.toLowerCase() === 'chunked') {
      const chunks = readChunks(bytes, from);
      if (chunks === undefined) break;
      answers.push({ ...whole, body: chunks.body, isChunked: true });
      at = chunks.end;
    } else if (length !== undefined) {
      if (!/^\d+$/.test(length)) throw new Error(`not a length in an answer: ${JSON.stringify(length)}`);
      const end = from + Number(length);
      if (bytes.length < end) break;
      answers.push({ ...whole, body: bytes.slice(from, end) });
      at = end;
    } else {
      if (!hasEnded) break;
      answers.push({ ...whole, body: bytes.slice(from) });
      at = bytes.length;
    }
  }
  return { answers, interim, rest: bytes.slice(at) };
}
