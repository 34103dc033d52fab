// The half that carries traffic: takes finished values from the primary, counts, and reports. Reads no file and parses no YAML.
import { performance } from 'node:perf_hooks';
import type { Lockdown } from '../decision/plan-types.js';
import type { Ruleset } from '../policy/ruleset.js';
import type { Policy } from '../policy/policy.js';
import type { PolicyTables } from '../policy/policy-tables.js';
import { Lookout } from '../proxy/lookout.js';
import type { Proxy, ProxyOptions, ProxyValue } from '../proxy/proxy.js';
import type { Log, LogLevel } from '../telemetry/log.js';
import { SlotMeter } from '../telemetry/slot-meter.js';
import type { Channel } from './channel.js';
import type { FromWorker, Prepared, Quarantined, ToWorker } from './messages.js';
import { renderListenAddress } from './metrics-server.js';
import { reasonOf } from './start-failure.js';

/** What a worker is made of; the process that it runs in provides it. */
export interface WorkerParts {
  readonly channel: Channel<FromWorker, ToWorker>;
  readonly openLog: (level: LogLevel, worker: number) => Log;
  readonly rulesetOf: (policy: Policy, digest: string, tables: PolicyTables) => Ruleset;
  readonly startProxy: (options: ProxyOptions) => Promise<Proxy>;
  /** Between two reports; default 1,000. */
  readonly reportEveryMs?: number;
  /** Between two reports on names; default 10,000. */
  readonly namesEveryMs?: number;
}

const LEAKS_EVERY_MS = 100;
const NAMES_EVERY_MS = 10_000;
const NONE: ReadonlySet<string> = new Set();

interface Ready {
  readonly generation: number;
  readonly value: ProxyValue;
  /** Puts it in force; absent where nothing runs yet. */
  readonly swap: (() => void) | undefined;
}

/** Serves the primary at the other end of the channel until it says `drain`. */
export function runWorker(parts: WorkerParts): void {
  const { channel } = parts;
  let start: Extract<ToWorker, { kind: 'start' }> | undefined;
  let log: Log | undefined;
  let next: Ready | undefined;
  let starting: Promise<Proxy> | undefined;
  let proxy: Proxy | undefined;
  let lockdown: Lockdown = 'off';
  let quarantined: Quarantined = new Map();
  let lookout: Lookout | undefined;
  let isReportDue = false;
  let reportedMs = -Infinity;

  const report = (request: number | null): void => {
    const epoch = lookout?.epoch ?? '';
    const leaks = lookout?.takeLeaks() ?? [];
    if (leaks.length > 0) channel.send({ kind: 'leaks', epoch, cells: leaks });
    const releases = lookout?.takeReleases() ?? [];
    if (releases.length > 0) channel.send({ kind: 'releases', epoch, cells: releases });
    channel.send({ kind: 'counts', numbers: meter.snapshot(), request });
  };
  const reportNames = (): void => {
    const seen = lookout?.takeNames() ?? [];
    if (seen.length > 0) channel.send({ kind: 'names', seen });
  };
  // A leak is reported in this turn of the loop, and once for all leaks of it; of a stream of them, ten times a second.
  const meter = new SlotMeter(() => {
    if (isReportDue) return;
    isReportDue = true;
    const act = (): void => {
      isReportDue = false;
      reportedMs = performance.now();
      report(null);
    };
    const waitMs = reportedMs + LEAKS_EVERY_MS - performance.now();
    if (waitMs <= 0) setImmediate(act);
    else setTimeout(act, waitMs);
  });

  const prepare = (prepared: Prepared): void => {
    meter.extend(prepared.slots);
    const value = {
      ruleset: parts.rulesetOf(prepared.policy, prepared.digest, prepared.tables),
      keys: new Map(Object.entries(prepared.keys)),
      runtime: prepared.runtime,
    };
    next = { generation: prepared.generation, value, swap: proxy?.prepare(value) };
    channel.send({ kind: 'ready', generation: prepared.generation });
  };

  const go = async (generation: number): Promise<void> => {
    if (next?.generation !== generation || start === undefined || log === undefined) return;
    const { value, swap } = next;
    if (starting === undefined) {
      const { settings, ownAddresses, connectionShare, highestMs } = start;
      const about = { settings, ownAddresses, connectionShare, highestMs };
      lookout = new Lookout(start.lookoutKeys);
      const inForce = {
        lockdown: () => lockdown,
        quarantined: (listener: string) => quarantined.get(listener) ?? NONE,
      };
      const options = { ...about, ...inForce, value, lookout, meter, log };
      starting = parts.startProxy(options);
      proxy = await starting;
      reportEvery(parts.reportEveryMs ?? 1000, meter, report);
      setInterval(reportNames, parts.namesEveryMs ?? NAMES_EVERY_MS).unref();
    } else {
      proxy ??= await starting;
      (swap ?? proxy.prepare(value))();
    }
    channel.send({ kind: 'serving', generation, addresses: proxy.addresses });
  };

  const act = async (message: ToWorker): Promise<void> => {
    switch (message.kind) {
      case 'start':
        start = message;
        ({ lockdown, quarantined } = message);
        log = parts.openLog(message.logLevel, message.worker);
        return prepare(message.prepared);
      case 'prepare':
        return prepare(message.prepared);
      case 'go':
        return go(message.generation);
      case 'lockdown':
        lockdown = message.lockdown;
        return channel.send({ kind: 'locked', sequence: message.sequence });
      case 'quarantine':
        quarantined = message.quarantined;
        return;
      case 'epoch':
        if (lookout === undefined) start = start && { ...start, lookoutKeys: { ...start.lookoutKeys, ...message } };
        report(null);
        return lookout?.renew(message.ledger);
      case 'report':
        return report(message.request);
      case 'drain':
        await proxy?.drain(message.deadlineMs);
        reportNames();
        report(null);
        return channel.send({ kind: 'drained' });
      default:
        message satisfies never;
    }
  };

  channel.listen((message) => {
    act(message).catch((error: unknown) => channel.send({ kind: 'failed', message: failureOf(error) }));
  });
}

/** What went wrong, in one line; a system error of `listen` names its place. */
function failureOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return 'an unexpected error';
  const { syscall, address, port, message } = error as Readonly<Record<string, unknown>>;
  if ((syscall === 'listen' || syscall === 'bind') && typeof address === 'string' && typeof port === 'number') {
    return `cannot listen on \`${renderListenAddress({ host: address, port })}\`: ${reasonOf(error)}`;
  }
  return typeof message === 'string' ? message : 'an unexpected error';
}

/** Sends the counts on a steady beat, with what the process itself used; a beat that comes late is the event loop's lag. */
function reportEvery(everyMs: number, meter: SlotMeter, report: (request: number | null) => void): void {
  let due = performance.now() + everyMs;
  let used = process.cpuUsage();
  setInterval(() => {
    const now = performance.now();
    meter.observe('headgate_worker_event_loop_lag_seconds', [], Math.max(0, now - due) / 1000);
    due = now + everyMs;
    const { user, system } = process.cpuUsage(used);
    used = process.cpuUsage();
    meter.count('headgate_worker_cpu_seconds_total', [], (user + system) / 1e6);
    meter.set('headgate_worker_resident_bytes', [], process.memoryUsage.rss());
    report(null);
  }, everyMs).unref();
}
