// What a swap and lockdown change, on connections that were open before: the first request behind it obeys, requests that wait for a
// connection obey, and nothing in flight breaks.
import type { Policy } from '../../src/policy/policy.js';
import type { RuntimeGated } from '../../src/policy/runtime-gated.js';
import { describeWith } from '../programs.js';
import { POLICY } from '../decision/ruleset-fixture.js';
import { Authority } from '../wire/harness/certificate.js';
import { KeptClient, openProxy, RawOrigin, until, type ProxyStage } from './proxy-stage.js';

const NUMBER = '447700900123';
const ID = `X-MSISDN: ${NUMBER}`;
const PARTNER = ['GET / HTTP/1.1', 'Host: partner.example', ID];

const withPseudonyms: Policy = {
  ...POLICY,
  partners: POLICY.partners.map((partner) => ({ ...partner, period: { from: 0, until: Date.now() + 86_400_000 } })),
};
/** What the fast path plans on bytes: a partner that is released more than one value as it is would be planned on strings. */
const unchanged: Policy = {
  ...withPseudonyms,
  partners: withPseudonyms.partners.map((partner) => ({
    ...partner,
    release: partner.release.filter(({ key }) => key === 'xmsisdn'),
  })),
};

describe.each([
  { on: 'slow', paths: ['slow'], always: unchanged },
  { on: 'fast, planned on bytes', paths: ['fast', 'slow'], always: unchanged },
  { on: 'fast, planned on strings', paths: ['fast', 'slow'], always: withPseudonyms },
] as const)('on $on', ({ paths, always }) => {
  let first: RawOrigin;
  let second: RawOrigin;
  let stage: ProxyStage;
  let client: KeptClient;
  let runtime: RuntimeGated;

  async function open(policy = always, limits = {}, changes: Partial<RuntimeGated> = {}): Promise<void> {
    runtime = {
      listeners: [{ name: 'internet', clients: ['127.0.0.0/8'], trust: 'path' }],
      destinations: {
        hosts: { 'partner.example': first.address },
        default: first.address,
        permit: ['127.0.0.0/8'],
        refusedPorts: [25],
        resolvers: [],
        tls: { ca: [] },
      },
      connectPorts: [443],
      skewMs: 0,
      maxYears: 3,
      ...changes,
    };
    stage = await openProxy(policy, runtime, { limits, paths });
    client = await KeptClient.open(stage.port);
  }

  beforeEach(async () => {
    first = await new RawOrigin('first').listen();
    second = await new RawOrigin('second').listen();
  });

  afterEach(async () => {
    client.socket.destroy();
    await stage.proxy.drain(50);
    await first.close();
    await second.close();
  });

  /** One request of the old connection before the change, so that it is open and the pool has a connection. */
  async function settle(): Promise<void> {
    expect(await client.ask(...PARTNER)).toBe('200 first');
    expect(first.received).toContain(NUMBER);
    first.received = '';
  }

  const withDestinations = (changes: Partial<RuntimeGated['destinations']>): Partial<RuntimeGated> => ({
    destinations: { ...runtime.destinations, ...changes },
  });
  const withListener = (changes: Partial<RuntimeGated['listeners'][number]>): Partial<RuntimeGated> => ({
    listeners: runtime.listeners.map((listener) => ({ ...listener, ...changes })),
  });

  describe('the first request on an old connection', () => {
    beforeEach(() => open());
    beforeEach(settle);

    test.each([
      ['nobody', () => withListener({ trust: 'none' })],
      ['others', () => withListener({ trust: ['10.0.0.0/8'] })],
      ['nobody, the listener being unknown', () => ({ listeners: [] })],
    ])('is not believed once the settings trust %s', async (_, changes) => {
      stage.swap({ runtime: changes() });
      await client.ask(...PARTNER);
      expect(first.received).not.toContain(NUMBER);
    });

    test('is believed again when the settings trust it again', async () => {
      stage.swap({ runtime: withListener({ trust: 'none' }) });
      await client.ask(...PARTNER);
      expect(first.received).not.toContain(NUMBER);
      stage.swap({ runtime: {} });
      await client.ask(...PARTNER);
      expect(first.received).toContain(NUMBER);
    });

    test.each([
      ['others may connect', () => withListener({ clients: ['10.0.0.0/8'] })],
      ['its listener is unknown', () => ({ listeners: [] })],
    ])('is refused once %s', async (_, changes) => {
      stage.swap({ runtime: changes() });
      expect(await client.ask(...PARTNER)).toMatch(/^403 /);
      expect(first.received).toBe('');
    });

    test('goes to the static address that is in force, on a connection of its own', async () => {
      stage.swap({ runtime: withDestinations({ hosts: { 'partner.example': second.address } }) });
      expect(await client.ask(...PARTNER)).toBe('200 second');
      expect(first.received).toBe('');
      stage.swap({ runtime: {} });
      expect(await client.ask(...PARTNER)).toBe('200 first');
      expect(first.connections).toBe(1);
    });

    test('is refused where its address is not permitted any more, whatever connection lies in the pool', async () => {
      stage.swap({ runtime: withDestinations({ permit: [] }) });
      expect(await client.ask(...PARTNER)).toMatch(/^403 /);
      expect(first.received).toBe('');
    });

    test('is refused where its port is refused', async () => {
      stage.swap({ runtime: withDestinations({ refusedPorts: [80] }) });
      expect(await client.ask(...PARTNER)).toMatch(/^403 /);
      expect(first.received).toBe('');
    });

    test('may CONNECT to the ports that are in force only', async () => {
      stage.swap({ runtime: { connectPorts: [5222] } });
      expect(await client.ask('CONNECT partner.example:443 HTTP/1.1', 'Host: partner.example:443')).toMatch(/^403 /);
    });

    test('is released nothing where the skew that is in force reaches over the end of the release', async () => {
      stage.swap({ runtime: { skewMs: 2 * 86_400_000 } });
      await client.ask(...PARTNER);
      expect(first.received).not.toContain(NUMBER);
    });

    test('is released nothing once the policy alone says so, and again when it says otherwise', async () => {
      stage.swap({ policy: { ...always, partners: [] } });
      expect(await client.ask(...PARTNER)).toBe('200 first');
      expect(first.received).not.toContain(NUMBER);
      stage.swap({ policy: always });
      expect(await client.ask(...PARTNER)).toBe('200 first');
      expect(first.received).toContain(NUMBER);
    });

    test('obeys policy and settings of one swap together', async () => {
      stage.swap({
        runtime: withDestinations({ hosts: { 'partner.example': second.address } }),
        policy: { ...always, partners: [] },
      });
      expect(await client.ask(...PARTNER)).toBe('200 second');
      expect(second.received).not.toContain(NUMBER);
    });

    test.each(['all', new Set(['plain'])] as const)(
      'is stripped under lockdown (%p), and released again after it',
      async (on) => {
        stage.lockdown = on;
        expect(await client.ask(...PARTNER)).toBe('200 first');
        expect(first.received).not.toContain(NUMBER);
        stage.lockdown = new Set(['secure']);
        await client.ask(...PARTNER);
        expect(first.received).toContain(NUMBER);
      },
    );

    test('a value that cannot be built changes nothing', async () => {
      expect(() =>
        stage.proxy.prepare(valueWith({ listeners: [{ name: 'internet', clients: ['x'], trust: 'none' }] })),
      ).toThrow();
      await client.ask(...PARTNER);
      expect(first.received).toContain(NUMBER);
    });
  });

  function valueWith(changes: Partial<RuntimeGated>): Parameters<ProxyStage['proxy']['prepare']>[0] {
    const ruleset = { digest: '', policy: always } as Parameters<ProxyStage['proxy']['prepare']>[0]['ruleset'];
    return { ruleset, keys: new Map(), runtime: { ...runtime, ...changes } };
  }

  describe('a request that waits for a connection', () => {
    let other: KeptClient;

    beforeEach(() => open(always, { perDestination: 1 }));
    beforeEach(settle);
    beforeEach(async () => {
      first.isHolding = true;
      other = await KeptClient.open(stage.port);
      other.send('GET /held HTTP/1.1', 'Host: partner.example');
      await until('the held request', () => first.received.includes('/held'));
      client.send('GET /waiting HTTP/1.1', 'Host: partner.example', ID);
      // A second request of another connection is answered: the one before it has been read too.
      const third = await KeptClient.open(stage.port);
      expect(await third.ask('GET / HTTP/1.1', 'Host: b@d')).toMatch(/^400 /);
      third.socket.destroy();
    });
    afterEach(() => void other.socket.destroy());

    const answered = async (): Promise<string> => {
      first.release();
      await until('the answer', () => client.answers.length === 2);
      await until('the other answer', () => other.answers.length === 1);
      expect(other.answers).toEqual(['200 first']);
      return client.answers[1] ?? '';
    };

    test('is released as usual where nothing changed', async () => {
      expect(await answered()).toBe('200 first');
      expect(first.received).toContain(NUMBER);
    });

    test('is released nothing once the policy alone says so', async () => {
      stage.swap({ policy: { ...always, partners: [] } });
      expect(await answered()).toBe('200 first');
      expect(first.received).toContain('/waiting');
      expect(first.received).not.toContain(NUMBER);
    });

    test.each(['all', new Set(['plain'])] as const)('is stripped under lockdown (%p)', async (on) => {
      stage.lockdown = on;
      expect(await answered()).toBe('200 first');
      expect(first.received).toContain('/waiting');
      expect(first.received).not.toContain(NUMBER);
    });

    test('is not believed once nobody is', async () => {
      stage.swap({ runtime: withListener({ trust: 'none' }) });
      expect(await answered()).toBe('200 first');
      expect(first.received).not.toContain(NUMBER);
    });

    test('goes to the address that is in force by then, not to the one that it waited for', async () => {
      stage.swap({ runtime: withDestinations({ hosts: { 'partner.example': second.address } }) });
      expect(await answered()).toBe('200 second');
      expect(first.received).not.toContain('/waiting');
      expect(second.received).toContain(NUMBER);
    });

    test('does not leave on a plain connection once its partner is reached over TLS alone', async () => {
      const partners = always.partners.map((partner) => ({ ...partner, transport: 'tls', connect: 443 }) as const);
      stage.swap({ policy: { ...always, partners } });
      expect(await answered()).toMatch(/^502 /);
      expect(first.received).not.toContain('/waiting');
      expect(first.received).not.toContain(NUMBER);
    });

    test('is refused where its address is not permitted by then', async () => {
      stage.swap({ runtime: withDestinations({ permit: [] }) });
      expect(await answered()).toMatch(/^403 /);
      expect(first.received).not.toContain('/waiting');
    });
  });

  describe('a request in flight', () => {
    beforeEach(() => open());
    beforeEach(settle);

    test('is answered whole, whatever is swapped meanwhile', async () => {
      first.isHolding = true;
      client.send(...PARTNER);
      await until('the request', () => first.received.includes(NUMBER));
      stage.swap({
        runtime: { ...withListener({ clients: [], trust: 'none' }), ...withDestinations({ permit: [], hosts: {} }) },
        policy: { ...always, partners: [] },
      });
      stage.lockdown = 'all';
      first.release();
      await until('the answer', () => client.answers.length === 2);
      expect(client.answers[1]).toBe('200 first');
    });

    test('has its head sent before its body comes: nothing that is decided now leaves later', async () => {
      first.isHolding = true;
      client.send('POST /slow HTTP/1.1', 'Host: partner.example', ID, 'Content-Length: 5');
      await until('the head', () => first.received.includes(NUMBER) && first.received.includes('\r\n\r\n'));
      stage.lockdown = 'all';
      client.socket.write('hello');
      await until('the body', () => first.received.includes('hello'));
      first.release();
      await until('the answer', () => client.answers.length === 2);
    });
  });

  describeWith(['openssl'], 'a partner over TLS', () => {
    let authority: Authority;
    let another: Authority;
    let secure: RawOrigin;
    afterEach(() => secure.close());
    beforeAll(() => {
      authority = new Authority('headgate swap tests');
      another = new Authority('headgate swap tests, another');
    });
    afterAll(() => {
      authority.remove();
      another.remove();
    });

    test('is not sent anything on a connection that was verified with an authority of before', async () => {
      secure = await new RawOrigin('secure', authority.issue(['pay.secure.example'])).listen();
      const destinations = {
        hosts: { 'pay.secure.example': secure.address },
        default: null,
        permit: ['127.0.0.0/8'],
        refusedPorts: [],
        resolvers: [],
      };
      await open(always, {}, { destinations: { ...destinations, tls: { ca: [authority.certificate] } } });
      const ask = async (): Promise<string> => {
        // Each on a connection of its own: the fast path ends one whose request found no destination.
        client.socket.destroy();
        client = await KeptClient.open(stage.port);
        return client.ask('GET / HTTP/1.1', 'Host: pay.secure.example', ID);
      };
      expect(await ask()).toBe('200 secure');
      expect(await ask()).toBe('200 secure');
      expect(secure.connections).toBe(1);
      secure.received = '';
      stage.swap({ runtime: { destinations: { ...destinations, tls: { ca: [another.certificate] } } } });
      expect(await ask()).toMatch(/^502 /);
      expect(secure.received).toBe('');
      stage.swap({ runtime: {} });
      expect(await ask()).toBe('200 secure');
      stage.lockdown = new Set(['secure']);
      secure.received = '';
      expect(await ask()).toBe('200 secure');
      expect(secure.received).toContain('Host: pay.secure.example');
      expect(secure.received).not.toContain(NUMBER);
    });
  });
});
