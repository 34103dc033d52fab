// Every setting of headgate.yaml: what it means, its default, whether it is gated (part of the effective policy) or free, which
// change of it widens, and what a reload takes.
// docs/settings.md and the schema are held to this table by tests; a setting that is not here does not exist.

export interface SettingEntry {
  readonly meaning: string;
  /** As written in YAML; `required` where there is none. */
  readonly default: string;
  readonly unit:
    'duration' | 'size' | 'count' | 'address' | 'prefix' | 'port' | 'file' | 'folder' | 'word' | 'text' | 'map';
  /** `gated`: a change of it is judged like a change of the policy. */
  readonly gate: 'gated' | 'free';
  /** Which change of a gated one is a widening; `-` of a free one. docs/settings.md says what each word means. */
  readonly wider: Wider | '-';
  /** `hot`: a reload takes it; `restart`: only a start does. */
  readonly reload: 'hot' | 'restart';
}

type Wider = 'more' | 'fewer' | 'more addresses' | 'higher' | 'lower' | 'a new one' | 'without' | 'any change';
type Unit = SettingEntry['unit'];

const gated = (unit: Unit, fallback: string, wider: Wider, meaning: string): SettingEntry => ({
  meaning,
  default: fallback,
  unit,
  gate: 'gated',
  wider,
  reload: 'hot',
});
const free = (unit: Unit, fallback: string, meaning: string): SettingEntry => ({
  meaning,
  default: fallback,
  unit,
  gate: 'free',
  wider: '-',
  reload: 'restart',
});
const atStart = (entry: SettingEntry): SettingEntry => ({ ...entry, reload: 'restart' });
const hot = (entry: SettingEntry): SettingEntry => ({ ...entry, reload: 'hot' });

