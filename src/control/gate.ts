// The gate of the running gateway: judges what lies on disk, keeps what was admitted, and says what is in force. Knows no socket and no
// worker: whoever makes it applies a value. INVARIANT: what widens is on disk before it is in force, and what narrows never waits
// for a disk (test/control/gate.test.ts).
import { APPLY_WITHIN_MS } from '../change/approval.js';
import type { AdmittedRecord } from '../change/admitted.js';
import { EARLIER_KEPT, type GateState } from '../change/gate-state.js';
import type { Way } from '../change/history-record.js';
import type { Problem } from '../document/problem.js';
import type { Direction } from '../policy/exposure-order.js';
import type { Log } from '../telemetry/log.js';
import type { RefusedCandidate } from './gateway-status.js';
import { GateChronicle } from './gate-chronicle.js';
import type { GateMemory, Written } from './gate-memory.js';
import type { Judge } from './judge-link.js';
import type { JudgeOrder } from './judge.js';
import { storedPolicyOf } from './stored-policy.js';
import type { AdmittedVerdict, RefusedVerdict, Verdict } from './verdict.js';

/** What workers serve. */
export interface Served {
  readonly record: AdmittedRecord;
  /** Pseudonym keys by id; secret. A key that is not what was admitted is left out, and withholds. */
  readonly keys: Readonly<Record<string, Uint8Array>>;
}

export interface GateOptions {
  readonly judge: Judge;
  readonly order: Pick<JudgeOrder, 'file' | 'machine' | 'folder'>;
  readonly memory: GateMemory;
  /** The highest time ever seen, milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether a key is the one of that thumbprint. */
  readonly isKeyOf: (id: string, key: Uint8Array, record: AdmittedRecord) => boolean;
  /** Brings a value to every worker; a line on why where it could not. Not called before `begin` has resolved. */
  readonly apply: (served: Served, direction: Direction) => Promise<string | null>;
  readonly log: Log;
  readonly version: string;
}

export type Judged =
  | { readonly kind: 'admitted'; readonly verdict: AdmittedVerdict; readonly isChanged: boolean }
  | { readonly kind: 'refused'; readonly candidate: RefusedCandidate };

/** One more than the longest life of an approval: what was taken away before cannot be brought back by any. */
const NARROWINGS_KEPT_MS = APPLY_WITHIN_MS.most + 86_400_000;
/** So long before its end a break-glass is said once more. */
const GLASS_REMINDER_MS = 30 * 60_000;

