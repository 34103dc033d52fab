// Lockdown: who set it, why and since when, for everyone and for single partners; kept on disk, told to the workers.
// INVARIANT: only a named person with a reason ends it: no file that vanished, no restart, no store that fails
// (test/control/lockdown.test.ts).
import type { LockdownState } from '../change/gate-state.js';
import type { Lockdown } from '../decision/plan-types.js';
import type { Problem } from '../document/problem.js';
import { nearestWord } from '../document/nearest.js';
import type { Log } from '../telemetry/log.js';
import type { LockdownOrder as SharedOrder } from '../fleet/lockdown-orders.js';
import { type FileOrder, readLockdownFile, watchLockdownFile } from './lockdown-file.js';
import { SharedOrders } from './shared-orders.js';

type Entry = LockdownState['lockdowns'][number];
/** A partner's id; null: everyone. */
type Scope = Entry['partner'];

/** Where it is kept. A reading with a problem means: nobody knows what was locked down, so everything is. */
export interface LockdownStore {
  /** `value: null`: never written. */
  readLockdown():
    { readonly ok: true; readonly value: LockdownState | null } | { readonly ok: false; readonly problem: Problem };
  writeLockdown(state: LockdownState): { readonly ok: true } | { readonly ok: false; readonly problem: Problem };
}

/** `reason` and `by` are one line each and hold nothing of a subscriber. */
export interface LockdownOrder {
  /** Absent or null: everyone. */
  readonly partner?: string | null;
  readonly by: string;
  readonly reason: string;
}

/** `isDone`: it is as was ordered, on every worker. Problems beside it (not written to disk) are for people to mend. */
export interface LockdownOutcome {
  readonly isDone: boolean;
  readonly problems: readonly Problem[];
}

/** For the history. */
export interface LockdownEvent extends Omit<Entry, 'since'> {
  readonly state: 'on' | 'off';
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface LockdownOptions {
  readonly store: LockdownStore;
  /** The switch file. */
  readonly file: string;
  /** Ids of the partners of the policy in force. */
  readonly partners: () => ReadonlySet<string>;
  /** Tells the workers; resolves when all of them obey. */
  readonly apply: (lockdown: Lockdown) => Promise<void>;
  readonly record: (event: LockdownEvent) => void;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly log: Log;
  /** Of a replica that shares. Default: it shares nothing. */
  readonly sharing?: {
    /** 32 hexadecimal digits by chance. */
    readonly newOrder: () => string;
    /** Tells the others of what was set here. */
    readonly announce: () => void;
  };
}

/** An empty file may be one that is being written: so long it is looked at before it means everyone. */
const DOUBT_MS = 250;
/** How often it is said again that lockdown is not on disk. */
const SAY_AGAIN_MS = 60_000;
/** Lockdowns that others tell, of partners that no policy here has: they may yet come. A Redis gone mad is not kept whole. */
const UNKNOWN_MOST = 100;

const shown = (scope: Scope): string => (scope === null ? 'everyone' : `partner \`${scope}\``);
const refusal = (code: string, message: string, help?: string): LockdownOutcome => ({
  isDone: false,
  problems: [{ code, severity: 'error', message, ...(help === undefined ? {} : { help }) }],
});

export class LockdownSwitch {
  readonly #options: LockdownOptions;
  readonly #entries = new Map<Scope, Entry>();
  readonly #orders = new SharedOrders();
  #watching: { close(): void } | undefined;
  #isFileThere = false;
  #doubtSinceMs: number | undefined;
  #unsaved: Problem | null = null;
  #saidMs = -Infinity;

  constructor(options: LockdownOptions) {
    this.#options = options;
  }

