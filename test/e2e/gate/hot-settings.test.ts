// Every setting that the table calls hot is in force in a process that runs, by a reload alone: for the next request, or for the next
// judgement. A setting that no row shows to be so fails the first test.
import { createHmac } from 'node:crypto';
import { SETTINGS, type SettingPath } from '../../../src/control/settings-table.js';
import { describeWith } from '../../programs.js';
import { Authority } from '../../wire/harness/certificate.js';
import { ask } from '../../wire/harness/client.js';
import { Gateway } from '../../wire/harness/gateway.js';
import { NameServer } from '../../wire/harness/name-server.js';
import { Origin } from '../../wire/harness/origin.js';
import { isFastAlone, PATHS } from '../../wire/harness/paths.js';
import { dayFromNow, MSISDN_UNCHANGED, partner, policyText } from '../../wire/harness/policy-text.js';
import { total, type Samples } from '../../wire/harness/scrape.js';
import { head, ID, NUMBER, PARTNER, STRANGER } from '../../wire/harness/values.js';
import { BANK, Operator, PARTNERS, policyOf, type Values } from './operator.js';
import { Program } from './program.js';

const OVER_TLS = 'tls.test';
const NAMED = 'named.test';
const CODED = 'code.test';
const ENDING = 'ending.test';
const ELSEWHERE = 'elsewhere.test';
/** Of a partner for subscribers of the first listener alone. */
const OURS = 'ours.test';

interface Ports {
  readonly here: number;
  readonly there: number;
  /** Of name servers: the first knows one name, the second another. */
  readonly first: string;
  readonly second: string;
}

interface TrafficRow {
  readonly change: (ports: Ports) => Values;
  /** The target of the request, as `Host` says it; default: the partner. */
  readonly host?: (ports: Ports) => string;
  /** Where it goes in; default: the subscribers' listener. */
  readonly listener?: 'canary';
  readonly before: string;
  readonly after: string;
}

const LISTENER = { name: 'internet', address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust: 'path' };
const ROAMING = { ...LISTENER, name: 'roaming' };
/** The canary's own, of which every host is the mirror. */
const canaryAt = (port: number, more: Values = {}): Values => ({
  ...{ name: 'canary', address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust: 'path' },
  mirror: `127.0.0.1:${String(port)}`,
  as: 'roaming',
  ...more,
});
const KEYS = { first: Buffer.alloc(32, 1), second: Buffer.alloc(32, 2) };
const hostsAt = (port: number): Values =>
  Object.fromEntries([PARTNER, STRANGER, CODED, ENDING, OURS].map((host) => [host, `127.0.0.1:${port}`]));
const destinationsOf = ({ here, first }: Ports): Values => ({
  hosts: hostsAt(here),
  permit: ['127.0.0.0/8'],
  resolvers: [first],
});
const over =
  (more: (ports: Ports) => Values) =>
  (ports: Ports): Values => ({ destinations: { ...destinationsOf(ports), ...more(ports) } });
const codeOf = (key: Buffer): string =>
  `k.${createHmac('sha256', key).update(`code\0msisdn\0${NUMBER}`).digest('base64url')}`;

const TRAFFIC: Readonly<Partial<Record<SettingPath, TrafficRow>>> = {
  'listeners[].clients': {
    change: ({ here }) => ({ listeners: [{ ...LISTENER, clients: ['10.0.0.0/8'] }, ROAMING, canaryAt(here)] }),
    before: `200 here ${NUMBER}`,
    after: '403',
  },
  'listeners[].trust': {
    change: ({ here }) => ({ listeners: [{ ...LISTENER, trust: ['10.0.0.0/8'] }, ROAMING, canaryAt(here)] }),
    before: `200 here ${NUMBER}`,
    after: '200 here',
  },
  'listeners[].mirror': {
    change: ({ there }) => ({ listeners: [LISTENER, ROAMING, canaryAt(there)] }),
    listener: 'canary',
    before: `200 here ${NUMBER}`,
    after: `200 there ${NUMBER}`,
  },
  'listeners[].as': {
    change: ({ here }) => ({ listeners: [LISTENER, ROAMING, canaryAt(here, { as: 'internet' })] }),
    host: () => OURS,
    listener: 'canary',
    before: '200 here',
    after: `200 here ${NUMBER}`,
  },
  'destinations.hosts': {
    change: over((ports) => ({ hosts: { ...hostsAt(ports.here), [PARTNER]: `127.0.0.1:${ports.there}` } })),
    before: `200 here ${NUMBER}`,
    after: `200 there ${NUMBER}`,
  },
  'destinations.permit': {
    change: over(() => ({ permit: [] })),
    before: `200 here ${NUMBER}`,
    after: '403',
  },
  'destinations.refusedPorts': {
    // The port that is asked for; where a static address has another is the operator's word.
    change: over(() => ({ refusedPorts: [80] })),
    before: `200 here ${NUMBER}`,
    after: '403',
  },
  'destinations.resolvers': {
    change: over(({ second }) => ({ resolvers: [second] })),
    host: ({ here }) => `${NAMED}:${here}`,
    before: '502',
    after: '200 here',
  },
  'destinations.tls.ca': {
    change: over(() => ({ tls: { ca: ['ca.pem'] } })),
    host: () => OVER_TLS,
    before: '502',
    after: `200 secure ${NUMBER}`,
  },
  'connect.ports': {
    change: ({ here }) => ({ connect: { ports: [443, here] } }),
    host: ({ here }) => `CONNECT ${STRANGER}:${here}`,
    // The fast path alone carries no tunnel, to whatever port.
    ...(isFastAlone({ paths: PATHS }) ? { before: '501', after: '501' } : { before: '403', after: '200' }),
  },
  keys: {
    change: () => ({ keys: { k: 'second' } }),
    host: () => CODED,
    before: `200 here ${codeOf(KEYS.first)}`,
    after: `200 here ${codeOf(KEYS.second)}`,
  },
  skew: {
    change: () => ({ skew: '1h' }),
    host: () => ENDING,
    before: `200 here ${NUMBER}`,
    after: '200 here',
  },
  'destinations.default': {
    change: over(({ there }) => ({ default: `127.0.0.1:${there}` })),
    host: () => ELSEWHERE,
    before: '502',
    after: '200 there',
  },
};

