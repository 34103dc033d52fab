// headgate.yaml: what is read, what is refused and where the problem stands.
import { availableParallelism } from 'node:os';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderProblems } from '../../src/document/render.js';
import { readSettings, type Machine } from '../../src/control/settings-file.js';
import type { Settings } from '../../src/control/settings.js';

const MINIMAL = `listeners:
  - name: internet
    address: "[::]:8080"
    clients: ["10.0.0.0/8"]
    trust: ["10.20.0.0/16"]
policy: policy.yaml
`;
const machine: Machine = { processors: 4, descriptors: 100_000 };

const read = (text: string, on: Machine = machine) => readSettings({ file: '/etc/headgate/headgate.yaml', text }, on);

function settingsOf(text: string, on?: Machine): Settings {
  const outcome = read(text, on);
  if (!outcome.ok) throw new Error(renderProblems(outcome.problems, []));
  return outcome.value;
}

/** Each problem as `code at the underlined text`. */
function refused(text: string, on?: Machine): string[] {
  const outcome = read(text, on);
  const lines = text.split('\n');
  return outcome.problems.map(({ code, span }) => {
    const line = lines[(span?.line ?? 0) - 1] ?? '';
    const end = span?.line === span?.endLine ? span?.endColumn : undefined;
    return `${code} at ${line.slice((span?.column ?? 1) - 1, (end ?? line.length + 1) - 1)}`;
  });
}

describe('what a file that says the least means', () => {
  test('every default is as docs/settings.md has it', () => {
    expect(settingsOf(MINIMAL)).toEqual({
      canaryNumbers: [],
      redis: null,
      listeners: [
        {
          name: 'internet',
          address: { host: '::', port: 8080 },
          clients: ['10.0.0.0/8'],
          trust: ['10.20.0.0/16'],
          kind: 'http',
        },
      ],
      metrics: { host: '127.0.0.1', port: 9464 },
      admin: null,
      policyFile: '/etc/headgate/policy.yaml',
      testsFile: null,
      ceilingFile: null,
      approvalsFolder: '/etc/headgate/approvals',
      stateFolder: '/var/lib/headgate',
      workers: 1,
      paths: ['fast', 'slow'],
      destinations: {
        hosts: {},
        default: null,
        permit: [],
        refusedPorts: [22, 23, 25, 445, 465, 587],
        resolvers: [],
        tls: { ca: [] },
      },
      connect: { ports: [443, 993, 5222, 5223, 5228] },
      limits: {
        headBytes: 32_768,
        fields: 128,
        connections: 20_000,
        headTimeoutMs: 10_000,
        connectTimeoutMs: 10_000,
        responseTimeoutMs: 300_000,
        idleTimeoutMs: 60_000,
        tunnelIdleTimeoutMs: 7_440_000,
        perDestination: 1024,
        waiting: 4096,
        waitTimeoutMs: 10_000,
        drainTimeoutMs: 30_000,
      },
      keys: {},
      approval: { required: 1, groups: {}, signers: null, revoked: null, audience: null },
      maxYears: 3,
      authorityFiles: [],
      skewMs: 30_000,
      via: false,
      log: { level: 'info' },
    });
  });
});

