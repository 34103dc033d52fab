// Writes an answer's head anew where real sites are careless: bare LF line ends, folded lines, white space before a colon
// (RFC 9112, sections 2.2, 5.1 and 5.2). Only for answers; what it makes is read as strictly as any other head.

/** As `headgate_response_repairs_total` counts them. */
export type Repair = 'reason' | 'space-before-colon' | 'folded' | 'equal-lengths' | 'bare-lf';

const LF = 0x0a;
const CR = 0x0d;
const LEAST = 1024;
const isBlank = (character: string | undefined): boolean => character === ' ' || character === '\t';

/** Bytes that a strict reader stops at and that a repair may be for: LF, and white space where a name is. */
export function mayRepair(faultByte: number): boolean {
  return faultByte === LF || faultByte === 0x20 || faultByte === 0x09;
}

/** A head whose lines end in LF or CRLF, gathered in pieces up to its empty line. Each byte is looked at once. */
export class CarelessHead {
  #bytes: Buffer;
  #length = 0;
  #lineBytes = 0;
  readonly #most: number;

  /** `most`: bytes that it may have. */
  constructor(most: number) {
    this.#most = most;
    this.#bytes = Buffer.allocUnsafeSlow(Math.min(most, LEAST));
  }

  /** It is as long as it may be. */
  get isFull(): boolean {
    return this.#length >= this.#most;
  }

  /** Takes of `bytes[from, to)` what is the head's: how many; `isEnd`: with them it is whole. */
  take(bytes: Buffer, from: number, to: number): { readonly bytes: number; readonly isEnd: boolean } {
    const stop = Math.min(to, from + this.#most - this.#length);
    let at = from;
    let isEnd = false;
    while (at < stop && !isEnd) {
      const byte = bytes[at];
      at += 1;
      isEnd = byte === LF && this.#lineBytes === 0;
      if (byte === LF) this.#lineBytes = 0;
      else if (byte !== CR) this.#lineBytes += 1;
    }
    this.#append(bytes, from, at);
    return { bytes: at - from, isEnd };
  }

  /** All that was taken, one character a byte. */
  text(): string {
    return this.#bytes.toString('latin1', 0, this.#length);
  }

  #append(bytes: Buffer, from: number, to: number): void {
    const length = this.#length + to - from;
    if (length > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.min(this.#most, 2 * length));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    bytes.copy(this.#bytes, this.#length, from, to);
    this.#length = length;
  }
}

/** The head with CRLF line ends, its folded lines joined by one space; undefined: folded where nothing is to be continued. */
export function repairedHead(text: string): { readonly text: string; readonly repairs: readonly Repair[] } | undefined {
  const repairs = new Set<Repair>();
  const lines: string[] = [];
  const sent = text.split('\n');
  // Behind the last LF there is nothing, and the line before it is the empty one.
  for (const ended of sent.slice(0, -2)) {
    const line = ended.endsWith('\r') ? ended.slice(0, -1) : ended;
    if (line === ended) repairs.add('bare-lf');
    if (!isBlank(line[0])) {
      lines.push(lines.length === 0 ? line : withoutGap(line, repairs));
      continue;
    }
    if (lines.length < 2) return undefined;
    repairs.add('folded');
    lines.push(`${lines.pop() ?? ''} ${line.replace(/^[ \t]+/, '')}`);
  }
  if (sent.at(-2) === '') repairs.add('bare-lf');
  return { text: `${lines.join('\r\n')}\r\n\r\n`, repairs: [...repairs] };
}

function withoutGap(line: string, repairs: Set<Repair>): string {
  const colon = line.indexOf(':');
  let end = colon;
  while (end > 0 && isBlank(line[end - 1])) end -= 1;
  if (end === colon) return line;
  repairs.add('space-before-colon');
  return line.slice(0, end) + line.slice(colon);
}
