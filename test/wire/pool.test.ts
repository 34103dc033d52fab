// Rows 129 to 132 and 136, and the rules of the pool: which connection carries which request, and when it is never used again.
import { ask, Client } from './harness/client.js';
import { eventually } from './harness/deadline.js';
import { checkNoValue, checkViews } from './harness/invariants.js';
import { answerText, type Capture, type Script } from './harness/origin.js';
import { total } from './harness/scrape.js';
import { describeStage } from './harness/suite.js';
import { head, ID, NUMBER, OTHER_NUMBER, PARTNER, STRANGER } from './harness/values.js';

const TO_STRANGER = `Host: ${STRANGER}`;
const TO_PARTNER = `Host: ${PARTNER}`;

describeStage('the pool', { name: 'pool' }, (stage) => {
  /** The connection on which the origin received this target. */
  const carrierOf = (target: string): Capture => {
    const found = stage()
      .origins.flatMap((origin) => origin.connections)
      .filter((connection) => connection.received.includes(` ${target} HTTP/1.1\r\n`));
    if (found.length !== 1 || found[0] === undefined) throw new Error(`${target} arrived ${found.length} times`);
    return found[0];
  };
  let count = 0;
  const fresh = (): string => `/pool-${(count += 1)}`;
  const get = async (target: string, ...lines: readonly string[]) =>
    ask(stage().port, head(`GET ${target} HTTP/1.1`, TO_STRANGER, ...lines));

  beforeEach(async () => {
    for (const origin of stage().origins) await origin.closeConnections();
    await stage().fence();
    for (const origin of stage().origins) origin.mark();
  });

  afterEach(async () => {
    for (const origin of stage().origins) {
      origin.script = null;
      origin.onBytes = null;
    }
    await stage().fence();
  });

  it('a connection in a known state carries the next request, also of another client', async () => {
    const [first, second] = [fresh(), fresh()];
    await get(first);
    await get(second);
    expect(carrierOf(second)).toBe(carrierOf(first));
  });

  it('two authorities never share a connection, though the address is the same', async () => {
    const [first, second] = [fresh(), fresh()];
    await get(first);
    await ask(stage().port, head(`GET ${second} HTTP/1.1`, 'Host: another.test'));
    expect(carrierOf(second)).not.toBe(carrierOf(first));
  });

  const ends: readonly (readonly [string, Script])[] = [
    ['`Connection: close`', (_, { socket }) => socket.write(answerText('200 OK', 'x', 'Connection: close'), 'latin1')],
    [
      'an answer of HTTP/1.0',
      (_, { socket }) => socket.write(answerText('200 OK', 'x').replace('1.1', '1.0'), 'latin1'),
    ],
    [
      'bytes behind the answer (row 136)',
      (_, { socket }) => socket.write(`${answerText('200 OK', 'x')}HTTP/1.1 200 OK\r\n`, 'latin1'),
    ],
    [
      'a second answer behind the answer (row 136)',
      (_, { socket }) => socket.write(answerText('200 OK', 'x') + answerText('200 OK', 'poison'), 'latin1'),
    ],
    ['a body behind a 204', (_, { socket }) => socket.write(`${head('HTTP/1.1 204 No Content')}poison`, 'latin1')],
    [
      'a body behind a 304',
      (_, { socket }) => socket.write(`${head('HTTP/1.1 304 Not Modified', 'Content-Length: 6')}poison`, 'latin1'),
    ],
    ['an answer that ends with the connection', (_, { socket }) => socket.end(`${head('HTTP/1.1 200 OK')}x`, 'latin1')],
  ];
  it.each(ends)(
    'after %s a connection is not used again, and the next request gets its own answer',
    async (_, script) => {
      const [first, second] = [fresh(), fresh()];
      stage().stranger.script = script;
      await get(first);
      const carrier = carrierOf(first);
      stage().stranger.script = null;
      expect((await get(second)).body).toBe(`stranger ${second}`);
      expect(carrierOf(second)).not.toBe(carrier);
      await eventually('the connection to close', () => carrier.isClosed);
    },
  );

  it('a body behind the answer to a HEAD closes the connection', async () => {
    const [first, second] = [fresh(), fresh()];
    stage().stranger.script = (_, { socket }) => socket.write(answerText('200 OK', 'poison'), 'latin1');
    const answer = await ask(stage().port, head(`HEAD ${first} HTTP/1.1`, TO_STRANGER), 'HEAD');
    expect(answer.body).toBe('');
    const carrier = carrierOf(first);
    stage().stranger.script = null;
    expect((await get(second)).body).toBe(`stranger ${second}`);
    expect(carrierOf(second)).not.toBe(carrier);
  });

  it('row 136: bytes on an idle connection close it before another request can meet them', async () => {
    const [first, second] = [fresh(), fresh()];
    await get(first);
    const carrier = carrierOf(first);
    carrier.socket.write(answerText('200 OK', 'poison'), 'latin1');
    await eventually('the idle connection to close', () => carrier.isClosed);
    expect((await get(second)).body).toBe(`stranger ${second}`);
  });

  it('an answer that ended before the request did closes the connection', async () => {
    const [first, second] = [fresh(), fresh()];
    stage().stranger.onBytes = (connection) => {
      if (!connection.received.includes(first)) return false;
      if (connection.isRaw) return true;
      connection.isRaw = true;
      connection.socket.write(answerText('200 OK', 'early'), 'latin1');
      return true;
    };
    const client = await Client.connect(stage().port);
    client.send(`${head(`POST ${first} HTTP/1.1`, TO_STRANGER, 'Content-Length: 10')}hello`);
    expect((await client.answers(1, ['POST']))[0]?.body).toBe('early');
    const carrier = carrierOf(first);
    client.send('world');
    await eventually('the upstream to close', () => carrier.isClosed);
    client.abort();
    stage().stranger.onBytes = null;
    expect((await get(second)).body).toBe(`stranger ${second}`);
    expect(carrier.received).not.toContain(second);
  });

  describe.each([
    ['an Authorization of NTLM', ['Authorization: NTLM TlRMTVNTUAAB'], null],
    ['an Authorization of Negotiate', ['authorization: negotiate YII='], null],
    ['an answer with WWW-Authenticate: NTLM', [], 'WWW-Authenticate: NTLM'],
    ['an answer with WWW-Authenticate: Negotiate behind another', [], 'WWW-Authenticate: Basic realm="x", Negotiate'],
  ] as const)('after %s', (_, lines, challenge) => {
    it('the connection belongs to this client alone: another subscriber never gets it', async () => {
      const targets = [fresh(), fresh(), fresh()] as const;
      stage().stranger.script = (request, connection) => {
        if (challenge === null || request.target !== targets[0]) stage().stranger.greet(request, connection);
        else connection.socket.write(answerText('401 Unauthorized', 'x', challenge), 'latin1');
      };
      const first = await Client.connect(stage().port);
      first.send(head(`GET ${targets[0]} HTTP/1.1`, ID, TO_STRANGER, ...lines));
      await first.answers(1);
      const second = await Client.connect(stage().port);
      second.send(head(`GET ${targets[1]} HTTP/1.1`, `X-MSISDN: ${OTHER_NUMBER}`, TO_STRANGER));
      await second.answers(1);
      expect(carrierOf(targets[1])).not.toBe(carrierOf(targets[0]));
      first.send(head(`GET ${targets[2]} HTTP/1.1`, ID, TO_STRANGER));
      await first.answers(2);
      expect(carrierOf(targets[2])).toBe(carrierOf(targets[0]));
      first.abort();
      second.abort();
      await eventually('the bound connection to close with its client', () => carrierOf(targets[0]).isClosed);
    });
  });

  /** Closes the connection, once, on its second request, without an answer. */
  const closeOnReuse = (target: string): Script => {
    let hasClosed = false;
    return (request, connection) => {
      if (request.target === target && !hasClosed && connection.answered > 1) {
        hasClosed = true;
        connection.socket.destroy();
      } else stage().stranger.greet(request, connection);
    };
  };

  it.each(['GET', 'HEAD', 'OPTIONS'])(
    '%s is tried once more on a new connection when a reused one closed without an answer',
    async (method) => {
      const target = fresh();
      const before = await stage().gateway.metrics();
      stage().stranger.script = closeOnReuse(target);
      const answer = await ask(stage().port, head(`${method} ${target} HTTP/1.1`, ID, TO_STRANGER), method);
      expect(answer.status).toBe(200);
      const carriers = stage().stranger.connections.filter((connection) => connection.received.includes(target));
      expect(carriers).toHaveLength(2);
      for (const carrier of carriers) checkNoValue(carrier.received, [NUMBER]);
      const after = await stage().gateway.metrics();
      const retried = (samples: typeof after): number => total(samples, 'headgate_pool_total', 'event="retried"');
      expect(retried(after) - retried(before)).toBe(1);
    },
  );

  it.each([
    ['a POST', 'POST', ['Content-Length: 0'], ''],
    ['a PUT', 'PUT', ['Content-Length: 5'], 'hello'],
    ['a GET with a body', 'GET', ['Content-Length: 5'], 'hello'],
    ['a DELETE', 'DELETE', [], ''],
  ])('%s is never sent twice', async (_, method, lines, body) => {
    const target = fresh();
    stage().stranger.script = closeOnReuse(target);
    const answer = await ask(
      stage().port,
      head(`${method} ${target} HTTP/1.1`, ID, TO_STRANGER, ...lines) + body,
      method,
    );
    expect(answer.status).toBe(502);
    expect(stage().stranger.connections.filter((connection) => connection.received.includes(target))).toHaveLength(1);
  });

  it('a GET on a new connection that closes without an answer is 502 and not sent again', async () => {
    const target = fresh();
    await stage().stranger.closeConnections();
    stage().stranger.script = (_, connection) => connection.socket.destroy();
    expect((await get(target)).status).toBe(502);
    expect(stage().stranger.connections.filter((connection) => connection.received.includes(target))).toHaveLength(1);
  });

  it('a GET that got one byte of an answer is not sent again', async () => {
    const target = fresh();
    stage().stranger.script = (request, connection) => {
      if (request.target !== target) return stage().stranger.greet(request, connection);
      connection.socket.end('H');
    };
    expect((await get(target)).status).toBe(502);
    expect(stage().stranger.connections.filter((connection) => connection.received.includes(target))).toHaveLength(1);
  });

  const three = (): string =>
    head('GET /a1 HTTP/1.1', ID, TO_PARTNER) +
    head('GET /e HTTP/1.1', ID, TO_STRANGER) +
    head('GET /a2 HTTP/1.1', ID, TO_PARTNER);

  it.each([
    ['row 129: in one segment', (client: Client) => Promise.resolve(client.send(three()))],
    ['row 130: one byte at a time', (client: Client) => client.sendByteByByte(three())],
  ])('%s: partner, stranger, partner pipelined are each decided alone and answered in order', async (_, send) => {
    const client = await Client.connect(stage().port);
    await send(client);
    const answers = await client.answers(3);
    client.abort();
    expect(answers.map((answer) => answer.body)).toEqual(['partner /a1', 'stranger /e', 'partner /a2']);
    const kept = stage().partner.requests();
    expect(kept.map((request) => request.target)).toEqual(['/a1', '/a2']);
    for (const request of kept) expect(request.head).toContain(`\r\n${ID}\r\n`);
    const [stripped] = stage().stranger.requests();
    expect(stripped?.target).toBe('/e');
    checkNoValue(stripped?.head ?? '', [NUMBER]);
  });

  it('pipelined requests are answered in order though the first answer is the slowest', async () => {
    let release: () => void = () => undefined;
    stage().partner.script = (request, connection) => {
      release = () => stage().partner.greet(request, connection);
    };
    const client = await Client.connect(stage().port);
    client.send(head('GET /first HTTP/1.1', TO_PARTNER) + head('GET /second HTTP/1.1', TO_STRANGER));
    await eventually('the first request to arrive', () => stage().partner.requests().length === 1);
    await get(fresh());
    release();
    const answers = await client.answers(2);
    client.abort();
    stage().partner.script = null;
    expect(answers.map((answer) => answer.body)).toEqual(['partner /first', 'stranger /second']);
  });

  it('a refusal behind a slow answer is written in its turn', async () => {
    let release: () => void = () => undefined;
    stage().partner.script = (request, connection) => {
      release = () => stage().partner.greet(request, connection);
    };
    const client = await Client.connect(stage().port);
    client.send(head('GET /first HTTP/1.1', TO_PARTNER) + head('GET / HTTP/1.1', 'Host: a..b'));
    await eventually('the first request to arrive', () => stage().partner.requests().length === 1);
    await get(fresh());
    expect(client.received).toBe('');
    release();
    await client.end();
    client.abort();
    expect(client.read().answers.map((answer) => answer.status)).toEqual([200, 400]);
  });

  it('a FIN after a whole request is no abort: the answer is finished', async () => {
    let release: () => void = () => undefined;
    const target = fresh();
    stage().stranger.script = (request, connection) => {
      release = () => stage().stranger.greet(request, connection);
    };
    const client = await Client.connect(stage().port);
    client.send(head(`GET ${target} HTTP/1.1`, TO_STRANGER));
    client.finish();
    await eventually('the request to arrive', () => stage().stranger.requests().length === 1);
    stage().stranger.script = null;
    await get(fresh());
    release();
    expect((await client.answers(1))[0]?.body).toBe(`stranger ${target}`);
    client.abort();
  });
});

