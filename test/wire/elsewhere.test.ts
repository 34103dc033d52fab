// Rows 143, 144, 146 and 147: the value outside its own header, error paths, and identity that a subscriber forged.
import { ask, Client } from './harness/client.js';
import { eventually } from './harness/deadline.js';
import { checkNoValue } from './harness/invariants.js';
import { PARTNER0001, policyText } from './harness/policy-text.js';
import { playRow, strip, type Row } from './harness/row.js';
import { total } from './harness/scrape.js';
import { describeRows, describeStage } from './harness/suite.js';
import { enriched, head, ID, IMSI, NUMBER, OTHER_NUMBER, PARTNER, STRANGER } from './harness/values.js';

const TO_STRANGER = `Host: ${STRANGER}`;
const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

function seen(what: string, place: string, send: string, arrives: Partial<Row>): Row {
  return {
    row: 143,
    says: `the value in ${what} is the subscriber's: left as it is, and counted as seen`,
    send,
    isOwn: true,
    outcome: { to: 'stranger' },
    counts: [
      { metric: 'headgate_identity_seen_total', labels: [`place="${place}"`, 'detector="exact"'], by: 1 },
      { metric: 'headgate_leaked_headers_total', by: 0 },
      { metric: 'headgate_stripped_headers_total', by: 1 },
    ],
    ...arrives,
  };
}

/** A field whose value holds this request's identity in some spelling: withheld, counted as contained. */
function leaks(what: string, line: string, more: readonly string[] = []): Row {
  return {
    row: 144,
    says: `the value ${what} is found and withheld`,
    send: head('GET / HTTP/1.1', ID, ...more, line, TO_STRANGER),
    outcome: { to: 'stranger' },
    withheld: [line.slice(line.indexOf(':') + 2)],
    counts: [{ metric: 'headgate_leaked_headers_total', labels: ['detector="exact"', 'outcome="contained"'], by: 1 }],
  };
}

const ROWS: readonly Row[] = [
  seen('the query', 'target', head(`GET /q?m=${NUMBER} HTTP/1.1`, ID, TO_STRANGER), {
    line: `GET /q?m=${NUMBER} HTTP/1.1`,
  }),
  seen('a cookie', 'cookie', enriched(`Cookie: id=1; x-up-calling-line-id=${NUMBER}`, TO_STRANGER), {
    arrives: [`Cookie: id=1; x-up-calling-line-id=${NUMBER}`],
  }),
  seen('the referer', 'referer', enriched(`Referer: http://a.test/?m=+${NUMBER}`, TO_STRANGER), {
    arrives: [`Referer: http://a.test/?m=+${NUMBER}`],
  }),
  {
    row: 143,
    says: 'the value in a body is not looked at and arrives',
    send: head('POST / HTTP/1.1', ID, TO_STRANGER, `Content-Length: ${NUMBER.length}`) + NUMBER,
    isOwn: true,
    ...strip(),
    body: NUMBER,
  },
  leaks('as it is, in an unknown field', `X-Tracking: ${NUMBER}`),
  leaks('with a plus, in User-Agent', `User-Agent: Phone/1.0 (+${NUMBER})`),
  leaks('with 00, in an unknown field', `X-Tracking: 00${NUMBER}`),
  leaks('in the national form', `X-Tracking: 0${NUMBER.slice(2)}`),
  leaks('in base64', `X-Tracking: ${base64(NUMBER)}`),
  leaks('in base64 behind one other byte', `X-Tracking: ${base64(`=${NUMBER}`)}`),
  leaks('in base64 behind two other bytes', `X-Tracking: ${base64(`m=${NUMBER}`)}`),
  leaks('percent-encoded', `X-Tracking: %2B${NUMBER}`),
  leaks('percent-encoded throughout', `X-Tracking: ${[...NUMBER].map((digit) => `%3${digit}`).join('')}`),
  leaks('in hexadecimal', `X-Tracking: ${Buffer.from(NUMBER).toString('hex')}`),
  leaks('in TBCD', `X-Tracking: ${NUMBER.replace(/(.)(.)/g, '$2$1')}`),
  leaks('of an IMSI', `X-Tracking: ${IMSI}`, [`X-IMSI: ${IMSI}`]),
  leaks('that the network writes as a SIP address', `X-Tracking: ${OTHER_NUMBER}`, [
    `X-Up-NAI: <sip:+${OTHER_NUMBER}@ims.mnc001.mcc001.3gppnetwork.org>;user=phone`,
  ]),
  leaks('of an IMSI that the network writes as an identifier of network access', `X-Tracking: ${IMSI}`, [
    `X-Up-NAI: 6${IMSI}@nai.epc.mnc001.mcc001.3gppnetwork.org`,
  ]),
  {
    row: 144,
    says: 'what every address of a network has is nobody’s',
    send: enriched(
      'X-Up-NAI: anonymous@ims.mnc001.mcc001.3gppnetwork.org',
      'X-Tracking: ims.mnc001.mcc001.3gppnetwork.org',
      TO_STRANGER,
    ),
    outcome: { to: 'stranger' },
    arrives: ['X-Tracking: ims.mnc001.mcc001.3gppnetwork.org'],
    counts: [{ metric: 'headgate_leaked_headers_total', by: 0 }],
  },
  {
    row: 144,
    says: 'the value inside a longer run of digits is no hit',
    send: enriched(`X-Tracking: 9${NUMBER}9`, TO_STRANGER),
    isOwn: true,
    ...strip(),
    arrives: [`X-Tracking: 9${NUMBER}9`],
  },
  {
    row: 144,
    says: 'to a partner that is released the value, it may not stand in another field either',
    send: enriched(`X-Tracking: ${NUMBER}`, `Host: ${PARTNER}`),
    outcome: { to: 'partner' },
    arrives: [ID],
    withheld: ['x-tracking'],
    counts: [{ metric: 'headgate_leaked_headers_total', labels: ['outcome="contained"'], by: 1 }],
  },
];

