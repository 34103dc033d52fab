// A listener with a mirror beside listeners of subscribers, on every path: what is asked for on it is at the mirror, whatever its
// host, and what a subscriber asks for is at the real site, on the same gateway, at the same moment, on connections kept alive.
// The site and the mirror have one port, so that nothing but the place tells them apart.
import { ask, Client } from './harness/client.js';
import { eventually } from './harness/deadline.js';
import { Gateway } from './harness/gateway.js';
import { checkNoValue } from './harness/invariants.js';
import { Origin } from './harness/origin.js';
import { isFast, isFastAlone, WAYS } from './harness/paths.js';
import { MSISDN_UNCHANGED, partner, policyText } from './harness/policy-text.js';
import { total } from './harness/scrape.js';
import { head, ID, NUMBER } from './harness/values.js';

const PAY = 'pay.acme.example';
const SECURE = 'secure.acme.example';
const BESIDE = 'x-boundary.acme.example';
const PLANTED = '447700900990';
const PLANTED_ID = `X-MSISDN: ${PLANTED}`;
const [SITE, MIRROR, OTHER] = ['127.0.0.3', '127.0.0.2', '127.0.0.4'];
const TIMES = 200;

const POLICY = policyText([
  partner({ id: 'pay', hosts: [PAY], listeners: ['internet'], release: [MSISDN_UNCHANGED] }),
  partner({ id: 'secure', hosts: [SECURE], transport: 'tls', listeners: ['internet'], release: [MSISDN_UNCHANGED] }),
]);

const listener = (name: string, more: object = {}): object => ({
  ...{ name, address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust: 'path' },
  ...more,
});

