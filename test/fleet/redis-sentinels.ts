// A master with two replicas and three Sentinels that need two of them to agree, as an operator runs them: real processes of redis-server.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedis, type RedisServer } from './redis-server.js';
import { until } from './until.js';

const HOST = '127.0.0.1';

export interface Sentinels {
  /** Where the Sentinels are, and the name under which they watch. */
  readonly at: {
    readonly kind: 'sentinels';
    readonly sentinels: readonly { readonly host: string; readonly port: number }[];
    readonly master: string;
  };
  /** The first one is the master at the beginning. */
  readonly servers: readonly RedisServer[];
  /** The one that is master now, as it says itself and two Sentinels at least; undefined: there is none. */
  master(): Promise<RedisServer | undefined>;
  /** The last Sentinel begins one at once, asking nobody. */
  failover(): Promise<unknown>;
  stop(): Promise<void>;
}

/** Resolves when every Sentinel knows both replicas and both other Sentinels. */
export async function startSentinels(): Promise<Sentinels> {
  const name = 'edge';
  const folder = mkdtempSync(join(tmpdir(), 'headgate-sentinels-'));
  const first = await startRedis();
  const replicaOf = ['--replicaof', `${HOST} ${first.port}`];
  const servers = [first, await startRedis(replicaOf), await startRedis(replicaOf)];
  const sentinels: RedisServer[] = [];
  for (const index of [1, 2, 3]) {
    const file = join(folder, `sentinel-${index}.conf`);
    const watch = [`monitor ${name} ${HOST} ${first.port} 2`, `down-after-milliseconds ${name} 600`];
    const words = [...watch, `failover-timeout ${name} 3000`].map((line) => `sentinel ${line}\n`);
    writeFileSync(file, words.join(''));
    sentinels.push(await startRedis([], file));
  }
  const knows = async ({ client }: RedisServer): Promise<boolean> => {
    const said = pairsOf(await client.call('SENTINEL', ['MASTER', name]));
    return said.get('num-slaves') === '2' && said.get('num-other-sentinels') === '2';
  };
  await until(async () => (await Promise.all(sentinels.map(knows))).every(Boolean));
  await until(async () =>
    (await Promise.all(servers.slice(1).map(({ client }) => client.info('replication')))).every((info) =>
      info.includes('master_link_status:up'),
    ),
  );
  return {
    at: { kind: 'sentinels', sentinels: sentinels.map(({ port }) => ({ host: HOST, port })), master: name },
    servers,
    master: async () => {
      const named = await Promise.all(
        sentinels.map(({ client }) => client.call('SENTINEL', ['GET-MASTER-ADDR-BY-NAME', name])),
      );
      const ports = named.map((answer) => (Array.isArray(answer) ? Number(answer[1]) : 0));
      const chosen = servers.find(({ port }) => ports.filter((each) => each === port).length >= 2);
      const role = await Promise.race([chosen?.client.info('replication').catch(() => ''), soon()]);
      return role?.includes('role:master') === true ? chosen : undefined;
    },
    failover: async () => sentinels.at(-1)?.client.call('SENTINEL', ['FAILOVER', name]),
    stop: async () => {
      for (const each of [...sentinels, ...servers]) await each.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A server that is dead may never answer. */
function soon(): Promise<string> {
  return new Promise((resolve) => setTimeout(() => resolve(''), 500));
}

/** A flat list of names and values. */
function pairsOf(answer: unknown): ReadonlyMap<string, string> {
  const words = Array.isArray(answer) ? answer.map(String) : [];
  return new Map(words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1] ?? ''] as const] : [])));
}
