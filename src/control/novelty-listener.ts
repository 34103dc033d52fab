// What is known of the names of one listener: the last minute, what is usual, what is in quarantine. It asks no clock, reads no file
// and tells nobody. INVARIANT: only a name of the policy leaves the quarantine (test/control/novelty-listener.test.ts), and whatever the
// fleet tells, no name passes that would not pass without it (test/fuzz/told-names.test.ts).
import { isLearning, isUsual, isWorthTelling, type Learned, learnedWith, usualNames } from '../decision/baseline.js';
import { type Conduct, conductOf, mergeSightings, type NameSighting, type Sightings } from '../decision/novelty.js';
import { distinctIn } from '../sketch/distinct.js';

/** `policy`: a line of the policy says what it is. `baseline`: usual here. `novel`: neither, and nothing more. */
export type NameState = 'quarantined' | 'follows' | 'everywhere' | 'novel' | 'baseline' | 'policy';

export interface Judgement {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whether the policy has a line on the name. */
  readonly isInPolicy: (name: string) => boolean;
  /** The policy's `detection.novelty`. */
  readonly mode: 'observe' | 'quarantine';
}

/** What a judgement changed. */
export interface NameEvent {
  readonly kind: 'quarantined' | 'follows' | 'everywhere' | 'ended';
  readonly name: string;
  readonly isLearning: boolean;
}

/** In the last minute. */
export interface SeenName {
  readonly name: string;
  readonly state: NameState;
  readonly requests: number;
  /** Estimates; 0 where it is too rare to be looked at. */
  readonly hosts: number;
  readonly subscribers: number;
  readonly values: number;
  /** Milliseconds since the epoch; of what was seen before the gateway's start, the day. Null: nobody remembers. */
  readonly first: number | null;
}

/** Names that are usual at replicas that have learned, as they were taken from the fleet. */
export interface ToldNames {
  /** When they were taken, milliseconds since the epoch. */
  readonly at: number;
  readonly names: ReadonlySet<string>;
}

/**
 * How a listener knows which names are usual: not yet (`learning`); from its own week (`own`); from the fleet, until its own week is over
 * (`fleet`); it knows of none, for its state was lost and it has not seen three days since (`lost`).
 */
export interface UsualSource {
  readonly from: 'learning' | 'own' | 'fleet' | 'lost';
  /** Since when, milliseconds since the epoch; null: it has had no request, or nobody remembers. */
  readonly at: number | null;
}

/** What outlives a restart. */
export interface KeptListener {
  readonly learned: Learned;
  /** Since when, milliseconds since the epoch, by name. */
  readonly quarantined: ReadonlyMap<string, number>;
  readonly told?: ToldNames | undefined;
}

/** Of ten seconds each. */
const WINDOW = 6;
/** How long a conduct is told after it was last seen: longer than any scrape interval and any pause of a dashboard. */
const TOLD_MS = 3_600_000;
const QUARANTINED_MOST = 1024;
const FIRSTS_MOST = 4096;
const DAY_MS = 86_400_000;
const LEARNING_MS = 7 * DAY_MS;
/** Of days with traffic, before any name can be usual. */
const USUAL_DAYS = 3;

export class NoveltyListener {
  #learned: Learned | undefined;
  /** Undefined once its own week is over. */
  #told: ToldNames | undefined;
  readonly #quarantined: Map<string, number>;
  /** The newest last; the last one is being filled. */
  #window: Sightings[][] = [[]];
  readonly #conducts = new Map<string, { conduct: Conduct; at: number }>();
  readonly #firsts = new Map<string, number>();

  /** Undefined: it begins to learn with its first request. */
  constructor(kept: KeptListener | undefined) {
    this.#learned = kept?.learned;
    this.#told = kept?.told;
    this.#quarantined = new Map(kept?.quarantined);
  }

