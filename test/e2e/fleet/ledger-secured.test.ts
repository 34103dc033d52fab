// A Redis with TLS and the user of docs/fleet.md alone, wiped under traffic: that user may do all that the ledger needs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startSecured } from '../../fleet/redis-secured.js';
import { describeWith } from '../../programs.js';
import { playIncident } from './incident.js';

describeWith(['redis-server', 'openssl'], 'the ledger of a fleet over TLS, as a user of its own', () => {
  test('counts are exact but for the gap of what was killed, subscribers within 2 %', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'headgate-e2e-tls-'));
    const { server, port, ca, passwordFile } = await startSecured(folder, 'edge');
    try {
      await server.client.call('ACL', ['SETUSER', 'default', '-@all', '+flushall', '+keys', '+info']);
      await playIncident({
        redis: { url: `rediss://127.0.0.1:${port}`, tls: { ca: [ca] }, username: 'gateway', passwordFile },
        fail: async () => {
          expect(await server.client.keys('{edge}:ledger:*')).toHaveLength(2);
          await server.client.flushall();
        },
      });
    } finally {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }, 240_000);
});
