// What reached the mirror, as data: the fields as sent and which of them are identity. Keeps nothing between two requests.
import type { Field } from '../http/message.js';
import type { IdentityClass } from '../policy/policy.js';

/** What the catalogue (or a policy's own names) knows of a field name; undefined: not identity. */
export type IdentifyName = (name: string) => { readonly class: IdentityClass } | undefined;

export interface SeenField extends Field {
  /** null: not identity. */
  readonly class: IdentityClass | null;
  /** The class in plain words; empty where the field is not identity. */
  readonly words: string;
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

/** Judges the fields of one request by their names alone; values are shown, never interpreted. */
export function sightingOf(
  request: {
    readonly method: string;
    readonly target: string;
    readonly version: string;
    readonly fields: readonly Field[];
  },
  identify: IdentifyName,
): Sighting {
  let gravity: Gravity = 'none';
  const fields = request.fields.map(({ name, value }): SeenField => {
    const known = identify(name);
    if (known === undefined) return { name, value, class: null, words: '' };
    const { words, gravity: own } = CLASSES[known.class];
    if (own === 'who' || gravity === 'none') gravity = own;
    return { name, value, class: known.class, words };
  });
  const host = fields.find(({ name }) => name.toLowerCase() === 'host')?.value ?? '';
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
