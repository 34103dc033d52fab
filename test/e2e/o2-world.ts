// The whole picture of an operator's site on one machine, of real parts: subscribers, HAProxy as the enricher, the gateway and one of which the
// filter is broken, nginx as the internet, mirror and canary, and as many watches (Prometheus, Alertmanager, a pager) as intervals are asked for.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { Gateway } from '../wire/harness/gateway.js';
import { withBrokenFilter } from './broken-filter.js';
import {
  ANYBODY,
  IMSI,
  NUMBER,
  PARTNER,
  PAY,
  policyWith,
  startMirrorVerb,
  startVerb,
  STRANGER,
  TRUSTED,
  writeCanary,
  type Part,
} from './canary-world.js';
import { Crowd } from './crowd.js';
import type { Enriched } from './haproxy.js';
import { learnedState } from './learned-state.js';
import { makeSigners, type Signers } from './signers.js';
import { ALONE_NAME, BESIDE_NAME, startSwitchedEnricher, type SwitchedEnricher } from './switched-enricher.js';
import { Pager, Watch } from './watchers.js';
import { Websites } from './websites.js';

/** The network's own names, and what it adds on its bad days. */
const NAMES = ['X-MSISDN', 'X-IMSI', BESIDE_NAME, ALONE_NAME, 'X-Canary-Ref'] as const;
/** Of subscribers, not of the canary. */
export const SUBSCRIBERS_NUMBER = /(?:\+?44|0)?7700900[01]\d\d/;
const PEOPLE = 200;
export const SITES = Array.from({ length: 61 }, (_, i) => `www.site${String(i)}.example`);
/** Those that the policy too wide names. */
export const NEWS = SITES.slice(0, 20);
const PER_SECOND = 25;
/** One site that more of them look at than at the others, and the partner: 71 in all, a prime. */
const VISITED = [...SITES, ...Array.from({ length: 7 }, () => SITES[0] ?? ''), PAY, PAY, PAY];
/** HAProxy's own address towards its servers. */
const ENRICHER = '127.0.0.1';
/** As shipped: how often the canary asks. */
const { every: EVERY } = parse(readFileSync(resolve('config/canary.yaml'), 'utf8')) as { readonly every: string };

export interface Watched {
  /** The scrape interval, as Prometheus writes it. */
  readonly interval: string;
  readonly pager: Pager;
  readonly watch: Watch;
}

export interface O2World {
  readonly enricher: SwitchedEnricher;
  readonly gateway: Gateway;
  /** The one of which the filter is broken. */
  readonly broken: Gateway;
  /** `ops`, who proposes, and `officer`, whose approval counts. */
  readonly signers: Signers;
  readonly websites: Websites;
  readonly crowd: Crowd;
  readonly watches: readonly Watched[];
  /** The policy as agreed, and as JSON. */
  readonly policy: string;
  /** Ends subscribers, canary and both gateways: from then on nothing is counted any more. */
  quiet(): Promise<void>;
  stop(): Promise<void>;
}

/** As agreed, with every detector as shipped. */
const AGREED = JSON.stringify({
  ...(JSON.parse(policyWith([PAY])) as object),
  detection: { exact: 'withhold', numbers: 'count', hints: 'count', novelty: 'quarantine' },
});

const people = (): Readonly<Record<string, Enriched>> =>
  Object.fromEntries(
    Array.from({ length: PEOPLE }, (_, i) => {
      const last = String(i).padStart(3, '0');
      return [`127.1.0.${String(i + 1)}`, { msisdn: `447700900${last}`, imsi: `001010000000${last}` }];
    }),
  );

