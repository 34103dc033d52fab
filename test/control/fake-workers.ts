// Workers for tests of the primary: the real worker's half in this process, around a proxy that only counts, with a way to end it.
import { Inbox, type Channel } from '../../src/control/channel.js';
import type { FromWorker, ToWorker } from '../../src/control/messages.js';
import { runWorker } from '../../src/control/worker.js';
import type { Spawn } from '../../src/control/worker-link.js';
import type { Proxy, ProxyOptions } from '../../src/proxy/proxy.js';
import type { Ruleset } from '../../src/policy/ruleset.js';
import type { Policy } from '../../src/policy/policy.js';
import type { Log } from '../../src/telemetry/log.js';

export interface FakeWorker {
  readonly id: number;
  /** Everything that the primary sent, by kind. */
  readonly received: string[];
  /** What the proxy was started with; undefined before it was. */
  options: ProxyOptions | undefined;
  /** The ruleset in force. */
  ruleset: Ruleset | undefined;
  /** Every value that was in force, in order, by its digest. */
  readonly served: string[];
  isDrained: boolean;
  isEnded: boolean;
  /** Ends it as a crash would. */
  crash(): void;
}

export interface FakeBehaviour {
  /** Called with each message before the worker has it; false: the worker never gets it. */
  readonly hears?: (worker: FakeWorker, message: ToWorker) => boolean;
  /** Called when the proxy starts; may throw. */
  readonly starts?: (worker: FakeWorker) => void;
  /** Called when a value is built beside the one that runs; may throw. */
  readonly builds?: (worker: FakeWorker, digest: string) => void;
  /** Resolves when a drain ends; default at once. */
  readonly drains?: () => Promise<void>;
}

export const silentLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** No policy is asked in these tests: a ruleset is only told apart by its digest. */
export function fakeRulesetOf(policy: Policy, digest: string): Ruleset {
  return {
    policy,
    digest,
    identify: () => undefined,
    isWatched: () => false,
    isSuppressed: () => false,
    release: () => undefined,
    headerLabels: [],
  };
}

/** Two ends in one process. A message arrives in a later turn, in order, as between processes; it is not copied. */
function channelPair<A, B>(): readonly [Channel<A, B>, Channel<B, A>] {
  const first = new Inbox<B>();
  const second = new Inbox<A>();
  return [
    {
      send: (message) => void setImmediate(() => second.deliver(message)),
      listen: (listener) => first.listen(listener),
    },
    {
      send: (message) => void setImmediate(() => first.deliver(message)),
      listen: (listener) => second.listen(listener),
    },
  ];
}

/** A maker of such workers; they stand in `workers` in the order of their birth. Messages are copied as between processes. */
export function fakeWorkers(behaviour: FakeBehaviour = {}): { spawn: Spawn; workers: FakeWorker[] } {
  const workers: FakeWorker[] = [];
  const spawn: Spawn = (id) => {
    const [ours, theirs] = channelPair<ToWorker, FromWorker>();
    let onEnd: ((how: string) => void) | undefined;
    const end = (how: string): void => {
      if (worker.isEnded) return;
      worker.isEnded = true;
      setImmediate(() => onEnd?.(how));
    };
    const worker: FakeWorker = {
      id,
      received: [],
      options: undefined,
      ruleset: undefined,
      served: [],
      isDrained: false,
      isEnded: false,
      crash: () => end('SIGSEGV'),
    };
    workers.push(worker);
    const startProxy = (options: ProxyOptions): Promise<Proxy> => {
      behaviour.starts?.(worker);
      worker.options = options;
      const serve = (ruleset: Ruleset): void => {
        worker.ruleset = ruleset;
        worker.served.push(ruleset.digest);
      };
      serve(options.value.ruleset);
      return Promise.resolve({
        addresses: [{ name: 'internet', host: '127.0.0.1', port: 8080 }],
        prepare: ({ ruleset }) => {
          behaviour.builds?.(worker, ruleset.digest);
          return () => serve(ruleset);
        },
        drain: async () => {
          await behaviour.drains?.();
          worker.isDrained = true;
        },
      });
    };
    runWorker({
      channel: {
        send: (message) => {
          if (!worker.isEnded) theirs.send(structuredClone(message));
        },
        listen: (listener) =>
          theirs.listen((message) => {
            if (!worker.isEnded && behaviour.hears?.(worker, message) !== false) listener(message);
          }),
      },
      openLog: () => silentLog,
      rulesetOf: fakeRulesetOf,
      startProxy,
      reportEveryMs: 60_000,
    });
    return {
      send: (message) => {
        worker.received.push(message.kind);
        ours.send(structuredClone(message));
      },
      listen: (listener) => ours.listen(listener),
      onEnd: (listener) => void (onEnd = listener),
      end: () => end('end'),
      kill: () => end('SIGKILL'),
    };
  };
  return { spawn, workers };
}
