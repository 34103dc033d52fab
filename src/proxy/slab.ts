// The one buffer that all sockets of the fast path read to: what is read is used up before the next read, so that no
// connection owns bytes while nothing of a message is left over.
// INVARIANT: no view of it reaches `write` (test/wire: a slow reader beside a fast one, every byte of both).
import { FINDER_BYTES } from '../http/line-finder.js';

/** Most bytes of one read. */
export const SLAB_BYTES = 65_536;

const PAGES = { initial: 2, maximum: 2 };

/**
 * The memory of the programs that find lines in it (src/wasm): it lies at its start, and their tables behind it. null: there is no
 * WebAssembly, or no room for the gibibytes of addresses that the engine reserves for it (`ulimit -v`).
 */
function slabMemory(): WebAssembly.Memory | null {
  if (typeof WebAssembly === 'undefined') return null;
  try {
    return new WebAssembly.Memory(PAGES);
  } catch {
    return null;
  }
}

export const SLAB_MEMORY = slabMemory();

const ROOM_BEHIND = 64;
/** Where their tables lie. */
export const FIELD_LINES_AT = SLAB_BYTES + 4 * ROOM_BEHIND;
export const LEAVING_LINES_AT = FIELD_LINES_AT + FINDER_BYTES;

/** With room behind the last byte that a read can bring, for readers that put a sentinel there. */
export const SLAB: Buffer =
  SLAB_MEMORY === null
    ? Buffer.allocUnsafeSlow(SLAB_BYTES + ROOM_BEHIND)
    : Buffer.from(SLAB_MEMORY.buffer, 0, SLAB_BYTES + ROOM_BEHIND);

/** What a socket is given to read to. */
export const SLAB_VIEW: Buffer = SLAB.subarray(0, SLAB_BYTES);
