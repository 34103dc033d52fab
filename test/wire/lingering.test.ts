// What a client still sends behind its last answer is read and dropped, so that the answer is not lost to a reset, but neither without end
// nor for ever: 1 MiB or 2 s. And a client that leaves while its upload stands still, which nobody is told, is given up in time.
import { Client } from './harness/client.js';
import { eventually } from './harness/deadline.js';
import { answerText } from './harness/origin.js';
import { total } from './harness/scrape.js';
import { describeStage } from './harness/suite.js';
import { head, ID, STRANGER } from './harness/values.js';

const MIB = 1_048_576;
const TO_STRANGER = `Host: ${STRANGER}`;
/** What a gateway that only looks at the time would read in two seconds, many times over what the kernel holds. */
const MUCH = 512 * MIB;
const BLOCK = Buffer.alloc(256 * 1024, 'b');

describeStage('lingering', { name: 'lingering' }, (stage) => {
  afterEach(async () => {
    stage().stranger.onBytes = null;
    await stage().fence();
  });

  /** The destination answers as soon as the head is there. */
  const answersEarly = (): void => {
    const answered = new Set<number>();
    stage().stranger.onBytes = (connection) => {
      if (!connection.received.includes('POST /slow')) return false;
      if (!answered.has(connection.id)) connection.socket.write(answerText('413 Payload Too Large', 'no'), 'latin1');
      answered.add(connection.id);
      return true;
    };
  };

  const rows: readonly (readonly [string, number, string])[] = [
    ['an answer before its request’s end', 413, `Host: ${STRANGER}`],
    ['our own refusal', 400, 'Host: a..b'],
  ];

  it.each(rows)('behind %s no more than about 1 MiB is read: who sends on is cut off', async (_, status, host) => {
    answersEarly();
    const client = await Client.connect(stage().port);
    client.send(head('POST /slow HTTP/1.1', ID, host, `Content-Length: ${MUCH}`));
    await client.until('the answer', () => client.read(['POST']).answers.length === 1);
    expect(client.read(['POST']).answers[0]?.status).toBe(status);
    let sent = 0;
    while (sent < MUCH && !client.isClosed && client.socket.writable) {
      sent += BLOCK.length;
      if (!client.socket.write(BLOCK)) {
        await new Promise<void>((resolve) => {
          client.socket.once('drain', resolve);
          client.socket.once('close', resolve);
        });
      }
    }
    await client.until('the end of both directions', () => client.isClosed || client.error !== null);
    expect(sent).toBeLessThan(MUCH / 2);
    client.abort();
  });

  it.each(rows)('behind %s it is not waited longer: who trickles on is cut off', async (_, status, host) => {
    answersEarly();
    const client = await Client.connect(stage().port);
    client.send(head('POST /slow HTTP/1.1', ID, host, `Content-Length: ${MUCH}`));
    await client.until('the answer', () => client.read(['POST']).answers.length === 1);
    expect(client.read(['POST']).answers[0]?.status).toBe(status);
    const timer = setInterval(() => client.send('b'), 50);
    // Far below the idle limit of 60 s, which such a client would never meet.
    await client.until('the end of both directions', () => client.isClosed || client.error !== null);
    clearInterval(timer);
    client.abort();
  });
});

describeStage(
  'uploads that stand still',
  { name: 'stalled', settings: { limits: { idleTimeout: '1s', responseTimeout: '1s' } } },
  (stage) => {
    it.each(['with a length', 'in chunks'])(
      'a client that left while its upload %s stood still is given up at the idle limit, and so is its upstream',
      async (framing) => {
        await stage().fence();
        for (const origin of stage().origins) await origin.closeConnections();
        stage().stranger.onBytes = ({ socket }) => {
          socket.pause();
          return true;
        };
        const client = await Client.connect(stage().port);
        const isChunked = framing === 'in chunks';
        const line = isChunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${MUCH}`;
        client.send(head('POST /stalled HTTP/1.1', ID, TO_STRANGER, line));
        if (isChunked) client.send(`${MUCH.toString(16)}\r\n`);
        for (let i = 0; i < 256; i += 1) client.socket.write(BLOCK);
        let sent = -1;
        await eventually('the upload to stand', () => {
          const isHeld = client.socket.bytesWritten === sent && client.socket.writableLength > 0;
          sent = client.socket.bytesWritten;
          return isHeld;
        });
        client.reset();
        await eventually('both connections to be given up', async () => {
          const samples = await stage().gateway.metrics();
          const active = total(samples, 'headgate_upstream_connections', 'state="active"');
          return active === 0 && total(samples, 'headgate_client_connections') === 0;
        });
        stage().stranger.onBytes = null;
        await stage().stranger.closeConnections();
        await stage().fence();
      },
    );
  },
);
