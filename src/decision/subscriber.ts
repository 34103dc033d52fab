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

/**
 * The same for who receives what: the number, else the IMSI or IMEI, else the first needle, whichever of them is released and in which
 * form, so that recipients of different headers are seen to have received the same people.
 */
export function subscriberReleased(asker: Asker): string {
  return keyNeedleOf(asker.needles)?.value ?? subscriberOf(asker);
}

/** undefined: there is no needle. */
export function keyNeedleOf(needles: readonly Needle[]): Needle | undefined {
  let best = needles[0];
  for (const needle of needles) {
    if (needle.kind !== 'number') continue;
    if (needle.class === 'msisdn') return needle;
    if (best?.kind !== 'number') best = needle;
  }
  return best;
}

/** The first needle, else the last X-Forwarded-For of a trusted peer, else the peer. */
export function subscriberOf({ needles, fields, peer, trusted }: Asker): string {
  return needles[0]?.value ?? clientAddressOf(fields, peer, trusted);
}