export async function startO2World(intervals: readonly string[]): Promise<O2World> {
  const folder = mkdtempSync(join(tmpdir(), 'hg-o2-'));
  const parts: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of parts.splice(0).reverse()) await end();
    rmSync(folder, { recursive: true, force: true });
  };
  const counting: (() => Promise<unknown>)[] = [];
  const kept = <T extends { stop(): Promise<unknown> }>(part: T, isCounting = false): T => {
    let ended: Promise<unknown> | undefined;
    const end = (): Promise<unknown> => (ended ??= part.stop());
    parts.push(end);
    if (isCounting) counting.push(end);
    return part;
  };
  const quiet = async (): Promise<void> => {
    for (const end of [...counting].reverse()) await end();
  };
  try {
    writeFileSync(join(folder, 'agreed.yaml'), AGREED);
    const signers = makeSigners(folder, ['ops', 'officer']);
    const mirror = kept(await startMirrorVerb('--policy', join(folder, 'agreed.yaml')));
    const mirrorPort = mirror.port('mirror');
    const websites = kept(
      await Websites.start(join(folder, 'nginx'), { port: mirrorPort, hosts: [STRANGER, PARTNER] }, NAMES),
    );
    const start = (name: string, main?: string): Promise<Gateway> =>
      Gateway.start({
        name,
        policy: AGREED,
        settings: {
          ...gatewaySettings(websites),
          state: learnedState(name, ['xusual']),
          admin: { address: `unix:${join(folder, `${name}.sock`)}` },
        },
        files: { 'test.key': '0123456789abcdef0123456789abcdef', allowed_signers: signers.allowed },
        sign: (file) => signers.sign(file),
        ...(main === undefined ? {} : { main }),
      });
    const gateway = kept(await start('o2-whole'), true);
    const main = withBrokenFilter();
    parts.push(async () => rmSync(resolve(dirname(main), '../..'), { recursive: true }));
    const broken = kept(await start('o2-broken', main), true);
    mkdirSync(join(folder, 'enricher'));
    const enricher = kept(
      await startSwitchedEnricher(
        join(folder, 'enricher'),
        { ...people(), [TRUSTED]: { msisdn: NUMBER, imsi: IMSI } },
        { gateway: gateway.port('internet'), broken: broken.port('internet'), internet: websites.strangers },
      ),
    );
    const canary = kept(await startCanary(folder, enricher.port, gateway), true);
    const watches: Watched[] = [];
    for (const interval of intervals) {
      const pager = kept(await Pager.start());
      const watch = kept(
        await Watch.start({
          folder: join(folder, `watch-${interval}`),
          pager,
          scrapeInterval: interval,
          targets: {
            headgate: { 'lon-1': [gateway, broken].map(({ metricsPort }) => `127.0.0.1:${String(metricsPort)}`) },
            'headgate-canary': { 'lon-1': [`127.0.0.1:${canaryPort(canary)}`] },
            'headgate-mirror': { 'lon-1': [`127.0.0.1:${String(mirror.port('metrics'))}`] },
          },
        }),
      );
      watches.push({ interval, pager, watch });
    }
    const addresses = Object.keys(people());
    const crowd = kept(new Crowd({ port: enricher.port, addresses, sites: VISITED, perSecond: PER_SECOND }), true);
    return { enricher, gateway, broken, signers, websites, crowd, watches, policy: AGREED, quiet, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const gatewaySettings = (websites: Websites): Readonly<Record<string, unknown>> => ({
  listeners: [
    { name: 'internet', address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust: [`${ENRICHER}/32`] },
    {
      ...{ name: 'canary', address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust: [`${TRUSTED}/32`] },
      ...{ mirror: `127.0.0.1:${String(websites.mirror)}`, as: 'internet' },
    },
  ],
  keys: { test: 'test.key' },
  approval: { required: 1, signers: 'allowed_signers' },
  canary: { numbers: [NUMBER, IMSI] },
  destinations: {
    hosts: {
      [PAY]: `127.0.0.1:${String(websites.partners)}`,
      [PARTNER]: `127.0.0.1:${String(websites.mirror)}`,
      [STRANGER]: `127.0.0.1:${String(websites.mirror)}`,
    },
    default: `127.0.0.1:${String(websites.strangers)}`,
    permit: ['127.0.0.0/8'],
  },
});

/** The canary as shipped, through the enricher as a subscriber is. */
function startCanary(folder: string, network: number, gateway: Gateway): Promise<Part> {
  const ways = { network, boundary: gateway.port('canary'), direct: gateway.port('internet') };
  const file = writeCanary(folder, ways, {
    every: EVERY,
    network: { proxy: `127.0.0.1:${String(network)}`, from: TRUSTED, adds: true },
    spoof: { proxy: `127.0.0.1:${String(gateway.port('internet'))}`, from: ANYBODY, value: '447700900991' },
  });
  return startVerb(['canary', '--config', file], (said) => said.includes('"canary-round"'));
}

const canaryPort = (canary: Part): string => /"port":(\d+)/.exec(canary.said())?.[1] ?? '';
