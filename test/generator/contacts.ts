// Apps whose business is other people's telephone numbers, by kind: a driver's, a friend's, a payee's, in every way that forms and address
// books write one. `number` is in international digits.
import type { Drawing } from './drawing.js';

export interface Caller {
  readonly name: string;
  readonly fields: (draw: Drawing, number: string) => readonly (readonly [name: string, value: string])[];
}

const national = (number: string): string => `0${number.slice(2)}`;
const spaced = (number: string): string => `+44 ${number.slice(2, 6)} ${number.slice(6)}`;

/** The ways in which a number is written. */
const WRITTEN: readonly ((number: string) => string)[] = [
  (number) => number,
  (number) => `+${number}`,
  (number) => `00${number}`,
  national,
  spaced,
  (number) => `(0)${number.slice(2, 6)}-${number.slice(6)}`,
  (number) => `tel:+${number}`,
  (number) => `%2B${number}`,
  (number) => Buffer.from(number).toString('base64'),
];

const USER_AGENT = ['User-Agent', 'okhttp/4.12.0'] as const;

export const CALLERS: readonly Caller[] = [
  {
    name: 'taxi',
    fields: (d, n) => [USER_AGENT, ['X-Driver-Phone', d.oneOf(WRITTEN)(n)], ['X-Trip', d.id(12)]],
  },
  {
    name: 'food delivery',
    fields: (d, n) => [USER_AGENT, ['X-Courier', `name=Sam; tel=${d.oneOf(WRITTEN)(n)}; eta=${d.id(2)}`]],
  },
  {
    name: 'parcels, for a neighbour',
    fields: (d, n) => [USER_AGENT, ['X-Recipient', `{"phone":"${d.oneOf(WRITTEN)(n)}","ref":${d.id(9)}}`]],
  },
  {
    name: 'chat',
    fields: (d, n) => [USER_AGENT, ['X-Peer', d.oneOf(WRITTEN)(n)], ['X-Message-Id', d.uuid()]],
  },
  {
    name: 'calls over the internet',
    fields: (_, n) => [USER_AGENT, ['X-Callee', `<sip:+${n}@voip.example;user=phone>`], ['X-Codec', 'opus/48000']],
  },
  {
    name: 'payments between friends',
    fields: (d, n) => [USER_AGENT, ['X-Payee', `${d.oneOf(WRITTEN)(n)};amount=12.00`], ['X-Nonce', d.base64(16)]],
  },
  {
    name: 'address book',
    fields: (d, n) => [USER_AGENT, ['X-Contacts', `${n},${d.id(11)},${d.id(12)}`], ['X-Sync-Key', d.hex(16)]],
  },
  {
    name: 'school',
    fields: (d, n) => [USER_AGENT, ['X-Guardian-Contact', d.oneOf(WRITTEN)(n)], ['Cookie', `child=${d.id(6)}`]],
  },
  {
    name: 'classified advertisements',
    fields: (d, n) => [
      USER_AGENT,
      ['X-Seller', d.oneOf(WRITTEN)(n)],
      ['Referer', `http://ads.market.example/item/${d.id(9)}?call=${d.oneOf(WRITTEN)(n).replaceAll(' ', '+')}`],
    ],
  },
  {
    name: 'two factors',
    fields: (d, n) => [USER_AGENT, ['X-Send-Code-To', d.oneOf(WRITTEN)(n)], ['X-Code-Hash', d.hex(40)]],
  },
  {
    name: 'support',
    fields: (d, n) => [USER_AGENT, ['X-Callback', d.oneOf(WRITTEN)(n)], ['Cookie', `ticket=${d.id(8)}; cb=${n}`]],
  },
];
