// A head that leaves before its body is there arrives as it was sent, byte by byte, on every path.
import { Client } from './harness/client.js';
import { eventually } from './harness/deadline.js';
import { isFastAlone } from './harness/paths.js';
import { describeStage } from './harness/suite.js';
import { chunk, head, STRANGER } from './harness/values.js';

const TO_STRANGER = `Host: ${STRANGER}`;
const BEYOND_ASCII = `X-Name: ${Array.from({ length: 128 }, (_, i) => String.fromCharCode(128 + i)).join('')}`;

describeStage('late bodies', { name: 'late-bodies' }, (stage, way) => {
  afterEach(async () => {
    await stage().fence();
  });

  const rows: readonly (readonly [string, string, string])[] = [
    ['with a length', head('POST /late HTTP/1.1', BEYOND_ASCII, TO_STRANGER, 'Content-Length: 5'), 'hello'],
    [
      'in chunks',
      head('POST /late HTTP/1.1', BEYOND_ASCII, TO_STRANGER, 'Transfer-Encoding: chunked'),
      `${chunk('hello')}0\r\n\r\n`,
    ],
    ['of HTTP/1.0', head('POST /late HTTP/1.0', BEYOND_ASCII, TO_STRANGER, 'Content-Length: 5'), 'hello'],
  ];

  // The fast path alone carries no HTTP/1.0.
  it.each(rows.filter(([, text]) => !isFastAlone(way) || text.includes('HTTP/1.1')))(
    'a value beyond ASCII arrives byte by byte as sent before a body %s',
    async (_, text, body) => {
      stage().stranger.mark();
      const client = await Client.connect(stage().port);
      client.send(text);
      const arrived = (): string =>
        stage()
          .stranger.since()
          .map(({ bytes }) => bytes)
          .join('');
      await eventually('the head to arrive', () => arrived().includes('\r\n\r\n'));
      expect(arrived()).toContain(`${BEYOND_ASCII}\r\n`);
      client.send(body);
      expect((await client.answers(1))[0]?.body).toBe('stranger /late');
      client.abort();
    },
  );
});
