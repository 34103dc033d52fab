// What reached the mirror, as data: the fields as sent and which of them are identity. Keeps nothing between two requests.
import type { Field } from '../http/message.js';
import type { IdentityClass } from '../policy/policy.js';

/** What the catalogue (or a policy's own names) knows of a field name; undefined: not identity. */
export type IdentifyName = (
  name: string,
) => { readonly class: IdentityClass; readonly action: 'strip' | 'count' } | undefined;

/** Whether a value under a name that nobody knows is a number of the network's own by its shape. */
export type IdentifyValue = (value: string) => { readonly class: IdentityClass } | undefined;

/** What a policy says of this identity header at this site: released to it, forwarded to everyone (watched), or neither. */
export type StandingOf = (host: string, name: string) => 'released' | 'usual' | 'escaped';

export interface SeenField extends Field {
  /** null: not identity. */
  readonly class: IdentityClass | null;
  /** The class in plain words; empty where the field is not identity. */
  readonly words: string;
  /** `released` to this site; `usual`: ordinary applications send it and nobody withholds it; `escaped`: neither; `unknown`: no
   *  policy is known; null: no identity. */
  readonly standing: ReturnType<StandingOf> | 'unknown' | null;
}

/** How bad it is for the subscriber: `who` says who they are, `where` only how and where they are connected. */
export type Gravity = 'none' | 'where' | 'who';

export interface Sighting {
  /** The Host field's value; empty without one. */
  readonly host: string;
  readonly method: string;
  readonly target: string;
  readonly version: string;
  /** In the order in which they came, repeats included. */
  readonly fields: readonly SeenField[];
  readonly gravity: Gravity;
}

const CLASSES: Readonly<Record<IdentityClass, { readonly words: string; readonly gravity: Gravity }>> = {
  msisdn: { words: 'a phone number', gravity: 'who' },
  imsi_imei: { words: 'the number of a SIM card or a handset', gravity: 'who' },
  token: { words: 'a code that stands for one subscriber', gravity: 'who' },
  location: { words: 'where the subscriber is', gravity: 'who' },
  network: { words: 'how the subscriber is connected', gravity: 'where' },
  address: { words: 'an address on the subscriber’s side', gravity: 'where' },
};

/** What belongs to the subscriber, who may say in it what they like. */
const THEIRS = new Set(['host', 'cookie', 'referer']);

/** What is known beside the names; where one is absent nothing is. */
export interface Knowledge {
  readonly identify: IdentifyName;
  readonly identifyValue?: IdentifyValue | undefined;
  readonly standingOf?: StandingOf | undefined;
}

/** Judges the fields of one request by their names, and by the shape of a value where `identifyValue` is given. */
export function sightingOf(
  request: {
    readonly method: string;
    readonly target: string;
    readonly version: string;
    readonly fields: readonly Field[];
  },
  { identify, identifyValue, standingOf }: Knowledge,
): Sighting {
  let gravity: Gravity = 'none';
  const host = request.fields.find(({ name }) => name.toLowerCase() === 'host')?.value ?? '';
  const fields = request.fields.map(({ name, value }): SeenField => {
    const known = identify(name);
    const shaped = known === undefined && !THEIRS.has(name.toLowerCase()) ? identifyValue?.(value) : undefined;
    const found = known ?? shaped;
    if (found === undefined) return { name, value, class: null, words: '', standing: null };
    const { words, gravity: own } = CLASSES[found.class];
    if (own === 'who' || gravity === 'none') gravity = own;
    if (known === undefined)
      return { name, value, class: found.class, words: `looks like ${words}`, standing: 'escaped' };
    const standing = known.action === 'count' ? 'usual' : (standingOf?.(host, name) ?? 'unknown');
    return { name, value, class: found.class, words, standing };
  });
  return { host, method: request.method, target: request.target, version: request.version, fields, gravity };
}

/** One plain sentence about the whole request. */
export function headlineOf(sighting: Sighting): string {
  const count = sighting.fields.filter(
    ({ class: found }) => found !== null && CLASSES[found].gravity === sighting.gravity,
  ).length;
  const them = count === 1 ? 'One header that reached' : `${count} headers that reached`;
  switch (sighting.gravity) {
    case 'none':
      return 'Nothing that reached this site says who you are.';
    case 'where':
      return `${them} this site ${count === 1 ? 'describes' : 'describe'} your connection, none says who you are.`;
    case 'who':
      return `${them} this site ${count === 1 ? 'identifies' : 'identify'} you.`;
    default:
      return sighting.gravity satisfies never;
  }
}
