// headgate.yaml as text to settings: every problem with file, line and column, none only the first. Reads nothing but its arguments.
import { dirname, resolve } from 'node:path';
import { problemAt, type Document } from '../document/document.js';
import { parseDocument } from '../document/parse-yaml.js';
import type { Outcome, Problem } from '../document/problem.js';
import type { Source } from '../document/source.js';
import { validate } from '../document/validate.js';
import { connectionsCarriedBy, descriptorsFor } from './descriptors.js';
import { settingsSchema, type WrittenSettings } from './settings-schema.js';
import type { RedisSettings } from '../fleet/redis-settings.js';
import type { Settings } from './settings.js';

/** What this machine gives; arguments, so that a check on another machine can say the same. */
export interface Machine {
  /** Processors, for `workers: auto`. */
  readonly processors: number;
  /** The descriptor limit of a process; null: not looked at, the default of `connections` then stands unlowered. */
  readonly descriptors: number | null;
}

/** Client connections where the file says nothing. */
const CONNECTIONS = 20_000;

/** The settings of a text. Relative paths are taken from `folder`, by default that of `source.file`. */
export function readSettings(
  source: Source,
  machine: Machine,
  folder: string = dirname(source.file),
): Outcome<Settings> {
  const parsed = parseDocument(source);
  if (!parsed.ok) return parsed;
  const document = parsed.value;
  const valid = validate(document, settingsSchema, { plainWords: ['via', 'metrics', 'admin', 'tls'] });
  if (!valid.ok) return valid;
  const written = valid.value;
  const workers = written.workers === 'auto' ? Math.max(1, machine.processors) : written.workers;
  const connections =
    written.limits.connections ?? Math.min(CONNECTIONS, connectionsCarriedBy(machine.descriptors ?? Infinity, workers));
  const problems = [
    ...repeated(document, written),
    ...misnamed(document, written),
    ...manyRedis(document, written),
    ...tooFewDescriptors(document, { written, workers, connections, descriptors: machine.descriptors }),
  ];
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, value: settingsOf(written, { folder, workers, connections }), problems: [] };
}

function repeated(document: Document, { listeners }: WrittenSettings): Problem[] {
  const problems: Problem[] = [];
  const names = new Map<string, number>();
  const places = new Map<string, string>();
  listeners.forEach(({ name, address }, index) => {
    const place = JSON.stringify(address);
    if (names.has(name)) {
      const message = `two listeners are called \`${name}\`: a name is given once`;
      problems.push(problemAt(document, ['listeners', index, 'name'], { code: 'listener-twice', message }));
    }
    const other = places.get(place);
    if (other !== undefined && address.port !== 0) {
      const message = `\`${name}\` listens where \`${other}\` does: an address is given once`;
      problems.push(problemAt(document, ['listeners', index, 'address'], { code: 'address-twice', message }));
    }
    names.set(name, index);
    places.set(place, name);
  });
  return problems;
}

/** Of `as`: only a canary's listener has it, and it names one of the subscribers'. */
function misnamed(document: Document, { listeners }: WrittenSettings): Problem[] {
  const subscribers = listeners.filter(({ mirror }) => mirror === undefined).map(({ name }) => name);
  return listeners.flatMap(({ as, mirror }, index) => {
    if (as === undefined) return [];
    const place = ['listeners', index, 'as'];
    if (mirror === undefined) {
      const message = '`as` stands without `mirror`: only a listener of a canary is judged as another';
      return [problemAt(document, place, { code: 'as-without-mirror', message })];
    }
    if (subscribers.includes(as)) return [];
    const message = `no listener of subscribers is called \`${as}\`: \`as\` names one that has no \`mirror\``;
    return [problemAt(document, place, { code: 'listener-unknown', message })];
  });
}