describe('what a file that says everything means', () => {
  const text = `${MINIMAL}metrics: off
admin: { address: "unix:/run/headgate.sock", tokens: { read: tokens/read } }
approvals: consent
state: state
workers: auto
paths: [slow]
destinations:
  hosts: { news.example: "192.0.2.7:80", "*.lab.example": "[2001:db8::7]:81" }
  default: "127.0.0.1:9000"
  permit: ["127.0.0.0/8", "::1"]
  refusedPorts: []
  resolvers: ["192.0.2.53", "[2001:DB8::53]:5353"]
  tls: { ca: [ca.pem] }
connect: { ports: [443] }
limits: { headBytes: 16KiB, fields: 64, connections: 1000, headTimeout: 1s, connectTimeout: 2s, responseTimeout: 3s, idleTimeout: 4s, tunnelIdleTimeout: 1h, perDestination: 10, waiting: 11, waitTimeout: 5s, drainTimeout: 0s }
keys: { acme-2026: keys/acme }
approval: { required: 2, groups: { privacy: 1 }, signers: signers, audience: edge-prod-lon }
maxYears: 1
skew: 5s
via: on
log: { level: debug }
`;

  test('every setting reaches its place, and relative paths start at the file', () => {
    expect(settingsOf(text)).toMatchObject({
      metrics: null,
      admin: { address: { path: '/run/headgate.sock' }, tokens: { read: '/etc/headgate/tokens/read' } },
      approvalsFolder: '/etc/headgate/consent',
      stateFolder: '/etc/headgate/state',
      workers: 4,
      paths: ['slow'],
      destinations: {
        hosts: { 'news.example': { host: '192.0.2.7', port: 80 }, '*.lab.example': { host: '2001:db8::7', port: 81 } },
        default: { host: '127.0.0.1', port: 9000 },
        permit: ['127.0.0.0/8', '::1'],
        refusedPorts: [],
        resolvers: ['192.0.2.53', '[2001:db8::53]:5353'],
        tls: { ca: ['/etc/headgate/ca.pem'] },
      },
      connect: { ports: [443] },
      limits: {
        headBytes: 16_384,
        fields: 64,
        connections: 1000,
        headTimeoutMs: 1000,
        connectTimeoutMs: 2000,
        responseTimeoutMs: 3000,
        idleTimeoutMs: 4000,
        tunnelIdleTimeoutMs: 3_600_000,
        perDestination: 10,
        waiting: 11,
        waitTimeoutMs: 5000,
        drainTimeoutMs: 0,
      },
      keys: { 'acme-2026': '/etc/headgate/keys/acme' },
      approval: { required: 2, groups: { privacy: 1 }, signers: '/etc/headgate/signers', audience: 'edge-prod-lon' },
      maxYears: 1,
      authorityFiles: ['/etc/headgate/ca.pem'],
      skewMs: 5000,
      via: true,
      log: { level: 'debug' },
    });
  });

  test('`trust: path` and `trust: none` stay words', () => {
    expect(settingsOf(MINIMAL.replace('["10.20.0.0/16"]', 'path')).listeners[0]?.trust).toBe('path');
    expect(settingsOf(MINIMAL.replace('["10.20.0.0/16"]', 'none')).listeners[0]?.trust).toBe('none');
  });

  test('the value is plain data: it survives a copy as a worker gets it', () => {
    const settings = settingsOf(text);
    expect(JSON.parse(JSON.stringify(settings))).toEqual(settings);
  });
});