  /** What the decision is given. */
  get current(): Lockdown {
    if (this.#entries.has(null)) return 'all';
    const ids = [...this.#entries.keys()].filter((scope) => scope !== null);
    return ids.length === 0 ? 'off' : new Set(ids);
  }

  /** Whether a partner is locked down, beside everyone or not. */
  get isOnForPartners(): boolean {
    return [...this.#entries.keys()].some((scope) => scope !== null);
  }

  get state(): LockdownState {
    const shared = this.#orders.kept;
    return { version: 1, lockdowns: [...this.#entries.values()], ...(shared === undefined ? {} : { shared }) };
  }

  /** What the others are told: the newest order of each lockdown. */
  get orders(): readonly SharedOrder[] {
    return [...this.#entries.values()].flatMap(({ partner, by, reason }) =>
      this.#orders
        .of(partner)
        .slice(-1)
        .map((id) => ({ id, partner, by, reason })),
    );
  }

  /** All orders by which a lockdown is known. */
  ordersOf(partner: Scope): readonly string[] {
    return this.#orders.of(partner);
  }

  /** Orders that somebody ended here. */
  get endedOrders(): ReadonlySet<string> {
    return this.#orders.ended;
  }

  /** Takes what was kept and what the file says, before anything is served; then watches. */
  async begin(): Promise<void> {
    const reading = this.#read();
    for (const entry of reading.entries) this.#entries.set(entry.partner, entry);
    if (reading.shared !== undefined) this.#orders.take(reading.shared);
    for (const scope of this.#entries.keys()) this.#name(scope);
    for (const scope of this.#entries.keys())
      this.#say('lockdown-on', `lockdown is still on for ${shown(scope)}`, scope);
    if (reading.problem !== null) {
      const reason = `what was locked down cannot be read: ${reading.problem.message}`;
      void this.#set({ partner: null, by: 'headgate', reason, via: 'file' });
    }
    this.#look(true);
    this.#watching = watchLockdownFile(this.#options.file, () => this.#look(false));
    await this.#tell();
  }

  close(): void {
    this.#watching?.close();
  }

  /**
   * Everything is stripped for everyone, or for a partner. In force when this resolves, also where it could not be written;
   * then the problem is beside it. Where it is on already, the first order's name and reason stay. Through the API a partner
   * must be one of the policy in force (`partner-unknown`).
   */
  async on(order: LockdownOrder & { readonly via: Entry['via'] }): Promise<LockdownOutcome> {
    const partner = order.partner ?? null;
    const known = this.#options.partners();
    if (partner !== null && order.via === 'api' && !known.has(partner)) {
      const near = nearestWord(partner, [...known]);
      const help = near === undefined ? undefined : `did you mean \`${near}\`?`;
      return refusal('partner-unknown', `\`${partner}\` is no partner of the policy in force`, help);
    }
    if (this.#entries.has(partner)) {
      // Somebody may have ended it elsewhere: for the others this is a new one.
      const isTold = this.#orderAnew(partner);
      if (isTold || this.#unsaved !== null) this.#save();
      await this.#tell();
    } else {
      await this.#set({ ...order, partner });
    }
    return { isDone: true, problems: this.#unsaved === null ? [] : [this.#unsaved] };
  }

  /**
   * What others have locked down: it is locked down here too, as this replica's own, and ended here. An order that somebody ended here is
   * passed over. In force when this resolves.
   */
  async hear(orders: readonly SharedOrder[]): Promise<void> {
    const ended = this.#orders.ended;
    const fresh: SharedOrder[] = [];
    let isNoted = false;
    for (const order of orders) {
      const { id, partner } = order;
      if (ended.has(id) || (!this.#entries.has(partner) && !this.#hasRoomFor(partner))) continue;
      isNoted = this.#orders.note(partner, id) || isNoted;
      if (this.#entries.has(partner)) continue;
      this.#enter({ ...order, via: 'redis' });
      fresh.push(order);
    }
    if (fresh.length === 0) {
      if (isNoted) this.#save();
      return;
    }
    const told = this.#tell();
    for (const { partner } of fresh) this.#sayOn(partner);
    this.#save();
    for (const { partner } of fresh) this.#recordOn(partner);
    await told;
  }

  /** Ends it: on disk first, then on the workers. Refused without a name and a reason, and while the file still asks for it. */
  async off({ partner = null, by, reason }: LockdownOrder): Promise<LockdownOutcome> {
    if (by.trim() === '' || reason.trim() === '') {
      return refusal('lockdown-unsigned', 'a lockdown is ended by a named person with a reason');
    }
    const entry = this.#entries.get(partner);
    if (entry === undefined) return refusal('lockdown-absent', `there is no lockdown for ${shown(partner)}`);
    const { file, store, clock, log, record } = this.#options;
    if (asksFor(this.#fileOrder(), partner)) {
      const message = `lockdown stays on for ${shown(partner)}: \`${file}\` is still there`;
      return refusal('lockdown-file', message, `remove \`${file}\` first`);
    }
    const lockdowns = [...this.#entries.values()].filter((each) => each !== entry);
    const shared = this.#orders.without(partner);
    const kept = { version: 1, lockdowns, ...(shared === undefined ? {} : { shared }) } as const;
    const written = guarded(() => store.writeLockdown(kept));
    if (!written.ok) {
      const { code, message } = written.problem;
      return refusal(code, `lockdown stays on for ${shown(partner)}: ${message}`);
    }
    this.#entries.delete(partner);
    this.#orders.end(partner);
    this.#unsaved = null;
    record({ state: 'off', partner, by, reason, via: 'api', at: clock() });
    log.warn('lockdown-off', `lockdown is off for ${shown(partner)}`, { partner, by, reason });
    await this.#tell();
    return { isDone: true, problems: [] };
  }

  /** In memory and to the workers first: what fails after that is only loud. Resolves when the workers obey. */
  #set(order: Omit<Entry, 'since'>): Promise<void> {
    const { partner } = order;
    this.#enter(order);
    const told = this.#tell();
    this.#name(partner);
    this.#options.sharing?.announce();
    this.#sayOn(partner);
    this.#save();
    this.#recordOn(partner);
    return told;
  }

  #enter({ partner, by, reason, via }: Omit<Entry, 'since'>): void {
    this.#entries.set(partner, { partner, since: this.#options.clock(), reason, by, via });
  }

  /** Gives it an order, by which the others know it. */
  #name(scope: Scope): void {
    const { sharing } = this.#options;
    if (sharing !== undefined && this.#orders.of(scope).length === 0) this.#orders.name(scope, sharing.newOrder());
  }

  /** True: the others are told. */
  #orderAnew(scope: Scope): boolean {
    const { sharing } = this.#options;
    if (sharing === undefined) return false;
    this.#orders.name(scope, sharing.newOrder());
    sharing.announce();
    return true;
  }

  #sayOn(scope: Scope): void {
    this.#say('lockdown-on', `lockdown is on for ${shown(scope)}: identity is withheld`, scope);
  }

  #recordOn(scope: Scope): void {
    const entry = this.#entries.get(scope);
    if (entry === undefined) return;
    const { since, ...rest } = entry;
    this.#options.record({ ...rest, state: 'on', at: since });
  }

  #hasRoomFor(scope: Scope): boolean {
    const known = this.#options.partners();
    if (scope === null || known.has(scope)) return true;
    const unknown = [...this.#entries.keys()].filter((each) => each !== null && !known.has(each));
    return unknown.length < UNKNOWN_MOST;
  }

  async #tell(): Promise<void> {
    try {
      await this.#options.apply(this.current);
    } catch {
      this.#options.log.error('lockdown-untold', 'a worker could not be told of the lockdown', { cause: 'lockdown' });
    }
  }

  #say(event: string, message: string, scope: Scope): void {
    const entry = this.#entries.get(scope);
    const fields = { partner: scope, by: entry?.by ?? null, reason: entry?.reason ?? null, via: entry?.via ?? null };
    this.#options.log.warn(event, message, fields);
  }

  #save(): void {
    const { store, log } = this.#options;
    const written = guarded(() => store.writeLockdown(this.state));
    if (written.ok) {
      if (this.#unsaved !== null) log.info('lockdown-saved', 'lockdown is on disk again');
      this.#unsaved = null;
      return;
    }
    this.#unsaved = written.problem;
    const nowMs = performance.now();
    if (nowMs - this.#saidMs < SAY_AGAIN_MS) return;
    this.#saidMs = nowMs;
    const message = `lockdown is in force and not on disk, a restart would not know of it: ${written.problem.message}`;
    log.error('lockdown-unsaved', message, { cause: written.problem.code });
  }

  #read(): {
    readonly entries: readonly Entry[];
    readonly shared: LockdownState['shared'];
    readonly problem: Problem | null;
  } {
    const reading = guarded(() => this.#options.store.readLockdown());
    return reading.ok
      ? { entries: reading.value?.lockdowns ?? [], shared: reading.value?.shared, problem: null }
      : { entries: [], shared: undefined, problem: reading.problem };
  }

  /** An id that is locked down stays known when the policy drops it: its line must not turn into everyone. */
  #fileOrder(): FileOrder {
    const locked = [...this.#entries.keys()].filter((scope) => scope !== null);
    return readLockdownFile(this.#options.file, new Set([...this.#options.partners(), ...locked]));
  }

  #look(isStart: boolean): void {
    if (this.#unsaved !== null) this.#save();
    const order = this.#fileOrder();
    if (!isStart && this.#isDoubtful(order)) return;
    const { log, file } = this.#options;
    if (this.#isFileThere && order.kind === 'absent') {
      log.info('lockdown-file-gone', 'the lockdown file is gone; lockdown stays on until a person ends it', { file });
    }
    this.#isFileThere = order.kind !== 'absent';
    const scopes: readonly Scope[] = order.kind === 'partners' ? order.ids : order.kind === 'all' ? [null] : [];
    for (const partner of scopes) {
      if (this.#entries.has(partner)) continue;
      const reason = `the file \`${file}\` is there${order.kind === 'all' ? `: ${order.why}` : ''}`;
      void this.#set({ partner, by: 'file', reason, via: 'file' });
    }
  }

  /** Somebody may be writing it: it is looked at again, once, a little later. */
  #isDoubtful(order: FileOrder): boolean {
    if (order.kind !== 'all' || order.isPlain || this.#entries.has(null)) {
      this.#doubtSinceMs = undefined;
      return false;
    }
    const nowMs = performance.now();
    if (this.#doubtSinceMs === undefined) {
      this.#doubtSinceMs = nowMs;
      setTimeout(() => this.#look(false), DOUBT_MS + 5).unref();
      return true;
    }
    return nowMs - this.#doubtSinceMs < DOUBT_MS;
  }
}

function asksFor(order: FileOrder, scope: Scope): boolean {
  if (order.kind === 'all') return scope === null;
  return order.kind === 'partners' && scope !== null && order.ids.includes(scope);
}

/** A store that throws is one that failed. */
function guarded<T extends { readonly ok: boolean }>(
  act: () => T,
): T | { readonly ok: false; readonly problem: Problem } {
  try {
    return act();
  } catch {
    return { ok: false, problem: { code: 'state', severity: 'error', message: 'the state folder failed' } };
  }
}
