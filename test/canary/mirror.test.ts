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
    identify: (name) => (name.toLowerCase() === 'x-msisdn' ? { class: 'msisdn' } : undefined),
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
    headline: 'One header that reached this site identifies you.',
    fields: [
      { name: 'Host', value: 'pay.example', class: null, words: '' },
      { name: 'Connection', value: 'close', class: null, words: '' },
      { name: 'X-Msisdn', value: '447700900123', class: 'msisdn', words: 'a phone number' },
      { name: 'x-a', value: '1', class: null, words: '' },
      { name: 'X-A', value: '2', class: null, words: '' },
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

test('a port that is taken rejects', async () => {
  const again = startMirror({ host: '127.0.0.1', port: mirror.port, identify: () => undefined });
  await expect(again).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
