// The main job between other people's programs: curl as the subscriber, HAProxy as the network that enriches, nginx as the
// websites. Bytes are compared on both sides of the gateway, whole and in order.
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeWith, programPath } from '../programs.js';
import { Authority } from '../wire/harness/certificate.js';
import { eventually } from '../wire/harness/deadline.js';
import { Gateway } from '../wire/harness/gateway.js';
import { isFast, type Way, WAYS } from '../wire/harness/paths.js';
import { partner, policyText } from '../wire/harness/policy-text.js';
import { startHaproxy, type Haproxy } from './haproxy.js';
import { Nginx } from './nginx.js';
import { runProgram } from './program.js';
import { Tee } from './tee.js';

const BILLING = 'pay.acme.example';
const AGE = 'verify.agecheck.example';
const STRANGER = 'news.example';

const FIRST = { address: '127.0.0.42', msisdn: '447700900042', imsi: '001010900000042' };
const SECOND = { address: '127.0.0.43', msisdn: '447700900043', imsi: '001010900000043' };
/** No subscriber of this network: its requests come without identity. */
const GUEST = '127.0.0.99';
/** Where HAProxy's bytes come from: the only address that the gateway trusts. */
const ENRICHER = '127.0.0.200';
const KEY = Buffer.from('0123456789abcdef0123456789abcdef', 'latin1');

const POLICY = policyText([
  partner({
    id: 'acme-pay',
    hosts: [BILLING],
    transport: 'tls',
    connect: 443,
    release: [
      { header: 'X-MSISDN', as: 'unchanged' },
      { header: 'X-IMSI', as: 'pseudonym', key: 'acme-2026' },
    ],
  }),
  partner({ id: 'agecheck', hosts: [AGE], release: [{ header: 'x-up-calling-line-id', as: 'unchanged' }] }),
]);

/** A message as bytes: lines, the blank line, the body. */
const message = (lines: readonly string[], body = ''): string => [...lines, '', body].join('\r\n');

/** The pseudonym as design and docs/policy.md define it, computed here a second time. */
const pseudonym = (partnerId: string, headerClass: string, value: string): string =>
  `acme-2026.${createHmac('sha256', KEY).update(`${partnerId}\0${headerClass}\0${value}`).digest('base64url')}`;