describeStage(
  'a pool of one connection',
  {
    name: 'pool-of-one',
    settings: { limits: { perDestination: 1, waiting: 150, waitTimeout: '20s' } },
  },
  (stage) => {
    /** 10,000 in the full size: HEADGATE_WIRE_FULL=1 (make soak-wire). */
    const alternations = process.env['HEADGATE_WIRE_FULL'] === '1' ? 10_000 : 500;

    it(`row 131: one client alternating ${alternations} times between partner and stranger: no answer and no identity crosses`, async () => {
      for (const origin of stage().origins) origin.mark();
      const client = await Client.connect(stage().port);
      let read = 0;
      for (let i = 0; i < alternations; i += 1) {
        const [host, name] = i % 2 === 0 ? [PARTNER, 'partner'] : [STRANGER, 'stranger'];
        client.received = '';
        client.send(head(`GET /${i} HTTP/1.1`, ID, `Host: ${host}`));
        const [answer] = await client.answers(1);
        if (answer?.body !== `${name} /${i}`) throw new Error(`request ${i} got ${JSON.stringify(answer)}`);
        read += 1;
      }
      client.abort();
      expect(read).toBe(alternations);
      for (const { bytes } of stage().stranger.since()) checkNoValue(bytes, [NUMBER]);
      const kept = stage()
        .partner.since()
        .flatMap(({ bytes }) => checkViews(bytes));
      expect(kept).toHaveLength(Math.ceil(alternations / 2));
      expect(kept.every((request) => request.head.includes(`\r\n${ID}\r\n`))).toBe(true);
      expect(stage().partner.since()).toHaveLength(1);
      expect(stage().stranger.since()).toHaveLength(1);
    }, 110_000);

    it('row 132: 100 requests that wait for the one connection to a stranger are all stripped', async () => {
      await stage().fence();
      stage().stranger.mark();
      const held: (() => void)[] = [];
      stage().stranger.script = (request, connection) => {
        held.push(() => stage().stranger.greet(request, connection));
        if (held.length > 1) held.at(-1)?.();
      };
      const clients: Client[] = [];
      for (let i = 0; i < 100; i += 1) {
        const client = await Client.connect(stage().port);
        client.send(head(`GET /queued-${i} HTTP/1.1`, ID, `Host: ${STRANGER}`));
        clients.push(client);
      }
      await eventually('the first to arrive', () => held.length === 1);
      const gone = clients[50];
      gone?.abort();
      held[0]?.();
      for (const [i, client] of clients.entries()) {
        if (client === gone) continue;
        expect((await client.answers(1))[0]?.body).toBe(`stranger /queued-${i}`);
        client.abort();
      }
      stage().stranger.script = null;
      const requests = stage().stranger.requests();
      expect(requests.length).toBeGreaterThanOrEqual(99);
      for (const { bytes } of stage().stranger.since()) {
        checkNoValue(bytes, [NUMBER]);
        expect(bytes).not.toMatch(/msisdn/i);
      }
      await stage().fence();
    }, 30_000);
  },
);