/** A change after which the same approval of the same widening carries it no more. */
interface RuleRow {
  readonly change: Values;
  readonly code: string;
}

const signers = (file: string): Values => ({ required: 1, signers: file });
const RULES: Readonly<Partial<Record<SettingPath, RuleRow>>> = {
  'approval.required': { change: { approval: { ...signers('allowed_signers'), required: 2 } }, code: 'not-approved' },
  'approval.groups': {
    change: { approval: { ...signers('allowed_signers'), groups: { privacy: 1 } } },
    code: 'not-approved',
  },
  'approval.signers': { change: { approval: signers('fewer_signers') }, code: 'not-approved' },
  'approval.revoked': {
    change: { approval: { ...signers('allowed_signers'), revoked: 'revoked' } },
    code: 'not-approved',
  },
  'approval.audience': {
    change: { approval: { ...signers('allowed_signers'), audience: 'edge' } },
    code: 'not-approved',
  },
  ceiling: { change: { ceiling: 'ceiling.yaml' }, code: 'ceiling' },
  tests: { change: { tests: 'tests.yaml' }, code: 'tests' },
  maxYears: { change: { maxYears: 1 }, code: 'never-set' },
};

/** What it changes is how a leak is counted, so it has a test of its own. */
const CANARY_NUMBERS: SettingPath = 'canary.numbers';

test('each hot setting has a row', () => {
  const hot = (Object.keys(SETTINGS) as SettingPath[]).filter((path) => SETTINGS[path].reload === 'hot');
  // Held by test/e2e/balancer.test.ts.
  const elsewhere = ['listeners[].kind'];
  expect([...Object.keys(TRAFFIC), ...Object.keys(RULES), CANARY_NUMBERS, ...elsewhere].sort()).toEqual(hot.sort());
});

