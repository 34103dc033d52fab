// What the fast path alone owes a well-formed head of the closed list: a refusal that says so, the end, and nobody contacted.
import { Client } from './client.js';
import type { Gateway } from './gateway.js';
import type { Origin } from './origin.js';
import { total } from './scrape.js';

/** Sends `bytes` and throws with a sentence where they are not refused as `slow-path`. The origins see no connection. */
export async function checkRefusedAlone(gateway: Gateway, origins: readonly Origin[], bytes: string): Promise<void> {
  const before = await gateway.metrics();
  const connections = origins.map((origin) => origin.connections.length);
  for (const origin of origins) origin.mark();
  const client = await Client.connect(gateway.port());
  client.send(bytes);
  await client.end();
  client.abort();
  gateway.keep('answers.txt', client.received);
  const { answers, rest } = client.read([bytes.split(' ', 1)[0] ?? 'GET']);
  expect([answers.map(({ status }) => status), rest]).toEqual([[501], '']);
  expect(answers[0]?.body).toMatch(/^headgate: slow-path\n/);
  expect(answers[0]?.head).toMatch(/^connection: close\r$/im);
  expect(origins.map((origin) => origin.connections.length)).toEqual(connections);
  expect(origins.flatMap((origin) => origin.since())).toEqual([]);
  const why = 'why="slow-path"';
  const refused = (samples: typeof before): number => total(samples, 'headgate_refused_requests_total', why);
  expect(refused(await gateway.metrics()) - refused(before)).toBe(1);
}
