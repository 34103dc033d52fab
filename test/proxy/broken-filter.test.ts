// The O2 day inside headgate: the modules that strip, of either path, are replaced by ones that keep everything. The second look,
// which shares no code with them, must then let nothing out: 502, no byte at the stranger, and a leak counted as contained.
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import type { Setting } from '../../src/decision/fate.js';
import type { Lockdown } from '../../src/decision/plan-types.js';
import type { BytePlan } from '../../src/decision/byte-plan.js';
import type { Filtered } from '../../src/decision/filter.js';
import { rulesetOf } from '../../src/policy/ruleset-of.js';
import type { Proxy } from '../../src/proxy/proxy.js';
import { startProxy } from '../../src/proxy/start.js';
import type { Log } from '../../src/telemetry/log.js';
import { POLICY } from '../decision/ruleset-fixture.js';

let isBroken = true;

jest.mock('../../src/decision/filter.js', () => {
  const whole = jest.requireActual<{ filterFields(setting: Setting): Filtered }>('../../src/decision/filter.js');
  return {
    filterFields: (setting: Setting): Filtered => {
      if (!isBroken) return whole.filterFields(setting);
      const ours = new Set(['host', 'connection']);
      const fields = setting.read.fields.filter(({ name }) => !ours.has(name.toLowerCase()));
      return {
        kept: fields.map((field) => ({ field, isReleased: true, hint: null })),
        carried: [],
        quarantined: [],
        counts: { stripped: [], released: [], spoofed: [], ambiguous: [], nominated: 0 },
      };
    },
  };
});

jest.mock('../../src/decision/byte-plan.js', () => {
  const whole = jest.requireActual<{ BytePlan: typeof BytePlan }>('../../src/decision/byte-plan.js');
  return {
    ...whole,
    BytePlan: class extends whole.BytePlan {
      override make(...given: Parameters<BytePlan['make']>): ReturnType<BytePlan['make']> {
        const event = super.make(...given);
        if (isBroken) this.dropped = 0;
        return event;
      }
    },
  };
});

const withPartnersNow = {
  ...POLICY,
  partners: POLICY.partners.map((partner) => ({ ...partner, period: { from: 0, until: Date.now() + 86_400_000 } })),
  watch: POLICY.watch.map((watch) => ({ ...watch, period: { from: null, until: null } })),
};
const NUMBER = '447700900123';
const DIGEST = '0ddba11'.padEnd(64, '0');
const LIMITS = {
  headBytes: 32_768,
  fields: 128,
  connections: 100,
  headTimeoutMs: 10_000,
  connectTimeoutMs: 2_000,
  responseTimeoutMs: 5_000,
  idleTimeoutMs: 5_000,
  tunnelIdleTimeoutMs: 5_000,
  perDestination: 8,
  waiting: 8,
  waitTimeoutMs: 1_000,
  drainTimeoutMs: 1_000,
};

