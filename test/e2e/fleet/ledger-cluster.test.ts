// A Cluster of three nodes, of which the one with the fleet's keys dies and comes back empty: the ledger of the fleet is exact.
import { startCluster } from '../../fleet/redis-cluster.js';
import { describeWith } from '../../programs.js';
import { playIncident } from './incident.js';

describeWith(['redis-server'], 'the ledger of a fleet in a Cluster of three', () => {
  test('a node that lost all has it back, counts are exact but for the gap of what was killed, subscribers within 2 %', async () => {
    const cluster = await startCluster();
    try {
      await playIncident({
        redis: { cluster: cluster.at.nodes.map(({ host, port }) => `${host}:${port}`) },
        fail: async () => {
          const owner = await cluster.ownerOf('{edge}:ledger');
          expect(await owner.client.keys('{edge}:ledger:*')).toHaveLength(2);
          await owner.kill();
          await owner.start();
          expect(await owner.client.keys('{edge}:ledger:day:*')).toEqual([]);
        },
      });
    } finally {
      await cluster.stop();
    }
  }, 240_000);
});
