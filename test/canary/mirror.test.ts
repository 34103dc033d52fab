// The mirror over real sockets: it shows every byte that is to be seen and lets none of them run.
import { connect } from 'node:net';
import { shapeFor, startMirror, type Mirror } from '../../src/canary/mirror.js';
import type { Sighting } from '../../src/canary/sighting.js';

let mirror: Mirror;
const sightings: Sighting[] = [];
beforeAll(async () => {
  mirror = await startMirror({
    host: '127.0.0.1',
    port: 0,
    identify: (name) => (name.toLowerCase() === 'x-msisdn' ? { class: 'msisdn', action: 'strip' } : undefined),
    siteOf: (host) => (host === 'pay.example' ? 'a <partner>' : ''),
    onSighting: (sighting) => sightings.push(sighting),
  });
});
afterAll(() => mirror.close());

/** Sends the bytes as they are and resolves with everything that came back. */
const exchange = (request: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(mirror.port, '127.0.0.1', () => socket.end(request, 'latin1'));
    let answer = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => (answer += chunk));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
const get = (fields: string, target = '/'): Promise<string> =>
  exchange(`GET ${target} HTTP/1.1\r\nHost: pay.example\r\nConnection: close\r\n${fields}\r\n`);
const bodyOf = (answer: string): string => answer.slice(answer.indexOf('\r\n\r\n') + 4);

test.each([
  ['/', 'text/html,application/xhtml+xml', 'page'],
  ['/', 'application/json', 'json'],
  ['/', '*/*', 'lines'],
  ['/', '', 'lines'],
  ['/?format=json', 'text/html', 'json'],
  ['/a?x=1&format=html', '*/*', 'page'],
  ['/?format=text', 'text/html', 'lines'],
])('%s with Accept %j is shown as %s', (target, accept, shape) => {
  expect(shapeFor(target, accept)).toBe(shape);
});

test('JSON holds every field as sent, in order, and says which is identity', async () => {
  const answer = await get('X-Msisdn: 447700900123\r\nx-a: 1\r\nX-A: 2\r\n', '/p?format=json');
  expect(JSON.parse(bodyOf(answer))).toEqual({
    host: 'pay.example',
    method: 'GET',
    target: '/p?format=json',
    version: '1.1',
    gravity: 'who',
    site: 'a <partner>',
    answered: [],
    at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/) as string,
    headline: 'One header that reached this site identifies you.',
    fields: [
      { name: 'Host', value: 'pay.example', class: null, words: '', standing: null },
      { name: 'Connection', value: 'close', class: null, words: '', standing: null },
      { name: 'X-Msisdn', value: '447700900123', class: 'msisdn', words: 'a phone number', standing: 'unknown' },
      { name: 'x-a', value: '1', class: null, words: '', standing: null },
      { name: 'X-A', value: '2', class: null, words: '', standing: null },
    ],
  });
});

test('the page escapes what came from the network, loads nothing and runs nothing', async () => {
  const answer = await get(`Accept: text/html\r\nX-A: <script>alert('1')</script>&"\r\nX-'B: 1\r\n`, '/<i>?a="b"');
  expect(answer).toContain('&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;&quot;');
  expect(answer).toContain('GET /&lt;i&gt;?a=&quot;b&quot; HTTP/1.1');
  expect(answer).toContain('a &lt;partner&gt;');
  expect(answer).not.toMatch(/<script|<i>|<partner>|https?:\/\/|\son\w+=/i);
  expect(answer).toMatch(/^Content-Security-Policy: default-src 'none';/m);
  expect(answer).toMatch(/^Cache-Control: no-store\r$/m);
});

test('lines mark identity and let no control character reach a terminal', async () => {
  const answer = await get('X-MSISDN: 447700900123\r\nX-Bell: a\x9bb\r\n');
  expect(answer).toContain('! X-MSISDN    447700900123   <- a phone number\n');
  expect(answer).toContain('  X-Bell      a\ufffdb\n');
});

test('more than a thousand fields are all shown', async () => {
  const fields = Array.from({ length: 1500 }, (_, i) => `x-${i}: ${i}\r\n`).join('');
  const answer = await get(fields, '/?format=json');
  expect((JSON.parse(bodyOf(answer)) as Sighting).fields).toHaveLength(1502);
});

test('HEAD gets the length of the page and not the page', async () => {
  const answer = await exchange('HEAD / HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n');
  expect(answer).toMatch(/^Content-Length: [1-9]\d+\r$/m);
  expect(bodyOf(answer)).toBe('');
});

test('a body is read and dropped, and the next request on the connection is answered', async () => {
  const answer = await exchange(
    'POST /1 HTTP/1.1\r\nHost: a.example\r\nContent-Length: 12\r\n\r\n447700900123' +
      'GET /2 HTTP/1.1\r\nHost: b.example\r\nConnection: close\r\n\r\n',
  );
  expect(answer.match(/^HTTP\/1\.1 200 OK\r$/gm)).toHaveLength(2);
  expect(answer).not.toContain('447700900123');
});

