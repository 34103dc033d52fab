// The one buffer that all sockets of the fast path read to: what is read is used up before the next read, so that no
// connection owns bytes while nothing of a message is left over.
// INVARIANT: no view of it reaches `write` (test/wire: a slow reader beside a fast one, every byte of both).

/** Most bytes of one read. */
export const SLAB_BYTES = 65_536;

/** With room behind the last byte that a read can bring, for readers that put a sentinel there. */
export const SLAB: Buffer = Buffer.allocUnsafeSlow(SLAB_BYTES + 64);

/** What a socket is given to read to. */
export const SLAB_VIEW: Buffer = SLAB.subarray(0, SLAB_BYTES);