/** By path; `[]` is a member of a list. The order is the order of the documentation. */
export const SETTINGS = {
  'listeners[].name': atStart(
    gated(
      'word',
      'required',
      'more',
      'Name of the listener, as the policy and the metrics use it. One listener per APN or MVNO.',
    ),
  ),
  'listeners[].address': free(
    'address',
    'required',
    'Address and port to listen on, for example `[::]:8080`. Port 0 takes a free one.',
  ),
  'listeners[].clients': gated(
    'prefix',
    'required',
    'more addresses',
    'Who may connect. A peer outside is refused with 403.',
  ),
  'listeners[].trust': gated(
    'prefix',
    'required',
    'more addresses',
    'Whose identity headers are believed: address prefixes, `path` (all that comes on this wire went through the enricher) or `none`. From anyone else they are withheld and counted as spoofed.',
  ),
  'listeners[].kind': gated(
    'word',
    'http',
    'any change',
    'What connections begin with: `http` a request, `proxy-protocol` a line of PROXY protocol, version 1 or 2, from a balancer; one without it is closed. `clients` and `trust` judge the peer that sent the line, never the address in it.',
  ),
  'listeners[].mirror': gated(
    'address',
    'none',
    'a new one',
    'Address and port to which every request on this listener goes, whatever host it asks for: the canary’s own listener (docs/canary.md).',
  ),
  'listeners[].as': gated(
    'word',
    'none',
    'any change',
    'With `mirror`: the listener as which the policy judges requests on this one, so that a canary sees what its subscribers would.',
  ),
  'canary.numbers': gated(
    'text',
    'none',
    'more',
    'Numbers of test SIMs that canaries carry, quoted: what detectors find in a request that carries one is counted as `canary`.',
  ),
  metrics: free(
    'address',
    '127.0.0.1:9464',
    'Where /metrics, /livez, /readyz and /version are served; `off` for nowhere.',
  ),
  'metrics.address': free('address', 'required', 'Address and port of the metrics.'),
  admin: free('address', 'off', 'Where the admin API is served (docs/admin-api.yaml); `off` for nowhere.'),
  'admin.address': free('address', 'required', 'Address and port, or `unix:` and a path.'),
  'admin.tokens': free(
    'file',
    'none',
    'Files with the token of each role: `read` looks, `lockdown` also sets a lockdown, `operate` also ends one and reloads. Needed beyond loopback and unix sockets; with none, whoever reaches the address may do all.',
  ),
  policy: free(
    'file',
    'required',
    'The policy. What it says is gated, and a reload takes it; where it lies is neither.',
  ),
  tests: hot(free('file', 'none', 'Decision tests that a policy must pass before it runs (docs/policy.md).')),
  ceiling: gated(
    'file',
    'none',
    'without',
    'A policy that no approval exceeds: nothing beyond it is ever released. Another one is itself a change that needs approval.',
  ),
  approvals: free('folder', 'approvals', 'Folder of the approvals and their signatures (docs/approvals.md).'),
  state: free(
    'folder',
    '/var/lib/headgate',
    'Folder of what must outlive a restart (docs/state.md). Two gateways never share one.',
  ),
  workers: free(
    'count',
    '1',
    'Processes that carry traffic, or `auto`: one per processor. The one that reads these files carries none.',
  ),
  paths: free('word', '[fast, slow]', 'Which of the two paths may carry a request.'),
  'destinations.hosts': gated(
    'map',
    'none',
    'a new one',
    'Static answers before DNS: a host or `*.` and a host, to an address and port. Exact first, then the longest wildcard.',
  ),
  'destinations.default': gated(
    'address',
    'none',
    'a new one',
    'Address and port of every other host. For labs and tests only: it disconnects hosts from who they are.',
  ),
  'destinations.permit': gated(
    'prefix',
    'none',
    'more addresses',
    'Exceptions to the refused address ranges (private, loopback, link-local, metadata, multicast).',
  ),
  'destinations.refusedPorts': gated(
    'port',
    '[22, 23, 25, 445, 465, 587]',
    'fewer',
    'Ports that are never connected to.',
  ),
  'destinations.resolvers': gated(
    'address',
    "the system's",
    'any change',
    'Resolvers, each an address or an address and port.',
  ),
  'destinations.tls.ca': gated(
    'file',
    'none',
    'more',
    'Files with further certificate authorities (PEM) for partners with `transport: tls`, beside the usual ones.',
  ),
  'connect.ports': gated('port', '[443, 993, 5222, 5223, 5228]', 'more', 'Ports that CONNECT may name; never 80.'),
  'limits.headBytes': free('size', '32KiB', 'Largest request head; a larger one is refused with 431.'),
  'limits.fields': free('count', '128', 'Most fields of a request head; more are refused with 431.'),
  'limits.connections': free(
    'count',
    'min(20000, what the descriptor limit carries)',
    'Client connections of all workers together; one more is refused with 503. If written, the start fails where the descriptor limit is lower than two per connection and 200.',
  ),
  'limits.headTimeout': free('duration', '10s', 'Time for a whole request head to arrive.'),
  'limits.connectTimeout': free('duration', '10s', 'Time for a connection to a destination, TLS included.'),
  'limits.responseTimeout': free('duration', '300s', 'Time from a request sent to the first byte of its answer.'),
  'limits.idleTimeout': free('duration', '60s', 'Time without a byte after which a connection is closed.'),
  'limits.tunnelIdleTimeout': free(
    'duration',
    '2h4m',
    'The same for tunnels (CONNECT, WebSocket): RFC 5382 asks for 2 hours and 4 minutes at least.',
  ),
  'limits.perDestination': free('count', '1024', 'Connections to one destination, per worker.'),
  'limits.waiting': free('count', '4096', 'Requests that wait for a connection to one destination, per worker.'),
  'limits.waitTimeout': free('duration', '10s', 'How long they wait before 503.'),
  'limits.drainTimeout': free('duration', '30s', 'From SIGTERM to the exit at most.'),
  keys: gated(
    'map',
    'none',
    'more',
    'Pseudonym keys: an id to a file of 32 bytes or more. The thumbprints of the keys are gated, their places are not.',
  ),
  'approval.required': gated(
    'count',
    '1',
    'lower',
    'How many people must have approved a widening, beside whoever proposes it. With 0 nobody signs, and every status warns.',
  ),
  'approval.groups': gated('map', 'none', 'lower', 'How many of them must be of each group.'),
  'approval.signers': gated('file', 'none', 'more', "Who may sign, in OpenSSH's format of `allowed_signers`."),
  'approval.revoked': gated(
    'file',
    'none',
    'fewer',
    'Public keys that no longer sign, one a line. What they signed before no longer counts either.',
  ),
  'approval.audience': gated('text', 'none', 'any change', 'The name that an approval must be addressed to.'),
  maxYears: gated('count', '3', 'higher', 'How far ahead the `until` of a policy may lie, in years; at most 3.'),
  skew: gated(
    'duration',
    '30s',
    'lower',
    'How wrong the clock may be: a release must be in force this much earlier and later too.',
  ),
  'redis.url': free(
    'address',
    'none',
    'The Redis that replicas share (docs/fleet.md): `redis://HOST:PORT/DATABASE`, `rediss://` with TLS, or `unix:` and a path. This, `sentinels` or `cluster`.',
  ),
  'redis.sentinels': free('address', 'none', 'Sentinels that know where it is, each a host and a port.'),
  'redis.master': free('text', 'mymaster', 'The name under which the Sentinels watch it.'),
  'redis.cluster': free('address', 'none', 'Nodes of a Cluster, each a host and a port; the others are found.'),
  'redis.tls': free('word', 'off', 'Whether the connection is encrypted: `on`, `off`, or a map that says how.'),
  'redis.tls.ca': free(
    'file',
    "the system's",
    'Files with the certificate authorities (PEM) that sign for it, instead of the usual ones.',
  ),
  'redis.tls.serverName': free('text', 'the host', 'The name that its certificate must have.'),
  'redis.username': free('text', 'default', 'The user of its ACL.'),
  'redis.passwordFile': free('file', 'none', 'File with the password, on one line.'),
  'redis.prefix': free('word', 'headgate', 'Every key and channel begins with `{prefix}:`. One for each fleet.'),
  'redis.replica': free(
    'word',
    "the machine's name",
    'The name of this replica in the fleet. No two replicas have the same.',
  ),
  via: free('word', 'off', 'Whether a `Via` field names this gateway to destinations: `on` or `off`.'),
  'log.level': free('word', 'info', 'Least level that is written: `debug`, `info`, `warn` or `error`.'),
} as const satisfies Record<string, SettingEntry>;

export type SettingPath = keyof typeof SETTINGS;
