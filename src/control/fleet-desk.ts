// What this gateway shares with the other replicas, put together: its status for them, their lockdowns for the switch, and what is told of
// them all. Nothing near a request, a reload or an answer waits for it longer than ANNOUNCED_WITHIN_MS.
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { EmbeddedFleet } from '../fleet/embedded-fleet.js';
import type { Fleet } from '../fleet/fleet.js';
import { summaryOf } from '../fleet/fleet-summary.js';
import { RedisFleet } from '../fleet/redis-fleet.js';
import { openRedis, type RedisLink } from '../fleet/redis-link.js';
import { isReplicaName } from '../fleet/replica-status.js';
import type { Log } from '../telemetry/log.js';
import type { PrimaryGauge } from '../telemetry/primary-gauges.js';
import type { FleetAnswer } from './admin-actions.js';
import type { GatewayStatus } from './gateway-status.js';
import type { LockdownOptions, LockdownSwitch } from './lockdown.js';
import type { Settings } from './settings.js';

export interface FleetDeskOptions {
  readonly redis: Settings['redis'];
  readonly log: Log;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
}

export interface FleetSource {
  readonly status: () => GatewayStatus;
  /** Since the start. */
  readonly counts: () => { readonly refusals: number; readonly leaks: number };
  readonly lockdown: LockdownSwitch;
}

/** As much as the answer to a lockdown waits for Redis. */
const ANNOUNCED_WITHIN_MS = 250;
/** As much as a start waits for the lockdowns of the others. */
const BEGUN_WITHIN_MS = 1000;

export class FleetDesk {
  /** Null: nothing is shared. */
  readonly link: RedisLink | null;
  /** Of this replica. */
  readonly name: string;
  readonly #fleet: Fleet;
  readonly #log: Log;
  #announced: Promise<boolean> | null = null;
  #isSaidApart = false;

  constructor({ redis, log, clock }: FleetDeskOptions) {
    this.#log = log;
    const name = redis?.replica ?? nameOf(hostname());
    this.name = name;
    this.link = redis === null ? null : openRedis(redis, { log });
    this.#fleet = this.link === null ? new EmbeddedFleet(name) : new RedisFleet({ link: this.link, name, log, clock });
  }

  /** For the switch; undefined: nothing is shared. */
  get sharing(): LockdownOptions['sharing'] {
    if (this.link === null) return undefined;
    return {
      newOrder: () => randomBytes(16).toString('hex'),
      announce: () => {
        this.#announced = this.#fleet.announce();
      },
    };
  }

  /** Resolves when the lockdowns of the others are in force here, or within a second without them. */
  begin({ status, counts, lockdown }: FleetSource): Promise<void> {
    const parts = {
      status: () => statusFor(status(), counts(), lockdown),
      orders: () => lockdown.orders,
      ended: () => lockdown.endedOrders,
      hear: (orders: Parameters<LockdownSwitch['hear']>[0]) => lockdown.hear(orders),
    };
    return this.#fleet.begin(parts, BEGUN_WITHIN_MS);
  }

  /** Whether the others were told of the last lockdown, as far as that is known in time. Null: there is nobody to tell. */
  async announced(): Promise<boolean | null> {
    if (this.#announced === null) return null;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<false>((resolve) => {
      timer = setTimeout(() => resolve(false), ANNOUNCED_WITHIN_MS);
    });
    return Promise.race([this.#announced, late]).finally(() => clearTimeout(timer));
  }

  get gauges(): readonly PrimaryGauge[] {
    if (this.link === null) return [];
    const { view } = this.#fleet;
    const { heard, silent, digests } = summaryOf(view);
    const gauge = (name: PrimaryGauge['name'], value: number, labels: readonly string[] = []): PrimaryGauge => ({
      name,
      labels,
      value,
    });
    return [
      gauge('headgate_fleet_connected', view.isConnected ? 1 : 0),
      gauge('headgate_fleet_replicas', heard, ['heard']),
      gauge('headgate_fleet_replicas', silent, ['silent']),
      gauge('headgate_fleet_digests', digests),
      gauge('headgate_fleet_highest_generation', view.highestGeneration),
      gauge('headgate_fleet_last_exchange_timestamp_seconds', (view.lastExchangeMs ?? 0) / 1000),
    ];
  }

  get answer(): FleetAnswer {
    const { view } = this.#fleet;
    const summary = summaryOf(view);
    return {
      kind: view.kind,
      connected: view.isConnected,
      problems: view.problems,
      lastExchange: view.lastExchangeMs === null ? null : new Date(view.lastExchangeMs).toISOString(),
      digest: summary.digest,
      digests: summary.digests,
      highestGeneration: view.highestGeneration,
      replicas: view.replicas.map(({ status, ageMs, isSilent, isThis }, index) => ({
        name: status.name,
        self: isThis,
        silent: isSilent,
        ageSeconds: Math.round(ageMs / 1000),
        version: status.version,
        state: status.state,
        digest: status.digest,
        drift: summary.drifts[index] ?? 'none',
        generation: status.generation,
        since: status.since,
        refused: status.refused,
        refusals: status.refusals,
        leaks: status.leaks,
        workers: status.workers,
        workersCurrent: status.workersCurrent,
        lockdown: {
          all: status.lockdowns.some(({ partner }) => partner === null),
          partners: status.lockdowns.flatMap(({ partner }) => (partner === null ? [] : [partner])),
        },
      })),
    };
  }

  /** To be called every ten seconds: says in the log when the replicas part and when they are one again. */
  turn(): void {
    const { heard, digests } = summaryOf(this.#fleet.view);
    if (digests > 1 === this.#isSaidApart) return;
    this.#isSaidApart = digests > 1;
    if (digests > 1) {
      this.#log.warn('fleet-diverges', `${heard} replicas run ${digests} policies`, { replicas: heard, digests });
    } else this.#log.info('fleet-one', `${heard} replicas run one policy`, { replicas: heard });
  }

  close(): void {
    this.#fleet.close();
  }
}

function statusFor(status: GatewayStatus, counts: { refusals: number; leaks: number }, lockdown: LockdownSwitch) {
  const { version, state, digest, generation, since, candidate, workers } = status;
  return {
    version,
    state,
    digest,
    generation,
    since,
    refused: candidate?.code ?? null,
    ...counts,
    workers: workers.length,
    workersCurrent: workers.filter((worker) => worker.serving && worker.digest === digest).length,
    lockdowns: lockdown.state.lockdowns.map(({ partner }) => ({ partner, orders: lockdown.ordersOf(partner) })),
  };
}

/** As a replica can be called. */
function nameOf(machine: string): string {
  const name = machine
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .slice(0, 64)
    .replace(/^[._-]+|[._-]+$/g, '');
  return isReplicaName(name) ? name : 'replica';
}
