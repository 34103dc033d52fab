// The canary's own listener: whatever host is asked for there is the mirror, judged as the subscribers' listener is; a subscriber's
// request for the same host reaches the real site, on the same gateway, at the same moment.
import { ask } from '../wire/harness/client.js';
import { Gateway } from '../wire/harness/gateway.js';
import { Origin } from '../wire/harness/origin.js';
import { WAYS } from '../wire/harness/paths.js';
import { partner, policyText } from '../wire/harness/policy-text.js';
import { total } from '../wire/harness/scrape.js';

const PAY = 'pay.acme.example';
const BESIDE = 'x-boundary.acme.example';
const NUMBER = '447700900990';

const listener = (name: string, more: object = {}): object => ({
  ...{ name, address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust: 'path' },
  ...more,
});

describe.each(WAYS)('the canary’s own listener on $on', (way) => {
  let site: Origin;
  let mirror: Origin;
  let other: Origin;
  let gateway: Gateway;
  beforeAll(async () => {
    site = await Origin.start('site');
    mirror = await Origin.start('mirror');
    other = await Origin.start('other');
    gateway = await Gateway.start({
      name: 'e2e-canary-listener',
      ...way,
      policy: policyText([
        partner({
          id: 'pay',
          hosts: [PAY],
          listeners: ['internet'],
          release: [{ header: 'X-MSISDN', as: 'unchanged' }],
        }),
      ]),
      settings: {
        listeners: [
          listener('internet'),
          listener('roaming'),
          listener('canary', { mirror: `127.0.0.1:${mirror.port}`, as: 'internet' }),
        ],
        canary: { numbers: [NUMBER] },
        destinations: { default: `127.0.0.1:${site.port}`, permit: ['127.0.0.0/8'] },
      },
    });
  });
  afterAll(async () => {
    await gateway?.stop();
    await site?.stop();
    await mirror?.stop();
    await other?.stop();
  });

  /** Asks as through a proxy; what arrived at each of the two. */
  const arrivals = async (
    listener: string,
    host: string,
    ...fields: readonly string[]
  ): Promise<{ site: readonly string[]; mirror: readonly string[] }> => {
    site.mark();
    mirror.mark();
    const lines = [`GET http://${host}/ HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...fields, '', ''];
    await ask(gateway.port(listener), lines.join('\r\n'));
    const names = (origin: Origin): readonly string[] => origin.since().map(({ bytes }) => bytes);
    return { site: names(site), mirror: names(mirror) };
  };

  test.each([PAY, BESIDE, 'news.example', '192.0.2.7'])(
    'a subscriber’s request for %s reaches the real site, a canary’s the mirror',
    async (host) => {
      const subscriber = await arrivals('internet', host);
      expect(subscriber).toMatchObject({ site: [expect.stringContaining(`Host: ${host}`)], mirror: [] });
      const canary = await arrivals('canary', host);
      expect(canary).toMatchObject({ site: [], mirror: [expect.stringContaining(`Host: ${host}`)] });
      // Again: no connection of the one is ever taken for the other.
      expect(await arrivals('internet', host)).toMatchObject({ site: [expect.anything()], mirror: [] });
    },
  );

  test('on its own listener a canary is judged as the subscribers of the listener that it stands for', async () => {
    const field = `X-MSISDN: ${NUMBER}`;
    expect((await arrivals('canary', PAY, field)).mirror[0]).toContain(field);
    expect((await arrivals('canary', BESIDE, field)).mirror[0]).not.toContain(NUMBER);
  });

  test('what its requests count stands under its own listener, and its leaks under `canary`', async () => {
    const before = await gateway.metrics();
    await arrivals('canary', 'news.example', `X-MSISDN: ${NUMBER}`, `X-Ref: ${NUMBER}`);
    await arrivals('internet', 'news.example', 'X-MSISDN: 447700900123', 'X-Ref: 447700900123');
    const after = await gateway.metrics();
    const grown = (...labels: readonly string[]): number =>
      total(after, 'headgate_leaked_headers_total', ...labels) -
      total(before, 'headgate_leaked_headers_total', ...labels);
    expect(grown('listener="canary"', 'detector="canary"', 'outcome="contained"')).toBe(1);
    expect(grown('listener="internet"', 'detector="exact"', 'outcome="contained"')).toBe(1);
    expect(grown()).toBe(2);
  });

  test('a reload that moves the mirror moves the canary, and no subscriber', async () => {
    const moved = listener('canary', { mirror: `127.0.0.1:${other.port}`, as: 'internet' });
    const listeners = [listener('internet'), listener('roaming'), moved];
    expect(await gateway.resettle({ listeners })).toBe('replaced');
    expect(await arrivals('canary', BESIDE)).toMatchObject({ site: [], mirror: [] });
    expect(other.requests()).toHaveLength(1);
    expect(await arrivals('internet', BESIDE)).toMatchObject({ site: [expect.anything()], mirror: [] });
  });

  test('a reload that gives a listener a mirror sends all of its requests there, and nobody else’s', async () => {
    const listeners = [
      listener('internet'),
      listener('roaming', { mirror: `127.0.0.1:${mirror.port}` }),
      listener('canary', { mirror: `127.0.0.1:${mirror.port}`, as: 'internet' }),
    ];
    expect(await arrivals('roaming', BESIDE)).toMatchObject({ site: [expect.anything()], mirror: [] });
    expect(await gateway.resettle({ listeners })).toBe('replaced');
    expect(await arrivals('roaming', BESIDE)).toMatchObject({ site: [], mirror: [expect.anything()] });
    expect(await arrivals('internet', BESIDE)).toMatchObject({ site: [expect.anything()], mirror: [] });
    expect(await arrivals('canary', BESIDE)).toMatchObject({ site: [], mirror: [expect.anything()] });
  });

  test('no number of a canary stands in what the gateway keeps', () => {
    expect(gateway.output).not.toMatch(/7700900990/);
  });
});