/** One Redis, said in one way. */
function manyRedis(document: Document, { redis }: WrittenSettings): Problem[] {
  if (redis === undefined) return [];
  const ways = (['url', 'sentinels', 'cluster'] as const).filter((way) => redis[way] !== undefined);
  const [, second] = ways;
  if (second !== undefined) {
    const message = `\`redis\` has ${ways.map((way) => `\`${way}\``).join(' and ')}: it takes one of them`;
    return [problemAt(document, ['redis', second], { code: 'redis-place', message })];
  }
  if (ways.length === 1) return [];
  const message = '`redis` says not where: it takes `url`, `sentinels` or `cluster`';
  return [problemAt(document, ['redis'], { code: 'redis-place', message })];
}

function tooFewDescriptors(
  document: Document,
  {
    written,
    workers,
    connections,
    descriptors,
  }: { written: WrittenSettings; workers: number; connections: number; descriptors: number | null },
): Problem[] {
  if (descriptors === null) return [];
  const needed = descriptorsFor(connections, workers);
  if (connections >= 1 && descriptors >= needed) return [];
  const wanted = written.limits.connections;
  const message =
    wanted === undefined
      ? `a process may have ${descriptors} descriptors: one client connection needs ${descriptorsFor(1, 1)}`
      : `${wanted} connections need ${needed} descriptors in each process: the limit is ${descriptors}`;
  const help = 'raise the limit (`ulimit -n`, `LimitNOFILE=`) or lower `limits.connections`';
  return [problemAt(document, ['limits', 'connections'], { code: 'descriptor-limit', message, help })];
}

function settingsOf(
  written: WrittenSettings,
  { folder, workers, connections }: { folder: string; workers: number; connections: number },
): Settings {
  const at = (path: string): string => resolve(folder, path);
  const atOr = (path: string | undefined): string | null => (path === undefined ? null : at(path));
  const atEach = (paths: Readonly<Record<string, string | undefined>>): Record<string, string> =>
    Object.fromEntries(Object.entries(paths).flatMap(([name, path]) => (path === undefined ? [] : [[name, at(path)]])));
  const { limits, destinations, admin, metrics, approval } = written;
  return {
    listeners: written.listeners,
    metrics: metrics === 'off' ? null : metrics.address,
    admin:
      admin === 'off'
        ? null
        : {
            address: 'path' in admin.address ? { path: at(admin.address.path) } : admin.address,
            tokens: atEach(admin.tokens),
          },
    policyFile: at(written.policy),
    testsFile: atOr(written.tests),
    ceilingFile: atOr(written.ceiling),
    approvalsFolder: at(written.approvals),
    stateFolder: at(written.state),
    workers,
    paths: written.paths,
    destinations: {
      hosts: destinations.hosts,
      default: destinations.default ?? null,
      permit: destinations.permit,
      refusedPorts: destinations.refusedPorts,
      resolvers: destinations.resolvers ?? [],
      tls: { ca: destinations.tls.ca.map(at) },
    },
    connect: written.connect,
    limits: {
      headBytes: limits.headBytes,
      fields: limits.fields,
      connections,
      headTimeoutMs: limits.headTimeout,
      connectTimeoutMs: limits.connectTimeout,
      responseTimeoutMs: limits.responseTimeout,
      idleTimeoutMs: limits.idleTimeout,
      tunnelIdleTimeoutMs: limits.tunnelIdleTimeout,
      perDestination: limits.perDestination,
      waiting: limits.waiting,
      waitTimeoutMs: limits.waitTimeout,
      drainTimeoutMs: limits.drainTimeout,
    },
    keys: atEach(written.keys),
    approval: {
      required: approval.required,
      groups: approval.groups,
      signers: atOr(approval.signers),
      revoked: atOr(approval.revoked),
      audience: approval.audience ?? null,
    },
    canaryNumbers: written.canary.numbers,
    maxYears: written.maxYears,
    authorityFiles: destinations.tls.ca.map(at),
    skewMs: written.skew,
    redis: written.redis === undefined ? null : redisOf(written.redis, at),
    via: written.via === 'on',
    log: written.log,
  };
}

function redisOf(written: NonNullable<WrittenSettings['redis']>, at: (path: string) => string): RedisSettings {
  const { url, sentinels, cluster, tls } = written;
  const place = url?.place;
  const isTls = url?.isTls === true || tls === 'on';
  return {
    at:
      cluster !== undefined
        ? { kind: 'cluster', nodes: cluster }
        : sentinels !== undefined
          ? { kind: 'sentinels', sentinels, master: written.master }
          : {
              kind: 'one',
              place: place === undefined || !('path' in place) ? (place ?? { path: '' }) : { path: at(place.path) },
              database: url?.database ?? 0,
            },
    tls:
      typeof tls === 'object'
        ? { ca: tls.ca.map(at), serverName: tls.serverName ?? null }
        : isTls
          ? { ca: [], serverName: null }
          : null,
    username: written.username ?? null,
    passwordFile: written.passwordFile === undefined ? null : at(written.passwordFile),
    prefix: written.prefix,
    replica: written.replica ?? null,
  };
}
