// A replica in this process for tests: the real switch, the real link and the real fleet, with a store in memory and no workers.
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { LockdownState } from '../../src/change/gate-state.js';
import { LockdownSwitch, type LockdownEvent } from '../../src/control/lockdown.js';
import type { Lockdown } from '../../src/decision/plan-types.js';
import { RedisFleet } from '../../src/fleet/redis-fleet.js';
import { openRedis, type RedisLink } from '../../src/fleet/redis-link.js';
import type { RedisSettings } from '../../src/fleet/redis-settings.js';
import type { Log } from '../../src/telemetry/log.js';

export const DIGEST = '8c1f2ab0'.repeat(8);

export interface Replica {
  readonly fleet: RedisFleet;
  readonly lockdown: LockdownSwitch;
  readonly link: RedisLink;
  readonly events: LockdownEvent[];
  readonly said: string[];
  /** What it says of itself; a test may write over it. */
  digest: string | null;
  generation: number;
  kept: LockdownState | null;
  /** As a process that is killed: nothing is said. */
  kill(): void;
  close(): void;
}

export interface ReplicaOptions {
  readonly redis: Partial<RedisSettings> & Pick<RedisSettings, 'at'>;
  readonly name: string;
  /** What it knew before. */
  readonly kept?: LockdownState | null;
  readonly partners?: readonly string[];
}

export async function startReplica({
  redis,
  name,
  kept = null,
  partners = ['pay', 'mms'],
}: ReplicaOptions): Promise<Replica> {
  const said: string[] = [];
  const say = (event: string, message: string): void => void said.push(`${event}: ${message}`);
  const log: Log = { debug: say, info: say, warn: say, error: say };
  const settings = { tls: null, username: null, passwordFile: null, prefix: 'test', replica: name, ...redis };
  const link = openRedis(settings, { log });
  const fleet = new RedisFleet({ link, name, log, clock: Date.now });
  const events: LockdownEvent[] = [];
  let applied: Lockdown = 'off';
  const replica = { digest: DIGEST as string | null, generation: 1, kept };
  const lockdown = new LockdownSwitch({
    store: {
      readLockdown: () => ({ ok: true, value: replica.kept }),
      writeLockdown: (state) => {
        replica.kept = structuredClone(state);
        return { ok: true };
      },
    },
    file: join('/nonexistent', name, 'LOCKDOWN'),
    partners: () => new Set(partners),
    apply: (state) => {
      applied = state;
      return Promise.resolve();
    },
    record: (event) => events.push(event),
    clock: () => Date.now(),
    log,
    sharing: { newOrder: () => randomBytes(16).toString('hex'), announce: () => void fleet.announce() },
  });
  await lockdown.begin();
  await fleet.begin(
    {
      status: () => ({
        version: '0.1.0',
        state: 'ready',
        digest: replica.digest,
        generation: replica.generation,
        since: '2026-03-01T00:00:00.000Z',
        refused: null,
        refusals: 0,
        leaks: 0,
        workers: 1,
        workersCurrent: 1,
        lockdowns: lockdown.state.lockdowns.map(({ partner }) => ({ partner, orders: lockdown.ordersOf(partner) })),
      }),
      orders: () => lockdown.orders,
      ended: () => lockdown.endedOrders,
      hear: (orders) => lockdown.hear(orders),
    },
    1000,
  );
  if (applied !== lockdown.current) throw new Error('the workers were told something else');
  return Object.assign(replica, {
    fleet,
    lockdown,
    link,
    events,
    said,
    kill: () => {
      link.close();
      fleet.close();
      lockdown.close();
    },
    close: () => {
      fleet.close();
      lockdown.close();
    },
  });
}
