// Every setting of headgate.yaml: what it means, its default, and whether it is gated (part of the effective policy) or free.
// docs/settings.md and the schema are held to this table by tests; a setting that is not here does not exist.

export interface SettingEntry {
  readonly meaning: string;
  /** As written in YAML; `required` where there is none. */
  readonly default: string;
  readonly unit:
    'duration' | 'size' | 'count' | 'address' | 'prefix' | 'port' | 'file' | 'folder' | 'word' | 'text' | 'map';
  /** `gated`: a change of it is judged like a change of the policy. */
  readonly gate: 'gated' | 'free';
}

const gated = (unit: SettingEntry['unit'], fallback: string, meaning: string): SettingEntry => ({
  meaning,
  default: fallback,
  unit,
  gate: 'gated',
});
const free = (unit: SettingEntry['unit'], fallback: string, meaning: string): SettingEntry => ({
  meaning,
  default: fallback,
  unit,
  gate: 'free',
});

/** By path; `[]` is a member of a list. The order is the order of the documentation. */
export const SETTINGS = {
  'listeners[].name': gated(
    'word',
    'required',
    'Name of the listener, as the policy and the metrics use it. One listener per APN or MVNO.',
  ),
  'listeners[].address': free(
    'address',
    'required',
    'Address and port to listen on, for example `[::]:8080`. Port 0 takes a free one.',
  ),
  'listeners[].clients': gated('prefix', 'required', 'Who may connect. A peer outside is refused with 403.'),
  'listeners[].trust': gated(
    'prefix',
    'required',
    'Whose identity headers are believed: address prefixes, `path` (all that comes on this wire went through the enricher) or `none`. From anyone else they are withheld and counted as spoofed.',
  ),
  metrics: free(
    'address',
    '127.0.0.1:9464',
    'Where /metrics, /livez, /readyz and /version are served; `off` for nowhere.',
  ),
  'metrics.address': free('address', 'required', 'Address and port of the metrics.'),
  admin: free(
    'address',
    'off',
    'Where the admin API is served (today: GET /v1/policy, for `headgate diff live`); `off` for nowhere.',
  ),
  'admin.address': free('address', 'required', 'Address and port, or `unix:` and a path.'),
  'admin.tokens': free(
    'file',
    'none',
    'Files with the token of each role: `read`, `lockdown`, `operate`; needed beyond loopback and unix sockets.',
  ),
  policy: free('file', 'required', 'The policy. What it says is gated; where it lies is not.'),
  approvals: free('folder', 'approvals', 'Folder of the approvals. Checked, not used yet.'),
  state: free('folder', '/var/lib/headgate', 'Folder of what must outlive a restart. Checked, not used yet.'),
  workers: free(
    'count',
    '1',
    'Processes that carry traffic, or `auto`: one per processor. With 1, this process carries it itself.',
  ),
  paths: free('word', '[fast, slow]', 'Which of the two paths may carry a request.'),
  'destinations.hosts': gated(
    'map',
    'none',
    'Static answers before DNS: a host or `*.` and a host, to an address and port. Exact first, then the longest wildcard.',
  ),
  'destinations.default': gated(
    'address',
    'none',
    'Address and port of every other host. For labs and tests only: it disconnects hosts from who they are.',
  ),
  'destinations.permit': gated(
    'prefix',
    'none',
    'Exceptions to the refused address ranges (private, loopback, link-local, metadata, multicast).',
  ),
  'destinations.refusedPorts': gated('port', '[22, 23, 25, 445, 465, 587]', 'Ports that are never connected to.'),
  'destinations.resolvers': gated('address', "the system's", 'Resolvers, each an address or an address and port.'),
  'destinations.tls.ca': gated(
    'file',
    'none',
    'Files with further certificate authorities (PEM) for partners with `transport: tls`, beside the usual ones.',
  ),
  'connect.ports': free('port', '[443, 993, 5222, 5223, 5228]', 'Ports that CONNECT may name; never 80.'),
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
    'Pseudonym keys: an id to a file of 32 bytes or more. The thumbprints of the keys are gated, their places are not.',
  ),
  'approval.required': gated('count', '1', 'How many people must have approved a widening. Checked, not used yet.'),
  'approval.groups': gated('map', 'none', 'How many of them must be of each group. Checked, not used yet.'),
  'approval.signers': gated(
    'file',
    'none',
    "Who may sign, in OpenSSH's format of `allowed_signers`. Checked, not used yet.",
  ),
  'approval.audience': gated('text', 'none', 'The name that an approval must be addressed to. Checked, not used yet.'),
  maxYears: gated('count', '3', 'How far ahead the `until` of a policy may lie, in years; at most 3.'),
  skew: gated(
    'duration',
    '30s',
    'How wrong the clock may be: a release must be in force this much earlier and later too.',
  ),
  via: free('word', 'off', 'Whether a `Via` field names this gateway to destinations: `on` or `off`.'),
  'log.level': free('word', 'info', 'Least level that is written: `debug`, `info`, `warn` or `error`.'),
} as const satisfies Record<string, SettingEntry>;

export type SettingPath = keyof typeof SETTINGS;
