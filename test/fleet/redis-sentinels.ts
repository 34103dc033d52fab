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
  /** In the order of `at.sentinels`. */
  readonly watching: readonly RedisServer[];
  /** The one that is master now, as it says itself and two Sentinels at least; undefined: there is none. */
  master(): Promise<RedisServer | undefined>;
  /** The same, waiting for it: on a machine that stood still Sentinels may have chosen another one than the first. */
  reigning(): Promise<RedisServer>;
  /** The last Sentinel begins one, asking nobody. False: it does not, for one is under way or no replica seems fit; it may be asked again. */
  failover(): Promise<boolean>;
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
    const known = pairsOf(await client.call('SENTINEL', ['MASTER', name]));
    return known.get('num-slaves') === '2' && known.get('num-other-sentinels') === '2';
  };
  await until(async () => (await Promise.all(sentinels.map(knows))).every(Boolean));
  await until(async () =>
    (await Promise.all(servers.slice(1).map(({ client }) => client.info('replication')))).every((info) =>
      info.includes('master_link_status:up'),
    ),
  );
  const master = async (): Promise<RedisServer | undefined> => {
    const named = await Promise.all(
      sentinels.map(({ client }) => said(client.call('SENTINEL', ['GET-MASTER-ADDR-BY-NAME', name]))),
    );
    const ports = named.map((answer) => (Array.isArray(answer) ? Number(answer[1]) : 0));
    const chosen = servers.find(({ port }) => ports.filter((each) => each === port).length >= 2);
    const role = chosen === undefined ? '' : await said(chosen.client.info('replication'));
    return String(role).includes('role:master') ? chosen : undefined;
  };
  const last = sentinels.at(-1);
  return {
    at: { kind: 'sentinels', sentinels: sentinels.map(({ port }) => ({ host: HOST, port })), master: name },
    watching: sentinels,
    master,
    reigning: async () => {
      let found: RedisServer | undefined;
      await until(async () => (found = await master()) !== undefined, 120_000);
      if (found === undefined) throw new Error('there is no master');
      return found;
    },
    failover: async () => last !== undefined && (await said(last.client.call('SENTINEL', ['FAILOVER', name]))) === 'OK',
    stop: async () => {
      for (const each of [...sentinels, ...servers]) await each.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** '' of a server that refuses, or is dead and may never answer. */
function said(answer: Promise<unknown>): Promise<unknown> {
  const soon = new Promise<string>((resolve) => setTimeout(() => resolve(''), 500).unref());
  return Promise.race([answer.catch(() => ''), soon]);
}

/** A flat list of names and values. */
function pairsOf(answer: unknown): ReadonlyMap<string, string> {
  const words = Array.isArray(answer) ? answer.map(String) : [];
  return new Map(words.flatMap((word, at) => (at % 2 === 0 ? [[word, words[at + 1] ?? ''] as const] : [])));
}
