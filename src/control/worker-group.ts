// The primary's hold on its workers: starts them, replaces what ends, and changes the policy of all in two phases.
// INVARIANT: a worker's counts go to the book before it is forgotten, so that no counter falls (test/control/worker-group.test.ts).
import { performance } from 'node:perf_hooks';
import { randomBytes } from 'node:crypto';
import type { Lockdown } from '../decision/plan-types.js';
import type { Direction } from '../policy/exposure-order.js';
import type { Proxy } from '../proxy/proxy.js';
import type { LedgerKey, LookoutKeys } from '../proxy/lookout.js';
import type { ListenAddress } from '../proxy/settings.js';
import type { Log } from '../telemetry/log.js';
import type { Meter } from '../telemetry/meter.js';
import type { CounterBook } from './counter-book.js';
import type { Prepared, Quarantined } from './messages.js';
import { restartDelayMs } from './restart-delay.js';
import type { Settings } from './settings.js';
import { StartFailure } from './start-failure.js';
import type { Spawn } from './worker-link.js';
import { WorkerMember, type WorkerReport } from './worker-member.js';

export interface WorkerGroupOptions {
  readonly spawn: Spawn;
  readonly settings: Settings;
  /** What this gateway listens on beside its listeners. */
  readonly ownAddresses: readonly ListenAddress[];
  readonly book: CounterBook;
  /** The primary's own counts. */
  readonly meter: Meter;
  readonly log: Log;
  /** The highest time ever seen when the group was made, milliseconds since the epoch. Default 0. */
  readonly highestMs?: number;
  /** Hears what workers saw of leaks and names. Default: nobody. */
  readonly onSeen?: (message: Exclude<WorkerReport, { readonly kind: 'counts' }>) => void;
  /** Under which leaks and releases are counted. Default: a random one, of no epoch. */
  readonly ledgerKey?: LedgerKey;
  /** Hears that a worker told what it had counted, and that one ended; `isDrained`: after it had told all. Default: nobody. */
  readonly onWorker?: (worker: number, what: 'told' | 'drained' | 'ended') => void;
  /** How long a worker may take to be ready for a change; then it is replaced. Default 5,000. */
  readonly readyWithinMs?: number;
  /** How long a new worker may take to serve. Default 30,000. */
  readonly startWithinMs?: number;
  /** How long a worker may take to have lockdown in force; then it is replaced. Default 1,000. */
  readonly lockedWithinMs?: number;
}

/** What a change came to. */
export interface Change {
  readonly isInForce: boolean;
  /** Where it is not: why, in one line. */
  readonly failure: string | null;
}

/** From a kill to the end of a process. */
const END_WITHIN_MS = 1000;

const IN_FORCE: Change = { isInForce: true, failure: null };

function notInForce(members: readonly WorkerMember[]): Change {
  return { isInForce: false, failure: members.find((m) => m.failure !== null)?.failure ?? 'no worker became ready' };
}

export class WorkerGroup {
  readonly #options: WorkerGroupOptions;
  readonly #readyWithinMs: number;
  readonly #startWithinMs: number;
  readonly #lockedWithinMs: number;
  readonly #members = new Set<WorkerMember>();
  #current: Prepared | undefined;
  #lockdown: Lockdown = 'off';
  #quarantined: Quarantined = new Map();
  #lookoutKeys: LookoutKeys;
  #lastLock = 0;
  #lastId = 0;
  #lastRequest = 0;
  #isSteady = false;
  #isDraining = false;
  #endsMs: number[] = [];

  constructor(options: WorkerGroupOptions) {
    this.#options = options;
    const ledger = options.ledgerKey ?? { epoch: '', key: randomBytes(8) };
    this.#lookoutKeys = { sketch: randomBytes(8), fingerprint: randomBytes(32), ledger };
    this.#readyWithinMs = options.readyWithinMs ?? 5000;
    this.#startWithinMs = options.startWithinMs ?? 30_000;
    this.#lockedWithinMs = options.lockedWithinMs ?? 1000;
  }

