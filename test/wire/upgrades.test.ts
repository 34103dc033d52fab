// Rows 108, 110, 114 to 123: where bytes stop being HTTP. A tunnel begins with the origin's proper 101 or our 200, not before.
import { ask, Client } from './harness/client.js';
import { eventually } from './harness/deadline.js';
import { checkHead, checkNoValue } from './harness/invariants.js';
import { answerText, type Capture, type Origin, type Script } from './harness/origin.js';
import { total } from './harness/scrape.js';
import type { Stage } from './harness/stage.js';
import { HAND_OVER_WAYS, handsOver, isFastAlone } from './harness/paths.js';
import { checkRefusedAlone } from './harness/refused-alone.js';
import { describeStage } from './harness/suite.js';
import { head, ID, NUMBER, PARTNER, STRANGER } from './harness/values.js';
import { handshake, switching } from './harness/websocket.js';

/** Switches, and from then on only records. */
const SWITCH: Script = (request, connection) => {
  connection.isRaw = true;
  connection.socket.write(switching(request), 'latin1');
};

describeStage('upgrades', { name: 'upgrades', ways: HAND_OVER_WAYS }, (stage, way) => {
  const play = async (origin: Origin, script: Script, act: (client: Client, stage: Stage) => Promise<void>) => {
    for (const each of stage().origins) each.mark();
    origin.script = script;
    const client = await Client.connect(stage().port);
    try {
      await act(client, stage());
    } finally {
      client.abort();
      origin.script = null;
    }
    await eventually('raw connections to close', () => origin.open.every((connection) => !connection.isRaw));
    await stage().fence();
    checkNoValue(
      stage()
        .stranger.since()
        .map(({ bytes }) => bytes)
        .join(''),
      [NUMBER],
    );
  };

  /** `bytes` begin with a head of the closed list: the fast path alone refuses them, whatever would follow. */
  const playSlow = async (
    origin: Origin,
    script: Script,
    bytes: string,
    act: (client: Client, stage: Stage) => Promise<void>,
  ) => {
    if (isFastAlone(way)) return checkRefusedAlone(stage().gateway, stage().origins, bytes);
    return play(origin, script, async (client, on) => {
      client.send(bytes);
      await act(client, on);
    });
  };

  it('row 114: a WebSocket to a stranger is switched, both ways carry bytes, and no identity is in it', async () => {
    const before = await stage().gateway.metrics();
    await playSlow(stage().stranger, SWITCH, handshake(), async (client) => {
      const [answer] = await client.answers(1);
      expect(answer?.status).toBe(101);
      const [request] = stage().stranger.requests();
      if (request === undefined) throw new Error('no request arrived');
      checkHead(request);
      expect(request.head).toMatch(/^Connection: Upgrade\r$/m);
      expect(request.head).toMatch(/^Upgrade: websocket\r$/m);
      const origin = stage().stranger.open.find((connection) => connection.isRaw);
      client.send('\x81\x05hello');
      await eventually('the frame to arrive', () => origin?.received.endsWith('\x81\x05hello') === true);
      origin?.socket.write('\x81\x05world', 'latin1');
      await client.until('the frame back', () => client.received.endsWith('\x81\x05world'));
      const after = await stage().gateway.metrics();
      expect(total(after, 'headgate_stripped_headers_total') - total(before, 'headgate_stripped_headers_total')).toBe(
        1,
      );
    });
  });

  it('row 114: a WebSocket to a partner carries the identity', async () => {
    await playSlow(stage().partner, SWITCH, handshake([ID], PARTNER), async (client) => {
      expect((await client.answers(1))[0]?.status).toBe(101);
      expect(stage().partner.requests()[0]?.head).toContain(`\r\n${ID}\r\n`);
    });
  });

  it.each([200, 403, 426])(
    'row 115: where the origin answers %s to an upgrade, a request behind it is judged on its own, never passed on raw',
    async (status) => {
      const script: Script = (request, connection) => {
        connection.socket.write(answerText(`${status} Whatever`, `answer ${request.target}`), 'latin1');
      };
      await playSlow(
        stage().partner,
        script,
        handshake([ID], PARTNER) + head('GET /behind HTTP/1.1', ID, `Host: ${STRANGER}`),
        async (client) => {
          const [first] = await client.answers(1);
          expect([first?.status, first?.body]).toEqual([status, 'answer /chat']);
          await client.until(
            'the second answer or the end',
            () => client.hasEnded || client.read().answers.length === 2,
          );
          const behind = stage()
            .stranger.requests()
            .filter((request) => request.target === '/behind');
          expect(client.read().answers).toHaveLength(1 + behind.length);
          if (handsOver(way)) {
            await client.end();
            expect(behind).toEqual([]);
          }
          expect(
            stage()
              .partner.requests()
              .map((request) => request.target),
          ).toEqual(['/chat']);
        },
      );
    },
  );

  it('row 116: bytes behind an upgrade are delivered after the 101 and not before', async () => {
    let before101 = '';
    const script: Script = (request, connection) => {
      setImmediate(() => {
        before101 = connection.received.slice(request.end);
        SWITCH(request, connection);
      });
    };
    await playSlow(stage().stranger, script, `${handshake()}\x81\x05early`, async (client) => {
      expect((await client.answers(1))[0]?.status).toBe(101);
      expect(before101).toBe('');
      const origin = stage().stranger.open.find((connection) => connection.isRaw);
      client.send('\x81\x04late');
      await eventually('the bytes to arrive', () => origin?.received.endsWith('\x81\x04late') === true);
      expect(origin?.received.split('\r\n\r\n')[1]).toBe('\x81\x05early\x81\x04late');
    });
  });

  it('row 116: bytes behind an upgrade that the origin refuses never reach it', async () => {
    const script: Script = (_, connection) => {
      connection.socket.write(answerText('403 Forbidden', 'no'), 'latin1');
    };
    await playSlow(stage().stranger, script, `${handshake()}\x81\x05early`, async (client) => {
      expect((await client.answers(1))[0]?.status).toBe(403);
      await client.end();
      expect(
        stage()
          .stranger.since()
          .map(({ bytes }) => bytes)
          .join(''),
      ).not.toContain('early');
    });
  });

  it.each([
    ['two protocols at once', 'GET', 'Upgrade: websocket, h2c'],
    ['a POST', 'POST', 'Upgrade: websocket'],
  ])('row 119: %s gets no tunnel even from an origin that would switch', async (_, method, upgrade) => {
    await play(stage().stranger, SWITCH, async (client) => {
      client.send(handshake().replace('GET', method).replace('Upgrade: websocket', upgrade));
      const [answer] = await client.answers(1);
      expect(answer?.status).not.toBe(101);
      expect(
        stage()
          .stranger.since()
          .map(({ bytes }) => bytes)
          .join(''),
      ).not.toMatch(/upgrade/i);
    });
  });

  it('row 120: what Connection names on a WebSocket does not travel: it is exactly Upgrade', async () => {
    await playSlow(
      stage().stranger,
      SWITCH,
      handshake().replace('Connection: Upgrade', 'Connection: Upgrade, X-MSISDN'),
      async (client) => {
        expect((await client.answers(1))[0]?.status).toBe(101);
        expect(stage().stranger.requests()[0]?.head).toMatch(/^Connection: Upgrade\r$/m);
        expect(stage().stranger.requests()[0]?.head).not.toMatch(/msisdn/i);
      },
    );
  });

  it('row 121: a 101 that nobody asked for is 502, and the connection to the origin ends', async () => {
    const script: Script = (_, connection) => {
      connection.socket.write(
        head('HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: websocket') + 'raw',
        'latin1',
      );
    };
    await play(stage().stranger, script, async (client) => {
      client.send(head('GET / HTTP/1.1', ID, `Host: ${STRANGER}`));
      expect((await client.answers(1))[0]?.status).toBe(502);
      expect(client.received).not.toContain('raw');
      await eventually('the upstream to close', () =>
        stage()
          .stranger.since()
          .every(({ connection }) => connection.isClosed),
      );
    });
  });

  it.each([
    [
      'a wrong Sec-WebSocket-Accept',
      (text: string) => text.replace(/Accept: .*\r/, 'Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r'),
    ],
    ['no Sec-WebSocket-Accept', (text: string) => text.replace(/Sec-WebSocket-Accept: .*\r\n/, '')],
    ['another protocol', (text: string) => text.replace('Upgrade: websocket', 'Upgrade: h2c')],
  ])('row 122: a 101 with %s is 502 and opens no tunnel', async (_, change) => {
    const script: Script = (request, connection) => {
      connection.socket.write(`${change(switching(request))}raw`, 'latin1');
    };
    await playSlow(stage().stranger, script, handshake(), async (client) => {
      expect((await client.answers(1))[0]?.status).toBe(502);
      await client.end();
      expect(client.received).not.toContain('raw');
      await eventually('the upstream to close', () =>
        stage()
          .stranger.since()
          .every(({ connection }) => connection.isClosed),
      );
    });
  });

  it('row 123: a refusal of an upgrade in chunks reaches the client with proper framing', async () => {
    const script: Script = (_, connection) => {
      connection.socket.write(
        `${head('HTTP/1.1 400 No', 'Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`,
        'latin1',
      );
    };
    await playSlow(stage().stranger, script, handshake(), async (client) => {
      const [answer] = await client.answers(1);
      expect([answer?.status, answer?.body]).toEqual([400, 'hello']);
    });
  });

  it('row 108: OPTIONS * with Max-Forwards: 0 is answered by us, without a word of the request', async () => {
    for (const origin of stage().origins) origin.mark();
    const answer = await ask(
      stage().port,
      head('OPTIONS * HTTP/1.1', ID, 'Max-Forwards: 0', `Host: ${STRANGER}`),
      'OPTIONS',
    );
    expect(answer.status).toBe(200);
    checkNoValue(answer.head + answer.body, [NUMBER]);
    expect(answer.fields.map(([name]) => name.toLowerCase())).toContain('allow');
    expect(stage().stranger.requests()).toHaveLength(0);
  });

  it('row 108: OPTIONS * without Max-Forwards reaches the origin as it is', async () => {
    stage().stranger.mark();
    expect((await ask(stage().port, head('OPTIONS * HTTP/1.1', ID, `Host: ${STRANGER}`), 'OPTIONS')).status).toBe(200);
    expect(
      stage()
        .stranger.requests()
        .map((request) => request.line),
    ).toEqual(['OPTIONS * HTTP/1.1']);
    checkNoValue(
      stage()
        .stranger.since()
        .map(({ bytes }) => bytes)
        .join(''),
      [NUMBER],
    );
  });

  const CONNECT = head(`CONNECT ${STRANGER}:443 HTTP/1.1`, ID, `Host: ${STRANGER}:443`);

  it('row 110: CONNECT consumes its head: the tunnel carries the client’s bytes alone, identity never', async () => {
    if (isFastAlone(way)) return checkRefusedAlone(stage().gateway, stage().origins, CONNECT);
    stage().stranger.mark();
    const before = await stage().gateway.metrics();
    stage().stranger.onBytes = (connection) => {
      connection.isRaw = true;
      return true;
    };
    const client = await Client.connect(stage().port);
    try {
      client.send(CONNECT);
      expect((await client.answers(1, ['CONNECT']))[0]?.status).toBe(200);
      client.send('\x16\x03\x01 hello');
      await eventually('the bytes to arrive', () => stage().stranger.since().length === 1);
      const [arrived] = stage().stranger.since();
      expect(arrived?.bytes).toBe('\x16\x03\x01 hello');
      arrived?.connection.socket.write('\x16\x03\x03 back', 'latin1');
      await client.until('the bytes back', () => client.received.endsWith('\x16\x03\x03 back'));
    } finally {
      client.abort();
      stage().stranger.onBytes = null;
    }
    await eventually('the tunnel to close', () => stage().stranger.open.every((connection) => !connection.isRaw));
    await stage().fence();
    const after = await stage().gateway.metrics();
    expect(total(after, 'headgate_requests_total', 'verdict="tunnelled"')).toBe(
      total(before, 'headgate_requests_total', 'verdict="tunnelled"') + 1,
    );
  });

  it('a half-close of the client travels through a tunnel, and what still comes back arrives', async () => {
    if (isFastAlone(way)) return checkRefusedAlone(stage().gateway, stage().origins, CONNECT);
    stage().stranger.mark();
    stage().stranger.onBytes = (connection) => {
      connection.isRaw = true;
      connection.keepsHalfOpen = true;
      return true;
    };
    const client = await Client.connect(stage().port);
    try {
      client.send(CONNECT);
      await client.answers(1, ['CONNECT']);
      client.send('all that I say');
      client.finish();
      const origin = (): Capture | undefined => stage().stranger.since()[0]?.connection;
      await eventually('the half-close to arrive', () => origin()?.hasEnded === true);
      origin()?.socket.end('and all that comes back', 'latin1');
      await client.end();
      expect(client.received.split('\r\n\r\n')[1]).toBe('and all that comes back');
    } finally {
      client.abort();
      stage().stranger.onBytes = null;
    }
  });

  it('row 110: bytes sent before our 200 are dropped with the connection', async () => {
    if (isFastAlone(way)) return checkRefusedAlone(stage().gateway, stage().origins, `${CONNECT}early`);
    stage().stranger.mark();
    const client = await Client.connect(stage().port);
    client.send(`${CONNECT}early`);
    await client.end();
    client.abort();
    await stage().fence();
    expect(
      stage()
        .stranger.since()
        .map(({ bytes }) => bytes)
        .join(''),
    ).not.toContain('early');
  });

  it('rows 96 and 97: an address literal is a stranger, connected to as it is', async () => {
    stage().stranger.mark();
    const host = `127.0.0.1:${stage().stranger.port}`;
    const answer = await ask(stage().port, head('GET /literal HTTP/1.1', ID, `Host: ${host}`));
    expect(answer.body).toBe('stranger /literal');
    expect(stage().stranger.requests()[0]?.head).toContain(`\r\nHost: ${host}\r\n`);
    checkNoValue(
      stage()
        .stranger.since()
        .map(({ bytes }) => bytes)
        .join(''),
      [NUMBER],
    );
  });

  it.each(['[::ffff:127.0.0.1]', '[::1]:80', '[0:0:0:0:0:0:0:1]'])(
    'row 97: the literal %s carries no identity',
    async (host) => {
      for (const origin of stage().origins) origin.mark();
      const answer = await ask(stage().port, head('GET /literal HTTP/1.1', ID, `Host: ${host}`));
      expect([200, 400, 403, 502]).toContain(answer.status);
      for (const origin of stage().origins)
        checkNoValue(
          origin
            .since()
            .map(({ bytes }) => bytes)
            .join(''),
          [NUMBER],
        );
    },
  );
});
