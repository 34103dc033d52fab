// A real redis-server for tests: on a free port or a socket, in a folder of its own, killed, paused and brought back by its process id.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { programPath } from '../programs.js';

export interface RedisServer {
  readonly port: number;
  readonly folder: string;
  /** As the tests ask it, past everything of ours. */
  readonly client: Redis;
  readonly pid: number;
  kill(): Promise<void>;
  pause(): void;
  wake(): void;
  /** On the same port and folder, as a new process. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** `words` are further ones of its command line, for example `--maxmemory 3mb`. With a file of a Sentinel it is that. */
export async function startRedis(words: readonly string[] = [], sentinelFile?: string): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-redis-'));
  const port = await freePort();
  let child: ChildProcess | undefined;
  const client = new Redis({
    port,
    host: '127.0.0.1',
    lazyConnect: true,
    retryStrategy: () => 50,
    ...(words.includes('--requirepass') ? { password: words[words.indexOf('--requirepass') + 1] ?? '' } : {}),
  });
  client.on('error', () => undefined);
  const start = async (): Promise<void> => {
    const sentinel = sentinelFile === undefined ? [] : [sentinelFile, '--sentinel'];
    const place = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
    const base = [...sentinel, ...place, ...(sentinel.length > 0 ? [] : ['--save', '', '--appendonly', 'no'])];
    const started = spawn(programPath('redis-server'), [...base, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    await spoken(started);
  };
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child?.once('close', resolve));
    child.kill('SIGKILL');
    await gone;
  };
  await start();
  await client.connect().catch(() => undefined);
  return {
    port,
    folder,
    get pid() {
      return child?.pid ?? 0;
    },
    client,
    kill,
    start,
    pause: () => void child?.kill('SIGSTOP'),
    wake: () => void child?.kill('SIGCONT'),
    stop: async () => {
      client.disconnect();
      child?.kill('SIGCONT');
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Resolves when it takes connections. */
function spoken(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (part: Buffer): void => {
      said += part.toString();
      if (/Ready to accept connections|Sentinel ID is/.test(said)) resolve();
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.once('close', () => reject(new Error(`redis-server ended: ${said.slice(-500)}`)));
  });
}
