// A request whose destination cannot be reached is counted once, as what would have become of it, on every path alike.
import { createServer, type AddressInfo } from 'node:net';
import { ask } from './harness/client.js';
import { total, type Samples } from './harness/scrape.js';
import { describeStage } from './harness/suite.js';
import { head, ID, PARTNER } from './harness/values.js';

/** A port where nobody listens. */
async function nobodysPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describeStage('unreachable', { name: 'unreachable' }, (stage) => {
  beforeAll(async () => {
    const nobody = `127.0.0.1:${await nobodysPort()}`;
    await stage().gateway.resettle({
      destinations: { hosts: { [PARTNER]: nobody }, default: nobody, permit: ['127.0.0.0/8'] },
    });
  });

  it.each([
    ['with identity to a stranger', 'stripped', 'stranger.test', 'X-MSISDN: 447700900123'],
    ['with identity to a partner', 'released', PARTNER, 'X-MSISDN: 447700900123'],
    ['without identity', 'untouched', 'stranger.test', 'Accept: */*'],
    ['in an unusual form', 'stripped', 'stranger.test', `${ID}\r\nHost_: x`],
  ])('%s: it is 502, counted as %s, and nothing was released', async (_, verdict, host, line) => {
    const before = await stage().gateway.metrics();
    const answer = await ask(stage().port, head('GET / HTTP/1.1', `Host: ${host}`, line));
    expect(answer.status).toBe(502);
    const after = await stage().counted(before, 1);
    const grew = (samples: Samples, metric: string, ...labels: readonly string[]): number =>
      total(samples, metric, ...labels) - total(before, metric, ...labels);
    expect(grew(after, 'headgate_requests_total', `verdict="${verdict}"`)).toBe(1);
    expect(grew(after, 'headgate_released_headers_total')).toBe(0);
  });
});
