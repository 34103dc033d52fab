// The connection to a real Redis: asked it answers or says why not, in bounded time and without ever throwing.
import { openRedis, type RedisLink } from '../../src/fleet/redis-link.js';
import type { RedisSettings } from '../../src/fleet/redis-settings.js';
import type { Log } from '../../src/telemetry/log.js';
import { describeWith } from '../programs.js';
import { startRedis, type RedisServer } from './redis-server.js';
import { until } from './until.js';

jest.setTimeout(120_000);

const said: string[] = [];
const say = (event: string, message: string): void => void said.push(`${event}: ${message}`);
const log: Log = { debug: say, info: say, warn: say, error: say };
const links: RedisLink[] = [];

function linkTo(port: number, over: Partial<RedisSettings> = {}): RedisLink {
  const link = openRedis(
    {
      at: { kind: 'one', place: { host: '127.0.0.1', port }, database: 0 },
      tls: null,
      username: null,
      passwordFile: null,
      prefix: 'test',
      replica: null,
      ...over,
    },
    { log },
  );
  links.push(link);
  return link;
}

afterEach(() => {
  for (const link of links.splice(0)) link.close();
  said.length = 0;
});

describeWith(['redis-server'], 'a link', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server.stop());

  test('asks, and names keys so that all of them are in one slot', async () => {
    const link = linkTo(server.port);
    await until(() => link.isUp);
    expect(link.problem).toBeNull();
    expect(link.key('lockdown')).toBe('{test}:lockdown');
    expect(await link.ask('SET', link.key('a'), 'b', 'PX', 60_000)).toEqual({ ok: true, value: 'OK' });
    expect(await link.ask('GET', link.key('a'))).toEqual({ ok: true, value: 'b' });
    expect(await link.askBytes('GET', link.key('a'))).toEqual({ ok: true, value: Buffer.from('b') });
  });

  test('gives what the server refuses as an answer', async () => {
    const link = linkTo(server.port);
    await until(() => link.isUp);
    await link.ask('DEL', link.key('list'));
    await link.ask('RPUSH', link.key('list'), 'x');
    expect(await link.ask('GET', link.key('list'))).toMatchObject({ ok: false, message: /WRONGTYPE/ });
    expect(await link.ask('NO-SUCH-COMMAND')).toMatchObject({ ok: false });
  });

  test('hears a channel, also after the server was killed and came back', async () => {
    const link = linkTo(server.port);
    const heard: string[] = [];
    link.hear(link.key('news'), (message) => heard.push(message));
    const speak = (): Promise<unknown> => server.client.publish('{test}:news', 'hello').catch(() => 0);
    await until(async () => (await speak()) === 1);
    await until(() => heard.length > 0);
    await server.kill();
    await until(() => !link.isUp);
    await server.start();
    heard.length = 0;
    await until(async () => (await speak(), heard.length > 0));
    await until(() => link.isUp);
    expect(said.filter((line) => line.startsWith('redis-lost'))).toHaveLength(1);
    expect(said.filter((line) => line.startsWith('redis-connected'))).toHaveLength(2);
  });

  test('a listener that throws takes nothing down', async () => {
    const link = linkTo(server.port);
    let count = 0;
    link.hear(link.key('news'), () => {
      count += 1;
      throw new Error('a defect');
    });
    await until(async () => (await server.client.publish('{test}:news', 'hello')) === 1 && count > 1);
    expect(said.some((line) => line.startsWith('fleet-defect'))).toBe(true);
  });

  test('with nobody there it says so at once and does not wait', async () => {
    const link = linkTo(1);
    expect(link.isUp).toBe(false);
    expect(await link.ask('PING')).toMatchObject({ ok: false });
    await until(() => link.problem?.includes('ECONNREFUSED') === true);
    expect(said.filter((line) => line.startsWith('redis-lost'))).toHaveLength(1);
  });

  test('a password file that is not there is said, and read again until it is', async () => {
    const link = linkTo(server.port, { passwordFile: `${server.folder}/none` });
    await until(() => link.problem?.includes('ENOENT') === true);
    expect(await link.ask('PING')).toMatchObject({ ok: false });
  });
});
