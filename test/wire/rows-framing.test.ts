// Rows 42 to 66: lengths, codings, chunks, trailers. The idle limit is short, for bodies that never end.
import { Client } from './harness/client.js';
import { isFast, WAYS } from './harness/paths.js';
import { Stage } from './harness/stage.js';
import { describeRows } from './harness/suite.js';
import { eventually } from './harness/deadline.js';
import { checkHead, checkViews } from './harness/invariants.js';
import { total } from './harness/scrape.js';
import { head, ID, STRANGER } from './harness/values.js';
import { FRAMING_ROWS, EITHER_ROWS } from './rows/framing.js';

describeRows('framing', FRAMING_ROWS, { name: 'rows-framing' });

describe.each(WAYS)('bodies without an end on $on', (way) => {
  let stage: Stage;

  beforeAll(async () => {
    const limits = { idleTimeout: '1s', headTimeout: '1s' };
    stage = await Stage.open(way, { name: 'rows-framing-limits', settings: { limits } });
  }, 60_000);

  afterAll(async () => {
    await stage.close();
  }, 60_000);

  it.each([
    ['the last CRLF is missing', 'Transfer-Encoding: chunked', '5\r\nhello\r\n0\r\n'],
    ['a chunk is missing', 'Transfer-Encoding: chunked', '5\r\nhello\r\n'],
    ['the length is not reached', 'Content-Length: 10', 'hello'],
  ])('row 62: where %s the client gets 408, and no whole message goes on', async (_, framing, body) => {
    for (const origin of stage.origins) origin.mark();
    const before = await stage.gateway.metrics();
    const client = await Client.connect(stage.port);
    client.send(head('POST / HTTP/1.1', ID, `Host: ${STRANGER}`, framing) + body);
    await client.end();
    const { answers } = client.read(['POST']);
    client.abort();
    expect(answers.map((answer) => answer.status)).toEqual([408]);
    await eventually('the upstream to be aborted', () =>
      stage.stranger.open.every((c) => c.answeredTo === c.received.length),
    );
    expect(stage.stranger.requests()).toHaveLength(0);
    await stage.fence();
    const after = await stage.gateway.metrics();
    expect(total(after, 'headgate_refused_requests_total', 'why="body-timeout"')).toBe(
      total(before, 'headgate_refused_requests_total', 'why="body-timeout"') + 1,
    );
  });

  it.each(EITHER_ROWS)('row $row: $says is refused or frames nothing and goes no further', async (either) => {
    for (const origin of stage.origins) origin.mark();
    const client = await Client.connect(stage.port);
    client.send(either.send);
    await client.until(
      'an answer',
      () => client.hasEnded || client.isClosed || client.read(['POST']).answers.length > 0,
    );
    const [answer] = client.read(['POST']).answers;
    client.abort();
    // The fast path holds rows 60 and 63 as they are written.
    const isFree = either.row === 65 || !isFast(way);
    expect(isFree ? [200, either.refusedWith] : [either.refusedWith]).toContain(answer?.status);
    await eventually('an upstream that was cut to close', () =>
      stage.stranger.open.every((connection) => connection.answeredTo === connection.received.length),
    );
    await stage.fence();
    const arrived = stage.stranger
      .since()
      .flatMap(({ bytes, connection }) => checkViews(bytes, connection.isClosed))
      .filter((request) => !request.target.startsWith('/fence-'));
    expect(arrived).toHaveLength(answer?.status === 200 ? 1 : 0);
    for (const request of arrived) {
      checkHead(request);
      expect(request.body).toBe(either.body);
      expect(request.rawBody).toMatch(/^([0-9a-f]+\r\n[a-z]+\r\n)+0\r\n\r\n$/);
    }
  });
});