const play = (way: Way): void => {
  /** What the gateway says of its own connection: the fast path nothing, a connection of HTTP/1.1 stays open anyway. */
  const own = isFast(way) ? [] : ['Connection: keep-alive'];

  let folder: string;
  let authority: Authority;
  let nginx: Nginx;
  let plain: Tee;
  let tls: Tee;
  let gateway: Gateway;
  let inlet: Tee;
  let haproxy: Haproxy;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hg-e2e-'));
    authority = new Authority('e2e');
    nginx = await Nginx.start(join(folder, 'nginx'), authority.issue([BILLING]));
    plain = await Tee.start({ to: nginx.plain });
    tls = await Tee.start({ to: nginx.tls });
    gateway = await Gateway.start({
      name: 'e2e-enrichment',
      ...way,
      policy: POLICY,
      files: { 'ca.pem': authority.certificate, 'acme-2026.key': KEY },
      settings: {
        listeners: [{ name: 'internet', address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust: [`${ENRICHER}/32`] }],
        keys: { 'acme-2026': 'acme-2026.key' },
        destinations: {
          hosts: {
            [BILLING]: `127.0.0.1:${tls.port}`,
            [AGE]: `127.0.0.1:${plain.port}`,
            [STRANGER]: `127.0.0.1:${plain.port}`,
          },
          permit: ['127.0.0.0/8'],
          tls: { ca: ['ca.pem'] },
        },
      },
    });
    inlet = await Tee.start({ to: gateway.port(), from: ENRICHER });
    haproxy = await startHaproxy(folder, { [FIRST.address]: FIRST, [SECOND.address]: SECOND }, inlet.port);
  }, 60_000);

  afterAll(async () => {
    await haproxy?.stop();
    await inlet?.stop();
    await gateway?.stop();
    await plain?.stop();
    await tls?.stop();
    await nginx?.stop();
    authority?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  beforeEach(() => {
    nginx.clear();
    for (const tee of [plain, tls, inlet]) tee.clear();
  });

  /** What a handset does: asks through the network, from its own address. */
  const curl = (from: string, ...words: readonly string[]): ReturnType<typeof runProgram> =>
    runProgram(programPath('curl'), [
      ...['--silent', '--show-error', '--max-time', '20', '--interface', from],
      ...['--proxy', `http://127.0.0.1:${haproxy.port}`, '--user-agent', 'Handset/1.0', ...words],
    ]);
  /** What nginx saw, once it has seen `count` requests to their end. */
  const seen = async (count: number): Promise<ReturnType<Nginx['seen']>> => {
    await eventually(`${count} requests at nginx`, () => nginx.seen().length >= count);
    return nginx.seen();
  };

  test('a stranger receives what the subscriber sent and nothing of who that is', async () => {
    const { stdout } = await curl(FIRST.address, '--header', 'X-Own: a  b', `http://${STRANGER}/page?id=7`);

    expect(inlet.asked).toBe(
      message([
        `GET http://${STRANGER}/page?id=7 HTTP/1.1`,
        `host: ${STRANGER}`,
        'user-agent: Handset/1.0',
        'accept: */*',
        'proxy-connection: Keep-Alive',
        'x-own: a  b',
        `x-msisdn: ${FIRST.msisdn}`,
        `x-up-calling-line-id: ${FIRST.msisdn}`,
        `x-imsi: ${FIRST.imsi}`,
        `x-forwarded-for: ${FIRST.address}`,
      ]),
    );
    expect(plain.asked).toBe(
      message([
        'GET /page?id=7 HTTP/1.1',
        `Host: ${STRANGER}`,
        'user-agent: Handset/1.0',
        'accept: */*',
        'x-own: a  b',
        ...own,
      ]),
    );
    expect(tls.asked).toBe('');
    expect(stdout).toBe(`seen ${STRANGER} /page?id=7\n`);
  });

  test('a partner over plain HTTP receives the one header that is released to it', async () => {
    const { stdout } = await curl(FIRST.address, `http://${AGE}/check`);
    expect(plain.asked).toBe(
      message([
        'GET /check HTTP/1.1',
        `Host: ${AGE}`,
        'user-agent: Handset/1.0',
        'accept: */*',
        `x-up-calling-line-id: ${FIRST.msisdn}`,
        ...own,
      ]),
    );
    expect(stdout).toBe(`seen ${AGE} /check\n`);
  });

  test('a partner with TLS receives its headers, one of them as a pseudonym, and the path sees none of it', async () => {
    const { stdout } = await curl(FIRST.address, `http://${BILLING}/buy`);
    expect(stdout).toBe(`seen ${BILLING} /buy\n`);

    const [request] = await seen(1);
    const fields = [
      `Host: ${BILLING}`,
      'user-agent: Handset/1.0',
      'accept: */*',
      `X-MSISDN: ${FIRST.msisdn}`,
      `X-IMSI: ${pseudonym('acme-pay', 'imsi_imei', FIRST.imsi)}`,
      ...own,
    ];
    expect(request).toEqual({
      requestLine: 'GET /buy HTTP/1.1',
      fields,
      body: '',
      // Every byte is accounted for: nothing was sent that nginx did not show.
      length: message(['GET /buy HTTP/1.1', ...fields]).length,
    });

    expect(plain.asked).toBe('');
    expect(tls.conversations).toHaveLength(1);
    const [conversation] = tls.conversations;
    // A TLS handshake record with the partner's name in it, and no digit of the subscriber in the clear.
    expect(conversation?.asked.slice(0, 2)).toBe('\x16\x03');
    expect(conversation?.asked).toContain(BILLING);
    expect(conversation?.asked).not.toContain(FIRST.msisdn);
  });

  test('two subscribers at once are never mixed up', async () => {
    const ask = async (who: typeof FIRST): Promise<void> => {
      await curl(who.address, ...Array.from({ length: 10 }, (_, i) => `http://${AGE}/${who.msisdn.slice(-2)}/${i}`));
    };
    await Promise.all([ask(FIRST), ask(SECOND)]);
    const requests = await seen(20);
    for (const who of [FIRST, SECOND]) {
      const own = requests.filter(({ requestLine }) => requestLine.startsWith(`GET /${who.msisdn.slice(-2)}/`));
      expect(own).toHaveLength(10);
      for (const { fields } of own) {
        expect(fields.filter((field) => /447700900|00101/.test(field))).toEqual([
          `x-up-calling-line-id: ${who.msisdn}`,
        ]);
      }
    }
  });

  test('on one connection each request is judged by itself: stranger, partner, stranger', async () => {
    await curl(FIRST.address, `http://${STRANGER}/1`, `http://${AGE}/2`, `http://${STRANGER}/3`);
    const requests = await seen(3);
    expect(
      requests.map(({ requestLine, fields }) => [requestLine, fields.some((field) => field.includes(FIRST.msisdn))]),
    ).toEqual([
      ['GET /1 HTTP/1.1', false],
      ['GET /2 HTTP/1.1', true],
      ['GET /3 HTTP/1.1', false],
    ]);
  });

  test('a body arrives as it was sent, re-framed by the gateway', async () => {
    const body = 'a=1&b=2';
    await curl(FIRST.address, '--data', body, `http://${STRANGER}/form`);
    expect(plain.asked).toBe(
      message(
        [
          'POST /form HTTP/1.1',
          `Host: ${STRANGER}`,
          'user-agent: Handset/1.0',
          'accept: */*',
          'content-type: application/x-www-form-urlencoded',
          'Content-Length: 7',
          ...own,
        ],
        body,
      ),
    );
  });

  test('a chunked body arrives whole', async () => {
    await curl(FIRST.address, '--header', 'Transfer-Encoding: chunked', '--data', 'a=1&b=2', `http://${STRANGER}/form`);
    const [request] = await seen(1);
    expect(request?.body).toBe('a=1&b=2');
    expect(request?.fields.filter((field) => /^(transfer-encoding|content-length):/i.test(field))).toEqual([
      'Transfer-Encoding: chunked',
    ]);
  });

  test('a subscriber whom the network does not know has no identity anywhere', async () => {
    await curl(GUEST, `http://${AGE}/check`);
    expect(plain.asked).toBe(
      message(['GET /check HTTP/1.1', `Host: ${AGE}`, 'user-agent: Handset/1.0', 'accept: */*', ...own]),
    );
  });

  test('a number that comes past the network is not believed, and counted as spoofed', async () => {
    const before = await gateway.metrics();
    const { stdout } = await runProgram(programPath('curl'), [
      ...['--silent', '--interface', '127.0.0.9', '--proxy', `http://127.0.0.1:${gateway.port()}`],
      ...['--header', `x-up-calling-line-id: ${SECOND.msisdn}`, `http://${AGE}/forged`],
    ]);
    expect(stdout).toBe(`seen ${AGE} /forged\n`);
    expect(plain.asked).not.toContain(SECOND.msisdn);
    const spoofed = 'headgate_spoofed_headers_total{listener="internet",header="x-up-calling-line-id"}';
    const after = await gateway.metrics();
    expect((after.get(spoofed) ?? 0) - (before.get(spoofed) ?? 0)).toBe(1);
  });

  test('a name that only HAProxy’s new configuration knows is stopped by its value', async () => {
    await curl(FIRST.address, '--header', `X-Line-Ref: +${FIRST.msisdn}`, `http://${STRANGER}/bad-day`);
    expect(inlet.asked).toContain(`x-line-ref: +${FIRST.msisdn}\r\n`);
    expect(plain.asked).toContain('GET /bad-day HTTP/1.1\r\n');
    expect(plain.asked).not.toContain(FIRST.msisdn);
  });

  test('the answer leaves the gateway as the site sent it, framed by us', async () => {
    const { stdout } = await curl(FIRST.address, `http://${STRANGER}/answer`);
    const [site] = plain.conversations.filter(({ answered }) => answered !== '');
    const [network] = inlet.conversations.filter(({ answered }) => answered !== '');
    const [, server = '', date = ''] = site?.answered.split('\r\n') ?? [];
    expect([server, date]).toEqual([expect.stringMatching(/^Server: nginx/), expect.stringMatching(/^Date: /)]);
    const body = `seen ${STRANGER} /answer\n`;
    // The fast path leaves the length where it stood; the slow one writes it last.
    const rest = ['X-Site: nginx', 'Content-Length: 26'];
    const fields = ['Content-Type: text/plain', ...(isFast(way) ? rest.toReversed() : rest)];
    expect(network?.answered).toBe(message(['HTTP/1.1 200 OK', server, date, ...fields], body));
    expect(stdout).toBe(body);
  });

  test('Prometheus can say of each partner what it received', async () => {
    const before = await gateway.metrics();
    await curl(FIRST.address, `http://${BILLING}/1`, `http://${AGE}/2`, `http://${STRANGER}/3`);
    const after = await gateway.metrics();
    const grown = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
    const released = 'headgate_released_headers_total{listener="internet",';
    expect(grown(`${released}partner="acme-pay",header="x-msisdn",form="unchanged"}`)).toBe(1);
    expect(grown(`${released}partner="acme-pay",header="x-imsi",form="pseudonym"}`)).toBe(1);
    expect(grown(`${released}partner="agecheck",header="x-up-calling-line-id",form="unchanged"}`)).toBe(1);
    expect(grown('headgate_stripped_headers_total{listener="internet",header="x-msisdn",class="msisdn"}')).toBe(2);
    expect(grown('headgate_requests_total{listener="internet",verdict="released"}')).toBe(2);
    expect(grown('headgate_requests_total{listener="internet",verdict="stripped"}')).toBe(1);
  });
};

for (const way of WAYS) {
  describeWith(['curl', 'haproxy', 'nginx', 'openssl'], `between curl, HAProxy and nginx on ${way.on}`, () =>
    play(way),
  );
}