describeStage(
  'a full pool',
  { name: 'pool-full', settings: { limits: { perDestination: 1, waiting: 2, waitTimeout: '1s' } } },
  (stage) => {
    it('more requests than may wait are 503 at once, those that wait too long are 503 too, and a client that left frees its place', async () => {
      const before = await stage().gateway.metrics();
      let release: () => void = () => undefined;
      stage().stranger.script = (request, connection) => {
        release = () => stage().stranger.greet(request, connection);
      };
      const send = async (target: string): Promise<Client> => {
        const client = await Client.connect(stage().port);
        client.send(head(`GET ${target} HTTP/1.1`, ID, `Host: ${STRANGER}`));
        return client;
      };
      const first = await send('/holds');
      await eventually('the first to arrive', () => stage().stranger.requests().length === 1);
      const waiting = [await send('/waits-1'), await send('/waits-2')];
      const more = await send('/too-many');
      expect((await more.answers(1))[0]?.status).toBe(503);
      for (const client of waiting) expect((await client.answers(1))[0]?.status).toBe(503);
      stage().stranger.script = null;
      release();
      expect((await first.answers(1))[0]?.status).toBe(200);
      for (const client of [first, more, ...waiting]) {
        stage().gateway.keep('answers.txt', client.received);
        client.abort();
      }
      const after = await stage().gateway.metrics();
      const full = (samples: typeof after): number =>
        total(samples, 'headgate_refused_requests_total', 'why="pool-full"');
      expect(full(after) - full(before)).toBe(3);
      await stage().fence();
    });
  },
);
