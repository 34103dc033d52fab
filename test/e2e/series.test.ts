// How many series a gateway has at /metrics, before any request: as the formula of docs/deployment.md says, from which operators size their
// Prometheus.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Gateway } from '../wire/harness/gateway.js';
import { partner, policyText } from '../wire/harness/policy-text.js';
import { fetchText } from '../wire/harness/scrape.js';

jest.setTimeout(120_000);

const PAGE = readFileSync(resolve('docs/deployment.md'), 'utf8');
const [, base = NaN, each = NaN] = (/(\d+) \+ L x \((\d+) \+ H \+ N\) \+ P/.exec(PAGE) ?? []).map(Number);
const NAMES = ['X-MSISDN', 'X-IMSI', 'x-up-calling-line-id'];

interface Shape {
  readonly listeners: number;
  readonly partners: number;
  /** Released headers of each partner. */
  readonly headers: number;
}

async function seriesOf({ listeners, partners, headers }: Shape): Promise<number> {
  const gateway = await Gateway.start({
    name: 'e2e-series',
    policy: policyText(
      Array.from({ length: partners }, (_, i) =>
        partner({
          id: `partner${String(i)}`,
          hosts: [`pay.partner${String(i)}.example`],
          release: NAMES.slice(0, headers).map((header) => ({ header, as: 'unchanged' })),
        }),
      ),
    ),
    settings: {
      listeners: Array.from({ length: listeners }, (_, i) => ({
        ...{ name: `apn${String(i)}`, address: '127.0.0.1:0', clients: ['127.0.0.0/8'], trust: 'path' },
      })),
    },
  });
  try {
    const { body } = await fetchText(gateway.metricsPort, '/metrics');
    return body.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
  } finally {
    await gateway.stop();
  }
}

test.each<Shape>([
  { listeners: 1, partners: 1, headers: 1 },
  { listeners: 2, partners: 1, headers: 1 },
  { listeners: 1, partners: 2, headers: 3 },
  { listeners: 3, partners: 10, headers: 3 },
])('a gateway of %j has as many series as the formula says', async (shape) => {
  const { listeners, partners, headers } = shape;
  const wanted = base + listeners * (each + headers * partners + headers) + partners;
  expect(await seriesOf(shape)).toBe(wanted);
});