describe.each(WAYS)('a listener with a mirror on $on', (way) => {
  let site: Origin;
  let mirror: Origin;
  let other: Origin;
  let gateway: Gateway;

  const canaryAt = (host: string): object => listener('canary', { mirror: `${host}:${site.port}`, as: 'internet' });

  beforeAll(async () => {
    site = await Origin.start('site', { host: SITE });
    mirror = await Origin.start('mirror', { host: MIRROR, port: site.port });
    other = await Origin.start('other', { host: OTHER, port: site.port });
    gateway = await Gateway.start({
      ...way,
      name: 'mirror',
      policy: POLICY,
      settings: {
        listeners: [listener('internet'), listener('roaming'), canaryAt(MIRROR)],
        canary: { numbers: [PLANTED] },
        // The mirrors' addresses are refused to everybody else.
        destinations: { hosts: { '*.acme.example': `${SITE}:${site.port}` }, permit: [`${SITE}/32`] },
        limits: { perDestination: 2, waitTimeout: '2s', responseTimeout: '30s' },
      },
    });
  });

  afterAll(async () => {
    await gateway?.stop();
    for (const origin of [site, mirror, other]) await origin?.stop();
  });

  beforeEach(async () => {
    for (const origin of [site, mirror, other]) {
      origin.script = null;
      await origin.closeConnections();
      origin.mark();
    }
  });

  const get = (target: string, host: string, id: string): string => head(`GET ${target} HTTP/1.1`, `Host: ${host}`, id);

  /** Where a request on a listener arrived, by the answer. */
  const answererOf = async (on: string, host: string, id = ID): Promise<string> =>
    (await ask(gateway.port(on), get('/', host, id))).body;

  it.each([
    ['a partner’s host', PAY, true],
    ['a host beside it', BESIDE, false],
  ])(
    `${TIMES} times in turn, a canary’s request for %s is the mirror’s and a subscriber’s the site’s`,
    async (_, host, isReleased) => {
      const canary = await Client.connect(gateway.port('canary'));
      const subscriber = await Client.connect(gateway.port('internet'));
      for (let turn = 1; turn <= TIMES; turn += 1) {
        canary.send(get(`/canary-${turn}`, host, PLANTED_ID));
        expect((await canary.answers(turn))[turn - 1]?.body).toBe(`mirror /canary-${turn}`);
        subscriber.send(get(`/subscriber-${turn}`, host, ID));
        expect((await subscriber.answers(turn))[turn - 1]?.body).toBe(`site /subscriber-${turn}`);
      }
      canary.abort();
      subscriber.abort();
      // Each on one connection, kept alive: the pool was asked each time, and had the other's ready.
      for (const [origin, own, foreign] of [
        [mirror, PLANTED, NUMBER],
        [site, NUMBER, PLANTED],
      ] as const) {
        const [only, ...more] = origin.since();
        expect(more).toEqual([]);
        expect(only?.connection.answered).toBe(TIMES);
        checkNoValue(only?.bytes ?? '', [foreign]);
        expect(only?.bytes.split(own).length).toBe(isReleased ? TIMES + 1 : 1);
      }
    },
  );

  it(`${TIMES} times in turn, each on a client connection of its own, they keep apart too`, async () => {
    for (let turn = 1; turn <= TIMES; turn += 1) {
      expect(await answererOf('canary', PAY, PLANTED_ID)).toBe('mirror /');
      expect(await answererOf('internet', PAY)).toBe('site /');
    }
    for (const origin of [mirror, site])
      expect(origin.since().map(({ connection }) => connection.answered)).toEqual([TIMES]);
  });

  it('at the same moment, asked at once from both sides, none is the other’s', async () => {
    const rounds = Array.from({ length: 40 }, (_, turn) => turn);
    const answers = await Promise.all(
      rounds.flatMap((turn) => [
        ask(gateway.port('canary'), get(`/${turn}`, PAY, PLANTED_ID)),
        ask(gateway.port('internet'), get(`/${turn}`, PAY, ID)),
      ]),
    );
    expect(answers.map(({ body }) => body)).toEqual(rounds.flatMap((turn) => [`mirror /${turn}`, `site /${turn}`]));
    checkNoValue(
      mirror
        .since()
        .map(({ bytes }) => bytes)
        .join(''),
      [NUMBER],
    );
    checkNoValue(
      site
        .since()
        .map(({ bytes }) => bytes)
        .join(''),
      [PLANTED],
    );
  });

  it('a mirror that answers nothing takes no connection from a subscriber who asks for the same host', async () => {
    mirror.script = () => undefined;
    const waiting = await Promise.all([1, 2, 3].map(() => Client.connect(gateway.port('canary'))));
    for (const client of waiting) client.send(get('/stalled', PAY, PLANTED_ID));
    await eventually('the mirror to have as many requests as it may', () => mirror.requests().length === 2);
    expect(await answererOf('internet', PAY)).toBe('site /');
    for (const client of waiting) client.abort();
  });

  it('a connection that the mirror closed in between is opened to the mirror again', async () => {
    let hasClosed = false;
    mirror.script = (request, connection) => {
      if (connection.answered === 1 || hasClosed) return mirror.greet(request, connection);
      hasClosed = true;
      connection.socket.destroy();
    };
    expect(await answererOf('internet', PAY)).toBe('site /');
    expect(await answererOf('canary', PAY, PLANTED_ID)).toBe('mirror /');
    expect(await answererOf('canary', PAY, PLANTED_ID)).toBe('mirror /');
    expect([hasClosed, mirror.since().length, site.since().length]).toEqual([true, 2, 1]);
  });

  it('what the mirror’s listener may reach, nobody else may', async () => {
    const place = `${MIRROR}:${site.port}`;
    expect(await answererOf('canary', place)).toBe('mirror /');
    mirror.mark();
    expect((await ask(gateway.port('internet'), get('/', place, ID))).status).toBe(403);
    expect(mirror.since()).toEqual([]);
  });

  it.each(['Host', 'HOST'])(
    'asked with `%s`, the policy judges as on the listener that it stands for, and on another as there',
    async (name) => {
      const asked = (id: string): string => head('GET / HTTP/1.1', `${name}: ${PAY}`, id);
      await ask(gateway.port('canary'), asked(PLANTED_ID));
      expect(mirror.requests()[0]?.head).toContain(PLANTED_ID);
      await ask(gateway.port('roaming'), asked(ID));
      checkNoValue(site.requests()[0]?.head ?? '', [NUMBER]);
    },
  );

  it('a partner’s host that is reached over TLS alone is not asked there without', async () => {
    const before = await gateway.metrics();
    // As a website without TLS does.
    mirror.onBytes = ({ socket }) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n').destroyed || true;
    const { status } = await ask(gateway.port('canary'), get('/', SECURE, PLANTED_ID));
    mirror.onBytes = null;
    expect(status).toBe(502);
    const [greeting] = mirror.since().map(({ bytes }) => bytes);
    // A TLS handshake (RFC 8446, section 5.1), which a mirror without a certificate of the partner's cannot end.
    expect(greeting?.charCodeAt(0)).toBe(0x16);
    checkNoValue(greeting ?? '', [PLANTED, 'HTTP/1.1']);
    const released = 'headgate_released_headers_total';
    expect(total(await gateway.metrics(), released)).toBe(total(before, released));
  });

  it('its requests take the path that the settings say', async () => {
    const before = await gateway.metrics();
    for (const host of [PAY, BESIDE]) await answererOf('canary', host, 'Accept: */*');
    const after = await gateway.metrics();
    const path = `path="${isFast(way) ? 'fast' : 'slow'}"`;
    expect(total(after, 'headgate_path_total', path) - total(before, 'headgate_path_total', path)).toBe(2);
  });

  it('what the fast path hands over is at the mirror too', async () => {
    const older = head('GET /older HTTP/1.0', `Host: ${BESIDE}`, 'Connection: close');
    const { status, body } = await ask(gateway.port('canary'), older);
    expect(site.since()).toEqual([]);
    if (isFastAlone(way)) return expect([status, mirror.since()]).toEqual([501, []]);
    expect([status, body]).toEqual([200, 'mirror /older']);
  });

  describe('a reload', () => {
    it('that moves the mirror moves the canary’s next request, on the connection that it has, and no subscriber’s', async () => {
      const canary = await Client.connect(gateway.port('canary'));
      const subscriber = await Client.connect(gateway.port('internet'));
      const next = async (client: Client, count: number): Promise<string | undefined> => {
        client.send(get('/', PAY, ID));
        return (await client.answers(count))[count - 1]?.body;
      };
      expect([await next(canary, 1), await next(subscriber, 1)]).toEqual(['mirror /', 'site /']);
      const listeners = [listener('internet'), listener('roaming'), canaryAt(OTHER)];
      expect(await gateway.resettle({ listeners })).toBe('replaced');
      expect([await next(canary, 2), await next(subscriber, 2)]).toEqual(['other /', 'site /']);
      canary.abort();
      subscriber.abort();
    });

    it('that gives a listener a mirror is in force with its next request, and with nobody else’s', async () => {
      const client = await Client.connect(gateway.port('roaming'));
      const where: (string | undefined)[] = [];
      for (const [index, roaming] of [{}, { mirror: `${MIRROR}:${site.port}` }].entries()) {
        const listeners = [listener('internet'), listener('roaming', roaming), canaryAt(OTHER)];
        expect(await gateway.resettle({ listeners })).toBe('replaced');
        client.send(get('/', BESIDE, ID));
        where.push((await client.answers(index + 1))[index]?.body, await answererOf('internet', BESIDE));
      }
      client.abort();
      expect(where).toEqual(['site /', 'site /', 'mirror /', 'site /']);
    });
  });
});
