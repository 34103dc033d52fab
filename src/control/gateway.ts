// The running gateway: metrics, workers, the policy in force, its reload and its end. Knows no command line and no signal.
// INVARIANT: a policy that does not compile changes nothing that runs (test/control/gateway.test.ts).
import { join } from 'node:path';
import type { Problem } from '../document/problem.js';
import { ENGINE } from '../policy/effective.js';
import { rulesetOf } from '../policy/ruleset-of.js';
import type { Proxy } from '../proxy/proxy.js';
import type { ListenAddress } from '../proxy/settings.js';
import type { LogSink } from './log-sink.js';
import type { PrimaryGauge } from '../telemetry/primary-gauges.js';
import { SlotMeter } from '../telemetry/slot-meter.js';
import { slotTableOf } from '../telemetry/slots.js';
import { actionsWithoutGate } from './actions-without-gate.js';
import { startAdminServer, type AdminServer } from './admin-server.js';
import { readPolicy, type Configuration, type PolicyInHand, type Reading } from './configuration.js';
import { CounterBook } from './counter-book.js';
import { LockdownSwitch, type LockdownStore } from './lockdown.js';
import type { Prepared } from './messages.js';
import { metricsText } from './metrics-registry.js';
import { renderListenAddress, startMetricsServer, type MetricsServer } from './metrics-server.js';
import { runtimeGatedOf } from './runtime-gated.js';
import type { Settings } from './settings.js';
import { vocabularyOf } from './vocabulary-of.js';
import { WorkerGroup } from './worker-group.js';
import type { Spawn } from './worker-link.js';

export interface GatewayOptions {
  readonly configuration: Configuration;
  readonly spawn: Spawn;
  readonly log: LogSink;
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** The folder from which paths are shown. */
  readonly folder: string;
  /** Where lockdown is kept. Default: nowhere, loudly. */
  readonly lockdownStore?: LockdownStore;
}

const NOWHERE: LockdownStore = {
  readLockdown: () => ({ ok: true, value: null }),
  writeLockdown: () => ({
    ok: false,
    problem: { code: 'state-unwritten', severity: 'error', message: 'no state folder is in use' },
  }),
};