  get quarantined(): ReadonlySet<string> {
    return new Set(this.#quarantined.keys());
  }

  /** Undefined before the first request. */
  get kept(): KeptListener | undefined {
    return this.#learned && { learned: this.#learned, quarantined: this.#quarantined, told: this.#told };
  }

  /** Milliseconds since the epoch of its first request; undefined: there was none. */
  get since(): number | undefined {
    return this.#learned?.since;
  }

  /** While it learns, nothing is quarantined. */
  isLearning(now: number): boolean {
    return this.#told === undefined && this.#isInOwnWeek(now);
  }

  usualSource(now: number): UsualSource {
    const since = this.#learned?.since ?? null;
    if (this.#isInOwnWeek(now)) {
      return this.#told === undefined ? { from: 'learning', at: since } : { from: 'fleet', at: this.#told.at };
    }
    if (since !== null && since > 0) return { from: 'own', at: since + LEARNING_MS };
    return { from: (this.#learned?.days.length ?? 0) < USUAL_DAYS ? 'lost' : 'own', at: null };
  }

  /** Names that are usual by its own week and in no quarantine, the most frequent first. Null: it has too little to tell others. */
  namesToTell(now: number): readonly string[] | null {
    if (this.#learned === undefined || !isWorthTelling(this.#learned, now)) return null;
    return usualNames(this.#learned).filter((name) => !this.#quarantined.has(name));
  }

  /**
   * Ends the learning: until its own week is over, these are usual beside what it has seen itself. Once; false where it does not learn, for
   * it never takes a name beside its own week then.
   */
  takeTold(names: ReadonlySet<string>, now: number): boolean {
    if (!this.isLearning(now)) return false;
    this.#told = { at: now, names };
    return true;
  }

  /** Of one worker, in the ten seconds that are running. */
  take(seen: Sightings, now: number): void {
    this.#window.at(-1)?.push(seen);
    this.#learned = learnedWith(this.#learned ?? { since: now, days: [] }, seen, now);
    for (const { name } of seen.names) {
      if (this.#firsts.size < FIRSTS_MOST && !this.#firsts.has(name)) this.#firsts.set(name, now);
    }
  }

  /** Ten seconds are over. */
  turn(now: number): void {
    this.#window = [...this.#window.slice(1 - WINDOW), []];
    for (const [name, { at }] of this.#conducts) if (now - at > TOLD_MS) this.#conducts.delete(name);
  }

  /** Looks at the last minute, and says what is new. */
  judge({ now, isInPolicy, mode }: Judgement): readonly NameEvent[] {
    if (!this.#isInOwnWeek(now)) this.#told = undefined;
    const events: NameEvent[] = [];
    const isLearningNow = this.isLearning(now);
    const say = (kind: NameEvent['kind'], name: string): void =>
      void events.push({ kind, name, isLearning: isLearningNow });
    for (const name of this.#quarantined.keys()) {
      if (!isInPolicy(name)) continue;
      this.#quarantined.delete(name);
      this.#conducts.delete(name);
      say('ended', name);
    }
    const { requests, names } = this.#minute();
    for (const sighting of names) {
      const { name } = sighting;
      if (isInPolicy(name) || this.#isUsual(name) || this.#quarantined.has(name)) continue;
      const conduct = conductOf(sighting, requests);
      if (conduct === null) continue;
      const before = this.#conducts.get(name)?.conduct;
      this.#conducts.set(name, { conduct, at: now });
      const isHeld = conduct === 'follows' && mode === 'quarantine' && !isLearningNow;
      if (isHeld && this.#quarantined.size < QUARANTINED_MOST) {
        this.#quarantined.set(name, now);
        say('quarantined', name);
      } else if (before !== conduct) say(conduct, name);
    }
    return events;
  }

  /** All requests of the last minute. */
  get requests(): number {
    return this.#minute().requests;
  }

  /** What was seen in the last minute, or was told of or is in quarantine: the worst first, then the most frequent. */
  names(isInPolicy: Judgement['isInPolicy']): readonly SeenName[] {
    const { names } = this.#minute();
    const rows = names.map((seen) => this.#rowOf(seen, isInPolicy));
    const seen = new Set(names.map(({ name }) => name));
    const absent = [...new Set([...this.#quarantined.keys(), ...this.#conducts.keys()])]
      .filter((name) => !seen.has(name))
      .map((name): SeenName => ({
        ...ABSENT,
        name,
        state: this.#stateOf(name, isInPolicy),
        first: this.#firstOf(name),
      }));
    return [...rows, ...absent].sort(
      (a, b) => RANKS.indexOf(a.state) - RANKS.indexOf(b.state) || b.requests - a.requests,
    );
  }

  #rowOf(seen: NameSighting, isInPolicy: Judgement['isInPolicy']): SeenName {
    const { name, requests, hosts, subscribers, values } = seen;
    return {
      name,
      state: this.#stateOf(name, isInPolicy),
      requests,
      hosts: Math.round(distinctIn(hosts)),
      subscribers: Math.round(distinctIn(subscribers)),
      values: Math.round(distinctIn(values)),
      first: this.#firstOf(name),
    };
  }

  #stateOf(name: string, isInPolicy: Judgement['isInPolicy']): NameState {
    if (isInPolicy(name)) return 'policy';
    if (this.#quarantined.has(name)) return 'quarantined';
    if (this.#isUsual(name)) return 'baseline';
    return this.#conducts.get(name)?.conduct ?? 'novel';
  }

  #firstOf(name: string): number | null {
    const day = this.#learned?.days.find(({ names }) => names.has(name))?.day;
    const first = this.#firsts.get(name);
    if (day === undefined || first === undefined) return first ?? null;
    return Math.floor(first / DAY_MS) > day ? day * DAY_MS : first;
  }

  #isUsual(name: string): boolean {
    if (this.#told?.names.has(name) === true) return true;
    return this.#learned !== undefined && isUsual(this.#learned, name);
  }

  #isInOwnWeek(now: number): boolean {
    return this.#learned === undefined || isLearning(this.#learned, now);
  }

  #minute(): Sightings {
    return mergeSightings(this.#window.flat());
  }
}

const RANKS: readonly NameState[] = ['quarantined', 'follows', 'everywhere', 'novel', 'baseline', 'policy'];
const ABSENT = { requests: 0, hosts: 0, subscribers: 0, values: 0 } as const;
