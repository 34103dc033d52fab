// What an exchange of the fast path knows of the client whose request it is, and the client of it.
import type { FastDestinations } from './fast-destination.js';
import type { FastSlots } from './fast-shared.js';
import type { Sink } from './outbox.js';
import type { OwnAnswer } from './refusal-answer.js';
import type { Origin } from './running.js';
import type { Tap } from './tap.js';

/** One request as its client sees it. */
export interface Answering {
  readonly id: string;
  readonly method: string;
  /** All of the request was read. */
  readonly isRequestWhole: boolean;
  /** A byte of an answer to the client is on its way. */
  isAnswered: boolean;
}

export interface ClientSide extends Sink {
  readonly tap: Tap;
  readonly listener: string;
  readonly slots: FastSlots;
  /** Of the request that was read last. */
  readonly destinations: FastDestinations;
  /** The address of the other end. */
  readonly peer: string;
  /** As the settings in force say: asked for each request, it may differ between two of one connection. */
  readonly origin: Origin;
  /** False: a peer outside the listener's `clients`. */
  readonly isAllowed: boolean;
  /** Nothing is in quarantine on its listener. */
  readonly isPlain: boolean;
  /** No request can come behind the one in work. */
  readonly isLast: boolean;
  /** Bytes read from it and written to it. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** The answer that is written now is the last. */
  closing(): void;
  /** This tap brings nothing more for it. */
  leave(source: Tap): void;
  /** A connection is there for the request that waits. */
  resume(): void;
  /** The request in work is sent once more; its bytes are these. */
  readAgain(raw: Buffer): void;
  /** The answer to this exchange is written. */
  answered(exchange: Answering): void;
  /** An answer of ours; `isLast`: nothing more of this connection is executed. */
  answer(answer: OwnAnswer, exchange: Answering, isLast: boolean): void;
  destroy(): void;
}