/** As much as one scrape waits for a worker's counts; its last ones stand in. */
const COUNTS_WITHIN_MS = 500;
/** Problems of a refused policy that are named in the log line, of however many there are. */
const PROBLEMS_NAMED = 20;

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #settings: Settings;
  readonly #book = new CounterBook();
  readonly #meter = new SlotMeter(() => undefined);
  readonly #lockdown: LockdownSwitch;
  #group: WorkerGroup | undefined;
  #metrics: MetricsServer | undefined;
  #admin: AdminServer | undefined;
  #inForce: PolicyInHand;
  #sinceMs = 0;
  #generation = 0;
  #state: 'starting' | 'ready' | 'draining' = 'starting';
  #lastReload: Promise<void> = Promise.resolve();

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#settings = options.configuration.settings;
    this.#inForce = options.configuration.policy;
    this.#lockdown = new LockdownSwitch({
      store: options.lockdownStore ?? NOWHERE,
      file: join(this.#settings.stateFolder, 'LOCKDOWN'),
      partners: () => new Set(this.#inForce.policy.partners.map(({ id }) => id)),
      apply: async (lockdown) => this.#group?.lock(lockdown),
      record: () => undefined,
      clock: options.clock,
      log: options.log,
    });
  }

  /** Resolves when every listener takes requests. Throws a StartFailure where an address cannot be had; nothing is left running then. */
  async start(): Promise<Proxy['addresses']> {
    const { log, spawn, version } = this.#options;
    const prepared = this.#prepare(this.#inForce);
    const ownAddresses = [...(await this.#startMetrics()), ...(await this.#startAdmin())];
    const group = new WorkerGroup({
      spawn,
      settings: this.#settings,
      ownAddresses,
      book: this.#book,
      meter: this.#meter,
      log,
    });
    this.#group = group;
    let addresses: Proxy['addresses'];
    try {
      await this.#lockdown.begin();
      addresses = await group.start(prepared);
    } catch (error) {
      this.#lockdown.close();
      this.#metrics?.close();
      this.#admin?.close();
      throw error;
    }
    this.#sinceMs = this.#options.clock();
    this.#state = 'ready';
    for (const { name, host, port } of addresses) {
      log.info('listening', `listener ${name} takes requests on ${renderListenAddress({ host, port })}`, {
        listener: name,
        host,
        port,
      });
    }
    log.warn('no-gate', 'there is no change gate yet: any policy that compiles is in force', { gate: 'none' });
    log.info('ready', `headgate ${version} serves policy ${shortDigest(this.#inForce.digest)}`, {
      version,
      digest: this.#inForce.digest,
      workers: this.#settings.workers,
      partners: this.#inForce.policy.partners.length,
    });
    return addresses;
  }

  /** Takes the policy and the keys as they lie on disk now, if they are good; else says so and changes nothing. One at a time, in order. */
  reload(): Promise<void> {
    this.#lastReload = this.#lastReload.then(() => this.#reload());
    return this.#lastReload;
  }

  /** /readyz turns 503, then requests in flight finish, for at most `limits.drainTimeout`; then nothing runs any more. */
  async drain(): Promise<void> {
    if (this.#state === 'draining') return;
    this.#state = 'draining';
    const { log } = this.#options;
    const deadlineMs = this.#settings.limits.drainTimeoutMs;
    log.info('draining', 'no new requests are taken; those in flight finish', { deadlineMs });
    this.#lockdown.close();
    await this.#group?.drain(deadlineMs);
    this.#metrics?.close();
    this.#admin?.close();
    log.info('stopped', 'everything in flight has ended or the deadline has passed');
  }

  async #startMetrics(): Promise<readonly ListenAddress[]> {
    const { log, version } = this.#options;
    const address = this.#settings.metrics;
    if (address === null) return [];
    const text = metricsText({
      table: () => this.#book.table,
      totals: () => this.#book.totals(),
      gauges: () => this.#gauges(),
    });
    this.#metrics = await startMetricsServer({
      address,
      scrape: async () => {
        await this.#group?.refresh(COUNTS_WITHIN_MS);
        this.#book.report(0, this.#meter.snapshot());
        return text();
      },
      readiness: () => ({ ready: this.#state === 'ready', body: this.#state }),
      version: () => ({
        version,
        node: process.version,
        digest: this.#state === 'starting' ? null : this.#inForce.digest,
      }),
    });
    const { host, port } = this.#metrics.address;
    log.info('metrics-listening', `metrics are served on ${renderListenAddress({ host, port })}`, { host, port });
    return [this.#metrics.address];
  }

  /** A failure takes the metrics' listener down again: nothing is left half-started. */
  async #startAdmin(): Promise<readonly ListenAddress[]> {
    const { admin } = this.#settings;
    if (admin === null) return [];
    try {
      const actions = actionsWithoutGate(() => {
        const { digest, policy, gated } = this.#inForce;
        return { digest, since: new Date(this.#sinceMs).toISOString(), engine: ENGINE, policy, gated };
      });
      this.#admin = await startAdminServer({ admin, actions, log: this.#options.log });
    } catch (error) {
      this.#metrics?.close();
      throw error;
    }
    this.#options.log.info('admin-listening', 'the admin API is served', { tokens: Object.keys(admin.tokens) });
    const { address } = this.#admin;
    return 'path' in address ? [] : [address];
  }

  /** Gives out the slots that a policy needs and makes the value that workers get. */
  #prepare({ policy, digest, keys }: PolicyInHand): Prepared {
    const names = this.#settings.listeners.map((listener) => listener.name);
    const slots = slotTableOf(vocabularyOf(rulesetOf(policy, digest), names), this.#book.table);
    this.#book.extend(slots);
    this.#meter.extend(slots);
    this.#generation += 1;
    return { generation: this.#generation, policy, digest, slots, keys, runtime: runtimeGatedOf(this.#settings) };
  }

  async #reload(): Promise<void> {
    if (this.#state !== 'ready') return;
    const { log, folder, clock } = this.#options;
    const { ca: authorities } = this.#settings.destinations.tls;
    const reading = readPolicy(this.#settings, { now: clock(), folder, authorities });
    if (!reading.outcome.ok) return this.#refuse(reading);
    const next = reading.outcome.value;
    logWarnings(log, reading.outcome.problems);
    const change = await this.#group?.change(this.#prepare(next), { direction: 'incomparable' });
    if (change?.isInForce !== true) {
      return this.#refuse({
        outcome: {
          ok: false,
          problems: [{ code: 'start', severity: 'error', message: change?.failure ?? 'no worker' }],
        },
        sources: [],
      });
    }
    const previous = this.#inForce.digest;
    this.#inForce = next;
    if (next.digest !== previous) this.#sinceMs = clock();
    this.#meter.count('headgate_policy_reloads_total', ['replaced']);
    const { digest } = next;
    const what =
      digest === previous
        ? `policy unchanged: still ${shortDigest(digest)}`
        : `policy replaced: now serving ${shortDigest(digest)}`;
    log.info('policy-replaced', what, { digest, previous, partners: next.policy.partners.length });
  }

  #refuse({ outcome: { problems } }: Reading<PolicyInHand>): void {
    this.#meter.count('headgate_policy_reloads_total', ['refused']);
    const errors = problems.filter((problem) => problem.severity === 'error');
    const count = `${errors.length} ${errors.length === 1 ? 'problem' : 'problems'}`;
    const { digest } = this.#inForce;
    const since = new Date(this.#sinceMs).toISOString();
    this.#options.log.error(
      'policy-not-replaced',
      `policy not replaced: ${count}, still serving ${shortDigest(digest)} from ${since}`,
      {
        digest,
        problems: errors.slice(0, PROBLEMS_NAMED).map(lineOf),
      },
    );
  }

  #gauges(): readonly PrimaryGauge[] {
    const { digest, policy } = this.#inForce;
    const lockdown = this.#lockdown.current;
    return [
      { name: 'headgate_build_info', labels: [this.#options.version, process.version], value: 1 },
      { name: 'headgate_policy_info', labels: [digest, 'none'], value: 1 },
      { name: 'headgate_policy_in_force_timestamp_seconds', labels: [], value: this.#sinceMs / 1000 },
      { name: 'headgate_policy_partners', labels: [], value: policy.partners.length },
      { name: 'headgate_lockdown', labels: ['all'], value: lockdown === 'all' ? 1 : 0 },
      { name: 'headgate_lockdown', labels: ['partner'], value: this.#lockdown.isOnForPartners ? 1 : 0 },
      { name: 'headgate_ready', labels: [], value: this.#state === 'ready' ? 1 : 0 },
      { name: 'headgate_workers', labels: [], value: this.#group?.serving ?? 0 },
    ];
  }
}

/** Enough to tell policies apart, too short to be a number: `8c1f2ab…`. */
export function shortDigest(digest: string): string {
  return `${digest.slice(0, 7)}…`;
}

/** Warnings beside a good configuration, one line each. */
export function logWarnings(log: LogSink, problems: readonly Problem[]): void {
  for (const problem of problems) log.warn('configuration-warning', lineOf(problem), { cause: problem.code });
}

function lineOf({ span, code, message }: Problem): string {
  return `${span === undefined ? '' : `${span.file}:${span.line}:${span.column}: `}${message} [${code}]`;
}
