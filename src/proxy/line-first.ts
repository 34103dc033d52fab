// A connection of which the first bytes are a line of PROXY protocol: reads that line and nothing else, then gives the connection
// away with what came behind it. Sends nothing, not even when it refuses: nobody there has spoken HTTP yet.
// INVARIANT: no byte behind the line is lost or read twice (test/wire/proxy-protocol.test.ts: cut at every byte).
import type { Socket } from 'node:net';
import { MOST_PROXY_LINE_BYTES, readProxyLine } from '../http/proxy-line.js';
import type { RefusalCode } from '../http/refusal.js';
import type { Waiting } from './deadlines.js';
import { disown, own, type SocketOwner } from './owned-socket.js';
import { type Receiver, Tap } from './tap.js';

export interface LineHome {
  /** The line was read; `bytes[0, to)` came behind it, valid during the call. Whoever reads on; null: the tap was handed back. */
  begin(first: LineFirst, bytes: Buffer, to: number): Receiver | null;
  /** No line came and none will: the connection is to be closed, and counted where there is a reason to. */
  refuse(first: LineFirst, code: RefusalCode): void;
  /** The connection is gone. */
  forget(first: LineFirst): void;
}

const NOTHING: Buffer = Buffer.alloc(0);

export class LineFirst implements Receiver, Waiting, SocketOwner {
  readonly socket: Socket;
  readonly tap: Tap;
  deadlineMs: number;
  readonly #home: LineHome;
  #held: Buffer = NOTHING;
  #isOver = false;
  #next: Receiver | null = null;

  /** `tap`: through which the socket is read already; null: by its events. */
  constructor(socket: Socket, tap: Tap | null, { home, deadlineMs }: { home: LineHome; deadlineMs: number }) {
    this.socket = socket;
    this.deadlineMs = deadlineMs;
    this.#home = home;
    if (tap === null) {
      this.tap = Tap.byEvents(socket, this);
    } else {
      this.tap = tap;
      tap.attach(socket, this);
    }
    own(socket, this);
  }

  takesChunks(): boolean {
    return this.#next?.takesChunks() ?? false;
  }

  received(bytes: Buffer, to: number): void {
    // A tap that brings one chunk in several pieces asks for its receiver once.
    if (this.#isOver) return this.#next?.received(bytes, to);
    const piece = bytes.subarray(0, Math.min(to, MOST_PROXY_LINE_BYTES));
    const before = this.#held.length;
    const all = before === 0 ? piece : Buffer.concat([this.#held, piece]);
    const line = readProxyLine(all);
    switch (line.kind) {
      case 'more':
        this.#held = before === 0 ? Buffer.from(all) : all;
        return;
      case 'refused':
        return this.#refuse(line.code);
      case 'line': {
        // Readers take their bytes from the start of the slab.
        const at = line.bytes - before;
        bytes.copyWithin(0, at, to);
        this.#isOver = true;
        disown(this.socket);
        this.#next = this.#home.begin(this, bytes, to - at);
        return;
      }
      default:
        line satisfies never;
    }
  }

  /** A check that only connects, as balancers do, says nothing and is nothing. */
  ended(): void {
    if (this.#held.length === 0) this.socket.destroy();
    else this.#refuse('proxy-line-malformed');
  }

  closed(): void {
    this.#isOver = true;
    this.tap.release();
    this.#home.forget(this);
  }

  expire(): void {
    this.#refuse('head-timeout');
  }

  #refuse(code: RefusalCode): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#home.refuse(this, code);
    this.socket.destroy();
  }
}
