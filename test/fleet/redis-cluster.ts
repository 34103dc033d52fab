// A Cluster of three nodes that share the slots, without replicas: real processes of redis-server.
import { freePort, startRedis, type RedisServer } from './redis-server.js';
import { until } from './until.js';

const HOST = '127.0.0.1';
const RANGES = [
  [0, 5460],
  [5461, 10922],
  [10923, 16383],
] as const;

export interface RedisCluster {
  /** One node is told; the others are found. */
  readonly at: {
    readonly kind: 'cluster';
    readonly nodes: readonly { readonly host: string; readonly port: number }[];
  };
  /** The node that has the slot of this key. */
  ownerOf(key: string): Promise<RedisServer>;
  stop(): Promise<void>;
}

/** Resolves when each node says that the Cluster is whole. */
export async function startCluster(): Promise<RedisCluster> {
  const nodes = await Promise.all(
    RANGES.map(async () => {
      const bus = await freePort();
      const cluster = ['--cluster-enabled', 'yes', '--cluster-port', String(bus), '--cluster-node-timeout', '1000'];
      return { server: await startRedis(cluster), bus };
    }),
  );
  const [first] = nodes;
  if (first === undefined) throw new Error('there are no nodes');
  for (const [index, { server }] of nodes.entries()) {
    await server.client.call('CLUSTER', ['ADDSLOTSRANGE', ...(RANGES[index] ?? [])]);
  }
  for (const { server, bus } of nodes.slice(1)) {
    await first.server.client.call('CLUSTER', ['MEET', HOST, server.port, bus]);
  }
  await until(async () =>
    (await Promise.all(nodes.map(({ server }) => server.client.call('CLUSTER', ['INFO'])))).every((info) =>
      /cluster_state:ok[^]*cluster_known_nodes:3/.test(String(info)),
    ),
  );
  return {
    at: { kind: 'cluster', nodes: [{ host: HOST, port: first.server.port }] },
    ownerOf: async (key) => {
      const slot = Number(await first.server.client.call('CLUSTER', ['KEYSLOT', key]));
      const owner = nodes[RANGES.findIndex(([from, to]) => slot >= from && slot <= to)];
      if (owner === undefined) throw new Error(`nobody has the slot ${slot}`);
      return owner.server;
    },
    stop: async () => {
      for (const { server } of nodes) await server.stop();
    },
  };
}
