// By which orders the others know the lockdowns of this replica, and which orders somebody ended here: those do not come back.
// Plain bookkeeping: it locks nothing and writes nothing. INVARIANT: only an order that was on here when a person ended it is ended.
import type { LockdownState } from '../change/gate-state.js';

type Scope = string | null;
type Kept = NonNullable<LockdownState['shared']>;

/** Of one lockdown, for there may be one from each replica; what comes beyond is not known again, and locks down again. */
const ORDERS_MOST = 100;
const ENDED_MOST = 1000;

export class SharedOrders {
  readonly #held = new Map<Scope, readonly string[]>();
  #ended: readonly string[] = [];

  take({ held, ended }: Kept): void {
    for (const { partner, orders } of held) this.#held.set(partner, orders);
    this.#ended = ended;
  }

  /** Undefined: there is nothing to keep. */
  get kept(): Kept | undefined {
    if (this.#held.size === 0 && this.#ended.length === 0) return undefined;
    return { held: [...this.#held].map(([partner, orders]) => ({ partner, orders })), ended: this.#ended };
  }

  /** As it is to be kept once a lockdown has ended. */
  without(scope: Scope): Kept | undefined {
    const ending = this.#held.get(scope);
    if (ending === undefined) return this.kept;
    return {
      held: [...this.#held].flatMap(([partner, orders]) => (partner === scope ? [] : [{ partner, orders }])),
      ended: [...this.#ended, ...ending].slice(-ENDED_MOST),
    };
  }

  get ended(): ReadonlySet<string> {
    return new Set(this.#ended);
  }

  of(scope: Scope): readonly string[] {
    return this.#held.get(scope) ?? [];
  }

  /** Of this replica: it is the newest, and there is always room for it. */
  name(scope: Scope, order: string): void {
    this.#held.set(scope, [...this.of(scope), order].slice(-ORDERS_MOST));
  }

  /** Of another one. True: it was not known. */
  note(scope: Scope, order: string): boolean {
    const known = this.of(scope);
    if (known.includes(order) || known.length >= ORDERS_MOST) return false;
    this.#held.set(scope, [...known, order]);
    return true;
  }

  end(scope: Scope): void {
    const { ended } = this.without(scope) ?? { ended: this.#ended };
    this.#ended = ended;
    this.#held.delete(scope);
  }
}