  /** Each with the generation that it serves; -1: none yet. */
  get members(): readonly { readonly id: number; readonly serving: number }[] {
    return [...this.#members].map(({ id, serving }) => ({ id, serving }));
  }

  /** Workers that carry traffic now. */
  get serving(): number {
    return [...this.#members].filter((member) => member.serving >= 0).length;
  }

  /** Starts all; resolves when each listens. Where one cannot, none is left and the reason is thrown as a StartFailure. */
  async start(prepared: Prepared): Promise<Proxy['addresses']> {
    this.#current = prepared;
    const members = Array.from({ length: this.#options.settings.workers }, () => this.#add(prepared));
    const within = this.#startWithinMs;
    await this.#all(members, (member) => member.reach((m) => m.ready === prepared.generation, within));
    for (const member of members) this.#tell(member, prepared);
    await this.#all(members, (member) => member.reach((m) => m.serving === prepared.generation, within));
    this.#isSteady = true;
    return members[0]?.addresses ?? [];
  }

  /**
   * Every worker builds the new value beside the old one, then swaps. A narrowing is in force on each as soon as that one has
   * built it; a widening only once all have. A worker that is not ready in time is replaced by one that starts with the new
   * value; where none can build it, nothing changes. Resolves when no worker serves the old value any more. Not to be called
   * again before.
   */
  async change(prepared: Prepared, { direction }: { readonly direction: Direction }): Promise<Change> {
    const isNarrow = direction === 'narrowing' || direction === 'equivalent';
    const change = isNarrow ? await this.#narrow(prepared) : await this.#widen(prepared);
    // One that was born meanwhile may have begun with the old value: it catches up by itself.
    if (change.isInForce) await this.#everyone((m) => m.serving >= prepared.generation, this.#readyWithinMs);
    return change;
  }

  /**
   * Lockdown on every worker, at once and for every one that is born from now on; before the start too. Resolves when all that
   * serve have it in force: one that does not say so in time is ended and replaced.
   */
  async lock(lockdown: Lockdown): Promise<void> {
    this.#lockdown = lockdown;
    this.#lastLock += 1;
    const sequence = this.#lastLock;
    for (const member of this.#members) member.link.send({ kind: 'lockdown', lockdown, sequence });
    await this.#everyone((m) => m.locked >= sequence, this.#lockedWithinMs);
  }

  /** For every worker, and for every one that is born from now on. Nobody waits: the next request of each has it. */
  quarantine(quarantined: Quarantined): void {
    this.#quarantined = quarantined;
    for (const member of this.#members) member.link.send({ kind: 'quarantine', quarantined });
  }

  /** The ledger's next epoch, for every worker, and for every one that is born from now on. */
  renew(ledger: LedgerKey): void {
    this.#lookoutKeys = { ...this.#lookoutKeys, ledger };
    for (const member of this.#members) member.link.send({ kind: 'epoch', ledger });
  }

  async #widen(prepared: Prepared): Promise<Change> {
    const members = this.#begun;
    for (const member of members) member.link.send({ kind: 'prepare', prepared });
    const isReady = await Promise.all(
      members.map((member) => member.reach((m) => m.ready >= prepared.generation, this.#readyWithinMs)),
    );
    const ready = members.filter((_, index) => isReady[index]);
    if (ready.length === 0) return notInForce(members);
    this.#current = prepared;
    for (const member of members.filter((each, index) => isReady[index] !== true && !each.isOver)) {
      this.#endLate(member);
    }
    await Promise.all(ready.map((member) => this.#go(member, prepared)));
    return IN_FORCE;
  }

  /** Told to build and to swap in one breath: none waits for another, and one that hangs swaps when it wakes. */
  async #narrow(prepared: Prepared): Promise<Change> {
    const before = this.#current;
    this.#current = prepared;
    const members = this.#begun;
    for (const member of members) member.link.send({ kind: 'prepare', prepared });
    const isServing = await Promise.all(members.map((member) => this.#gone(member, prepared)));
    const left = members.filter((member, index) => isServing[index] !== true && !member.isOver);
    if (left.length > 0 && left.length === members.length && left.every(({ failure }) => failure !== null)) {
      this.#current = before;
      return notInForce(members);
    }
    left.forEach((member) => this.#endLate(member));
    return IN_FORCE;
  }

  /** Asks every worker for its counts and waits for the answers, at most `withinMs`; later answers are not lost. */
  async refresh(withinMs: number): Promise<void> {
    this.#lastRequest += 1;
    const request = this.#lastRequest;
    const members = [...this.#members].filter((member) => member.serving >= 0);
    for (const member of members) member.link.send({ kind: 'report', request });
    await Promise.all(members.map((member) => member.hear((m) => m.answered >= request, withinMs)));
  }

  /** Lets every worker finish what it has begun, for at most `deadlineMs`, and ends it. */
  async drain(deadlineMs: number): Promise<void> {
    this.#isDraining = true;
    await Promise.all(
      [...this.#members].map(async (member) => {
        member.link.send({ kind: 'drain', deadlineMs });
        const isDrained = await member.hear((m) => m.isDrained, deadlineMs + 1000);
        if (isDrained) member.link.end();
        else member.link.kill();
      }),
    );
    await Promise.all([...this.#members].map((member) => member.hear((m) => m.isOver, 2000)));
    for (const member of this.#members) member.link.kill();
  }

  #add(prepared: Prepared): WorkerMember {
    this.#lastId += 1;
    const { settings, ownAddresses, spawn, book, onSeen, onWorker } = this.#options;
    const member = new WorkerMember(this.#lastId, spawn(this.#lastId), (message, id) => {
      if (message.kind !== 'counts') return onSeen?.(message);
      book.report(id, message.numbers);
      onWorker?.(id, 'told');
    });
    this.#members.add(member);
    member.link.onEnd((how) => this.#ended(member, how));
    member.link.send({
      kind: 'start',
      worker: member.id,
      settings,
      ownAddresses,
      logLevel: settings.log.level,
      connectionShare: Math.ceil(settings.limits.connections / settings.workers),
      prepared,
      lockdown: this.#lockdown,
      highestMs: this.#options.highestMs ?? 0,
      lookoutKeys: this.#lookoutKeys,
      quarantined: this.#quarantined,
    });
    return member;
  }

  /** Waits for all; at the first that fails, ends all and throws its reason. */
  async #all(members: readonly WorkerMember[], wait: (member: WorkerMember) => Promise<boolean>): Promise<void> {
    const isMet = await Promise.all(members.map(wait));
    const failed = members.find((_, index) => isMet[index] !== true);
    if (failed === undefined) return;
    this.#isDraining = true;
    for (const member of members) member.link.kill();
    const message =
      failed.failure ?? (failed.isOver ? 'a worker ended before it served' : 'a worker did not serve in time');
    throw new StartFailure([{ code: 'start', severity: 'error', message }]);
  }

  /** Workers that were told to serve: those that listen, or are about to. */
  get #begun(): readonly WorkerMember[] {
    return [...this.#members].filter((member) => member.went >= 0);
  }

  /** Waits until `isDone` holds for every worker that was told to serve; whoever lags behind is ended, and gone when this resolves. */
  async #everyone(isDone: (member: WorkerMember) => boolean, withinMs: number): Promise<void> {
    const wait = async (member: WorkerMember): Promise<void> => {
      if ((await member.hear(isDone, withinMs)) || member.isOver) return;
      this.#endLate(member);
      await member.hear((m) => m.isOver, END_WITHIN_MS);
    };
    await Promise.all(this.#begun.map(wait));
  }

  #endLate(member: WorkerMember): void {
    this.#options.log.error('worker-late', 'a worker did not take what it was told in time: it is replaced', {
      worker: member.id,
    });
    member.link.kill();
  }

  #tell(member: WorkerMember, { generation }: Prepared): void {
    member.went = generation;
    member.link.send({ kind: 'go', generation });
  }

  /** Tells it to serve; true once it does. */
  #gone(member: WorkerMember, prepared: Prepared): Promise<boolean> {
    this.#tell(member, prepared);
    return member.reach((m) => m.serving >= prepared.generation, this.#readyWithinMs);
  }

  async #go(member: WorkerMember, prepared: Prepared): Promise<boolean> {
    const isServing = await this.#gone(member, prepared);
    if (!isServing && !member.isOver) member.link.kill();
    return isServing;
  }

  #ended(member: WorkerMember, how: string): void {
    this.#options.book.retire(member.id);
    this.#options.onWorker?.(member.id, member.isDrained ? 'drained' : 'ended');
    this.#members.delete(member);
    member.end();
    if (this.#isDraining || !this.#isSteady) return;
    const now = performance.now();
    this.#endsMs = [...this.#endsMs.slice(-20), now];
    this.#options.meter.count('headgate_worker_restarts_total', []);
    const waitMs = restartDelayMs(this.#endsMs, now);
    this.#options.log.error('worker-ended', `a worker ended (${how}): it is replaced`, {
      worker: member.id,
      how,
      waitMs,
    });
    setTimeout(() => void this.#replace(), waitMs);
  }

  /** A new worker in the place of one that ended, brought to what is in force by then. */
  async #replace(): Promise<void> {
    if (this.#isDraining || this.#current === undefined) return;
    const member = this.#add(this.#current);
    const isServing = await this.#bring(member, this.#current);
    if (isServing) {
      this.#options.log.info('worker-replaced', 'a new worker carries traffic', { worker: member.id });
      return;
    }
    if (this.#isDraining) return;
    this.#options.log.error('worker-failed', 'a new worker could not serve', {
      worker: member.id,
      reason: member.failure,
    });
    member.link.kill();
  }

  /** True once it serves what is in force by then. INVARIANT: it is never told to serve what is no longer in force. */
  async #bring(member: WorkerMember, first: Prepared): Promise<boolean> {
    let prepared = first;
    let withinMs = this.#startWithinMs;
    for (;;) {
      const { generation } = prepared;
      if (!(await member.reach((m) => m.ready >= generation, withinMs))) return false;
      withinMs = this.#readyWithinMs;
      if (prepared === this.#current) {
        if (!(await this.#go(member, prepared))) return false;
        if (member.serving >= (this.#current?.generation ?? -1)) return true;
      }
      prepared = this.#current ?? prepared;
      member.link.send({ kind: 'prepare', prepared });
    }
  }
}
