// What a replica of the tests releases, minute by minute: known to the last request, so that a ledger can be held against it.

export const DAY = 86_400_000;
export const MINUTE = 60_000;
export const DIGEST = 'a'.repeat(64);

export interface Schedule {
  /** Milliseconds since the epoch: midnight. */
  readonly start: number;
  readonly days: number;
  readonly minutesADay: number;
  readonly requestsAMinute: number;
  readonly subscribers: number;
}

export interface Released {
  readonly host: string;
  readonly header: string;
  /** Its number among the subscribers. */
  readonly subscriber: number;
  readonly at: number;
}

/** A host, its domain, and the share of the subscribers that it gets. */
export const RECIPIENTS: readonly { readonly host: string; readonly domain: string; readonly share: number }[] = [
  { host: 'pay.acme.example', domain: 'acme.example', share: 1 },
  { host: 'shop.bank.example', domain: 'bank.example', share: 0.3 },
  { host: 'age.check.example', domain: 'check.example', share: 0.02 },
];

/** The busy minutes of a day, from nine o'clock on. */
export function minutesOf({ start, days, minutesADay }: Schedule): readonly number[] {
  return Array.from({ length: days * minutesADay }, (_, n) => {
    const day = Math.floor(n / minutesADay);
    return start + day * DAY + 9 * 60 * MINUTE + (n % minutesADay) * MINUTE;
  });
}

/** Of one replica in one minute, in order: the same whenever it is asked. */
export function* releasesOf(schedule: Schedule, replica: number, minute: number): Generator<Released> {
  let seed = (replica * 2_654_435_761 + (minute / MINUTE) * 40_503 + 12_345) >>> 0;
  const next = (): number => {
    // xorshift32: any sequence will do.
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    return (seed >>> 0) / 2 ** 32;
  };
  for (let n = 0; n < schedule.requestsAMinute; n += 1) {
    const recipient = RECIPIENTS[Math.floor(next() * RECIPIENTS.length)] ?? { host: '', share: 1 };
    const header = next() < 0.2 ? 'X-IMSI' : 'X-MSISDN';
    const subscriber = Math.floor(next() * schedule.subscribers * recipient.share);
    yield {
      host: recipient.host,
      header,
      subscriber,
      at: minute + Math.floor((n * MINUTE) / schedule.requestsAMinute),
    };
  }
}

/** A number that no document reserves for anybody else would be short of people: a test number and a place behind it. */
export function textOf(subscriber: number): string {
  return `447700900${String(subscriber % 1000).padStart(3, '0')}/${String(subscriber)}`;
}
