// Names that nobody knows, in the primary: hears what workers saw, quarantines, says so, and keeps what must outlive a restart.
// INVARIANT: where what was kept cannot be read, nothing is usual and nothing is learned: what follows is withheld at once.
import type { NoveltyState } from '../change/gate-state.js';
import type { Problem } from '../document/problem.js';
import type { Policy } from '../policy/policy.js';
import { identifierOf } from '../policy/identify.js';
import type { ListenerSightings } from '../proxy/lookout.js';
import { LABEL_VALUES } from '../telemetry/label-values.js';
import type { Log } from '../telemetry/log.js';
import type { PrimaryGauge } from '../telemetry/primary-gauges.js';
import type { HeadersAnswer } from './admin-actions.js';
import type { Quarantined } from './messages.js';
import {
  type Judgement,
  type KeptListener,
  type NameEvent,
  NoveltyListener,
  type UsualSource,
} from './novelty-listener.js';
import type { StateReading, Written } from './state-folder.js';

export interface NoveltyStore {
  readNovelty(): StateReading<NoveltyState>;
  writeNovelty(state: NoveltyState): Written;
}

export interface NoveltyDeskOptions {
  readonly listeners: readonly string[];
  readonly store: NoveltyStore;
  /** The policy in force; undefined: none is. */
  readonly policy: () => Policy | undefined;
  /** Tells the workers. */
  readonly quarantine: (quarantined: Quarantined) => void;
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

const WRITE_EVERY_MS = 600_000;
const ROWS_MOST = 500;
const LEARNING_MS = 7 * 86_400_000;
/** As old as nothing is: learning is over. */
const LOST: KeptListener = { learned: { since: 0, days: [] }, quarantined: new Map() };

const WORDS: Readonly<Record<NameEvent['kind'], string>> = {
  quarantined: 'a name that nobody knows follows the subscriber: it is withheld from strangers',
  follows: 'a name that nobody knows follows the subscriber: it is forwarded',
  everywhere: 'a name that nobody knows is on most requests to most sites: it is forwarded',
  ended: 'a name is in the policy now: its quarantine has ended',
};

export class NoveltyDesk {
  readonly #options: NoveltyDeskOptions;
  readonly #listeners: ReadonlyMap<string, NoveltyListener>;
  #writtenMs: number;
  #isTold = false;

