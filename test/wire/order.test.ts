// Rows 129 and 130: several requests on one client connection are decided one by one and answered in order.
import { ask, Client } from './harness/client.js';
import { eventually } from './harness/deadline.js';
import { checkNoValue } from './harness/invariants.js';
import { describeStage } from './harness/suite.js';
import { head, ID, NUMBER, PARTNER, STRANGER } from './harness/values.js';

const TO_STRANGER = `Host: ${STRANGER}`;
const TO_PARTNER = `Host: ${PARTNER}`;

describeStage('order', { name: 'order' }, (stage) => {
  let count = 0;
  const fresh = (): string => `/order-${(count += 1)}`;
  const get = async (target: string) => ask(stage().port, head(`GET ${target} HTTP/1.1`, TO_STRANGER));

  beforeEach(() => {
    for (const origin of stage().origins) origin.mark();
  });

  afterEach(async () => {
    for (const origin of stage().origins) origin.script = null;
    await stage().fence();
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

  it('a FIN after a whole request is no abort: the answer is finished, and then the connection', async () => {
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
    await client.end();
    client.abort();
  });
});
