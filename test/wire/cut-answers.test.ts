// An answer that its client can tell from the end of the connection alone (HTTP/1.0, a refused upgrade) and that is cut on its way must
// not look whole: the client gets a reset, never a proper end.
import { Client } from './harness/client.js';
import { eventually } from './harness/deadline.js';
import { Gateway } from './harness/gateway.js';
import { Origin, type Capture, type Script } from './harness/origin.js';
import { HAND_OVER_WAYS, isFastAlone } from './harness/paths.js';
import { checkRefusedAlone } from './harness/refused-alone.js';
import { resetNow } from './harness/reset.js';
import { PARTNER0001, policyText } from './harness/policy-text.js';
import { describeStage } from './harness/suite.js';
import { head, ID, STRANGER } from './harness/values.js';
import { handshake } from './harness/websocket.js';

const OLD = head('GET / HTTP/1.0', ID, `Host: ${STRANGER}`);
const PART = 'a part of it';
const chunked = `${head('HTTP/1.1 200 OK', 'Transfer-Encoding: chunked')}c\r\n${PART}\r\n`;
const untilClose = `${head('HTTP/1.1 200 OK')}${PART}`;

describeStage(
  'answers that are cut',
  { name: 'cut-answers', ways: HAND_OVER_WAYS, settings: { limits: { idleTimeout: '1s', responseTimeout: '5s' } } },
  (stage, way) => {
    afterEach(async () => {
      stage().stranger.script = null;
      await stage().fence();
    });

    const ways: readonly (readonly [what: string, bytes: string, text: string, cut: (connection: Capture) => void])[] =
      [
        ['in chunks, ended by a FIN', OLD, chunked, ({ socket }) => socket.end()],
        ['in chunks, ended by a reset', OLD, chunked, ({ socket }) => resetNow(socket)],
        ['in chunks, with a bad size', OLD, chunked, ({ socket }) => socket.write('zz\r\n')],
        ['in chunks, that falls silent', OLD, chunked, () => undefined],
        ['without a length, ended by a reset', OLD, untilClose, ({ socket }) => resetNow(socket)],
        ['to an upgrade, in chunks, that falls silent', handshake(), chunked, () => undefined],
        ['to an upgrade, in chunks, ended by a FIN', handshake(), chunked, ({ socket }) => socket.end()],
        ['to an upgrade, in chunks, ended by a reset', handshake(), chunked, ({ socket }) => resetNow(socket)],
        [
          'to an upgrade, without a length, ended by a reset',
          handshake(),
          untilClose,
          ({ socket }) => resetNow(socket),
        ],
      ];
    it.each(ways)('an answer %s does not end properly for the client', async (_, bytes, text, cut) => {
      if (isFastAlone(way)) return checkRefusedAlone(stage().gateway, stage().origins, bytes);
      let carrier: Capture | undefined;
      const script: Script = (_request, connection) => {
        carrier = connection;
        connection.socket.write(text, 'latin1');
      };
      stage().stranger.script = script;
      const client = await Client.connect(stage().port);
      client.send(bytes);
      // Not before: a reset throws away what was not read.
      await client.until('the part', () => client.received.endsWith(PART));
      if (carrier !== undefined) cut(carrier);
      await client.until('the end', () => client.hasEnded || client.isClosed);
      await eventually('the upstream to close', () => carrier?.isClosed === true);
      expect([client.hasEnded, client.error]).toEqual([false, 'ECONNRESET']);
      client.abort();
    });
  },
);

describe.each(HAND_OVER_WAYS.filter((way) => !isFastAlone(way)))('a shutdown on $on', (way) => {
  it.each([
    ['to HTTP/1.0', OLD],
    ['to an upgrade', handshake()],
  ])(
    'cuts an answer %s that is not whole at limits.drainTimeout, and it does not end properly',
    async (_, bytes) => {
      const origin = await Origin.start('stranger');
      origin.script = (_request, { socket }) => socket.write(chunked, 'latin1');
      const gateway = await Gateway.start({
        ...way,
        name: 'cut-answers-drain',
        policy: policyText([PARTNER0001]),
        settings: {
          destinations: { default: `127.0.0.1:${origin.port}`, permit: ['127.0.0.0/8'] },
          limits: { drainTimeout: '1s' },
        },
      });
      const client = await Client.connect(gateway.port());
      client.send(bytes);
      await client.until('the part', () => client.received.endsWith(PART));
      gateway.child.kill('SIGTERM');
      await client.until('the end', () => client.hasEnded || client.isClosed);
      expect([client.hasEnded, client.error]).toEqual([false, 'ECONNRESET']);
      client.abort();
      await gateway.exit();
      await origin.stop();
    },
    60_000,
  );
});
