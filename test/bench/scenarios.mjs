// The rows of the tables, as data: a new workload is a new entry here.

const ALL = [
  ...[
    'headgate',
    'headgate-undetected',
    'headgate-public',
    'headgate-public-undetected',
    'headgate-slow',
    'haproxy',
    'nginx',
    'haproxy-tcp',
    'node-relay',
    'squid',
  ],
  ...['http-proxy', 'http-proxy-3', 'httpxy', 'fastify-http-proxy', 'node-undici'],
];
const EQUAL = [
  ...['headgate', 'haproxy-equal', 'http-proxy-equal', 'http-proxy-3-equal', 'httpxy-equal'],
  ...['fastify-http-proxy-equal', 'node-undici-equal'],
];
const THREE = ['headgate', 'haproxy', 'nginx'];
/** Of rows that are held to a bound with the detectors and without. */
const FOUR = ['headgate', 'headgate-undetected', 'haproxy', 'nginx'];
const ENRICHED = { enriched: true };

/**
 * `hosts`: whose hosts are asked for (names.mjs); `kind`: what a request has (requests.mjs); `connections`: kept open by the load,
 * to each proxy; `closes`: a new connection for each request; `perSecond`: an open loop at this rate, else a closed one; `per`:
 * what one request stands for; `proxies`: without `--proxies`; `memory`: connections are opened and left
 * idle; `freshEvery`: rounds after which connections are opened anew, for how they fall on the workers; `hasShares`: the
 * workers' shares are told; `against`: whom the ratios are to.
 */
const rows = {
  stranger: { title: 'enriched, to a stranger: strip', proxies: ALL },
  equal: {
    title: 'enriched, to a stranger: equal job, every name in every spelling',
    proxies: EQUAL,
    against: ['haproxy-equal', 'http-proxy-equal'],
  },
  partner: { title: 'enriched, to a partner: release', hosts: 'partners', proxies: FOUR },
  pseudonym: { title: 'enriched, to a partner that gets a pseudonym', hosts: 'pseudonyms', proxies: ['headgate'] },
  plain: { title: 'not enriched, to a stranger', kind: { enriched: false }, proxies: FOUR },
  post: { title: 'POST with a body of 1 KiB', kind: { enriched: true, up: 1024 }, proxies: FOUR },
  'fields-60': { title: '60 fields', kind: { enriched: true, fields: 60 }, proxies: FOUR },
  'long-numbers': {
    title: 'a cookie with six long numbers',
    kind: { enriched: true, longNumbers: true },
    proxies: FOUR,
  },
  detection: {
    title: 'a cookie of 300 bytes: with every detector and the second look, and without',
    kind: { enriched: true, cookie: 300 },
    proxies: ['headgate', 'headgate-undetected', 'haproxy'],
    against: ['headgate-undetected', 'haproxy'],
  },
  down: { title: '1 MiB down', kind: { enriched: true, down: '1 MiB' }, connections: 16, per: 'MiB' },
  up: { title: '1 MiB up', kind: { enriched: true, up: 1024 * 1024 }, connections: 16, per: 'MiB' },
  tls: { title: 'to a partner through TLS', hosts: 'secure' },
  'connections-1': { title: 'one connection', connections: 1 },
  'connections-1000': { title: '1,000 connections', connections: 1000 },
  'new-connection': {
    title: 'a new connection for each request',
    kind: { enriched: true, closes: true },
    closes: true,
    proxies: FOUR,
  },
  'policy-size': {
    title: '64 hosts, looked up in policies of 10 to 1,000,000 hosts',
    hosts: 'policy',
    proxies: ['headgate-10-hosts', 'headgate-1000-hosts', 'headgate-1000000-hosts'],
    against: ['headgate-10-hosts'],
  },
  'destinations-1': { title: 'one destination', hosts: 'one' },
  'destinations-1000': { title: '1,000 distinct destinations in turn', hosts: 'thousand' },
  'rate-10000': { title: '10,000 requests a second', perSecond: 10_000, proxies: FOUR },
  'rate-30000': { title: '30,000 requests a second', perSecond: 30_000, proxies: FOUR },
  memory: { title: '9,000 idle connections', connections: 9000, memory: true },
  workers: {
    title: 'two workers beside one, both on both cores',
    proxies: ['headgate-1-worker', 'headgate-2-workers'],
    against: ['headgate-1-worker'],
    freshEvery: 8,
    hasShares: true,
  },
  'workers-new-connection': {
    title: 'two workers beside one, both on both cores, a new connection for each request',
    kind: { enriched: true, closes: true },
    closes: true,
    proxies: ['headgate-1-worker', 'headgate-2-workers'],
    against: ['headgate-1-worker'],
    hasShares: true,
  },
};

export const SCENARIOS = Object.entries(rows).map(([name, row]) => ({
  name,
  hosts: 'strangers',
  kind: ENRICHED,
  connections: 64,
  proxies: THREE,
  per: 'request',
  against: ['haproxy', 'nginx', 'http-proxy', 'node-relay'],
  ...row,
}));
