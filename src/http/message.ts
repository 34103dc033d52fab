// What a message is, in the plain data that every other folder shares: an ordered list of fields, never a merged object.

/** One line on the wire (RFC 9110, section 5): name and value as sent, one character per byte (latin1), OWS trimmed. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/** A request head as the peer sent it; nothing is decided or repaired yet. */
export interface RequestHead {
  readonly method: string;
  /** The request target's raw characters (latin1). */
  readonly target: string;
  /** As on the wire: `1.1`, `1.0`; others are refused later. */
  readonly version: string;
  readonly fields: readonly Field[];
}

/** An answer's head as the destination sent it. */
export interface ResponseHead {
  readonly status: number;
  readonly reason: string;
  readonly version: string;
  readonly fields: readonly Field[];
}

/** How a body is delimited; we compute it, we never copy it (RFC 9112, section 6.3). */
export type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  /** Answers only: the body ends with the connection. */
  | { readonly kind: 'close' };
