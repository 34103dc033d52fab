// Fuzzed answers through the gateway: what a client gets is an answer of its own request or an error, whole where Node reads the same
// bytes as whole with the same status and body, and never one that looks whole where Node's is cut.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { answerField, readAnswers } from '../../wire/harness/answer.js';
import { answers, cuts, piecesOf } from '../messages.js';
import { NodeClient } from '../node-parser.js';
import { casesOf, converse, type Run } from './lane.js';

export interface AnswerShares {
  cases: number;
  /** Relayed whole. */
  accepted: number;
  /** And taken by Node's client too. */
  both: number;
}

interface Told {
  readonly text: string;
  readonly sizes: readonly number[];
  readonly ends: boolean;
}

/** How long a connection stays open behind an answer, for another request or for the end that the answer lacks. */
const OPEN_MS = 30;

/** The destination of all answer lanes: it says what a case wants, on connections that are used again. */
export class Teller {
  readonly #server: Server;
  readonly told = new Map<string, Told>();

  private constructor() {
    this.#server = createServer((socket) => this.#serve(socket));
  }

  static async open(): Promise<Teller> {
    const teller = new Teller();
    await new Promise<void>((resolve) => teller.#server.listen(0, '127.0.0.1', 1024, resolve));
    return teller;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  #serve(socket: Socket): void {
    let asked = '';
    let timer: NodeJS.Timeout | undefined;
    socket.on('error', () => undefined);
    socket.on('close', () => clearTimeout(timer));
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      clearTimeout(timer);
      asked += bytes.toString('latin1');
      if (!asked.includes('\r\n\r\n')) return;
      const told = this.told.get(asked.split(' ', 2)[1] ?? '');
      asked = '';
      if (told === undefined) return void socket.destroy();
      for (const piece of piecesOf(told.text, told.sizes)) socket.write(piece);
      if (told.ends) socket.end();
      else timer = setTimeout(() => socket.end(), OPEN_MS);
    });
  }
}

export async function answerLane(
  run: Run,
  port: number,
  lane: number,
  teller: Teller,
  shares: AnswerShares,
): Promise<void> {
  const node = await NodeClient.open();
  const cases = fc.tuple(answers, cuts, fc.constantFrom('GET', 'GET', 'HEAD'), fc.boolean());
  for (const [text, sizes, method, ends] of casesOf(cases, run.seed + lane)) {
    if (run.isOver()) break;
    const id = String(run.nextId());
    const marked = text.replace(/HTTP\/1\.[01] [2-9]\d\d[^\r\n]*\r?\n/, `$&X-Answer: ${id}\r\n`);
    teller.told.set(`/answer/${id}`, { text: marked, sizes, ends });
    try {
      const received = await converse(port, `${method} /answer/${id} HTTP/1.1\r\nHost: answers.test\r\n\r\n`, [1000]);
      shares.cases += 1;
      const isMarked = marked !== text;
      const ours = readOurs(received, method, isMarked ? id : null);
      if (ours !== null) {
        shares.accepted += 1;
        const theirs = await node.answerIn(marked, method);
        if (theirs !== undefined) {
          shares.both += 1;
          const [left, right] = [
            { status: ours.status, body: ours.body, isWhole: true },
            { status: Number(theirs.start.split(' ')[1]), body: theirs.body, isWhole: theirs.isWhole },
          ].map((each) => JSON.stringify(each));
          if (left !== right) throw new Error(`relayed as ${left ?? ''}, Node reads ${right ?? ''}`);
        }
      }
    } catch (error) {
      run.fail(`${(error as Error).message}; the answer to ${method} was ${JSON.stringify(marked)}`);
    }
    teller.told.delete(`/answer/${id}`);
  }
  await node.close();
}

/** What the client got whole of the destination's; null: an error of ours, or an answer that was cut. */
function readOurs(received: string, method: string, id: string | null): { status: number; body: string } | null {
  const { answers: whole, interim, rest } = readAnswers(received, [method], false);
  const [first, ...others] = whole;
  if (others.length > 0) throw new Error(`more than one answer: ${JSON.stringify(received)}`);
  const mark = first === undefined ? /\r\nX-Answer: (\d+)\r\n/i.exec(rest)?.[1] : answerField(first, 'x-answer');
  // A folded line behind it became a part of it.
  if (mark !== undefined && id !== null && mark.split(' ')[0] !== id)
    throw new Error(`got the answer of request ${mark}`);
  if (first === undefined) return null;
  if (rest !== '') throw new Error(`bytes behind an answer: ${JSON.stringify(rest)}`);
  if (mark === undefined) {
    const isOurs = [502, 504].includes(first.status) && (method === 'HEAD' || first.body.startsWith('headgate: '));
    if (!isOurs && id !== null) throw new Error(`an answer without its mark: ${JSON.stringify(received)}`);
    return null;
  }
  if (interim.some(({ status }) => status === 101)) throw new Error('a 101 that nobody asked for was relayed');
  return { status: first.status, body: first.body };
}
