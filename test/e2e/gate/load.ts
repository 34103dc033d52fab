// Constant load on kept connections: each asks fifteen times a second, and each answer is held against what may be in force between
// the question and the answer. A wrong answer, or one that took over a second, has failed.
import { Subscriber, type Reached } from './subscriber.js';

/** What reaches each host: names of fields, sorted. The same hosts always. */
export type InForce = Readonly<Record<string, readonly string[]>>;

/** From one question of a connection to its next, where the answer came before: 200 connections ask 3,000 times a second. */
const EVERY_MS = 66;
/** An answer that takes longer has failed. */
export const WITHIN_MS = 1000;

export class Load {
  readonly failures: string[] = [];
  requests = 0;
  /** The longest that an answer took. */
  longestMs = 0;
  readonly #subscribers: Subscriber[] = [];
  #isEnding = false;
  #loops: Promise<void>[] = [];
  /** What was in force, one after the other; a request keeps the place at which it began. */
  readonly #times: InForce[];
  #isMoving = false;
  readonly #hosts: readonly string[];

  private constructor(inForce: InForce) {
    this.#times = [inForce];
    this.#hosts = Object.keys(inForce);
  }

  static async start(port: number, connections: number, inForce: InForce): Promise<Load> {
    const load = new Load(inForce);
    for (let count = 0; count < connections; count += 1) load.#subscribers.push(await Subscriber.open(port));
    load.#loops = load.#subscribers.map((subscriber, index) => load.#loop(subscriber, index));
    return load;
  }

  /** From now on either may be in force. */
  move(next: InForce): void {
    this.#isMoving = true;
    this.#times.push(next);
  }

  /** From now on only what it moved to is: for requests that begin after this. */
  rest(): void {
    this.#isMoving = false;
    const next = this.#times.at(-1);
    if (next !== undefined) this.#times.push(next);
  }

  /** The first request of every connection that is asked from now on has been answered. */
  async everyoneAsked(): Promise<void> {
    const before = this.#subscribers.map(({ answers }) => answers);
    // One answer more may be of a request from before.
    while (!this.#subscribers.every(({ answers }, index) => answers >= (before[index] ?? 0) + 2)) {
      if (this.failures.length > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    await Promise.all(this.#loops);
    for (const subscriber of this.#subscribers) subscriber.close();
  }

  async #loop(subscriber: Subscriber, index: number): Promise<void> {
    for (let turn = index; !this.#isEnding && this.failures.length < 20; turn += 1) {
      const host = this.#hosts[turn % this.#hosts.length] ?? '';
      const [began, wasMoving] = [this.#times.length - 1, this.#isMoving];
      const reached = await subscriber.ask(host);
      this.#judge(host, reached, this.#times.slice(wasMoving ? began - 1 : began));
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS - reached.tookMs));
    }
  }

  #judge(host: string, { status, names, body, tookMs }: Reached, times: readonly InForce[]): void {
    this.requests += 1;
    this.longestMs = Math.max(this.longestMs, tookMs);
    const reached = names.join(' ');
    const permitted = new Set(times.map((inForce) => (inForce[host] ?? []).join(' ')));
    if (status === 200 && body.startsWith(`${host} `) && permitted.has(reached) && tookMs <= WITHIN_MS) return;
    const may = [...permitted].map((each) => `[${each}]`).join(' or ');
    this.failures.push(`${host}: ${status}, [${reached}] where ${may} may, after ${Math.round(tookMs)} ms`);
  }
}
