// Who of many partners asks for a port, a listener and a time first. Each combination of a port and a listener knows who claims it
// when, so asking costs about the same however many partners there are.
import type { Partner, Period } from './policy.js';
import { Timeline } from './timeline.js';

/** In which everyone claims: whoever names no listener meets them all. A listener's own name is never empty. */
const ANYWHERE = '';
/** Fewer are looked at one by one: most combinations have one claim. */
const FEW = 8;

export class Claims {
  readonly #partners: readonly Partner[];
  /** By port, then by listener (null: every listener) the positions of those that claim. */
  readonly #claimants = new Map<number, Map<string | null, number[]>>();
  readonly #timelines = new Map<readonly number[], Timeline>();

  /** `members`: positions in `partners` of those that claim. */
  constructor(members: Iterable<number>, partners: readonly Partner[]) {
    this.#partners = partners;
    for (const member of members) {
      const { ports = [], listeners = null } = partners[member] ?? {};
      for (const port of ports) {
        const ofPort = this.#claimants.get(port) ?? new Map<string | null, number[]>();
        this.#claimants.set(port, ofPort);
        for (const listener of [ANYWHERE, ...(listeners ?? [null])]) {
          const claimants = ofPort.get(listener);
          if (claimants === undefined) ofPort.set(listener, [member]);
          else claimants.push(member);
        }
      }
    }
  }

  /** The smallest position that shares a port, a listener and a time with this one and is smaller; undefined where none does. */
  firstBefore(member: number): number | undefined {
    const partner = this.#partners[member];
    if (partner === undefined) return undefined;
    let smallest = member;
    for (const port of partner.ports) {
      const ofPort = this.#claimants.get(port);
      for (const listener of partner.listeners === null ? [ANYWHERE] : [null, ...partner.listeners]) {
        const claimants = ofPort?.get(listener);
        if (claimants !== undefined) smallest = Math.min(smallest, this.#firstOf(claimants, partner));
      }
    }
    return smallest < member ? smallest : undefined;
  }

  #firstOf(claimants: readonly number[], { period }: Partner): number {
    if (claimants.length > FEW) return this.#timelineOf(claimants).firstIn(period);
    return claimants.find((other) => periodsMeet(this.#partners[other]?.period, period)) ?? Infinity;
  }

  #timelineOf(claimants: readonly number[]): Timeline {
    const known = this.#timelines.get(claimants);
    if (known !== undefined) return known;
    const timeline = new Timeline(
      claimants.flatMap((owner) => {
        const period = this.#partners[owner]?.period;
        return period === undefined ? [] : { owner, period };
      }),
    );
    this.#timelines.set(claimants, timeline);
    return timeline;
  }
}

function periodsMeet(a: Period | undefined, b: Period): boolean {
  return (
    a !== undefined && (a.from ?? -Infinity) < (b.until ?? Infinity) && (b.from ?? -Infinity) < (a.until ?? Infinity)
  );
}