  constructor(options: NoveltyDeskOptions) {
    this.#options = options;
    const { listeners, store, log } = options;
    const reading = store.readNovelty();
    if (!reading.ok) {
      log.error('state', `${reading.problem.message}: no name is usual, what follows a subscriber is withheld`, {
        cause: reading.problem.code,
      });
    }
    const kept = new Map(
      (reading.ok ? (reading.value?.listeners ?? []) : []).map((each) => [each.listener, keptOf(each)]),
    );
    this.#listeners = new Map(listeners.map((name) => [name, new NoveltyListener(reading.ok ? kept.get(name) : LOST)]));
    this.#writtenMs = options.clock();
    options.quarantine(this.#quarantined);
  }

  take(seen: readonly ListenerSightings[]): void {
    const now = this.#options.clock();
    let isBegun = false;
    for (const { listener, sightings } of seen) {
      const known = this.#listeners.get(listener);
      isBegun ||= known?.since === undefined && known?.usualSource(now).from === 'fleet';
      known?.take(sightings, now);
    }
    this.#judge(now);
    // What was taken from the fleet before the first request can be kept only now.
    if (isBegun) this.#write(now);
  }

  /** Listeners that learn: nothing is quarantined there. */
  get learners(): ReadonlySet<string> {
    const now = this.#options.clock();
    return new Set([...this.#listeners].flatMap(([name, known]) => (known.isLearning(now) ? [name] : [])));
  }

  /** What is usual at a listener by its own week; null: it has too little to tell others. */
  namesToTell(listener: string): readonly string[] | null {
    return this.#listeners.get(listener)?.namesToTell(this.#options.clock()) ?? null;
  }

  /** What is usual where replicas have learned: a listener that learns has learned then, another one does not change. */
  takeTold(listener: string, names: ReadonlySet<string>): void {
    const now = this.#options.clock();
    if (this.#listeners.get(listener)?.takeTold(names, now) !== true) return;
    this.#options.log.info('names-told', 'the other replicas have told which names are usual: learning is over', {
      listener,
      names: names.size,
    });
    this.#judge(now);
    this.#write(now);
  }

  /** To be called every ten seconds. */
  turn(): void {
    const now = this.#options.clock();
    this.#judge(now);
    for (const listener of this.#listeners.values()) listener.turn(now);
    if (Math.abs(now - this.#writtenMs) >= WRITE_EVERY_MS) this.#write(now);
  }

  close(): void {
    this.#write(this.#options.clock());
  }

  get gauges(): readonly PrimaryGauge[] {
    const { isInPolicy } = this.#judgement(0);
    const now = this.#options.clock();
    return [...this.#listeners].flatMap(([listener, known]) => {
      const states = known.names(isInPolicy).map(({ state }) => state);
      const { from } = known.usualSource(now);
      return [
        ...LABEL_VALUES['headgate_novel_headers state'].map((state): PrimaryGauge => ({
          name: 'headgate_novel_headers',
          labels: [listener, state],
          value: states.filter((each) => each === state).length,
        })),
        ...LABEL_VALUES['headgate_usual_names_info state'].map((state): PrimaryGauge => ({
          name: 'headgate_usual_names_info',
          labels: [listener, state],
          value: from === state ? 1 : 0,
        })),
      ];
    });
  }

  get answer(): HeadersAnswer {
    const now = this.#options.clock();
    const { isInPolicy, mode } = this.#judgement(now);
    return {
      novelty: mode,
      listeners: [...this.#listeners].map(([listener, known]) => {
        const names = known.names(isInPolicy);
        const { requests, since } = known;
        return {
          listener,
          requests,
          learningUntil: known.isLearning(now) ? instantOf((since ?? now) + LEARNING_MS) : null,
          usual: usualOf(known.usualSource(now)),
          names: names.slice(0, ROWS_MOST).map(({ first, ...name }) => ({
            ...name,
            share: requests === 0 ? 0 : Math.min(1, name.requests / requests),
            first: first === null ? null : instantOf(first),
          })),
          more: Math.max(0, names.length - ROWS_MOST),
        };
      }),
    };
  }

  get #quarantined(): Quarantined {
    return new Map([...this.#listeners].map(([name, listener]) => [name, listener.quarantined]));
  }

  #judgement(now: number): Judgement {
    const policy = this.#options.policy();
    const identify = identifierOf(policy?.headers ?? []);
    const lines = new Set([
      ...(policy?.watch ?? []).map(({ key }) => key),
      ...(policy?.partners ?? []).flatMap(({ release }) => release.map(({ key }) => key)),
    ]);
    return {
      now,
      isInPolicy: (name) => lines.has(name) || identify(name) !== undefined,
      mode: policy?.detection.novelty ?? 'quarantine',
    };
  }

  #judge(now: number): void {
    const judgement = this.#judgement(now);
    let isChanged = false;
    for (const [listener, known] of this.#listeners) {
      for (const { kind, name, isLearning } of known.judge(judgement)) {
        isChanged ||= kind === 'quarantined' || kind === 'ended';
        const level = kind === 'ended' ? 'info' : kind === 'everywhere' ? 'warn' : 'error';
        this.#options.log[level](`name-${kind}`, WORDS[kind], { listener, field: name, learning: isLearning });
      }
    }
    if (!isChanged) return;
    // In force first: a disk that is full keeps nobody from being withheld.
    this.#options.quarantine(this.#quarantined);
    this.#write(now);
  }

  #write(now: number): void {
    this.#writtenMs = now;
    const listeners = [...this.#listeners].flatMap(([listener, { kept }]) =>
      kept === undefined ? [] : [{ listener, ...writtenOf(kept) }],
    );
    if (listeners.length === 0) return;
    const written = this.#options.store.writeNovelty({ version: 1, listeners });
    if (!written.ok && !this.#isTold) this.#say(written.problem);
    this.#isTold = !written.ok;
  }

  #say(problem: Problem): void {
    this.#options.log.error('state', problem.message, { cause: problem.code });
  }
}

type Stored = NoveltyState['listeners'][number];

function keptOf({ since, days, quarantined, told }: Stored): KeptListener {
  return {
    learned: { since, days: days.map(({ day, requests, names }) => ({ day, requests, names: new Map(names) })) },
    quarantined: new Map(quarantined.map((each) => [each.name, each.since])),
    told: told && { at: told.at, names: new Set(told.names) },
  };
}

function writtenOf({ learned: { since, days }, quarantined, told }: KeptListener): Omit<Stored, 'listener'> {
  return {
    since,
    days: days.map(({ day, requests, names }) => ({ day, requests, names: [...names] })),
    quarantined: [...quarantined].map(([name, at]) => ({ name, since: at })),
    ...(told === undefined ? {} : { told: { at: told.at, names: [...told.names] } }),
  };
}

function usualOf({ from, at }: UsualSource): HeadersAnswer['listeners'][number]['usual'] {
  return { from, at: at === null ? null : instantOf(at) };
}

function instantOf(ms: number): string {
  return new Date(ms).toISOString();
}
