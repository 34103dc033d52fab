// A memory as the fast path has it, for checks that find the lines of heads in it. All of a test file share it, as checks of two policies do.
import { type LeavingMemory, LINES_BYTES } from '../../src/egress/leaving-lines.js';

const PAGE = 65_536;
const BYTES = 49_152;
const BEHIND = 64;

const memory = new WebAssembly.Memory({ initial: Math.ceil((BYTES + BEHIND + LINES_BYTES) / PAGE), maximum: 2 });
export const LEAVING: LeavingMemory = {
  memory,
  bytes: Buffer.from(memory.buffer, 0, BYTES),
  tablesAt: BYTES + BEHIND,
  owner: null,
};

/** Puts the bytes there, from `start` on, and what is behind them into all the rest. */
export function putIntoMemory(bytes: Uint8Array, start: number, behind: number): void {
  LEAVING.bytes.fill(behind);
  LEAVING.bytes.set(bytes, start);
}
