// Rows 100 and 101 and the rules on names and addresses, with a DNS server of our own: what is judged is what is connected to.
import { ask, Client } from './harness/client.js';
import { eventually } from './harness/deadline.js';
import { Gateway } from './harness/gateway.js';
import { checkNoValue } from './harness/invariants.js';
import { NameServer } from './harness/name-server.js';
import { Origin } from './harness/origin.js';
import { WAYS } from './harness/paths.js';
import { MSISDN_UNCHANGED, partner, policyText } from './harness/policy-text.js';
import { total, type Samples } from './harness/scrape.js';
import { SilentAddress } from './harness/silent-address.js';
import { head, ID, NUMBER } from './harness/values.js';

const HOST = 'partner.test';

describe.each(WAYS)('addresses on $on', (way) => {
  let names: NameServer;
  let v4: Origin;
  let v6: Origin;
  let gateway: Gateway;

  beforeAll(async () => {
    names = await NameServer.start();
    v6 = await Origin.start('v6', { host: '::1' });
    // The same port on both families: a name is connected to on one port, whichever of its addresses it is.
    v4 = await Origin.start('v4', { port: v6.port });
    gateway = await Gateway.start({
      name: 'addresses',
      ...way,
      policy: policyText([
        partner({ id: 'named', hosts: [HOST], ports: [80, v4.port], release: [MSISDN_UNCHANGED] }),
        partner({ id: 'literal', own: true, hosts: ['[::1]'], ports: [80, v6.port], release: [MSISDN_UNCHANGED] }),
      ]),
      settings: {
        listeners: [
          { name: 'internet', address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust: 'path' },
          { name: 'six', address: '[::1]:0', clients: ['::1/128'], trust: 'path' },
        ],
        destinations: { permit: ['127.0.0.1/32', '::1/128'], resolvers: [names.address] },
        limits: { connectTimeout: '3s' },
      },
    });
  }, 60_000);

  afterAll(async () => {
    for (const origin of [v4, v6]) await origin.closeConnections();
    await gateway.endsConnections();
    await gateway.stop();
    for (const origin of [v4, v6]) await origin.stop();
    await names.stop();
  }, 60_000);

  let count = 0;
  const freshName = (): string => `name-${(count += 1)}.test`;
  const get = async (host: string, path = '/', port = gateway.port('internet')) =>
    ask(port, head(`GET ${path} HTTP/1.1`, ID, `Host: ${host}:${v4.port}`));
  const questions = (name: string): number => names.asked.filter((asked) => asked.startsWith(`${name} `)).length;
  const grown = async (before: Samples, metric: string, ...labels: readonly string[]): Promise<number> =>
    total(await gateway.metrics(), metric, ...labels) - total(before, metric, ...labels);

  it('a name is asked for once and its answer used for its time to live', async () => {
    const name = freshName();
    names.zones.set(name, { a: ['127.0.0.1'], ttl: 1 });
    const before = await gateway.metrics();
    expect((await get(name)).body).toBe('v4 /');
    expect((await get(name)).body).toBe('v4 /');
    expect(questions(name)).toBe(2);
    expect(await grown(before, 'headgate_dns_lookups_total', 'outcome="answered"')).toBe(1);
    expect(await grown(before, 'headgate_dns_lookups_total', 'outcome="cached"')).toBeGreaterThanOrEqual(1);
    await eventually('the name to be asked for again after its time to live', async () => {
      await get(name);
      return questions(name) > 2;
    });
  });

  it('a name that does not exist is 502, counted, and asked for once', async () => {
    const name = freshName();
    const before = await gateway.metrics();
    const answer = await get(name);
    expect(answer.status).toBe(502);
    gateway.keep('answers.txt', answer.head + answer.body);
    expect((await get(name)).status).toBe(502);
    expect(questions(name)).toBe(2);
    expect(await grown(before, 'headgate_upstream_errors_total', 'why="dns"')).toBe(2);
    expect(await grown(before, 'headgate_dns_lookups_total', 'outcome="negative"')).toBe(1);
  });

  it('row 100: an answer that changes between the decision and the connection changes nothing: one look-up, one judged address', async () => {
    const name = freshName();
    names.zones.set(name, { a: ['127.0.0.1'], ttl: 60 });
    expect((await get(name)).body).toBe('v4 /');
    names.zones.set(name, { a: ['127.0.0.2'], ttl: 60 });
    await v4.closeConnections();
    expect((await get(name)).body).toBe('v4 /');
    expect(questions(name)).toBe(2);
  });

  it('row 100: a connection to an address that is no longer the name’s is not used for it', async () => {
    const name = freshName();
    names.zones.set(name, { aaaa: ['::1'], ttl: 1 });
    expect((await get(name)).body).toBe('v6 /');
    names.zones.set(name, { a: ['127.0.0.1'], ttl: 1 });
    await eventually('the new answer to be used', async () => (await get(name)).body === 'v4 /');
    expect((await get(name)).body).toBe('v4 /');
  });

  it.each([
    ['loopback that is not permitted', { a: ['127.0.0.2'] }],
    ['metadata', { a: ['169.254.169.254'] }],
    ['private, 10/8', { a: ['10.1.2.3'] }],
    ['private, 172.16/12', { a: ['172.16.0.1'] }],
    ['private, 192.168/16', { a: ['192.168.1.1'] }],
    ['shared, 100.64/10', { a: ['100.64.0.1'] }],
    ['this network', { a: ['0.0.0.0'] }],
    ['multicast', { a: ['224.0.0.1'] }],
    ['broadcast', { a: ['255.255.255.255'] }],
    ['link-local IPv6', { aaaa: ['fe80::1'] }],
    ['unique-local IPv6', { aaaa: ['fc00::1'] }],
    ['unspecified IPv6', { aaaa: ['::'] }],
    ['multicast IPv6', { aaaa: ['ff02::1'] }],
    ['v4-mapped', { aaaa: ['::ffff:7f00:2'] }],
    ['NAT64', { aaaa: ['64:ff9b::7f00:2'] }],
    ['6to4', { aaaa: ['2002:7f00:2::1'] }],
  ])('row 101: a name whose only address is %s is refused with 403, and counted', async (_, addresses) => {
    const name = freshName();
    names.zones.set(name, { ...addresses, ttl: 60 });
    const before = await gateway.metrics();
    const answer = await get(name);
    expect(answer.status).toBe(403);
    gateway.keep('answers.txt', answer.head + answer.body);
    expect(await grown(before, 'headgate_refused_requests_total', 'why="destination-address"')).toBe(1);
  });

  it('row 101: of good and refused addresses the good one is connected to', async () => {
    const name = freshName();
    names.zones.set(name, { a: ['169.254.169.254', '127.0.0.2', '127.0.0.1'], aaaa: ['fe80::1'], ttl: 60 });
    expect((await get(name)).body).toBe('v4 /');
  });

  it.each(['127.0.0.2', '10.1.2.3', '[::ffff:127.0.0.2]', '[64:ff9b::7f00:2]'])(
    'row 101: the literal %s is judged like an answer',
    async (host) => {
      expect((await get(host)).status).toBe(403);
    },
  );

  it('a refused port is 403 before anything is looked up', async () => {
    const name = freshName();
    names.zones.set(name, { a: ['127.0.0.1'], ttl: 60 });
    const answer = await ask(gateway.port('internet'), head('GET / HTTP/1.1', ID, `Host: ${name}:25`));
    expect(answer.status).toBe(403);
    expect(questions(name)).toBe(0);
  });

  it('a destination that is our own listener is a loop: 508, by name and by address', async () => {
    const name = freshName();
    names.zones.set(name, { a: ['127.0.0.1'], ttl: 60 });
    for (const host of [name, '127.0.0.1']) {
      const own = head('GET / HTTP/1.1', ID, `Host: ${host}:${gateway.port('internet')}`);
      expect((await ask(gateway.port('internet'), own)).status).toBe(508);
    }
    const metrics = head('GET /metrics HTTP/1.1', ID, `Host: 127.0.0.1:${gateway.metricsPort}`);
    expect((await ask(gateway.port('internet'), metrics)).status).toBe(508);
  });

  it('where both families answer, IPv6 leads; where it refuses the connection, IPv4 carries the request', async () => {
    const name = freshName();
    names.zones.set(name, { a: ['127.0.0.1'], aaaa: ['::1'], ttl: 60 });
    expect((await get(name)).body).toBe('v6 /');
    const only4 = await Origin.start('only4');
    try {
      const both = freshName();
      names.zones.set(both, { a: ['127.0.0.1'], aaaa: ['::1'], ttl: 60 });
      const answer = await ask(gateway.port('internet'), head('GET / HTTP/1.1', ID, `Host: ${both}:${only4.port}`));
      expect(answer.body).toBe('only4 /');
    } finally {
      await only4.stop();
    }
  });

  it('an address that does not answer a connection attempt holds up the other family for a moment alone', async () => {
    // Its queue is full and nobody takes from it, so that the kernel drops what comes.
    const silent = await SilentAddress.open('::1');
    const other = await Origin.start('other', { port: silent.port });
    try {
      const name = freshName();
      names.zones.set(name, { a: ['127.0.0.1'], aaaa: ['::1'], ttl: 60 });
      const answer = await ask(gateway.port('internet'), head('GET / HTTP/1.1', ID, `Host: ${name}:${silent.port}`));
      // Else it would be 502 at limits.connectTimeout, 3 s.
      expect([answer.status, answer.body]).toEqual([200, 'other /']);
    } finally {
      await other.closeConnections();
      await other.stop();
      silent.close();
    }
  });

  it('what is tried once more goes to the address that it went to before, whatever else the name has', async () => {
    const name = freshName();
    names.zones.set(name, { a: ['127.0.0.1'], ttl: 1 });
    expect((await get(name)).body).toBe('v4 /');
    names.zones.set(name, { a: ['127.0.0.1'], aaaa: ['::1'], ttl: 60 });
    await eventually('the name to be asked for again', async () => {
      await get(name);
      return questions(name) > 2;
    });
    v6.mark();
    v4.mark();
    let hasClosed = false;
    v4.script = (request, connection) => {
      if (!hasClosed && connection.answered > 1) {
        hasClosed = true;
        connection.socket.destroy();
      } else v4.greet(request, connection);
    };
    const answer = await get(name, '/again');
    v4.script = null;
    expect([answer.body, hasClosed, v6.since()]).toEqual(['v4 /again', true, []]);
  });

  it.each(['a', 'aaaa'] as const)(
    'an answer for %s that never comes does not hold up the other family',
    async (family) => {
      const name = freshName();
      names.zones.set(name, { a: ['127.0.0.1'], aaaa: ['::1'], ttl: 60, delayMs: { [family]: 'never' } });
      expect((await get(name)).body).toBe(family === 'a' ? 'v6 /' : 'v4 /');
    },
  );

  it('an address where nobody listens is 502, counted', async () => {
    const name = freshName();
    names.zones.set(name, { a: ['127.0.0.1'], ttl: 60 });
    const closed = await Origin.start('closed');
    const { port } = closed;
    await closed.stop();
    const before = await gateway.metrics();
    const answer = await ask(gateway.port('internet'), head('GET / HTTP/1.1', ID, `Host: ${name}:${port}`));
    expect(answer.status).toBe(502);
    gateway.keep('answers.txt', answer.head + answer.body);
    expect(await grown(before, 'headgate_upstream_errors_total', 'why="connect"')).toBe(1);
  });

  it('a partner known by name receives identity over either family, a stranger over neither', async () => {
    for (const [origin, addresses] of [
      [v6, { aaaa: ['::1'] }],
      [v4, { a: ['127.0.0.1'] }],
    ] as const) {
      names.zones.set(HOST, { ...addresses, ttl: 1 });
      await eventually('the partner to be reached', async () => (await get(HOST)).body === `${origin.name} /`);
      origin.mark();
      await get(HOST, '/partner');
      expect(origin.requests()[0]?.head).toContain(`\r\n${ID}\r\n`);
      const stranger = freshName();
      names.zones.set(stranger, { ...addresses, ttl: 60 });
      origin.mark();
      await get(stranger, '/stranger');
      expect(origin.requests()).toHaveLength(1);
      checkNoValue(origin.requests()[0]?.head ?? '', [NUMBER]);
    }
  });

  it('IPv6 end to end: a client over IPv6, a literal as the host, and the policy’s literal in another spelling', async () => {
    for (const host of ['[::1]', '[0:0:0:0:0:0:0:1]', '[0000::0001]']) {
      v6.mark();
      const client = await Client.connect(gateway.port('six'), '::1');
      client.send(head('GET /six HTTP/1.1', ID, `Host: ${host}:${v6.port}`));
      expect((await client.answers(1))[0]?.body).toBe('v6 /six');
      client.abort();
      const [request] = v6.requests();
      expect(request?.head).toContain(`\r\nHost: [::1]:${v6.port}\r\n`);
      expect(request?.head).toContain(`\r\n${ID}\r\n`);
    }
  });
});
