// Three gateways and a Redis on loopback: a lockdown that is set on one is watched until no replica releases anything any more. Sends
// real requests to see it, then stays for whoever wants to look. Prints no number.
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startMirror } from '../canary/mirror.js';
import type { IdentifyName } from '../canary/sighting.js';
import { runVerb, startGateway, writeDemoKey, type Gateway } from './gateway-process.js';
import { visit } from './visits.js';

export interface FleetPictureOptions {
  /** The path of cli/main.js. */
  readonly main: string;
  readonly policyFile: string;
  /** A verb of the program with its words, as the user would type it. */
  readonly typed: (words: readonly string[]) => string;
  readonly identify: IdentifyName;
  /** Ends after what it shows. */
  readonly once: boolean;
  /** Settles when the user wants the end (Ctrl-C). */
  readonly interrupted: Promise<void>;
  readonly print: (line: string) => void;
}

interface Member {
  readonly name: string;
  readonly gateway: Gateway;
}

const NAMES = ['gw-1', 'gw-2', 'gw-3'];
/** Linux has the whole of 127.0.0.0/8. */
const TRUSTED = process.platform === 'linux' ? '127.0.0.254' : '127.0.0.1';
const SITE = 'pay.acme.example';
const GIVEN_UP_MS = 60_000;

/** Runs it to its end; rejects with one clear error where a part of it does not start. */
export async function showFleet(options: FleetPictureOptions): Promise<void> {
  const { main, policyFile, print, typed } = options;
  const endings: (() => Promise<void>)[] = [];
  try {
    const folder = await mkdtemp(join(tmpdir(), 'headgate-fleet-'));
    endings.unshift(() => rm(folder, { recursive: true, force: true }));
    const redis = await startRedis(folder);
    endings.unshift(() => redis.stop());
    const mirror = await startMirror({ host: '127.0.0.1', port: 0, identify: options.identify });
    endings.unshift(() => mirror.close());
    // Of one fleet the keys are the same: their thumbprints are part of what runs.
    const keyFile = join(folder, 'demo.key');
    await writeDemoKey(keyFile);
    const members = await Promise.all(
      NAMES.map(async (name): Promise<Member> => {
        const own = join(folder, name);
        await mkdir(own);
        const sharing = `{ url: "unix:${redis.socket}", prefix: demo, replica: ${name} }`;
        const places = { main, folder: own, policyFile, keyFile, mirrorPort: mirror.port };
        const gateway = await startGateway({ ...places, trusted: TRUSTED, redis: sharing, port: 0, metricsPort: 0 });
        endings.unshift(() => gateway.stop());
        return { name, gateway };
      }),
    );
    const [first] = members;
    if (first === undefined) return;
    const config = ['--config', first.gateway.settingsFile];
    await until(async () => (await runVerb(main, ['fleet', ...config])).startsWith('3 replicas run policy'));
    print('');
    print(`Three gateways and a Redis. Each releases the number to ${SITE}, as its policy says:`);
    await show(members, print);
    print('');
    const on = ['lockdown', 'on', '--reason', 'numbers at a stranger', '--by', 'demo', ...config];
    print(`  ${typed(on)}`);
    print('');
    const watched = members.map((member) => watch(member));
    await runVerb(main, on);
    const answeredMs = performance.now();
    for (const { name, lastMs } of await Promise.all(watched)) {
      const ms = Math.round(lastMs - answeredMs);
      print(
        `  ${name} released the number for the last time ${ms <= 0 ? 'before the answer' : `${ms} ms after the answer`}`,
      );
    }
    print('');
    await until(
      async () => ((await runVerb(main, ['fleet', ...config])).match(/EVERYONE/g)?.length ?? 0) === NAMES.length,
    );
    for (const line of (await runVerb(main, ['fleet', ...config])).trimEnd().split('\n')) print(`  ${line}`.trimEnd());
    print('');
    print(
      'Redis can lock down and cannot open: a lockdown is ended on each replica, by somebody with a name. So this was typed for each:',
    );
    print('');
    for (const { gateway } of members) {
      const off = ['lockdown', 'off', '--reason', 'seen enough', '--by', 'demo', '--config', gateway.settingsFile];
      await runVerb(main, off);
      print(`  ${typed(off)}`);
    }
    print('');
    await show(members, print);
    if (options.once) return;
    print('');
    print('Look for yourself, for example after `kill -STOP` of Redis, or without it:');
    print('');
    print(`  ${typed(['fleet', ...config])}`);
    print(`  kill -9 ${redis.pid}    # that is the Redis`);
    print(`  ${typed(on)}`);
    print('');
    print('Ctrl-C ends it all.');
    await options.interrupted;
  } finally {
    for (const end of endings) await end();
  }
}

async function show(members: readonly Member[], print: (line: string) => void): Promise<void> {
  for (const { name, gateway } of members) {
    print(`  ${name}  ${(await isReleased(gateway)) ? `${SITE} receives X-MSISDN` : `${SITE} receives nothing`}`);
  }
}

async function isReleased({ port }: Gateway): Promise<boolean> {
  const { fields } = await visit(port, SITE, { from: TRUSTED, headers: ['X-MSISDN', '447700900042'] });
  return fields.some(({ name }) => name.toLowerCase() === 'x-msisdn');
}

/** Asks again and again until the number is withheld; `lastMs`: when a request that still carried it was sent. */
async function watch({ name, gateway }: Member): Promise<{ name: string; lastMs: number }> {
  const endMs = performance.now() + GIVEN_UP_MS;
  let lastMs = 0;
  for (;;) {
    const askedMs = performance.now();
    if (!(await isReleased(gateway))) return { name, lastMs };
    lastMs = askedMs;
    if (askedMs > endMs) throw new Error(`${name} still releases after ${GIVEN_UP_MS / 1000} s`);
    await pause(5);
  }
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + GIVEN_UP_MS;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error('the replicas do not find each other');
    await pause(100);
  }
}

interface LocalRedis {
  readonly socket: string;
  readonly pid: number;
  stop(): Promise<void>;
}

async function startRedis(folder: string): Promise<LocalRedis> {
  const socket = join(folder, 'redis.sock');
  const words = ['--port', '0', '--unixsocket', socket, '--unixsocketperm', '700', '--dir', folder, '--save', ''];
  const child = spawn('redis-server', words, { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const missing = new Promise<never>((_, reject) => {
    child.once('error', () =>
      reject(new Error('`redis-server` is not installed: `apt-get install redis-server` has it')),
    );
  });
  const reap = (): void => void child.kill('SIGKILL');
  process.once('exit', reap);
  await Promise.race([until(() => accepts(socket)), missing]);
  return {
    socket,
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGCONT');
      child.kill('SIGTERM');
      await ended;
      process.off('exit', reap);
    },
  };
}

function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