describeWith(['openssl'], 'the request after a reload', () => {
  const authority = new Authority('hot settings');
  const origins: Origin[] = [];
  const names: NameServer[] = [];
  let ports: Ports;
  let gateway: Gateway;

  beforeAll(async () => {
    const [here, there, secure] = [
      await Origin.start('here'),
      await Origin.start('there'),
      await Origin.start('secure', { tls: authority.issue([OVER_TLS]) }),
    ];
    origins.push(here, there, secure);
    const [first, second] = [await NameServer.start(), await NameServer.start()];
    names.push(first, second);
    for (const server of names) server.zones.set(OVER_TLS, { a: ['127.0.0.1'], ttl: 600 });
    second.zones.set(NAMED, { a: ['127.0.0.1'], ttl: 600 });
    ports = { here: here.port, there: there.port, first: first.address, second: second.address };
    const release = [MSISDN_UNCHANGED];
    const soon = `${new Date(Date.now() + 1_800_000).toISOString().slice(0, 19)}Z`;
    gateway = await Gateway.start({
      name: 'hot-settings',
      policy: policyText([
        partner({ id: 'plain', hosts: [PARTNER], release }),
        partner({ id: 'tls', hosts: [OVER_TLS], transport: 'tls', connect: secure.port, release }),
        partner({ id: 'code', hosts: [CODED], release: [{ header: 'X-MSISDN', as: 'pseudonym', key: 'k' }] }),
        partner({ id: 'ending', hosts: [ENDING], release, until: soon }),
        partner({ id: 'ours', hosts: [OURS], release, listeners: ['internet'] }),
      ]),
      files: { 'ca.pem': authority.certificate, ...KEYS },
      settings: {
        listeners: [LISTENER, ROAMING, canaryAt(here.port)],
        destinations: destinationsOf(ports),
        keys: { k: 'first' },
      },
    });
  }, 60_000);

  // Whatever a row found, the next one begins as all do.
  beforeEach(async () => {
    expect(await gateway.resettle({})).toBe('replaced');
  });

  afterAll(async () => {
    await gateway.endsConnections(origins);
    await gateway.stop();
    for (const each of [...origins, ...names]) await each.stop();
    authority.remove();
  }, 60_000);

  /** Status, who answered, and the value of the identity header that reached it. */
  const seen = async (place: string, listener = LISTENER.name): Promise<string> => {
    for (const origin of origins) origin.mark();
    const [method, host] = place.startsWith('CONNECT ') ? ['CONNECT', place.slice(8)] : ['GET', place];
    const line = method === 'CONNECT' ? `CONNECT ${host} HTTP/1.1` : 'GET / HTTP/1.1';
    const { status, body, head: text } = await ask(gateway.port(listener), head(line, ID, `Host: ${host}`), method);
    gateway.keep('answers.txt', text);
    const [reached] = origins.flatMap((origin) => origin.requests().map((request) => ({ origin, request })));
    if (status !== 200 || reached === undefined) return String(status);
    expect(body).toBe(`${reached.origin.name} /`);
    const [, value] = /^x-msisdn: (.*)\r$/im.exec(reached.request.head) ?? [];
    return [status, reached.origin.name, ...(value === undefined ? [] : [value])].join(' ');
  };

  test(`obeys \`${CANARY_NUMBERS}\`: what is found in a request that carries one is counted as \`canary\``, async () => {
    const detectorsOf = async (): Promise<string[]> => {
      const before = await gateway.metrics();
      await ask(gateway.port(), head('GET / HTTP/1.1', ID, `Host: ${STRANGER}`, `X-Odd: ${NUMBER}`));
      const after = await gateway.metrics();
      return ['exact', 'canary'].filter((detector) => {
        const count = (samples: Samples): number =>
          total(samples, 'headgate_leaked_headers_total', `detector="${detector}"`);
        return count(after) > count(before);
      });
    };
    expect(await detectorsOf()).toEqual(['exact']);
    expect(await gateway.resettle({ canary: { numbers: [NUMBER] } })).toBe('replaced');
    expect(await detectorsOf()).toEqual(['canary']);
    expect(await gateway.resettle({})).toBe('replaced');
    expect(await detectorsOf()).toEqual(['exact']);
  });

  test.each(Object.entries(TRAFFIC))(
    'obeys `%s`',
    async (name, { change, host = () => PARTNER, listener, before, after }) => {
      const place = host(ports);
      expect(await seen(place, listener)).toBe(before);
      expect(await gateway.resettle(change(ports))).toBe('replaced');
      expect(await seen(place, listener)).toBe(after);
      // No baseline takes a setting away: the last row leaves its own.
      if (name === 'destinations.default') return;
      expect(await gateway.resettle({})).toBe('replaced');
      expect(await seen(place, listener)).toBe(before);
    },
  );
});

describeWith(['ssh-keygen'], 'the judgement after a reload', () => {
  const narrow = policyOf({ partners: [PARTNERS.pay, PARTNERS.own] });
  // It ends in the year after the next, so that `maxYears` may be against it.
  const wide = policyOf({ partners: [PARTNERS.pay, PARTNERS.own, { ...PARTNERS.bank, until: dayFromNow(500) }] });
  let operator: Operator;
  let program: Program | undefined;

  beforeEach(async () => {
    operator = await Operator.make(9);
    operator.writePolicy(narrow);
    const [ops] = [`ops@operator.example ${operator.publicKey('ops')}`];
    operator.write('fewer_signers', `${ops}\n`);
    operator.write('revoked', `${operator.publicKey('officer')}\n`);
    operator.write('ceiling.yaml', JSON.stringify(narrow));
    const never = { name: 'the bank receives nothing', url: `http://${BANK}/`, fields: ['X-IMSI'] };
    const expects = { ...never, expect: { stranger: true, withheld: ['X-IMSI'] } };
    operator.write('tests.yaml', JSON.stringify({ at: dayFromNow(0), tests: [expects] }));
    await operator.baseline();
    program = await Program.start({ folder: operator.folder });
  });

  afterEach(async () => {
    await program?.stop().finally(() => program?.kill());
    operator.remove();
  });

  const judged = async (): Promise<unknown> => {
    const answer = await program?.api<{ outcome: string; candidate?: { code: string } }>('/v1/reload', {});
    return answer?.outcome === 'refused' ? answer.candidate?.code : answer?.outcome;
  };
  /** Made under the settings of the start, by whoever sufficed there. */
  const widen = async (): Promise<void> => {
    operator.writePolicy(wide);
    await operator.widening(narrow, { audience: null });
  };

  test('lets a widening through that is approved, so the refusals below are the settings’', async () => {
    await widen();
    expect(await judged()).toBe('admitted');
  });

  test.each(Object.entries(RULES))('obeys `%s`', async (_, { change, code }) => {
    await widen();
    operator.writePolicy(narrow);
    const settings = JSON.stringify(operator.settings);
    operator.writeSettings(change);
    // Of an audience any change is wider; all others here are narrower.
    await operator.widening(narrow, { settings, audience: null });
    expect(await judged()).toBe('admitted');
    operator.writePolicy(wide);
    expect(await judged()).toBe(code);
  });
});