describeRows('the value elsewhere', ROWS, { name: 'elsewhere' });

describeStage('what the log says of a leak', { name: 'leak-lines' }, (stage) => {
  const linesOf = async (host: string, field: string, number: string): Promise<readonly object[]> => {
    const { gateway } = stage();
    const before = gateway.lines.length;
    const isLeak = ({ event }: { readonly event?: string }): boolean => event === 'identity-leak';
    await ask(stage().port, head('GET / HTTP/1.1', `X-MSISDN: ${number}`, `${field}: a ${number}`, `Host: ${host}`));
    await eventually('the line', () => gateway.lines.slice(before).some(isLeak));
    return gateway.lines.slice(before).filter(isLeak);
  };

  it('which field, which detector, to whom, under which policy, in which request, and whose by a mark; never the value', async () => {
    const digest = stage().gateway.find('ready')?.['digest'];
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    const said = (field: string, partner: string): object => ({
      ...{
        event: 'identity-leak',
        level: 'warn',
        listener: 'internet',
        field,
        detector: 'exact',
        outcome: 'contained',
      },
      ...{ partner, digest, fingerprint: expect.stringMatching(/^[a-p]{12}$/) as string },
      request: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-z]{1,7}$/) as string,
    });
    const [stranger, ...none] = await linesOf(STRANGER, 'X-Tracking', NUMBER);
    expect(none).toEqual([]);
    expect(stranger).toMatchObject(said('X-Tracking', 'stranger'));
    const [partner] = await linesOf(PARTNER, 'X-Tracking', NUMBER);
    expect(partner).toMatchObject(said('X-Tracking', 'partner0001'));
    const [other] = await linesOf(STRANGER, 'X-Tracking', OTHER_NUMBER);
    const markOf = (line: object | undefined): unknown => (line as { readonly fingerprint?: string }).fingerprint;
    expect(markOf(partner)).toBe(markOf(stranger));
    expect(markOf(other)).not.toBe(markOf(stranger));
    expect(stage().gateway.output).not.toMatch(new RegExp(`${NUMBER}|${OTHER_NUMBER}|${NUMBER.slice(2)}`));
  });

  it('of a field whose name holds the number, the name without it', async () => {
    const [line] = await linesOf(STRANGER, `X-${NUMBER}-Id`, NUMBER);
    expect(line).toMatchObject({ field: 'X-[digits]-Id' });
    expect(stage().gateway.output).not.toContain(NUMBER);
  });
});

const TRUST = {
  listeners: [
    { name: 'internet', address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust: ['127.0.0.1/32'] },
    { name: 'untrusted', address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust: 'none' },
    { name: 'closed', address: '127.0.0.1:0', clients: ['127.9.9.9/32'], trust: 'path' },
  ],
  limits: { responseTimeout: '1s', connectTimeout: '1s' },
};

