// A client that has not read its answer holds up nobody else: the connection that the answer came on is free when the answer is
// whole, whether that client reads on, stays and never reads, or leaves. And a client whose destination died is heard again.
import { Client } from './harness/client.js';
import { answerText } from './harness/origin.js';
import { total } from './harness/scrape.js';
import { describeStage } from './harness/suite.js';
import { head, PARTNER, STRANGER } from './harness/values.js';

const KIB = 1024;
/** Less than one read of a large body: of sizes that grow by it, the last bytes of one meet a peer that has just had enough. */
const STEP = 48 * KIB;
/** An answer that the gateway reads at once, so that it is whole whatever its client reads. */
const BODY = 40 * KIB;
const FIRST = 256 * KIB;
const LAST = 16_384 * KIB;
/** So many in a row were more than the peer takes: the one that was just enough is behind. */
const ENOUGH = 5;

describeStage(
  'pauses',
  { name: 'pauses', settings: { limits: { responseTimeout: '3s', idleTimeout: '20s' } } },
  (stage) => {
    afterEach(() => {
      stage().stranger.script = null;
      stage().partner.script = null;
    });

    /** Answers of a size that stands in the target. */
    const answerBySize = (): void => {
      stage().stranger.script = (request, connection) => {
        const size = Number(/^\/size-(\d+)$/.exec(request.target)?.[1] ?? 1);
        connection.socket.write(answerText('200 OK', 'x'.repeat(size)), 'latin1');
      };
    };

    /** Whether the gateway comes to have the whole answer, so that the connection that it came on carries nothing. */
    const isWhole = async (): Promise<boolean> => {
      for (let asked = 0; asked < 40; asked += 1) {
        const samples = await stage().gateway.metrics();
        if (total(samples, 'headgate_upstream_connections', 'state="active"') === 0) return true;
      }
      return false;
    };

    it.each(['stays', 'leaves'] as const)(
      'the next request on a connection is answered though the client before it has not read its answer and %s',
      async (how) => {
        answerBySize();
        const unread: Client[] = [];
        let tooLarge = 0;
        for (let size = FIRST; size < LAST && tooLarge < ENOUGH; size += STEP) {
          const slow = await Client.connect(stage().port);
          slow.send(head(`GET /size-${size} HTTP/1.1`, `Host: ${STRANGER}`));
          await slow.until('its head', () => slow.received.length > 0);
          slow.socket.pause();
          const isHeld = await isWhole();
          if (how === 'leaves' || !isHeld) slow.reset();
          else unread.push(slow);
          tooLarge = isHeld ? 0 : tooLarge + 1;
          const next = await Client.connect(stage().port);
          next.send(head('GET /next HTTP/1.1', `Host: ${STRANGER}`));
          expect([size, (await next.answers(1))[0]?.status]).toEqual([size, 200]);
          next.abort();
        }
        expect(tooLarge).toBe(ENOUGH);
        for (const client of unread) client.reset();
      },
      90_000,
    );

    it('of a client that pipelines and does not read, no more requests are executed than it has room for; then all are', async () => {
      const all = 600;
      stage().stranger.script = (request, connection) => {
        const body = `${request.target} `.padEnd(BODY, 'x');
        connection.socket.write(answerText('200 OK', request.target === '/next' ? 'x' : body), 'latin1');
      };
      stage().stranger.mark();
      const slow = await Client.connect(stage().port);
      slow.socket.pause();
      for (let i = 0; i < all; i += 1) slow.send(head(`GET /${i} HTTP/1.1`, `Host: ${STRANGER}`));
      const arrived = (): number =>
        stage()
          .stranger.requests()
          .filter(({ target }) => target !== '/next').length;
      // It is full when others were answered a hundred times meanwhile and nothing of it arrived.
      for (let last = -1; last !== arrived();) {
        last = arrived();
        const next = await Client.connect(stage().port);
        for (let i = 1; i <= 100; i += 1) {
          next.send(head('GET /next HTTP/1.1', `Host: ${STRANGER}`));
          await next.answers(i);
        }
        next.abort();
      }
      expect(arrived()).toBeLessThan(all / 2);
      slow.socket.resume();
      await slow.until('all bytes', () => slow.received.length > all * BODY || slow.isClosed, 60_000);
      const answers = await slow.answers(all);
      expect(answers.map(({ body }) => body.split(' ')[0])).toEqual(Array.from({ length: all }, (_, i) => `/${i}`));
      slow.abort();
    }, 90_000);

    it('a client whose destination died while it was written to is heard again on the same connection', async () => {
      stage().partner.onBytes = (connection) => {
        // Reads no more, and dies when the whole request is on its way.
        connection.socket.pause();
        setTimeout(() => connection.socket.destroy(), 30);
        return true;
      };
      try {
        let cut = 0;
        for (let size = FIRST; size < LAST && cut < ENOUGH; size += STEP) {
          const client = await Client.connect(stage().port);
          client.send(head('POST / HTTP/1.1', `Host: ${PARTNER}`, `Content-Length: ${size}`));
          client.send('x'.repeat(size));
          const [failed] = await client.answers(1);
          expect(failed?.status).toBe(502);
          if (failed?.head.toLowerCase().includes('connection: close') === true) {
            // The gateway had not read all of the request.
            cut += 1;
          } else {
            cut = 0;
            client.send(head('GET /next HTTP/1.1', `Host: ${STRANGER}`));
            expect([size, (await client.answers(2))[1]?.status]).toEqual([size, 200]);
          }
          client.abort();
        }
      } finally {
        stage().partner.onBytes = null;
      }
    }, 90_000);
  },
);