test('whoever listens is told of each request', async () => {
  sightings.length = 0;
  await get('X-MSISDN: 447700900123\r\n');
  expect(sightings).toHaveLength(1);
  expect(sightings[0]).toMatchObject({ host: 'pay.example', gravity: 'who' });
});

test.each([
  ['a script in a name of the query', '/?<script>alert(1)</script>', ''],
  ['an attribute in the target', '/"onmouseover="alert(1)', ''],
  ['a script in Host', '/', '', '<script>alert(1)</script>'],
  ['an image in a value', '/', 'X-A: <img src=x onerror=alert(1)>\r\n'],
  ['the end of the style', '/', 'X-A: </style><script>alert(1)</script>\r\n'],
  ['the end of the title', '/', '', '</title><script>alert(1)</script>'],
  ['an encoded quote', '/', "X-A: '&#34;><svg onload=alert(1)>\r\n"],
  ['a script in the user agent', '/', 'User-Agent: <script>alert(1)</script>\r\n'],
])('nothing that came runs on the page: %s', async (_what, target, fields, host = 'pay.example') => {
  const answer = await exchange(
    `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/html\r\nConnection: close\r\n${fields}\r\n`,
  );
  const page = bodyOf(answer);
  expect(page).toContain('alert(1)');
  // Every tag of the page is one that the page itself writes, with no attribute of theirs.
  const tags = new Set((page.match(/<[^>]*>/g) ?? []).map((tag) => tag.replace(/^<\/?([a-z0-9!]+).*$/s, '$1')));
  const own = [
    '!doctype',
    'html',
    'head',
    'meta',
    'link',
    'title',
    'style',
    'body',
    'main',
    'h1',
    'h2',
    'p',
    'section',
  ];
  expect([...tags].filter((tag) => ![...own, 'dl', 'div', 'dt', 'dd', 'span', 'code'].includes(tag))).toEqual([]);
  expect(page.match(/<[^>]*\son\w+=/gi)).toBeNull();
});

describe('a hostile request', () => {
  const statusOf = (answer: string): string => answer.slice(9, 12);

  test.each([
    ['no HTTP at all', 'hello\r\n\r\n', '400'],
    ['a NUL in a value', 'GET / HTTP/1.1\r\nHost: a.example\r\nX-A: a\0b\r\n\r\n', '400'],
    ['a head over 64 KiB', `GET / HTTP/1.1\r\nHost: a.example\r\nX-A: ${'a'.repeat(70_000)}\r\n\r\n`, '400'],
    ['CONNECT', 'CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n', '405'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', '400'],
    [
      'an upgrade',
      'GET / HTTP/1.1\r\nHost: a.example\r\nConnection: upgrade, close\r\nUpgrade: websocket\r\n\r\n',
      '200',
    ],
  ])('%s is answered, and the next is served', async (_what, bytes, status) => {
    expect(statusOf(await exchange(bytes))).toBe(status);
    expect(statusOf(await get(''))).toBe('200');
  });

  test('a body without end is cut off', async () => {
    const head = 'POST / HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n';
    const sent = await new Promise<number>((resolve) => {
      const socket = connect(mirror.port, '127.0.0.1', () => socket.write(head));
      const chunk = `10000\r\n${'a'.repeat(65_536)}\r\n`;
      let count = 0;
      const more = (): void => {
        if (socket.destroyed || count > 1000) return;
        count += 1;
        socket.write(chunk, more);
      };
      socket.on('error', () => undefined);
      socket.on('data', () => undefined);
      socket.once('connect', more);
      socket.on('close', () => resolve(count));
    });
    expect(sent).toBeLessThan(1000);
  });

  test('a head that never ends is given up', async () => {
    const slow = await startMirror({
      ...{ host: '127.0.0.1', port: 0, identify: () => undefined },
      patience: { headMs: 100, requestMs: 200 },
    });
    const closed = new Promise<void>((resolve) => {
      const socket = connect(slow.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nX-A:'));
      socket.on('error', () => undefined);
      socket.on('data', () => undefined);
      socket.on('close', () => resolve());
    });
    await closed;
    await slow.close();
  });
});

test('asked at its own path it puts identity that nobody has into its answer, and says so', async () => {
  const answer = await get('', '/.headgate/answers?format=json');
  expect(answer).toMatch(/^X-MSISDN: 447700900998\r$/m);
  expect(JSON.parse(bodyOf(answer))).toMatchObject({ answered: ['X-MSISDN', 'X-IMSI', 'X-ACR'] });
  expect(await get('', '/.headgate/answer')).not.toMatch(/^X-MSISDN/m);
});

test('a port that is taken rejects', async () => {
  const again = startMirror({ host: '127.0.0.1', port: mirror.port, identify: () => undefined });
  await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
