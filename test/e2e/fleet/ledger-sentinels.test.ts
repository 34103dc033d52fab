// Three Sentinels of which two must agree, a machine that dies under traffic with the master and one of them: the ledger of the fleet is exact
// on the new one, and replicas and verbs write of it what they have to say and nothing else.
import { startSentinels } from '../../fleet/redis-sentinels.js';
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
          const master = await redis.reigning();
          // Some of the ledger is there, and whoever is chosen may have it.
          expect(await master.client.keys('{edge}:ledger:*')).toHaveLength(2);
          await Promise.all([master.kill(), redis.watching[1]?.kill()]);
          expect(await redis.reigning()).not.toBe(master);
        },
      });
    } finally {
      await redis.stop();
    }
  }, 240_000);
});
