// The replicas as one of them hears of the others: each writes its status under a key that expires, and its name into one list.
// Ages are told by this replica's own clock, from when a status last changed: clocks of others are believed in nothing.
import type { HeardReplica } from './fleet.js';
import type { RedisLink } from './redis-link.js';
import { isReplicaName, statusIn, STATUS_BYTES_MOST, type ReplicaStatus } from './replica-status.js';
import { readShared } from './shared-text.js';

export interface ReplicaTableOptions {
  readonly link: RedisLink;
  readonly name: string;
  readonly instance: string;
}

interface Heard {
  readonly status: ReplicaStatus;
  /** By `performance.now()`. */
  readonly atMs: number;
  readonly isThere: boolean;
}

/** A status that is not said again expires. */
const EXPIRES_MS = 15_000;
const SILENT_AFTER_MS = 10_000;
/** A replica that went without a word is shown for so long. */
const FORGET_AFTER_MS = 600_000;
const NAMES_MOST = 1000;
const NAMES_BYTES_MOST = 128 * 1024;

export class ReplicaTable {
  readonly #options: ReplicaTableOptions;
  readonly #heard = new Map<string, Heard>();
  #problems: readonly string[] = [];
  #highestGeneration = 0;
  #double: ReplicaStatus | undefined;

  constructor(options: ReplicaTableOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#heard.size + 1;
  }

  /** What was found and is none of ours, one line each. */
  get problems(): readonly string[] {
    return this.#problems;
  }

  /** Of the key and of what others say. */
  get highestGeneration(): number {
    return this.#highestGeneration;
  }

  /** Orders of lockdown that others who are heard hold. */
  get heldElsewhere(): ReadonlySet<string> {
    const live = [...this.#heard.values()].filter((heard) => !isSilent(heard));
    return new Set(live.flatMap(({ status }) => status.lockdowns.flatMap(({ orders }) => orders)));
  }

  /** By name, with this one. */
  replicas(own: ReplicaStatus | undefined): readonly HeardReplica[] {
    const others = [...this.#heard.values()].map((heard): HeardReplica => ({
      status: heard.status,
      ageMs: Math.round(performance.now() - heard.atMs),
      isSilent: isSilent(heard),
      isThis: false,
    }));
    const all = own === undefined ? others : [...others, { status: own, ageMs: 0, isSilent: false, isThis: true }];
    return all.sort((a, b) => (a.status.name < b.status.name ? -1 : 1));
  }

  /** Says its own status and hears the others'. True: both went through. */
  async exchange(own: ReplicaStatus): Promise<boolean> {
    const { link, name } = this.#options;
    const [listed, twin, said] = await Promise.all([
      readShared(link, link.key('replicas'), NAMES_BYTES_MOST),
      readShared(link, this.#keyOf(name), STATUS_BYTES_MOST),
      this.#say(own, EXPIRES_MS),
    ]);
    if (listed.kind === 'failed') return false;
    const problems: string[] = [];
    const names = listed.kind === 'text' ? namesIn(listed.text) : null;
    if (names === null) problems.push(`the key \`${link.key('replicas')}\` holds no names: it is written anew`);
    if (twin.kind === 'text') problems.push(...this.#judgeTwin(twin.text));
    const others = [...new Set([...(names ?? []), ...this.#heard.keys()])].filter((each) => each !== name);
    const texts = await Promise.all(others.map((each) => readShared(link, this.#keyOf(each), STATUS_BYTES_MOST)));
    const strange = others.filter((each, index) => !this.#hear(each, texts[index]));
    if (strange.length > 0) problems.push(`what lies under the status of ${strange.length} replicas is none`);
    this.#problems = problems;
    await Promise.all([this.#writeNames(names), this.#exchangeGeneration(own)]);
    return said && texts.every(({ kind }) => kind !== 'failed');
  }

  /** The last word of this replica. */
  leave(own: ReplicaStatus): Promise<boolean> {
    return this.#say(own, STATUS_OF_LEAVING_MS);
  }

  #keyOf(name: string): string {
    return this.#options.link.key('replica', name);
  }

  async #say(own: ReplicaStatus, expiresMs: number): Promise<boolean> {
    return (await this.#options.link.ask('SET', this.#keyOf(own.name), JSON.stringify(own), 'PX', expiresMs)).ok;
  }

  /** False for what is no status. */
  #hear(name: string, read: Awaited<ReturnType<typeof readShared>> | undefined): boolean {
    const before = this.#heard.get(name);
    if (read === undefined || read.kind === 'failed') return true;
    const status = read.kind === 'text' ? statusIn(read.text) : undefined;
    const now = performance.now();
    if (status?.name === name) {
      const isSaidAnew = before?.status.beat !== status.beat || before.status.instance !== status.instance;
      this.#heard.set(name, { status, atMs: isSaidAnew ? now : before.atMs, isThere: true });
      return true;
    }
    if (before !== undefined) {
      const isOver = before.status.state === 'draining' || now - before.atMs > FORGET_AFTER_MS;
      if (isOver) this.#heard.delete(name);
      else this.#heard.set(name, { ...before, isThere: false });
    }
    return read.kind === 'text' && read.text === '';
  }

  /** Of a process that said something under this name since it was last looked at, and is another one. */
  #judgeTwin(text: string): readonly string[] {
    const status = statusIn(text);
    if (status === undefined || status.instance === this.#options.instance) return [];
    const before = this.#double;
    this.#double = status;
    const isAlive = before !== undefined && (before.instance !== status.instance || before.beat !== status.beat);
    return isAlive ? [`another replica is called \`${status.name}\` too: name one otherwise (\`redis.replica\`)`] : [];
  }

  /** Those whose status is there. Of two that write at once one is lost, and writes itself again with its next status. */
  async #writeNames(listed: readonly string[] | null): Promise<void> {
    const { link, name } = this.#options;
    const there = [...this.#heard].filter(([, { isThere }]) => isThere).map(([each]) => each);
    const wanted = [name, ...there].slice(0, NAMES_MOST).sort();
    const isSame = listed !== null && listed.length === wanted.length && wanted.every((each) => listed.includes(each));
    if (!isSame) await link.ask('SET', link.key('replicas'), JSON.stringify(wanted));
  }

  /** The key outlives every replica; it is only read where it is a number, and only told. */
  async #exchangeGeneration(own: ReplicaStatus): Promise<void> {
    const { link } = this.#options;
    const read = await readShared(link, link.key('generation'), 10);
    const kept = read.kind === 'text' && /^[0-9]{1,9}$/.test(read.text) ? Number(read.text) : 0;
    const said = Math.max(own.generation, ...[...this.#heard.values()].map(({ status }) => status.generation));
    this.#highestGeneration = Math.max(kept, said);
    if (read.kind !== 'failed' && own.generation > kept) await link.ask('SET', link.key('generation'), own.generation);
  }
}

/** Long enough for the others to hear it. */
const STATUS_OF_LEAVING_MS = 6000;

function isSilent({ atMs, isThere }: Heard): boolean {
  return !isThere || performance.now() - atMs > SILENT_AFTER_MS;
}

/** Null for what is no list of names. */
function namesIn(text: string): readonly string[] | null {
  if (text === '') return [];
  try {
    const value: unknown = JSON.parse(text);
    if (!Array.isArray(value)) return null;
    const names = value.filter((each): each is string => typeof each === 'string' && isReplicaName(each));
    return names.slice(0, NAMES_MOST);
  } catch {
    return null;
  }
}