describe.each(['slow', 'fast'] as const)('with the filter broken on the %s path', (path) => {
  let origin: Server;
  let proxy: Proxy;
  let received = '';
  let lockdown: Lockdown = 'off';
  const counted = new Map<string, number>();
  const logged: string[] = [];

  beforeAll(async () => {
    isBroken = true;
    origin = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        received += bytes.toString('latin1');
        if (received.includes('GET /dies ') && !isBroken) {
          // From here on the filter is broken, and the request is sent once more.
          isBroken = true;
          received = '';
          return void socket.destroy();
        }
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      });
    });
    await new Promise<void>((resolve) => origin.listen(0, '127.0.0.1', resolve));
    const say = (event: string, message: string, fields?: object): void => {
      logged.push(JSON.stringify({ event, message, ...fields }));
    };
    const log: Log = { debug: say, info: say, warn: say, error: say };
    proxy = await startProxy({
      settings: {
        listeners: [{ name: 'internet', address: { host: '127.0.0.1', port: 0 } }],
        paths: [path],
        limits: LIMITS,
        via: false,
      },
      value: {
        ruleset: rulesetOf(withPartnersNow, DIGEST),
        keys: new Map(),
        runtime: {
          listeners: [{ name: 'internet', clients: ['127.0.0.0/8'], trust: 'path' }],
          destinations: {
            hosts: {},
            default: { host: '127.0.0.1', port: (origin.address() as AddressInfo).port },
            permit: ['127.0.0.0/8'],
            refusedPorts: [],
            resolvers: [],
            tls: { ca: [] },
          },
          connectPorts: [443],
          skewMs: 0,
          maxYears: 3,
        },
      },
      lockdown: () => lockdown,
      meter: {
        count: (metric, labels, by = 1) => {
          const series = [metric, ...labels].join(' ');
          counted.set(series, (counted.get(series) ?? 0) + by);
        },
        set: () => undefined,
        observe: () => undefined,
        slot: () => -1,
        add: () => undefined,
        setAt: () => undefined,
        observeAt: () => undefined,
      },
      log,
      ownAddresses: [],
      connectionShare: 100,
    });
  });

  afterAll(async () => {
    await proxy.drain(100);
    await new Promise((resolve) => origin.close(resolve));
  });

  /** The whole answer to one request, which asks for the connection to end. */
  const answerTo = (...fields: readonly string[]): Promise<string> => answerOf('stranger.test', ...fields);
  const answerOf = (host: string, ...fields: readonly string[]): Promise<string> => answerAt('/', host, ...fields);
  const answerAt = (path: string, host: string, ...fields: readonly string[]): Promise<string> =>
    new Promise((resolve, reject) => {
      let answer = '';
      const socket = connect((proxy.addresses[0] ?? { port: 0 }).port, '127.0.0.1', () => {
        socket.write([`GET ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...fields, '', ''].join('\r\n'));
      });
      socket.on('data', (bytes) => (answer += bytes.toString('latin1')));
      socket.on('error', reject);
      socket.on('close', () => resolve(answer));
    });

  it.each([
    ['a catalogue name', `X-MSISDN: ${NUMBER}`],
    ['another spelling of it', `x_msisdn: ${NUMBER}`],
    ['a name of our own enrichers', `X-Acme-Line: ${NUMBER}`],
    ['a prefix of our own enrichers', `X-Acme-Sub-7: ${NUMBER}`],
  ])('%s does not reach a stranger: nothing is sent, the client gets 502', async (_, field) => {
    received = '';
    expect(await answerTo(field)).toMatch(/^HTTP\/1\.1 502 /);
    expect(received).toBe('');
  });

  it('each hit is a leak that was contained, and no log line holds the number', () => {
    expect(counted.get('headgate_leaked_headers_total internet unknown egress contained')).toBe(4);
    const hits = logged
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter(({ event }) => event === 'egress-hit');
    expect(hits).toHaveLength(4);
    expect(hits[0]).toEqual({
      event: 'egress-hit',
      message: 'the second look found identity: nothing was sent',
      cause: 'egress',
      listener: 'internet',
      field: 'X-MSISDN',
      detector: 'egress',
      outcome: 'contained',
      partner: 'stranger',
      fingerprint: expect.stringMatching(/^[a-p]{12}$/) as string,
      digest: DIGEST,
      request: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-z]+$/) as string,
    });
    expect(logged.join('\n')).not.toContain(NUMBER);
  });

  it('a request without identity passes all the same', async () => {
    received = '';
    expect(await answerTo('Accept: */*')).toMatch(/^HTTP\/1\.1 200 /);
    expect(received).toContain('Accept: */*');
  });

  describe('under lockdown', () => {
    afterEach(() => void (lockdown = 'off'));

    it.each([
      ['a released header', 'partner.example', `X-MSISDN: ${NUMBER}`],
      ['a watched name', 'stranger.test', 'Client-ID: abc'],
    ])('%s, which the second look lets pass otherwise, does not leave', async (_, host, field) => {
      received = '';
      expect(await answerOf(host, field)).toMatch(/^HTTP\/1\.1 200 /);
      expect(received).toContain(field);
      received = '';
      lockdown = 'all';
      expect(await answerOf(host, field)).toMatch(/^HTTP\/1\.1 502 /);
      expect(received).toBe('');
    });

    it('a partner that is locked down is permitted nothing, and another one what it was', async () => {
      received = '';
      lockdown = new Set(['plain']);
      expect(await answerOf('partner.example', `X-MSISDN: ${NUMBER}`)).toMatch(/^HTTP\/1\.1 502 /);
      expect(received).toBe('');
      expect(await answerOf('mms', `x-up-calling-line-id: ${NUMBER}`)).toMatch(/^HTTP\/1\.1 200 /);
      expect(received).toContain(NUMBER);
    });
  });

  it('what is sent once more, on another connection, is looked at again', async () => {
    isBroken = false;
    const hits = counted.get('headgate_leaked_headers_total internet unknown egress contained');
    // A connection that was used before, so that it may be tried again.
    expect(await answerTo('Accept: */*')).toMatch(/^HTTP\/1\.1 200 /);
    received = '';
    expect(await answerAt('/dies', 'stranger.test', `X-MSISDN: ${NUMBER}`)).toMatch(/^HTTP\/1\.1 502 /);
    expect([isBroken, received, counted.get('headgate_pool_total retried')]).toEqual([true, '', 1]);
    expect(counted.get('headgate_leaked_headers_total internet unknown egress contained')).toBe((hits ?? 0) + 1);
  });

  it('with the filter whole again the number is stripped and the second look is silent', async () => {
    isBroken = false;
    const hits = counted.get('headgate_leaked_headers_total internet unknown egress contained');
    received = '';
    expect(await answerTo(`X-MSISDN: ${NUMBER}`)).toMatch(/^HTTP\/1\.1 200 /);
    expect(received).toContain('Host: stranger.test');
    expect(received).not.toContain(NUMBER);
    expect(counted.get('headgate_leaked_headers_total internet unknown egress contained')).toBe(hits);
  });
});
