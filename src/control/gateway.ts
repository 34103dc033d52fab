// The running gateway: metrics, workers, what is in force, its change and its end. Knows no command line and no signal.
// INVARIANT: nothing is in force that the gate has not let through (test/control/gateway.test.ts).
import { join } from 'node:path';
import type { Way } from '../change/history-record.js';
import type { Lockdown } from '../decision/plan-types.js';
import type { Direction } from '../policy/exposure-order.js';
import { policyTablesOf, withoutHosts } from '../policy/policy-tables.js';
import { rulesetOf } from '../policy/ruleset-of.js';
import type { Proxy } from '../proxy/proxy.js';
import type { ListenAddress } from '../proxy/settings.js';
import { SlotMeter } from '../telemetry/slot-meter.js';
import { slotTableOf } from '../telemetry/slots.js';
import { adminActionsOf } from './admin-actions-of.js';
import { startAdminServer, type AdminServer } from './admin-server.js';
import { CounterBook } from './counter-book.js';
import { Detection, TURN_EVERY_MS } from './detection.js';
import { FleetDesk } from './fleet-desk.js';
import { Gate, type Judged, type Served } from './gate.js';
import { gaugesOf } from './gateway-gauges.js';
import { openKeep, type Keep } from './keep.js';
import type { Judge } from './judge-link.js';
import { thumbprint } from './gated-settings.js';
import { LockdownSwitch } from './lockdown.js';
import type { LogSink } from './log-sink.js';
import type { Prepared } from './messages.js';
import { metricsText } from './metrics-registry.js';
import { renderListenAddress, startMetricsServer, type MetricsServer } from './metrics-server.js';
import { readinessOf, type Readiness } from './readiness.js';
import { judgedFiles } from './judged-files.js';
import type { Machine } from './settings-file.js';
import type { Settings } from './settings.js';
import { gatewayStatusOf } from './gateway-status-of.js';
import type { GatewayStatus } from './gateway-status.js';
import { sayStarted } from './start-words.js';
import { shortDigest } from './short-digest.js';
import { StartFailure } from './start-failure.js';
import type { Verdict } from './verdict.js';
import { restartOnlyChanges } from './restart-only.js';
import { vocabularyOf } from './vocabulary-of.js';
import { watchFiles, type Watching } from './watched-files.js';
import { withheldUnder } from './withheld.js';
import { WorkerGroup } from './worker-group.js';
import type { Spawn } from './worker-link.js';

export interface GatewayOptions {
  /** The settings file. */
  readonly file: string;
  /** As read from it at the start: what only a restart changes comes from here. */
  readonly settings: Settings;
  readonly machine: Machine;
  readonly judge: Judge;
  readonly spawn: Spawn;
  readonly log: LogSink;
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** The folder from which paths are shown. */
  readonly folder: string;
  /** How long it is not ready where nothing may be in force; then it serves and withholds everything. Default 5 minutes. */
  readonly unreadyMs?: number;
}

