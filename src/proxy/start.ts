// Puts the proxy together from settings and a ruleset, and takes it down in order. The only place that knows all its parts.
import { randomBytes } from 'node:crypto';
import { Deadlines, monotonicMs, SWEEP_MS } from './deadlines.js';
import { DepartingReleases } from './departing-releases.js';
import { listenersFor } from './listeners.js';
import { Lookout, type LookoutKeys } from './lookout.js';
import { OpenConnections } from './open-connections.js';
import { Pool } from './pool.js';
import type { Proxy, ProxyOptions } from './proxy.js';
import { ReleaseSpots } from './release-spots.js';
import { Running } from './running.js';
import type { Shared } from './shared.js';
import { Tally } from './tally.js';
import { TunnelCount } from './tunnel-count.js';

const FLUSH_MS = 2000;

/** Rejects with the system's error (EADDRINUSE, EACCES) when a listener cannot listen; nothing is left open then. */
export async function startProxy(options: ProxyOptions): Promise<Proxy> {
  const { settings, meter, log } = options;
  const lookout = options.lookout ?? new Lookout(ownKeys());
  const tally = new Tally(meter, log, lookout);
  const own = [...settings.listeners.map((listener) => listener.address), ...options.ownAddresses];
  const dialOptions = { connectTimeoutMs: settings.limits.connectTimeoutMs };
  const deadlines = new Deadlines();
  const pool = new Pool(settings.limits, dialOptions, meter);
  const prefix = randomBytes(4).toString('hex');
  let requests = 0;
  const shared: Shared = {
    settings,
    running: new Running(options, own),
    pool,
    dialOptions,
    deadlines,
    tally,
    lookout,
    spots: new ReleaseSpots(),
    departing: new DepartingReleases(lookout),
    inFlight: new Set(),
    tunnels: new TunnelCount(meter),
    isDraining: false,
    requestId: () => `${prefix}-${(requests += 1).toString(36)}`,
  };
  const open = new OpenConnections(options.connectionShare, options.turns ?? null);
  const listeners = await listenersFor(shared, open);
  // One timer for all: each time that an idle process is woken costs it more than what it then does.
  const upkeep = setInterval(() => {
    const nowMs = monotonicMs();
    deadlines.sweep(nowMs);
    pool.sweep(nowMs);
    meter.set('headgate_upstream_connections', ['active'], pool.counts.open - pool.counts.idle);
    meter.set('headgate_upstream_connections', ['idle'], pool.counts.idle);
  }, SWEEP_MS);
  upkeep.unref();
  const close = (): void => {
    clearInterval(upkeep);
    for (const each of shared.inFlight) each.cut?.();
    open.destroyAll();
    pool.close();
  };

  const addresses: { name: string; host: string; port: number }[] = [];
  try {
    for (const listener of listeners) {
      const { address, port } = await listener.listen();
      addresses.push({ name: listener.name, host: address, port });
      // A port 0 is known only now; a loop to it must be seen too.
      own.push({ host: address, port });
    }
  } catch (error) {
    for (const listener of listeners) listener.stop();
    close();
    throw error;
  }

  return {
    addresses,
    prepare: (value) => shared.running.prepare(value),
    drain: async (deadlineMs) => {
      shared.isDraining = true;
      open.stop();
      for (const listener of listeners) listener.stop();
      const endMs = monotonicMs() + deadlineMs;
      await whenDone(() => shared.inFlight.size === 0 && !listeners.some(({ isBusy }) => isBusy), endMs);
      // The last answers may still be on their way to slow readers. INVARIANT: no later than the deadline: the primary kills soon after.
      await whenDone(() => open.size === 0, Math.min(endMs, monotonicMs() + FLUSH_MS));
      close();
    },
  };
}

/** Of a proxy that nobody asks what it saw. */
function ownKeys(): LookoutKeys {
  return { sketch: randomBytes(8), fingerprint: randomBytes(32), ledger: { epoch: '', key: randomBytes(8) } };
}

/** Looks every 20 ms, until `endMs` of the monotonic clock: a drain happens once in a process's life. */
function whenDone(isDone: () => boolean, endMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (!isDone() && monotonicMs() < endMs) return;
      clearInterval(timer);
      resolve();
    }, 20);
  });
}