describeStage('trust and error paths', { name: 'trust', settings: TRUST }, (stage) => {
  beforeEach(() => {
    for (const origin of stage().origins) origin.mark();
  });

  const spoof = async (listener: string, from: string | undefined): Promise<string> => {
    const client = await Client.connect(stage().gateway.port(listener), '127.0.0.1', from);
    client.send(head('GET /spoof HTTP/1.1', `X-MSISDN: ${OTHER_NUMBER}`, `Host: ${PARTNER}`));
    const [answer] = await client.answers(1);
    client.abort();
    expect(answer?.body).toBe('partner /spoof');
    return stage().partner.requests()[0]?.head ?? '';
  };

  it.each([
    ['a listener without trust', 'untrusted', undefined],
    ['a peer that is not trusted', 'internet', '127.0.0.2'],
  ])('row 147: identity from %s is withheld from a partner too, and counted as spoofed', async (_, listener, from) => {
    const before = await stage().gateway.metrics();
    checkNoValue(await spoof(listener, from), [OTHER_NUMBER]);
    const after = await stage().gateway.metrics();
    const grew = (metric: string): number =>
      total(after, metric, `listener="${listener}"`) - total(before, metric, `listener="${listener}"`);
    expect(grew('headgate_spoofed_headers_total')).toBe(1);
    expect(grew('headgate_released_headers_total')).toBe(0);
  });

  it('row 147: identity from a trusted peer is believed', async () => {
    expect(await spoof('internet', '127.0.0.1')).toContain(`X-MSISDN: ${OTHER_NUMBER}`);
  });

  it('row 147: a forged value beside the real one reaches nobody', async () => {
    await ask(
      stage().gateway.port('internet'),
      head('GET / HTTP/1.1', `X-MSISDN: ${OTHER_NUMBER}`, ID, `Host: ${PARTNER}`),
    );
    checkNoValue(stage().partner.requests()[0]?.head ?? '', [NUMBER, OTHER_NUMBER]);
  });

  it('a peer outside the listener’s clients is refused with 403, and counted', async () => {
    const before = await stage().gateway.metrics();
    const client = await Client.connect(stage().gateway.port('closed'));
    client.send(enriched(`Host: ${PARTNER}`));
    await client.end();
    client.abort();
    expect(client.read().answers.map((answer) => answer.status)).toEqual([403]);
    expect(stage().partner.requests()).toHaveLength(0);
    const after = await stage().gateway.metrics();
    const refused = (samples: typeof after): number =>
      total(samples, 'headgate_refused_requests_total', 'why="client-address"');
    expect(refused(after) - refused(before)).toBe(1);
  });

  it('row 146: no error answer and no log line repeats the request’s identity', async () => {
    const port = stage().gateway.port('internet');
    const closed = await stage().gateway.metrics();
    stage().stranger.script = () => undefined;
    const errors: readonly (readonly [number, string, string])[] = [
      [400, 'GET', enriched(`Host: ${NUMBER}@a`)],
      [400, 'GET', enriched(TO_STRANGER, `X-${NUMBER} : x`)],
      [417, 'GET', enriched(`Expect: ${NUMBER}`, TO_STRANGER)],
      [431, 'GET', enriched(`Foo: ${NUMBER.repeat(4000)}`, TO_STRANGER)],
      [405, 'TRACE', head(`TRACE /${NUMBER} HTTP/1.1`, ID, TO_STRANGER)],
      [400, 'GET', enriched(`Transfer-Encoding: ${NUMBER}, chunked`, TO_STRANGER)],
      [504, 'GET', head(`GET /${NUMBER} HTTP/1.1`, ID, TO_STRANGER)],
    ];
    for (const [status, method, bytes] of errors) {
      const answer = await ask(port, bytes, method);
      expect([status, answer.status]).toEqual([status, status]);
      checkNoValue(answer.head + answer.body, [NUMBER]);
      stage().gateway.keep('answers.txt', answer.head + answer.body);
    }
    stage().stranger.script = (_, connection) => connection.socket.end('not HTTP');
    const invalid = await ask(port, head(`POST /${NUMBER} HTTP/1.1`, ID, TO_STRANGER, 'Content-Length: 0'), 'POST');
    expect(invalid.status).toBe(502);
    checkNoValue(invalid.head + invalid.body, [NUMBER]);
    stage().stranger.script = null;
    checkNoValue(stage().gateway.output, [NUMBER]);
    const after = await stage().gateway.metrics();
    expect(total(after, 'headgate_refused_requests_total') - total(closed, 'headgate_refused_requests_total')).toBe(6);
    checkNoValue([...after.keys()].join('\n'), [NUMBER]);
  });
});

describeStage(
  'detectors that only count',
  {
    name: 'counting',
    policy: policyText([PARTNER0001], {
      detection: { exact: 'count', numbers: 'count', hints: 'count', novelty: 'observe' },
    }),
  },
  (stage) => {
    it('row 144: where the operator chose to count, the field arrives and the leak is counted', async () => {
      const samples = await stage().gateway.metrics();
      await playRow(
        stage(),
        {
          row: 144,
          says: '',
          send: enriched(`X-Tracking: ${NUMBER}`, TO_STRANGER),
          isOwn: true,
          outcome: { to: 'stranger' },
          arrives: [`X-Tracking: ${NUMBER}`],
          counts: [{ metric: 'headgate_leaked_headers_total', labels: ['outcome="counted"'], by: 1 }],
        },
        'whole',
        samples,
      );
    });
  },
);