/** As much as one scrape waits for a worker's counts; its last ones stand in. */
const COUNTS_WITHIN_MS = 500;
const UNREADY_MS = 5 * 60_000;
/** Between two looks at the clock that is kept. */
const CLOCK_EVERY_MS = 10_000;

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #settings: Settings;
  readonly #book = new CounterBook();
  readonly #meter = new SlotMeter(() => undefined);
  /** Digests by the generation that workers know them by. */
  readonly #digests = new Map<number, string>();
  readonly #detection: Detection;
  readonly #fleet: FleetDesk;
  #keep: Keep | undefined;
  #gate: Gate | undefined;
  #lockdown: LockdownSwitch | undefined;
  #group: WorkerGroup | undefined;
  #metrics: MetricsServer | undefined;
  #admin: AdminServer | undefined;
  #watching: Watching | undefined;
  #timers: NodeJS.Timeout[] = [];
  #sent = 0;
  #phase: 'starting' | 'serving' | 'draining' = 'starting';
  #isUnreadyOver = false;
  #isChangedEarly = false;
  #restartSaid = '';
  #lastSettings: Settings;
  /** As the first judgement read them, so that both sides of a comparison hold texts and not paths. */
  #begunWith: Settings;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#settings = options.settings;
    this.#lastSettings = options.settings;
    this.#begunWith = options.settings;
    this.#detection = new Detection({
      ...options,
      listeners: options.settings.listeners.map(({ name }) => name),
      policy: () => this.#gate?.served?.record.policy,
    });
    this.#fleet = new FleetDesk({ ...options, redis: options.settings.redis });
  }

  /** Resolves when every listener takes requests. Throws a StartFailure where an address or the state folder is another's; nothing is left running then. */
  async start(): Promise<Proxy['addresses']> {
    const { log, spawn, clock, version, file, machine, folder, judge } = this.#options;
    const keep = await openKeep(this.#settings.stateFolder, { clock, log });
    this.#keep = keep;
    const gate = new Gate({
      judge,
      order: { file, machine, folder },
      memory: keep.memory,
      now: () => keep.now(),
      isKeyOf: (id, key, { gated }) => gated[`keys.${id}`] === thumbprint(key),
      apply: (served, direction) => this.#apply(served, direction),
      log,
      version,
    });
    this.#gate = gate;
    // Before the judgement: what changes on disk from here on is judged once more.
    this.#beginWatching();
    try {
      const verdict = await gate.begin();
      this.#noteJudged(verdict);
      const ownAddresses = [...(await this.#startMetrics()), ...(await this.#startAdmin())];
      const { link, name } = this.#fleet;
      const ledger = this.#detection.openLedger(
        { files: keep.ledger, renew: (key) => this.#group?.renew(key) },
        { link, name, folder: this.#settings.stateFolder },
      );
      const group = new WorkerGroup({
        spawn,
        settings: this.#settings,
        ownAddresses,
        book: this.#book,
        meter: this.#meter,
        log,
        highestMs: keep.now(),
        onSeen: (message) => this.#detection.hear(message),
        ledgerKey: ledger.key,
        onWorker: (worker, what) => ledger.hear(worker, what),
      });
      this.#group = group;
      this.#detection.begin({ store: keep.novelty, quarantine: (names) => group.quarantine(names), link });
      const lockdown = new LockdownSwitch({
        store: keep.lockdowns,
        file: join(this.#settings.stateFolder, 'LOCKDOWN'),
        partners: () => new Set(gate.served?.record.policy.partners.map(({ id }) => id)),
        apply: (wanted) => group.lock(this.#effective(wanted)),
        record: ({ state, partner, reason, by, via }) =>
          void keep.memory.append({ kind: `lockdown-${state}`, partner, reason, by, way: via }),
        clock,
        log,
        ...(this.#fleet.sharing === undefined ? {} : { sharing: this.#fleet.sharing }),
      });
      this.#lockdown = lockdown;
      await lockdown.begin();
      await this.#fleet.begin({ status: () => this.#status(), counts: () => this.#counts, lockdown });
      await this.#detection.beginSharing();
      const addresses = await group.start(this.#prepare(gate.served));
      this.#phase = 'serving';
      this.#sayStarted(addresses, gate);
      if (this.#isChangedEarly) void this.reload('file');
      return addresses;
    } catch (error) {
      await this.#end();
      throw error;
    }
  }

  /** Judges what lies on disk now; in force when it resolves, where it is let through. One after the other. */
  async reload(way: Way): Promise<Judged | undefined> {
    if (this.#phase !== 'serving' || this.#gate === undefined) return undefined;
    if (way !== 'file') this.#watching?.forget();
    const judged = await this.#gate.reload(way);
    const verdict = this.#gate.lastVerdict;
    if (verdict !== null && verdict.settings !== null) this.#lastSettings = verdict.settings;
    this.#sayRestart();
    if (judged.kind === 'refused') {
      this.#meter.count('headgate_policy_reloads_total', ['refused']);
      this.#meter.count('headgate_policy_refusals_total', [judged.candidate.code]);
      return judged;
    }
    this.#meter.count('headgate_policy_reloads_total', ['replaced']);
    const { digest } = judged.verdict.record;
    if (!judged.isChanged) {
      this.#options.log.info('policy-unchanged', `policy unchanged: still ${shortDigest(digest)}`, { digest, way });
    }
    return judged;
  }

  /** What /readyz says. */
  readonly readiness = (): Readiness => readinessOf(this.#status());

  /** /readyz turns 503, then requests in flight finish, for at most `limits.drainTimeout`; then nothing runs any more. */
  async drain(): Promise<void> {
    if (this.#phase === 'draining') return;
    this.#phase = 'draining';
    const { log } = this.#options;
    const deadlineMs = this.#settings.limits.drainTimeoutMs;
    log.info('draining', 'no new requests are taken; those in flight finish', { deadlineMs });
    await this.#group?.drain(deadlineMs);
    await this.#end();
    log.info('stopped', 'everything in flight has ended or the deadline has passed');
  }

  async #end(): Promise<void> {
    this.#watching?.close();
    for (const timer of this.#timers) clearInterval(timer);
    this.#gate?.close();
    this.#lockdown?.close();
    const told = this.#detection.close();
    this.#metrics?.close();
    this.#admin?.close();
    this.#keep?.close();
    await told;
    this.#fleet.close();
  }

  /** Once for each set of settings that wait. */
  #sayRestart(): void {
    const waiting = restartOnlyChanges(this.#begunWith, this.#lastSettings);
    const text = waiting.join(', ');
    if (text !== this.#restartSaid && waiting.length > 0) {
      this.#options.log.warn('restart-needed', `changed on disk, and read at a start only: ${text}`, {
        settings: waiting,
      });
    }
    this.#restartSaid = text;
  }

  /** With nothing in force everyone is locked down, whatever the switch says. */
  #effective(wanted: Lockdown): Lockdown {
    return this.#gate?.served === null ? 'all' : wanted;
  }

  /** A gateway that never ran anything has no traffic to keep: a policy that cannot be read ends its start. */
  #noteJudged(verdict: Verdict): void {
    if (verdict.settings !== null) this.#begunWith = this.#lastSettings = verdict.settings;
    if (verdict.kind === 'admitted') return;
    if (verdict.text !== undefined && this.#gate?.isNew === true) {
      const problems = verdict.messages.map((message) => ({ code: verdict.code, severity: 'error' as const, message }));
      throw new StartFailure(problems, verdict.text);
    }
    this.#meter.extend(this.#slotsOf(this.#gate?.served ?? null));
    this.#meter.count('headgate_policy_refusals_total', [verdict.code]);
  }

  async #apply(served: Served, direction: Direction): Promise<string | null> {
    const change = await this.#group?.change(this.#prepare(served), { direction });
    if (change?.isInForce !== true) return change?.failure ?? 'no worker';
    // Out of a state in which nothing was in force: only now the switch alone says what is locked down.
    if (this.#gate?.served === null && this.#lockdown !== undefined) await this.#group?.lock(this.#lockdown.current);
    return null;
  }

  #slotsOf(served: Served | null): ReturnType<typeof slotTableOf> {
    const { policy, digest } = served?.record ?? withheldUnder(this.#settings);
    const names = this.#settings.listeners.map((listener) => listener.name);
    // Labels and slots are of partners and headers: nothing of them is asked of a host.
    return slotTableOf(vocabularyOf(rulesetOf(withoutHosts(policy), digest), names), this.#book.table);
  }

  /** Gives out the slots that a policy needs and makes the value that workers get. */
  #prepare(served: Served | null): Prepared {
    const slots = this.#slotsOf(served);
    this.#book.extend(slots);
    this.#meter.extend(slots);
    this.#sent += 1;
    const value = served?.record ?? withheldUnder(this.#settings);
    this.#digests.set(this.#sent, value.digest);
    const { policy, digest, runtime } = value;
    this.#detection.ledger?.know(digest, policy);
    return {
      generation: this.#sent,
      policy: withoutHosts(policy),
      tables: policyTablesOf(policy),
      digest,
      slots,
      keys: served?.keys ?? {},
      runtime,
    };
  }

  async #startMetrics(): Promise<readonly ListenAddress[]> {
    const { log, version } = this.#options;
    const address = this.#settings.metrics;
    if (address === null) return [];
    const text = metricsText({
      table: () => this.#book.table,
      totals: () => this.#book.totals(),
      gauges: () =>
        gaugesOf(this.#status(), {
          gate: this.#gate,
          serving: this.#group?.serving ?? 0,
          lockdown: this.#lockdown?.state.lockdowns ?? [],
          detection: this.#detection.gauges,
          fleet: this.#fleet.gauges,
          connections: this.#settings.limits.connections,
          now: this.#options.clock(),
        }),
    });
    this.#metrics = await startMetricsServer({
      address,
      scrape: async () => {
        await this.#group?.refresh(COUNTS_WITHIN_MS);
        this.#book.report(0, this.#meter.snapshot());
        return text();
      },
      readiness: this.readiness,
      version: () => ({ version, node: process.version, digest: this.#status().digest }),
    });
    const { host, port } = this.#metrics.address;
    log.info('metrics-listening', `metrics are served on ${renderListenAddress({ host, port })}`, { host, port });
    return [this.#metrics.address];
  }

  async #startAdmin(): Promise<readonly ListenAddress[]> {
    const { admin } = this.#settings;
    if (admin === null) return [];
    const { log } = this.#options;
    const actions = adminActionsOf({
      status: () => this.#status(),
      gate: () => this.#gate,
      lockdown: () => this.#lockdown,
      workers: () => this.#group?.serving ?? 0,
      reload: () => this.reload('api'),
      stateFolder: this.#settings.stateFolder,
      detection: this.#detection,
      fleet: this.#fleet,
    });
    this.#admin = await startAdminServer({ admin, actions, log });
    const { address } = this.#admin;
    const place = 'path' in address ? `unix:${address.path}` : renderListenAddress(address);
    log.info('admin-listening', `the admin API is served on ${place}`, { tokens: Object.keys(admin.tokens) });
    return 'path' in address ? [] : [address];
  }

  get #counts(): { refusals: number; leaks: number } {
    this.#book.report(0, this.#meter.snapshot());
    return {
      refusals: this.#book.sumOf('headgate_policy_refusals_total'),
      leaks: this.#book.sumOf('headgate_leaked_headers_total'),
    };
  }

  #status(): GatewayStatus {
    return gatewayStatusOf({
      version: this.#options.version,
      phase:
        this.#phase === 'serving' && this.#gate?.served === null && !this.#isUnreadyOver ? 'starting' : this.#phase,
      gate: this.#gate,
      keep: this.#keep,
      lockdown: this.#lockdown?.state ?? null,
      settings: { running: this.#begunWith, read: this.#lastSettings },
      workers: (this.#group?.members ?? []).map(({ id, serving }) => ({
        id,
        digest: this.#digests.get(serving) ?? null,
        serving: serving >= 0,
      })),
      now: this.#options.clock(),
    });
  }

  #sayStarted(addresses: Proxy['addresses'], gate: Gate): void {
    const { log, version, unreadyMs, file } = this.#options;
    sayStarted({ log, version, file, workers: this.#settings.workers }, addresses, gate);
    if (gate.served !== null) return;
    const timer = setTimeout(() => (this.#isUnreadyOver = true), unreadyMs ?? UNREADY_MS);
    timer.unref();
    this.#timers.push(timer);
  }

  #beginWatching(): void {
    this.#watching = watchFiles({
      places: () => judgedFiles(this.#options.file, this.#lastSettings),
      onChange: () => {
        if (this.#phase === 'starting') this.#isChangedEarly = true;
        else void this.reload('file');
      },
    });
    const timer = setInterval(() => {
      this.#keep?.note();
      this.#gate?.note();
    }, CLOCK_EVERY_MS);
    const turns = setInterval(() => {
      this.#detection.turn();
      this.#fleet.turn();
    }, TURN_EVERY_MS);
    for (const each of [timer, turns]) this.#timers.push(each.unref());
  }
}
