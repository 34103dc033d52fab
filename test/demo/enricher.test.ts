// The demo's network: adds the same to every request, keeps the rest as sent, and believes no handset.
import { createServer, connect, type AddressInfo, type Server } from 'node:net';
import { addedFields, startEnricher, targetOf, type Enricher } from '../../src/demo/enricher.js';
import { mask, subscriberOf } from '../../src/demo/subscriber.js';

let gateway: Server;
let enricher: Enricher;
let heard: string[] = [];
beforeAll(async () => {
  gateway = createServer((socket) => {
    let text = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (!text.includes('\r\n\r\n')) return;
      heard.push(text);
      socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Answer: yes\r\n\r\nok');
    });
  });
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  const { port } = gateway.address() as AddressInfo;
  enricher = await startEnricher({ port: 0, gateway: { host: '127.0.0.1', port }, sourceAddress: '127.0.0.1' });
});
afterAll(async () => {
  await enricher.close();
  gateway.close();
});
beforeEach(() => {
  heard = [];
  enricher.alsoSendAs(null);
});

const exchange = (request: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(enricher.port, '127.0.0.1', () => socket.write(request, 'latin1'));
    let answer = '';
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => {
      answer += chunk;
      if (/\r\n\r\nok|use this port/.test(answer)) socket.destroy();
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });

test('a request leaves in absolute-form with what the network adds at its end', async () => {
  const answer = await exchange(
    'GET http://news.example/a?b=c HTTP/1.1\r\nHost: news.example\r\nX-Own: 1\r\nx-own: 2\r\n\r\n',
  );
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  expect(answer).toContain('X-Answer: yes\r\n');
  expect(heard).toHaveLength(1);
  expect(heard[0]).toMatch(
    /^GET http:\/\/news\.example\/a\?b=c HTTP\/1\.1\r\nHost: news\.example\r\nX-Own: 1\r\nx-own: 2\r\nX-MSISDN: 447700900001\r\nx-up-calling-line-id: 447700900001\r\nX-IMSI: 001010000000001\r\nX-Forwarded-For: 100\.64\.0\.1\r\n/,
  );
});

test('what a handset forges under a name of the network is replaced', async () => {
  await exchange('GET http://news.example/ HTTP/1.1\r\nHost: news.example\r\nX-MSISDN: 447700900999\r\n\r\n');
  expect(heard[0]).not.toContain('447700900999');
  expect(heard[0]?.match(/x-msisdn/gi)).toHaveLength(1);
});

test('the Host follows the target, whatever the handset wrote', async () => {
  await exchange('GET http://news.example:8000/ HTTP/1.1\r\nHost: other.example\r\n\r\n');
  expect(heard[0]).toContain('\r\nHost: news.example:8000\r\n');
  expect(heard[0]).not.toContain('other.example');
});

test('on the bad day the number goes out under one more name, and no longer when it ends', async () => {
  enricher.alsoSendAs('X-Line-Ref');
  await exchange('GET http://news.example/ HTTP/1.1\r\nHost: news.example\r\n\r\n');
  enricher.alsoSendAs(null);
  await exchange('GET http://news.example/ HTTP/1.1\r\nHost: news.example\r\n\r\n');
  expect(heard[0]).toContain('\r\nX-Line-Ref: 447700900001\r\n');
  expect(heard[1]).not.toContain('X-Line-Ref');
});

test('a request that is for no site gets advice and goes nowhere', async () => {
  const answer = await exchange('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(heard).toHaveLength(0);
});

test.each([
  ['http://a.example/x', 'ignored', 'http://a.example/x'],
  ['HTTP://a.example/x', 'ignored', 'HTTP://a.example/x'],
  ['/x?y', 'a.example.localhost:8080', 'http://a.example/x?y'],
  ['/', 'a.example.localhost', 'http://a.example/'],
  ['/', 'localhost:8080', undefined],
  ['/', 'a.example', undefined],
  ['https://a.example/', 'a.example.localhost', undefined],
  ['*', 'a.example.localhost', undefined],
])('%s with Host %s asks for %s', (url, host, target) => {
  expect(targetOf(url, host)).toBe(target);
});

test.each([
  ['127.0.0.42', '447700900042'],
  ['::ffff:127.0.0.7', '447700900007'],
  ['127.0.0.254', '447700900254'],
  ['::1', '447700900001'],
])('the subscriber at %s has a test number', (address, number) => {
  expect(subscriberOf(address).number).toBe(number);
  expect(subscriberOf(address).imsi).toMatch(/^00101\d{10}$/);
  expect(addedFields(subscriberOf(address), null).filter(([, value]) => value === number)).toHaveLength(2);
});

test.each([
  ['447700900042', '4477009…042'],
  ['001010000000042', '0010100…042'],
  ['100.64.0.42', '100.64.…'],
  ['short', '…'],
])('%s is printed as %s', (value, masked) => {
  expect(mask(value)).toBe(masked);
});