export class Gate {
  readonly #options: GateOptions;
  readonly #chronicle: GateChronicle;
  #state: GateState | null = null;
  #served: Served | null = null;
  #sinceMs = 0;
  #candidate: RefusedCandidate | null = null;
  #refusedDiff: RefusedVerdict['diff'] = null;
  #verdict: Verdict | null = null;
  #judgedAt: number | null = null;
  #unwritten: Problem | null = null;
  #glassTimers: NodeJS.Timeout[] = [];
  #glassBy: string | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #isNew = false;
  /** Of the history, as the state on disk has it. */
  #writtenSeq = 0;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#chronicle = new GateChronicle(options);
  }

  /** What is in force; null: nothing may be, and everything is withheld. */
  get served(): Served | null {
    return this.#served;
  }
  /** Milliseconds since the epoch: since when what is in force is. */
  get sinceMs(): number {
    return this.#sinceMs;
  }
  get state(): GateState | null {
    return this.#state;
  }
  /** The candidate that was refused last; null: what lies on disk is in force. */
  get candidate(): RefusedCandidate | null {
    return this.#candidate;
  }
  get refusedDiff(): RefusedVerdict['diff'] {
    return this.#refusedDiff;
  }
  get lastVerdict(): Verdict | null {
    return this.#verdict;
  }
  get judgedAt(): number | null {
    return this.#judgedAt;
  }
  /** Why the state could not be written when it was last tried; null: it was. */
  get unwritten(): Problem | null {
    return this.#unwritten;
  }
  get breakGlass(): { readonly until: number; readonly by: string } | null {
    const glass = this.#state?.breakGlass ?? null;
    return glass === null ? null : { until: glass.until, by: this.#glassBy ?? glass.record.approvals[0] ?? '' };
  }
  /** Whether there was no state at the start, and none that was lost. */
  get isNew(): boolean {
    return this.#isNew;
  }

  /**
   * What is in force from the start: the candidate where it is admitted, else what was admitted last, else nothing. A new gateway
   * whose candidate cannot be read has nothing to keep, and nothing is noted: whoever started it is told.
   */
  async begin(): Promise<Verdict> {
    const { memory, log, version } = this.#options;
    const reading = memory.readState();
    this.#isNew = reading.ok && reading.value === null;
    if (reading.ok) this.#state = reading.value;
    else
      log.error('state-lost', `${reading.problem.message}: what was admitted before is not known`, {
        cause: reading.problem.code,
      });
    this.#endOldGlass();
    if (this.#state !== null) this.#reread(this.#state);
    const judged = await this.#judge();
    if (this.#isNew && judged.kind === 'refused' && judged.text !== undefined) return judged;
    const verdict = judged.kind === 'admitted' ? this.#begunWith(judged) : judged;
    if (verdict.kind === 'refused') {
      this.#refuse(verdict, 'start');
      const glass = this.#state?.breakGlass ?? null;
      const record = glass?.record ?? this.#state?.current ?? null;
      this.#served = record === null ? null : { record, keys: this.#keysOf(record, verdict.keys) };
    }
    this.#sinceMs = this.#served?.record.admittedAt ?? this.#options.now();
    const started = this.#served?.record ?? null;
    memory.append({ kind: 'started', version, digest: started?.digest ?? null, generation: started?.generation ?? 0 });
    this.#armGlass();
    return verdict;
  }

  /** With a state, what widens is written first, as at a reload. Without one a baseline bears it, written or not. */
  #begunWith(verdict: AdmittedVerdict): Verdict {
    const before = this.#state?.current.digest ?? null;
    const next = this.#nextState(verdict);
    const written = this.#write(next);
    const isWider = verdict.direction === 'widening' || verdict.direction === 'incomparable';
    if (!written.ok && isWider && this.#state !== null) return outOfForce(verdict, 'state', written.problem.message);
    this.#state = next;
    this.#served = { record: verdict.record, keys: verdict.keys };
    this.#noteAdmitted(verdict, before, 'start');
    return verdict;
  }

  /** Judges what lies on disk now; where it is admitted, resolves when it is in force. One after the other. */
  reload(way: Way): Promise<Judged> {
    const next = this.#last.then(() => this.#reload(way));
    this.#last = next.catch(() => undefined);
    return next;
  }

  /** To be called now and then: the state learns the newest record of the history, so that one that is cut off is missed. */
  note(): void {
    const seq = this.#options.memory.head?.seq ?? 0;
    if (this.#state !== null && seq !== this.#writtenSeq) this.#write(this.#state);
  }

  close(): void {
    for (const timer of this.#glassTimers) clearTimeout(timer);
    this.note();
  }

  async #reload(way: Way): Promise<Judged> {
    const verdict = await this.#judge();
    if (verdict.kind === 'refused') return this.#refuse(verdict, way);
    const before = this.#served;
    const next = this.#nextState(verdict);
    if (before !== null && before.record.digest === verdict.record.digest && this.#state !== null) {
      const wasGlass = this.#state.breakGlass !== null;
      if (wasGlass === (next.breakGlass !== null)) {
        this.#candidate = null;
        this.#refusedDiff = null;
        // A generation that a baseline opened is kept; nothing that runs is other than it was.
        if (next.highestGeneration !== this.#state.highestGeneration && this.#write(next).ok) this.#state = next;
        return { kind: 'admitted', verdict, isChanged: false };
      }
    }
    // Over a break-glass the change is judged against what was before it: to workers it can go either way.
    const isOverGlass = (this.#state?.breakGlass ?? null) !== null;
    const direction = isOverGlass && before !== null ? 'incomparable' : verdict.direction;
    const isWider = direction === 'widening' || direction === 'incomparable' || before === null;
    const served: Served = { record: verdict.record, keys: verdict.keys };
    if (isWider) {
      const written = this.#write(next);
      if (!written.ok) return this.#refuse(outOfForce(verdict, 'state', written.problem.message), way);
    }
    const failure = await this.#options.apply(served, before === null ? 'widening' : direction);
    if (failure !== null) {
      if (isWider && this.#state !== null) this.#write(this.#state);
      return this.#refuse(outOfForce(verdict, 'workers', failure), way);
    }
    this.#served = served;
    this.#sinceMs = this.#options.now();
    this.#state = next;
    if (!isWider) this.#write(next);
    this.#noteAdmitted(verdict, before?.record.digest ?? null, way);
    this.#armGlass();
    return { kind: 'admitted', verdict, isChanged: true };
  }

  async #judge(): Promise<Verdict> {
    const { judge, order, now } = this.#options;
    const at = now();
    const verdict = await judge({ ...order, state: this.#state, now: at });
    this.#judgedAt = at;
    this.#verdict = verdict;
    return verdict;
  }

  /** The state with what was admitted; the history's head is put in when it is written. */
  #nextState({ record, generation, removed, breakGlass }: AdmittedVerdict): GateState {
    const at = Math.floor(this.#options.now());
    const old = this.#state;
    if (breakGlass !== null && old !== null) {
      return { ...old, breakGlass: { record, until: breakGlass.until, approval: breakGlass.approval } };
    }
    const isOpened = generation > (old?.highestGeneration ?? -1);
    const taken = removed.releases.length + removed.settings.length > 0;
    const isOther = old !== null && old.current.digest !== record.digest;
    return {
      version: 1,
      current: record,
      breakGlass: null,
      previous: isOther
        ? [old.current.digest, ...old.previous.filter((digest) => digest !== old.current.digest)].slice(0, EARLIER_KEPT)
        : (old?.previous ?? []),
      highestGeneration: Math.max(generation, old?.highestGeneration ?? 0),
      // A new baseline is younger than what was taken away before it, and says itself what it brings back.
      narrowings: [
        ...(isOpened ? [] : (old?.narrowings ?? []).filter((each) => each.at > at - NARROWINGS_KEPT_MS)),
        ...(taken ? [{ at, delta: removed }] : []),
      ],
      history: null,
    };
  }

  #write(state: GateState): Written {
    const { memory, log } = this.#options;
    const written = memory.writeState({ ...state, history: memory.head });
    if (!written.ok && this.#unwritten === null) {
      log.error('state-unwritten', `${written.problem.message}: what is in force now is not known after a restart`, {
        cause: written.problem.code,
      });
    }
    this.#unwritten = written.ok ? null : written.problem;
    if (written.ok) this.#writtenSeq = memory.head?.seq ?? 0;
    return written;
  }

  #noteAdmitted(verdict: AdmittedVerdict, from: string | null, way: Way): void {
    this.#candidate = null;
    this.#refusedDiff = null;
    if (verdict.breakGlass !== null) this.#glassBy = verdict.breakGlass.by;
    this.#chronicle.admitted(verdict, from, way);
  }

  #refuse(verdict: RefusedVerdict, way: Way): Judged {
    const { code, digest, direction, messages, witnesses, heldUp } = verdict;
    const refusedAt = new Date(this.#options.now()).toISOString();
    const candidate: RefusedCandidate = { digest, code, direction, refusedAt, messages, witnesses, heldUp };
    this.#candidate = candidate;
    this.#refusedDiff = verdict.diff;
    const running = this.#served?.record ?? this.#state?.current ?? null;
    const since = this.#sinceMs === 0 ? (running?.admittedAt ?? 0) : this.#sinceMs;
    this.#chronicle.refused(verdict, running === null ? null : { digest: running.digest, since }, way);
    return { kind: 'refused', candidate };
  }

  /** What a newer engine would refuse of a stored policy goes, loudly. */
  #reread(state: GateState): void {
    const current = storedPolicyOf(state.current);
    const glass = state.breakGlass === null ? null : storedPolicyOf(state.breakGlass.record);
    for (const { message, code } of [...current.problems, ...(glass?.problems ?? [])]) {
      this.#options.log.error('stored-policy', `an entry of the admitted policy is left out: ${message}`, {
        cause: code,
      });
    }
    this.#state = {
      ...state,
      current: current.record,
      breakGlass: state.breakGlass === null || glass === null ? null : { ...state.breakGlass, record: glass.record },
    };
  }

  /** Over before the start: the policy before it is what ran. */
  #endOldGlass(): void {
    const glass = this.#state?.breakGlass ?? null;
    if (this.#state === null || glass === null || glass.until > this.#options.now()) return;
    this.#state = { ...this.#state, breakGlass: null };
    this.#write(this.#state);
    const { digest } = this.#state.current;
    this.#options.memory.append({ kind: 'break-glass-off', digest, from: glass.record.digest, why: 'over' });
  }

  #armGlass(): void {
    for (const timer of this.#glassTimers) clearTimeout(timer);
    this.#glassTimers = [];
    const glass = this.#state?.breakGlass ?? null;
    if (glass === null) return;
    const left = Math.max(0, glass.until - this.#options.now());
    const after = (waitMs: number, act: () => void): void => {
      const timer = setTimeout(act, waitMs);
      timer.unref();
      this.#glassTimers.push(timer);
    };
    after(left, () => {
      this.#last = this.#last.then(() => this.#endGlass()).catch(() => undefined);
    });
    if (left <= GLASS_REMINDER_MS) return;
    after(left - GLASS_REMINDER_MS, () => {
      const until = new Date(glass.until).toISOString();
      this.#options.log.error('break-glass', `break-glass ends in 30 minutes: the policy before it is then in force`, {
        until,
      });
    });
  }

  /** The policy before it is in force again. It only takes away, so nothing can refuse it. */
  async #endGlass(): Promise<void> {
    const glass = this.#state?.breakGlass ?? null;
    if (this.#state === null || glass === null) return;
    if (glass.until > this.#options.now()) return this.#armGlass();
    const { current } = this.#state;
    const { log, memory } = this.#options;
    const keys = this.#keysOf(current, this.#served?.keys ?? {});
    const failure = await this.#options.apply({ record: current, keys }, 'narrowing');
    if (failure !== null) {
      log.error('break-glass', `break-glass is over, and the policy before it could not be brought back: ${failure}`);
      const again = setTimeout(() => this.#armGlass(), 1000);
      again.unref();
      this.#glassTimers.push(again);
      return;
    }
    this.#served = { record: current, keys };
    this.#sinceMs = this.#options.now();
    this.#state = { ...this.#state, breakGlass: null };
    this.#write(this.#state);
    memory.append({ kind: 'break-glass-off', digest: current.digest, from: glass.record.digest, why: 'over' });
    log.error('break-glass', `break-glass is over: policy ${current.digest.slice(0, 7)}… is in force again`);
  }

  #keysOf(record: AdmittedRecord, keys: Served['keys']): Served['keys'] {
    return Object.fromEntries(Object.entries(keys).filter(([id, key]) => this.#options.isKeyOf(id, key, record)));
  }
}

/** An admitted candidate that could not come into force. */
function outOfForce(verdict: AdmittedVerdict, code: 'state' | 'workers', why: string): RefusedVerdict {
  return {
    kind: 'refused',
    code,
    digest: verdict.record.digest,
    direction: verdict.direction,
    messages: [why, ...verdict.messages],
    witnesses: verdict.witnesses,
    heldUp: [],
    diff: null,
    keys: verdict.keys,
    settings: verdict.settings,
    approvals: verdict.approvals,
  };
}
