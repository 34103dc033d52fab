// Requests of many subscribers through one replica, one after the other, and what came of each: the truth that a ledger is held against.
import type { Member } from './member.js';
import { Subscriber } from '../gate/subscriber.js';

export interface Ridden {
  readonly replica: string;
  readonly host: string;
  /** Its number among the subscribers. */
  readonly subscriber: number;
  /** When it was asked and when it was answered, milliseconds since the epoch. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** 0: no whole answer. */
  readonly status: number;
  /** The host received who it was. */
  readonly isReleased: boolean;
}

export interface Ride {
  /** The last request is answered when it resolves. */
  end(): Promise<void>;
}

/** An IMSI of the test network; of noughts and ones alone it would be a placeholder and nobody's. */
const imsiOf = (subscriber: number): string => `00101${String(2_345_600_000 + subscriber)}`;

/** Until it is ended or the replica is gone. `hosts` in turn; each subscriber of `subscribers` in an order of its own. */
export async function ride(
  { name, program }: Member,
  {
    hosts,
    subscribers,
    into,
  }: { readonly hosts: readonly string[]; readonly subscribers: number; readonly into: Ridden[] },
): Promise<Ride> {
  const line = await Subscriber.open(program.port);
  let isEnding = false;
  const work = async (): Promise<void> => {
    for (let n = into.length; !isEnding; n += 1) {
      const subscriber = (n * 7) % subscribers;
      const host = hosts[n % hosts.length] ?? '';
      const imsi = imsiOf(subscriber);
      const fromMs = Date.now();
      const { status, body } = await line.ask(host, `X-IMSI: ${imsi}\r\n`);
      const isReleased = body.includes(`x-imsi=${imsi}`);
      into.push({ replica: name, host, subscriber, fromMs, untilMs: Date.now(), status, isReleased });
      if (status === 0) return;
      // Of two processors the rest of the picture has its share.
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
  const done = work();
  return {
    end: async () => {
      isEnding = true;
      await done;
      line.close();
    },
  };
}
