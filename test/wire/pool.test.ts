// Row 136 and the rules of the pool: which connection carries which request, and when it is never used again.
import { ask, Client } from './harness/client.js';
import { eventually } from './harness/deadline.js';
import { checkNoValue } from './harness/invariants.js';
import { answerText, type Capture, type Origin, type Script } from './harness/origin.js';
import { total } from './harness/scrape.js';
import { describeStage } from './harness/suite.js';
import { head, ID, NUMBER, OTHER_NUMBER, PARTNER, STRANGER } from './harness/values.js';

const TO_STRANGER = `Host: ${STRANGER}`;

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
  const closeOnReuse = (target: string, origin: Origin = stage().stranger): Script => {
    let hasClosed = false;
    return (request, connection) => {
      if (request.target === target && !hasClosed && connection.answered > 1) {
        hasClosed = true;
        connection.socket.destroy();
      } else origin.greet(request, connection);
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

  // `HOST` is planned on strings, also on the fast path.
  it.each([
    ['a stranger', 'Host', STRANGER, 'stripped'],
    ['a stranger', 'HOST', STRANGER, 'stripped'],
    ['a partner', 'Host', PARTNER, 'released'],
    ['a partner', 'HOST', PARTNER, 'released'],
  ] as const)('what is tried once more for %s, asked with `%s`, is counted once', async (_, name, host, verdict) => {
    const target = fresh();
    const origin = host === PARTNER ? stage().partner : stage().stranger;
    const before = await stage().gateway.metrics();
    origin.script = closeOnReuse(target, origin);
    const { status } = await ask(stage().port, head(`GET ${target} HTTP/1.1`, ID, `${name}: ${host}`));
    expect(status).toBe(200);
    expect(origin.connections.filter(({ received }) => received.includes(target))).toHaveLength(2);
    const after = await stage().counted(before, 1);
    const grown = (metric: string, ...labels: readonly string[]): number =>
      total(after, metric, ...labels) - total(before, metric, ...labels);
    expect({
      retried: grown('headgate_pool_total', 'event="retried"'),
      verdicts: grown('headgate_requests_total', `verdict="${verdict}"`),
      paths: grown('headgate_path_total'),
      headers: grown(`headgate_${verdict}_headers_total`),
    }).toEqual({ retried: 1, verdicts: 1, paths: 1, headers: 1 });
  });

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
});
