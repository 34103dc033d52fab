// A partner's ports, connect and transport: where the identity goes, over what, and that an unverified partner gets none.
import type { TlsOptions } from 'node:tls';
import { Authority } from './harness/certificate.js';
import { ask, Client } from './harness/client.js';
import { eventually } from './harness/deadline.js';
import { Gateway } from './harness/gateway.js';
import { checkHead, checkNoValue } from './harness/invariants.js';
import { NameServer } from './harness/name-server.js';
import { answerText, Origin } from './harness/origin.js';
import { isFastAlone, WAYS } from './harness/paths.js';
import { checkRefusedAlone } from './harness/refused-alone.js';
import { MSISDN_UNCHANGED, partner, policyText } from './harness/policy-text.js';
import { total } from './harness/scrape.js';
import { head, ID, NUMBER } from './harness/values.js';
import { handshake, switching } from './harness/websocket.js';

/** Each has its own TLS origin, and what is wrong with it. */
const UNVERIFIED = [
  'wrong-name.test',
  'expired.test',
  'unknown-authority.test',
  'self-signed.test',
  'old-tls.test',
  'no-tls.test',
] as const;

describe.each(WAYS)('partners on $on', (way) => {
  const authority = new Authority('headgate wire tests');
  const foreign = new Authority('somebody else');
  let names: NameServer;
  let gateway: Gateway;
  const origins = new Map<string, Origin>();
  const serverNames: string[] = [];

  const origin = (name: string): Origin => {
    const found = origins.get(name);
    if (found === undefined) throw new Error(`no origin ${name}`);
    return found;
  };
  const open = async (name: string, tls?: TlsOptions): Promise<Origin> => {
    const started = await Origin.start(name, tls === undefined ? {} : { tls });
    origins.set(name, started);
    return started;
  };

  beforeAll(async () => {
    names = await NameServer.start();
    const plain = await open('plain');
    const good = authority.issue(['tls.test', '*.wild.test', 'ports.test']);
    const tls = await open('tls', {
      ...good,
      SNICallback: (name, done) => {
        serverNames.push(name);
        done(null);
      },
    });
    const wrong: Record<(typeof UNVERIFIED)[number], TlsOptions | undefined> = {
      'wrong-name.test': authority.issue(['another.test']),
      'expired.test': authority.issue(['expired.test'], { isExpired: true }),
      'unknown-authority.test': foreign.issue(['unknown-authority.test']),
      'self-signed.test': foreign.own,
      'old-tls.test': {
        ...authority.issue(['old-tls.test']),
        minVersion: 'TLSv1',
        maxVersion: 'TLSv1.1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      },
      'no-tls.test': undefined,
    };
    for (const name of UNVERIFIED) await open(name, wrong[name]);
    origin('no-tls.test').onBytes = ({ socket }) => {
      socket.end(answerText('400 Bad Request', 'this port speaks HTTP'), 'latin1');
      return true;
    };
    for (const name of [
      ...UNVERIFIED,
      'http.test',
      'http2.test',
      'tls.test',
      'a.wild.test',
      'ports.test',
      'denied.test',
    ]) {
      names.zones.set(name, { a: ['127.0.0.1'], ttl: 600 });
    }
    const release = [MSISDN_UNCHANGED];
    gateway = await Gateway.start({
      name: 'partners',
      ...way,
      files: { 'ca.pem': authority.certificate },
      policy: policyText(
        [
          partner({ id: 'http', hosts: ['http.test', 'denied.test'], ports: [80, plain.port], release }),
          partner({ id: 'http-other-port', hosts: ['http2.test'], ports: [8081], release }),
          partner({ id: 'tls', hosts: ['tls.test'], transport: 'tls', connect: tls.port, release }),
          partner({ id: 'tls-wild', hosts: ['*.wild.test'], transport: 'tls', connect: tls.port, release }),
          partner({
            id: 'tls-ports',
            hosts: ['ports.test'],
            transport: 'tls',
            ports: [80, 8080],
            connect: tls.port,
            release,
          }),
          ...UNVERIFIED.map((host) =>
            partner({
              id: host.replace('.', '-'),
              hosts: [host],
              transport: 'tls',
              connect: origin(host).port,
              release,
            }),
          ),
        ],
        { deny: [{ hosts: ['denied.test'], reason: 'a regulator said so' }] },
      ),
      settings: {
        destinations: {
          permit: ['127.0.0.0/8'],
          resolvers: [names.address],
          tls: { ca: ['ca.pem'] },
        },
      },
    });
  }, 60_000);

  afterAll(async () => {
    for (const each of origins.values()) await each.closeConnections();
    await gateway.endsConnections();
    await gateway.stop();
    for (const each of origins.values()) await each.stop();
    await names.stop();
    authority.remove();
    foreign.remove();
  }, 60_000);

  beforeEach(() => {
    for (const each of origins.values()) each.mark();
  });

  /** [what, Host without port, port asked (0: the plain origin's), origin reached, identity] */
  const combinations: readonly (readonly [string, string, number, string, boolean])[] = [
    ['http, a listed port', 'http.test', 0, 'plain', true],
    ['http, a port that is not listed', 'http2.test', 0, 'plain', false],
    ['tls, the default port of a subscriber', 'tls.test', 80, 'tls', true],
    ['tls to a wildcard', 'a.wild.test', 80, 'tls', true],
    ['tls, a second port that is listed', 'ports.test', 8080, 'tls', true],
    ['tls, a port that is not listed: plain, as asked, and a stranger', 'tls.test', 0, 'plain', false],
    ['a host that is denied', 'denied.test', 0, 'plain', false],
  ];
  it.each(combinations)('%s', async (_, host, port, reached, hasIdentity) => {
    const asked = port === 0 ? origin('plain').port : port;
    const authorityText = asked === 80 ? host : `${host}:${asked}`;
    const answer = await ask(gateway.port(), head('GET /c HTTP/1.1', ID, `Host: ${authorityText}`));
    expect(answer.body).toBe(`${reached} /c`);
    const [request, ...others] = origin(reached).requests();
    if (request === undefined) throw new Error('no request arrived');
    expect(others).toHaveLength(0);
    checkHead(request);
    expect(request.head).toContain(`\r\nHost: ${authorityText}\r\n`);
    if (hasIdentity) expect(request.head).toContain(`\r\n${ID}\r\n`);
    else checkNoValue(request.head, [NUMBER]);
    const elsewhere = [...origins.values()].filter((each) => each.name !== reached && each.since().length > 0);
    expect(elsewhere).toHaveLength(0);
  });

  it('the server name of the handshake is the host that was judged', async () => {
    serverNames.length = 0;
    await origin('tls').closeConnections();
    await ask(gateway.port(), head('GET /sni HTTP/1.1', ID, 'Host: A.Wild.Test.'));
    expect(serverNames).toEqual(['a.wild.test']);
  });

  it('a verified connection carries the next request, and never one for another host', async () => {
    await origin('tls').closeConnections();
    for (const [path, host] of [
      ['/t1', 'tls.test'],
      ['/t2', 'tls.test'],
      ['/t3', 'ports.test'],
    ]) {
      expect((await ask(gateway.port(), head(`GET ${path} HTTP/1.1`, ID, `Host: ${host}`))).status).toBe(200);
    }
    const carried = origin('tls')
      .since()
      .map(({ bytes }) => bytes.match(/\/t\d/g)?.join());
    expect(carried).toEqual(['/t1,/t2', '/t3']);
  });

  it.each(UNVERIFIED)('an unverified partner gets no identity, not a byte: %s is 502 and counted', async (host) => {
    const before = await gateway.metrics();
    const answer = await ask(gateway.port(), head('GET /u HTTP/1.1', ID, `Host: ${host}`));
    expect(answer.status).toBe(502);
    gateway.keep('answers.txt', answer.head + answer.body);
    const bytes = origin(host)
      .since()
      .map((each) => each.bytes)
      .join('');
    checkNoValue(bytes, [NUMBER]);
    expect(bytes).not.toContain('GET /u');
    const after = await gateway.metrics();
    const grew = (metric: string, ...labels: readonly string[]): number =>
      total(after, metric, ...labels) - total(before, metric, ...labels);
    expect(grew('headgate_upstream_errors_total', 'why="tls"')).toBe(1);
    expect(grew('headgate_released_headers_total')).toBe(0);
  });

  it('a WebSocket to a tls partner runs over TLS, with identity', async () => {
    const tls = origin('tls');
    if (isFastAlone(way)) return checkRefusedAlone(gateway, [...origins.values()], handshake([ID], 'tls.test'));
    tls.script = (request, connection) => {
      connection.isRaw = true;
      connection.socket.write(switching(request), 'latin1');
    };
    const client = await Client.connect(gateway.port());
    client.send(handshake([ID], 'tls.test'));
    expect((await client.answers(1))[0]?.status).toBe(101);
    expect(tls.requests()[0]?.head).toContain(`\r\n${ID}\r\n`);
    client.send('\x81\x05hello');
    await eventually('the frame to arrive', () => tls.since().some(({ bytes }) => bytes.endsWith('\x81\x05hello')));
    client.abort();
    tls.script = null;
    await eventually('the tunnel to close', () => tls.open.every((connection) => !connection.isRaw));
  });

  it('a body travels over TLS as it is, in both framings', async () => {
    const length = `${head('POST /b HTTP/1.1', ID, 'Host: tls.test', 'Content-Length: 5')}hello`;
    const chunked = `${head('POST /b HTTP/1.1', ID, 'Host: tls.test', 'Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`;
    for (const bytes of [length, chunked]) expect((await ask(gateway.port(), bytes, 'POST')).status).toBe(200);
    expect(
      origin('tls')
        .requests()
        .map((request) => request.body),
    ).toEqual(['hello', 'hello']);
  });
});
