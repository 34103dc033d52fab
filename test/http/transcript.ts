// Plays bytes to a reader, in any pieces, and writes down what it says, so that two deliveries of one message can be compared.
// Every piece comes in a buffer that is overwritten behind the reader: what it kept of it shows.
import { type Authority, parseAuthority } from '../../src/names/authority.js';
import { ANSWER_LIMITS, AnswerReader } from '../../src/http/answer-reader.js';
import { type HeadLines, LinePool } from '../../src/http/head-lines.js';
import type { Field } from '../../src/http/message.js';
import { RequestReader, type RequestReading } from '../../src/http/request-reader.js';

export const LIMITS = { bytes: 32_768, fields: 128 } as const;

export const readingWith = (limits: { bytes: number; fields: number } = LIMITS): RequestReading<Authority> => ({
  pool: new LinePool(limits),
  authorityOf: (text) => parseAuthority(text, 80),
});

/** What a reader said of one message. */
export interface Told {
  readonly start: string;
  readonly fields: readonly Field[];
  /** `none`, `length 5`, `chunked`, `close`. */
  readonly framing: string;
  /** Everything else of the head, and where it ended in all bytes. */
  readonly more: string;
  body: string;
  /** The message is whole. */
  isWhole: boolean;
}

export interface Transcript {
  readonly messages: Told[];
  /** The refusal or fault, or ''. */
  end: string;
  /** Bytes that were taken until the last event but `more`. */
  taken: number;
}

export function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

export const wholly = (text: string): Buffer[] => [latin1(text)];
export const byteByByte = (text: string): Buffer[] => [...latin1(text)].map((byte) => Buffer.of(byte));
/** The text in two pieces, at every place. */
export const halves = (text: string): Buffer[][] =>
  Array.from({ length: text.length + 1 }, (_, i) => [latin1(text.slice(0, i)), latin1(text.slice(i))]);

/** A reader of either kind. */
interface Reader {
  readonly at: number;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  read(bytes: Buffer, from: number, to: number): string;
}

/** `onEvent` says whether the reader goes on. */
function play(
  reader: Reader,
  pieces: readonly Buffer[],
  onEvent: (event: string, body: string, at: number) => boolean,
): void {
  let before = 0;
  for (const [index, piece] of pieces.entries()) {
    // At another offset each time, between bytes that would end any line.
    const from = (7 * index) % 29;
    const bytes = Buffer.alloc(piece.length + 32, '\r\n\r\n');
    piece.copy(bytes, from);
    const to = from + piece.length;
    let at = from;
    for (;;) {
      const event = reader.read(bytes, at, to);
      if (reader.at < at || reader.at > to)
        throw new Error(`${event} left the bytes at ${reader.at} of ${at} to ${to}`);
      at = reader.at;
      if (event === 'more') break;
      if (!onEvent(event, bytes.toString('latin1', reader.bodyStart, reader.bodyEnd), before + at - from)) return;
    }
    if (at !== to) throw new Error('`more` and yet not all was taken');
    bytes.fill('x');
    before += piece.length;
  }
}

/** What the lines say of the fields beside their strings. */
function sealOf(lines: HeadLines): string {
  const { count, nameClass, digits, listed, listedCount, numbered, numberedCount, isTight, lineDigits } = lines;
  return JSON.stringify([
    [...nameClass.subarray(0, count)],
    [...digits.subarray(0, count)],
    [...listed.subarray(0, listedCount)],
    [...numbered.subarray(0, numberedCount)],
    isTight,
    lineDigits,
  ]);
}

/** What a request reader says of these pieces; it goes on behind a head of the slow path as if it were fast. */
export function requestsOf(pieces: readonly Buffer[], reading = readingWith()): Transcript {
  const reader = new RequestReader(reading);
  const transcript: Transcript = { messages: [], end: '', taken: 0 };
  play(reader, pieces, (event, body, at) => {
    transcript.taken = at;
    const last = transcript.messages.at(-1);
    if (event === 'head') {
      const { method, target, version, fields } = reader.head();
      const { framing, unusual, lines, slow, closes, authority } = reader;
      const path = unusual?.path ?? lines.bytes.toString('latin1', reader.pathStart, reader.pathEnd);
      transcript.messages.push({
        start: `${method} ${target} HTTP/${version}`,
        fields,
        framing: framing.kind === 'length' ? `length ${framing.bytes}` : framing.kind,
        more: JSON.stringify([slow ?? 'fast', closes, unusual !== null, authority, path, at, sealOf(lines)]),
        body: '',
        isWhole: false,
      });
    } else if (event === 'body' && last !== undefined) {
      last.body += body;
    } else if (event === 'end' && last !== undefined) {
      last.isWhole = true;
    } else {
      transcript.end = reader.local === null ? reader.refusal : `${reader.refusal} ${reader.local}`;
      return false;
    }
    return true;
  });
  return transcript;
}

/** What an answer reader says of these pieces, to a request with this method, whose connection ends behind them if `ends`. */
export function answersOf(pieces: readonly Buffer[], method = 'GET', ends = true): Transcript {
  const reader = new AnswerReader(new LinePool(ANSWER_LIMITS));
  reader.expect(method);
  const transcript: Transcript = { messages: [], end: '', taken: 0 };
  let isOver = false;
  play(reader, pieces, (event, body, at) => {
    transcript.taken = at;
    const last = transcript.messages.at(-1);
    switch (event) {
      case 'interim':
      case 'head': {
        const { status, reason, version, fields } = reader.head();
        const { framing, unusual, repairs, declaredBytes, connectionClose } = reader;
        transcript.messages.push({
          start: `HTTP/${version} ${status} ${reason}`,
          fields,
          framing: framing.kind === 'length' ? `length ${framing.bytes}` : framing.kind,
          more: JSON.stringify([repairs, declaredBytes, connectionClose, unusual?.fields ?? null, at]),
          body: '',
          isWhole: event === 'interim',
        });
        return true;
      }
      case 'body':
        if (last !== undefined) last.body += body;
        return true;
      case 'end':
        if (last !== undefined) last.isWhole = true;
        isOver = true;
        return false;
      default:
        transcript.end = reader.fault;
        isOver = true;
        return false;
    }
  });
  if (isOver || !ends) return transcript;
  const last = transcript.messages.at(-1);
  if (reader.finish() && last !== undefined) last.isWhole = true;
  else transcript.end = reader.fault;
  return transcript;
}
