// Requests of many people as they come from an enricher: what a browser or an app sends, and behind it what the network added. Every
// draw comes from the seed, so a request can be had again. It knows nothing of policies and detectors.
import { APPS } from './apps.js';
import { BROWSERS, type Sender } from './browsers.js';
import { CALLERS, type Caller } from './contacts.js';
import { drawingOf, type Drawing } from './drawing.js';

export interface Made {
  /** Of the browser or the kind of app. */
  readonly sender: string;
  readonly method: string;
  readonly path: string;
  readonly host: string;
  /** What the sender wrote, in order, without Host. */
  readonly own: readonly (readonly [name: string, value: string])[];
  /** What the network added behind it. */
  readonly added: readonly (readonly [name: string, value: string])[];
}

/** Numbers of the drama range; `not`: never that one. */
function numberOf(draw: Drawing, not = ''): string {
  for (;;) {
    const number = `447700900${draw.digits(3)}`;
    if (number !== not) return number;
  }
}

const addedFor = (draw: Drawing, number: string): Made['added'] => {
  // A subscriber of whom the network knows nothing.
  if (draw.once(5)) return [];
  const last = number.slice(-3);
  return [
    ['X-MSISDN', number],
    ['X-IMSI', `001010123456${last}`],
    ...(draw.once(3) ? [['X-UIDH', draw.base64(42)] as const] : []),
    ['X-Forwarded-For', `10.${String(draw.number(256))}.${String(draw.number(256))}.${String(draw.number(256))}`],
  ];
};

const SENDERS: readonly Sender[] = [...BROWSERS, ...APPS];

/** Without anybody's number but the subscriber's, in what the network added. */
export function* ordinaryRequests(seed: number, count: number): Generator<Made> {
  const draw = drawingOf(seed);
  for (let i = 0; i < count; i += 1) {
    const sender = draw.oneOf(SENDERS);
    const host = `${draw.oneOf(['www', 'api', 'cdn', 'm'])}.${draw.letters(6)}.example`;
    const path = sender.path(draw);
    yield {
      sender: sender.name,
      method: sender.method ?? 'GET',
      path,
      host,
      own: sender.fields(draw),
      added: addedFor(draw, numberOf(draw)),
    };
  }
}

/** With somebody else's number in a field of the app. */
export function* callingRequests(seed: number, count: number): Generator<Made> {
  const draw = drawingOf(seed);
  for (let i = 0; i < count; i += 1) {
    const caller: Caller = draw.oneOf(CALLERS);
    const subscriber = numberOf(draw);
    yield {
      sender: caller.name,
      method: 'POST',
      path: `/v1/${draw.letters(6)}?at=${String(draw.seconds())}`,
      host: `api.${draw.letters(6)}.example`,
      own: caller.fields(draw, numberOf(draw, subscriber)),
      added: addedFor(draw, subscriber),
    };
  }
}
