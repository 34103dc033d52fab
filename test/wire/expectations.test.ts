// Rows 124, 127 and 128, and the rules on 1xx and early answers: what comes before the final answer, and a final one that comes early.
import { Client } from './harness/client.js';
import { eventually } from './harness/deadline.js';
import { checkNoValue } from './harness/invariants.js';
import { answerText, type Script } from './harness/origin.js';
import { HAND_OVER_WAYS, isFastAlone } from './harness/paths.js';
import { checkRefusedAlone } from './harness/refused-alone.js';
import { total } from './harness/scrape.js';
import { describeStage } from './harness/suite.js';
import { head, ID, NUMBER, PARTNER, STRANGER } from './harness/values.js';

const interim = (count: number, status = 'HTTP/1.1 103 Early Hints'): string =>
  Array.from({ length: count }, (_, i) => head(status, `Link: </${i}.css>; rel=preload`)).join('');

describeStage('expectations', { name: 'expectations', ways: HAND_OVER_WAYS }, (stage, way) => {
  const arrived = (): string =>
    stage()
      .stranger.since()
      .map(({ bytes }) => bytes)
      .join('');

  beforeEach(() => {
    for (const origin of stage().origins) origin.mark();
  });

  afterEach(async () => {
    for (const origin of stage().origins) {
      origin.script = null;
      origin.onBytes = null;
    }
    await stage().fence();
  });

  it.each(['GET', 'POST'])(
    'row 124: %s with Expect: 100-continue carries no identity to a stranger',
    async (method) => {
      const body = method === 'POST' ? ['Content-Length: 5'] : [];
      const bytes = head(`${method} /e HTTP/1.1`, ID, 'Expect: 100-continue', `Host: ${STRANGER}`, ...body);
      if (isFastAlone(way)) return checkRefusedAlone(stage().gateway, stage().origins, bytes);
      const client = await Client.connect(stage().port);
      client.send(bytes);
      if (method === 'POST') {
        await client.until('100 Continue', () => client.read(['POST']).interim.length > 0);
        expect(client.read(['POST']).interim[0]?.status).toBe(100);
        client.send('hello');
      }
      const [answer] = await client.answers(1, [method]);
      client.abort();
      expect([answer?.status, answer?.body]).toEqual([200, 'stranger /e']);
      checkNoValue(arrived(), [NUMBER]);
      expect(arrived()).not.toMatch(/msisdn/i);
      expect(stage().stranger.requests()[0]?.body).toBe(method === 'POST' ? 'hello' : '');
    },
  );

  it('row 124: the expectation of a tab before it is the same expectation, and the partner still gets the identity', async () => {
    const bytes = `${head('POST /e HTTP/1.1', ID, 'Expect:\t100-continue', `Host: ${PARTNER}`, 'Content-Length: 5')}hello`;
    if (isFastAlone(way)) return checkRefusedAlone(stage().gateway, stage().origins, bytes);
    const client = await Client.connect(stage().port);
    client.send(bytes);
    const [answer] = await client.answers(1, ['POST']);
    client.abort();
    expect(answer?.status).toBe(200);
    expect(stage().partner.requests()[0]?.head).toContain(`\r\n${ID}\r\n`);
    expect(stage().partner.requests()[0]?.body).toBe('hello');
  });

  it('row 127: 103 three times, 100, then 200 reach the client in that order', async () => {
    stage().stranger.script = (_, connection) => {
      connection.socket.write(interim(3) + head('HTTP/1.1 100 Continue') + answerText('200 OK', 'final'), 'latin1');
    };
    const client = await Client.connect(stage().port);
    client.send(head('GET / HTTP/1.1', ID, `Host: ${STRANGER}`));
    const [answer] = await client.answers(1);
    client.abort();
    expect([answer?.status, answer?.body]).toEqual([200, 'final']);
    expect(client.read().interim.map(({ status, fields }) => [status, fields[0]?.[1] ?? ''])).toEqual([
      [103, '</0.css>; rel=preload'],
      [103, '</1.css>; rel=preload'],
      [103, '</2.css>; rel=preload'],
      [100, ''],
    ]);
  });

  it('a client of HTTP/1.0 gets the final answer and no interim one', async () => {
    const bytes = head('GET / HTTP/1.0', ID, `Host: ${STRANGER}`);
    if (isFastAlone(way)) return checkRefusedAlone(stage().gateway, stage().origins, bytes);
    stage().stranger.script = (_, connection) => {
      connection.socket.write(interim(2) + answerText('200 OK', 'final'), 'latin1');
    };
    const client = await Client.connect(stage().port);
    client.send(bytes);
    const [answer] = await client.answers(1);
    client.abort();
    expect(answer?.body).toBe('final');
    expect(client.read().interim).toHaveLength(0);
  });

  it('16 interim answers are relayed, the seventeenth is 502', async () => {
    for (const [count, status] of [
      [16, 200],
      [17, 502],
    ] as const) {
      stage().stranger.script = (_, connection) => {
        connection.socket.write(interim(count) + answerText('200 OK', 'final'), 'latin1');
      };
      const client = await Client.connect(stage().port);
      client.send(head('GET / HTTP/1.1', ID, `Host: ${STRANGER}`));
      const [answer] = await client.answers(1);
      client.abort();
      expect(answer?.status).toBe(status);
      expect(client.read().interim).toHaveLength(16);
    }
  });

  it('row 128: 1,000 interim answers are 502, counted, and the upstream connection ends', async () => {
    const before = await stage().gateway.metrics();
    stage().stranger.script = (_, connection) => {
      connection.socket.write(interim(1000) + answerText('200 OK', 'final'), 'latin1');
    };
    const client = await Client.connect(stage().port);
    client.send(head('GET / HTTP/1.1', ID, `Host: ${STRANGER}`));
    expect((await client.answers(1))[0]?.status).toBe(502);
    client.abort();
    await eventually('the upstream to close', () =>
      stage()
        .stranger.since()
        .every(({ connection }) => connection.isClosed),
    );
    const after = await stage().gateway.metrics();
    expect(total(after, 'headgate_upstream_errors_total', 'why="too-many-interim"')).toBe(
      total(before, 'headgate_upstream_errors_total', 'why="too-many-interim"') + 1,
    );
  });

  /** Answers as soon as the head is there, whatever is still to come. */
  const early =
    (answer: string): Script =>
    (_, connection) => {
      connection.socket.write(answer, 'latin1');
    };

  it.each([
    ['413', '413 Payload Too Large'],
    ['200', '200 OK'],
  ])(
    'a final answer %s before the request’s end reaches a client that is still sending, and then the connection ends',
    async (code, status) => {
      const { stranger } = stage();
      const answered = new Set<number>();
      stranger.onBytes = (connection) => {
        if (!connection.received.includes('POST /slow') || answered.has(connection.id))
          return answered.has(connection.id);
        answered.add(connection.id);
        early(answerText(status, 'early'))({} as never, connection);
        return true;
      };
      for (let round = 0; round < 5; round += 1) {
        const client = await Client.connect(stage().port);
        client.send(head('POST /slow HTTP/1.1', ID, `Host: ${STRANGER}`, 'Content-Length: 600000'));
        const block = 'b'.repeat(10_000);
        let sent = 0;
        // A slow client: it reads only after it has sent its share.
        client.socket.pause();
        while (sent < 300_000) {
          client.send(block);
          sent += block.length;
          await new Promise((resolve) => setImmediate(resolve));
        }
        client.socket.resume();
        await client.end();
        const [answer] = client.read(['POST']).answers;
        client.abort();
        expect([answer?.status, answer?.body]).toEqual([Number(code), 'early']);
        expect(answer?.head).toMatch(/^connection: close\r$/im);
      }
      await eventually('the upstream connections to close', () =>
        stranger.since().every(({ connection }) => connection.isClosed || !answered.has(connection.id)),
      );
      checkNoValue(arrived(), [NUMBER]);
    },
  );

  it('our own refusal reaches a client that is still sending', async () => {
    for (let round = 0; round < 5; round += 1) {
      const client = await Client.connect(stage().port);
      client.socket.pause();
      client.send(head('POST /slow HTTP/1.1', ID, 'Host: a..b', 'Content-Length: 600000'));
      for (let i = 0; i < 40; i += 1) {
        client.send('b'.repeat(10_000));
        await new Promise((resolve) => setImmediate(resolve));
      }
      client.socket.resume();
      await client.end();
      client.abort();
      expect(client.read(['POST']).answers.map((answer) => answer.status)).toEqual([400]);
    }
  });
});
