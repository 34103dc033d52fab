// What a settings file says otherwise than the gateway that runs, and only a start takes: for the log and the status. Changes nothing.
// test/control/restart-only.test.ts holds it to the `reload` column of the table of settings.
import { canonicalJson } from '../policy/canonical-json.js';
import type { Settings } from './settings.js';

type Values = Readonly<Record<string, unknown>>;

/**
 * Paths as in the table of settings, those of listeners with the name (`listeners.internet.address`), sorted. A listener that is new, gone or renamed is `listeners[].name`.
 */
export function restartOnlyChanges(running: Settings, read: Settings): readonly string[] {
  const [before, after] = [valuesOf(running), valuesOf(read)];
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return paths.filter((path) => path in before && path in after && isOther(before[path], after[path]));
}

function isOther(before: unknown, after: unknown): boolean {
  return canonicalJson(before) !== canonicalJson(after);
}

function valuesOf(settings: Settings): Values {
  const { listeners, metrics, admin, limits } = settings;
  return {
    'listeners[].name': listeners.map(({ name }) => name),
    ...Object.fromEntries(listeners.map(({ name, address }) => [`listeners.${name}.address`, address] as const)),
    metrics: metrics !== null,
    ...(metrics === null ? {} : { 'metrics.address': metrics }),
    admin: admin !== null,
    ...(admin === null ? {} : { 'admin.address': admin.address, 'admin.tokens': admin.tokens }),
    policy: settings.policyFile,
    approvals: settings.approvalsFolder,
    state: settings.stateFolder,
    workers: settings.workers,
    paths: settings.paths,
    ...Object.fromEntries(
      Object.entries(limits).map(([name, limit]) => [`limits.${name.replace(/Ms$/, '')}`, limit] as const),
    ),
    ...redisValues(settings.redis),
    via: settings.via,
    'log.level': settings.log.level,
  };
}

/** Of another kind of Redis, or none, `redis` alone is said. */
function redisValues(redis: Settings['redis']): Values {
  if (redis === null) return { redis: null };
  const { at, tls, ...rest } = redis;
  const place =
    at.kind === 'one'
      ? { 'redis.url': { place: at.place, database: at.database } }
      : at.kind === 'sentinels'
        ? { 'redis.sentinels': at.sentinels, 'redis.master': at.master }
        : { 'redis.cluster': at.nodes };
  return {
    redis: at.kind,
    ...place,
    'redis.tls': tls !== null,
    ...(tls === null ? {} : { 'redis.tls.ca': tls.ca, 'redis.tls.serverName': tls.serverName }),
    ...Object.fromEntries(Object.entries(rest).map(([name, value]) => [`redis.${name}`, value])),
  };
}