describe('what is refused, and where the problem points', () => {
  const second = MINIMAL.replace(
    'policy:',
    '  - { name: internet, address: "[::]:8081", clients: ["::/0"], trust: none }\npolicy:',
  );
  test.each<[string, string, string[]]>([
    ['an unknown key', `${MINIMAL}worker: 2\n`, ['unknown-key at worker']],
    ['an unknown key inside', `${MINIMAL}limits: { headByte: 1KiB }\n`, ['unknown-key at headByte']],
    ['a missing listener', 'policy: policy.yaml\n', ['missing-key at policy: policy.yaml']],
    [
      'clients that are missing: they could mean all',
      MINIMAL.replace(/ +clients.*\n/, ''),
      ['missing-key at name: internet'],
    ],
    ['clients that are empty', MINIMAL.replace('["10.0.0.0/8"]', '[]'), ['empty-list at []']],
    ['trust that is empty', MINIMAL.replace('["10.20.0.0/16"]', '[]'), ['empty-list at []']],
    ['a prefix with host bits', MINIMAL.replace('10.0.0.0/8', '10.0.0.1/8'), ['wrong-value at "10.0.0.1/8"']],
    ['a host name to listen on', MINIMAL.replace('[::]:8080', 'localhost:8080'), ['wrong-value at "localhost:8080"']],
    ['a port over 65535', MINIMAL.replace('[::]:8080', '[::]:65536'), ['wrong-value at "[::]:65536"']],
    ['an IPv6 address without brackets', MINIMAL.replace('[::]:8080', ':::8080'), ['wrong-value at ":::8080"']],
    ['a listener called `other`', MINIMAL.replace('internet', 'other'), ['wrong-value at other']],
    ['a listener in upper case', MINIMAL.replace('internet', 'Internet'), ['wrong-value at Internet']],
    ['two listeners of one name', second, ['listener-twice at internet']],
    [
      'two listeners on one address',
      second.replace('name: internet, address: "[::]:8081"', 'name: mms, address: "[::]:8080"'),
      ['address-twice at "[::]:8080"'],
    ],
    [
      '`as` without `mirror`',
      MINIMAL.replace('    trust:', '    as: internet\n    trust:'),
      ['as-without-mirror at internet'],
    ],
    [
      '`as` of a listener that is not there',
      MINIMAL.replace('    trust:', '    mirror: "127.0.0.1:8088"\n    as: internet\n    trust:'),
      ['listener-unknown at internet'],
    ],
    [
      'a mirror by name',
      MINIMAL.replace('    trust:', '    mirror: "mirror.example:80"\n    trust:'),
      ['wrong-value at "mirror.example:80"'],
    ],
    [
      'a canary’s number with a plus',
      `${MINIMAL}canary: { numbers: ["+447700900990"] }\n`,
      ['wrong-value at "+447700900990"'],
    ],
    ['a duration without a unit', `${MINIMAL}limits: { headTimeout: 10 }\n`, ['not-quoted at 10']],
    ['a duration that is none', `${MINIMAL}limits: { headTimeout: soon }\n`, ['wrong-value at soon']],
    ['a duration out of range', `${MINIMAL}limits: { headTimeout: 11m }\n`, ['wrong-value at 11m']],
    ['a size that is none', `${MINIMAL}limits: { headBytes: 32KB }\n`, ['wrong-value at 32KB']],
    ['a size out of range', `${MINIMAL}limits: { headBytes: 1KiB }\n`, ['wrong-value at 1KiB']],
    ['CONNECT to port 80', `${MINIMAL}connect: { ports: [443, 80] }\n`, ['wrong-value at 80']],
    ['a path that does not exist', `${MINIMAL}paths: [quick]\n`, ['wrong-value at quick']],
    [
      'a static host in another spelling than its own',
      `${MINIMAL}destinations: { hosts: { News.example: "192.0.2.7:80" } }\n`,
      ['wrong-value at "192.0.2.7:80"'],
    ],
    [
      'a static host to port 0',
      `${MINIMAL}destinations: { hosts: { news.example: "192.0.2.7:0" } }\n`,
      ['wrong-value at "192.0.2.7:0"'],
    ],
    ['a resolver by name', `${MINIMAL}destinations: { resolvers: [dns.example] }\n`, ['wrong-value at dns.example']],
    [
      'a key id with a dot: it ends where the pseudonym begins',
      `${MINIMAL}keys: { "a.b": file }\n`,
      ['wrong-value at file'],
    ],
    ['more years than three', `${MINIMAL}maxYears: 4\n`, ['out-of-range at 4']],
    ['an anchor', `${MINIMAL}state: &a state\n`, ['yaml-anchor at &a']],
    [
      'all problems at once',
      `${MINIMAL}worker: 2\nskew: x\nvia: maybe\n`,
      ['wrong-value at x', 'wrong-value at maybe', 'unknown-key at worker'],
    ],
  ])('%s', (_, text, expected) => {
    expect(refused(text)).toEqual(expected);
  });

  test('an unknown key is told what it was meant to be, with file, line and column', () => {
    const text = `${MINIMAL}listenrs: []\n`;
    const outcome = read(text);
    expect(renderProblems(outcome.problems, [{ file: '/etc/headgate/headgate.yaml', text }])).toBe(
      [
        '/etc/headgate/headgate.yaml:7:1: error: unknown key `listenrs` [unknown-key]',
        '  7 | listenrs: []',
        '    | ^^^^^^^^',
        '  help: did you mean `listeners`?',
        '',
      ].join('\n'),
    );
  });
});

