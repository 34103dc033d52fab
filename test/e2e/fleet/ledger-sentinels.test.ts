// Three Sentinels of which two must agree, a master that dies under traffic: the ledger of the fleet is exact on the new one.
import { startSentinels } from '../../fleet/redis-sentinels.js';
import { until } from '../../fleet/until.js';
import { describeWith } from '../../programs.js';
import { playIncident } from './incident.js';

describeWith(['redis-server'], 'the ledger of a fleet behind three Sentinels', () => {
  test('over a failover no request fails, counts are exact but for the gap of what was killed, subscribers within 2 %', async () => {
    const redis = await startSentinels();
    try {
      const { sentinels, master } = redis.at;
      await playIncident({
        redis: { sentinels: sentinels.map(({ host, port }) => `${host}:${port}`), master },
        fail: async () => {
          const [first] = redis.servers;
          // Some of the ledger is there, and whoever is chosen may have it.
          expect(await first?.client.keys('{edge}:ledger:*')).toHaveLength(2);
          await first?.kill();
          await until(async () => (await redis.master()) !== undefined, 120_000);
        },
      });
    } finally {
      await redis.stop();
    }
  }, 240_000);
});
