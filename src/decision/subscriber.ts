// Whose request it is, as far as can be told, for counting people apart. A text of the subscriber: it goes into a keyed hash and
// nowhere else.
import type { Field } from '../http/message.js';
import { clientAddressOf } from './client-address.js';
import type { Needle } from './plan-types.js';

export interface Asker {
  /** Of the plan: values of this request's identity headers. */
  readonly needles: readonly Needle[];
  /** As they came. */
  readonly fields: readonly Field[];
  /** The address of the TCP peer. */
  readonly peer: string;
  readonly trusted: boolean;
}

/** The first needle, else the last X-Forwarded-For of a trusted peer, else the peer. */
export function subscriberOf({ needles, fields, peer, trusted }: Asker): string {
  return needles[0]?.value ?? clientAddressOf(fields, peer, trusted);
}