describe('connections and the descriptor limit', () => {
  test('without a line in the file the limit decides, up to 20,000', () => {
    expect(settingsOf(MINIMAL, { processors: 1, descriptors: 1200 }).limits.connections).toBe(500);
    expect(settingsOf(MINIMAL, { processors: 1, descriptors: Infinity }).limits.connections).toBe(20_000);
    expect(settingsOf(`${MINIMAL}workers: 4\n`, { processors: 1, descriptors: 1200 }).limits.connections).toBe(2000);
    expect(settingsOf(MINIMAL, { processors: 1, descriptors: null }).limits.connections).toBe(20_000);
  });

  const written = `${MINIMAL}limits: { connections: 500 }\n`;
  test('a number that the limit carries is taken as written', () => {
    expect(settingsOf(written, { processors: 1, descriptors: 1200 }).limits.connections).toBe(500);
  });

  test('a number that the limit does not carry is refused, with both numbers', () => {
    const outcome = read(written, { processors: 1, descriptors: 1199 });
    expect(outcome.problems).toMatchObject([
      {
        code: 'descriptor-limit',
        message: '500 connections need 1200 descriptors in each process: the limit is 1199',
        span: { line: 7 },
      },
    ]);
  });

  test('more workers share the need', () => {
    expect(settingsOf(`${written}workers: 2\n`, { processors: 1, descriptors: 700 }).limits.connections).toBe(500);
  });

  test('a limit too low for any connection is refused even if nothing is written', () => {
    expect(refused(MINIMAL, { processors: 1, descriptors: 201 })).toEqual(['descriptor-limit at listeners:']);
  });
});

test('the shipped headgate.yaml is valid', () => {
  const file = join(import.meta.dirname, '../../config/headgate.yaml');
  const source = { file: 'config/headgate.yaml', text: readFileSync(file, 'utf8') };
  const outcome = readSettings(source, { processors: availableParallelism(), descriptors: null });
  expect(renderProblems(outcome.problems, [source])).toBe('');
  expect(outcome.ok).toBe(true);
});

describe('where the Redis is', () => {
  const redisOf = (text: string): Settings['redis'] => settingsOf(`${MINIMAL}redis: ${text}\n`).redis;

  test.each([
    ['{ url: "redis://redis.example" }', { kind: 'one', place: { host: 'redis.example', port: 6379 }, database: 0 }],
    ['{ url: "redis://192.0.2.9:6380/3" }', { kind: 'one', place: { host: '192.0.2.9', port: 6380 }, database: 3 }],
    ['{ url: "redis://[2001:db8::9]:6380" }', { kind: 'one', place: { host: '2001:db8::9', port: 6380 }, database: 0 }],
    ['{ url: "unix:redis.sock" }', { kind: 'one', place: { path: '/etc/headgate/redis.sock' }, database: 0 }],
    [
      '{ sentinels: ["s1.example:26379"], master: edge }',
      { kind: 'sentinels', sentinels: [{ host: 's1.example', port: 26379 }], master: 'edge' },
    ],
    ['{ cluster: ["192.0.2.9:7000"] }', { kind: 'cluster', nodes: [{ host: '192.0.2.9', port: 7000 }] }],
  ])('%s', (text, at) => {
    expect(redisOf(text)).toEqual({
      at,
      tls: null,
      username: null,
      passwordFile: null,
      prefix: 'headgate',
      replica: null,
    });
  });

  test('with TLS, a user, a password, names', () => {
    expect(
      redisOf('{ url: "rediss://redis.example", username: gw, passwordFile: pw, prefix: lon, replica: gw-1 }'),
    ).toEqual(
      expect.objectContaining({
        tls: { ca: [], serverName: null },
        username: 'gw',
        passwordFile: '/etc/headgate/pw',
        prefix: 'lon',
        replica: 'gw-1',
      }),
    );
    expect(redisOf('{ url: "redis://redis.example", tls: on }')?.tls).toEqual({ ca: [], serverName: null });
    expect(redisOf('{ cluster: ["a.example:1"], tls: { ca: [ca.pem], serverName: a.example } }')?.tls).toEqual({
      ca: ['/etc/headgate/ca.pem'],
      serverName: 'a.example',
    });
  });

  test.each([
    ['{ prefix: a }', ['redis-place']],
    ['{ url: "redis://a.example", cluster: ["a.example:1"] }', ['redis-place']],
    ['{ url: "redis://user:word@a.example" }', ['wrong-value']],
    ['{ url: "http://a.example" }', ['wrong-value']],
    ['{ cluster: ["a.example"] }', ['wrong-value']],
    ['{ cluster: [] }', ['empty-list']],
  ])('%s is refused', (text, codes) => {
    expect(refused(`${MINIMAL}redis: ${text}\n`).map((problem) => problem.split(' ')[0])).toEqual(codes);
  });
});
