// A leak that the gateway counts rings at the pager, with the shipped rules in Debian's Prometheus and Alertmanager: how soon is
// printed. HEADGATE_SCRAPE=15s says how often Prometheus looks (default 1s).
import { request } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { describeWith } from '../programs.js';
import { eventually } from '../wire/harness/deadline.js';
import { Gateway } from '../wire/harness/gateway.js';
import { Origin } from '../wire/harness/origin.js';
import { MSISDN_UNCHANGED, partner, policyText } from '../wire/harness/policy-text.js';
import { withBrokenFilter } from './broken-filter.js';
import { Pager, Watch } from './watchers.js';

const SCRAPE = process.env['HEADGATE_SCRAPE'] ?? '1s';
const NUMBER = '447700900042';
const STRANGER = 'news.example';
const BILLING = 'pay.acme.example';
const POLICY = policyText([partner({ id: 'acme-pay', hosts: [BILLING], release: [MSISDN_UNCHANGED] })]);
/** Longer than any wait of the rules, so that a test fails with a sentence. */
const PATIENCE_MS = 150_000;

describeWith(
  ['prometheus', 'prometheus-alertmanager'],
  'the shipped alerts, with a gateway of which the filter is broken',
  () => {
    let folder: string;
    let origin: Origin;
    let whole: Gateway;
    let broken: Gateway;
    let pager: Pager;
    let watch: Watch;
    let brokenMain: string;

    const startGateway = (name: string, main?: string): Promise<Gateway> =>
      Gateway.start({
        name,
        policy: POLICY,
        settings: { destinations: { default: `127.0.0.1:${origin.port}`, permit: ['127.0.0.0/8'] } },
        ...(main === undefined ? {} : { main }),
      });

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'hg-alerts-'));
      origin = await Origin.start('site');
      brokenMain = withBrokenFilter();
      whole = await startGateway('e2e-alerts-whole');
      broken = await startGateway('e2e-alerts-broken', brokenMain);
      pager = await Pager.start();
      watch = await Watch.start({
        folder,
        pager,
        targets: {
          headgate: { 'lon-1': [`127.0.0.1:${whole.metricsPort}`], 'man-1': [`127.0.0.1:${broken.metricsPort}`] },
        },
        scrapeInterval: SCRAPE,
      });
      // Every counter was seen at 0: what comes now is the first that Prometheus ever sees of it.
      const isBorn = async (): Promise<boolean> =>
        (await watch.query('count_over_time(headgate_leaked_headers_total{detector="egress"}[1m]) >= 2')).length > 0 &&
        (await watch.query('sum(up{job="headgate"}) == 2')).length > 0;
      await eventually('two looks at every gateway', isBorn, PATIENCE_MS);
    }, PATIENCE_MS + 30_000);

    afterAll(async () => {
      await watch?.stop();
      await pager?.stop();
      if (whole?.isAlive) await whole.stop();
      await broken?.stop();
      await origin?.stop();
      rmSync(folder, { recursive: true, force: true });
      rmSync(resolve(dirname(brokenMain), '../..'), { recursive: true, force: true });
    });

    /** A subscriber's request as the network enriches it; the status of the answer. */
    const ask = (gateway: Gateway, host: string, fields: Readonly<Record<string, string>>): Promise<number> =>
      new Promise((settle, reject) => {
        const asked = request(
          {
            host: '127.0.0.1',
            port: gateway.port(),
            path: `http://${host}/`,
            headers: { host, ...fields },
            agent: false,
          },
          (answer) => {
            answer.resume();
            answer.on('end', () => settle(answer.statusCode ?? 0));
          },
        );
        asked.on('error', reject);
        asked.end();
      });
    const rings = async (alertname: string, labels: Readonly<Record<string, string>>) => {
      await eventually(`${alertname} to ring`, () => pager.find(alertname, labels) !== undefined, PATIENCE_MS);
      const notice = pager.find(alertname, labels);
      if (notice === undefined) throw new Error(alertname);
      return notice;
    };
    const sayHowSoon = (what: string, at: number, since: number): void =>
      console.info(`${what}: ${((at - since) / 1000).toFixed(1)} s at a scrape interval of ${SCRAPE}`);

    let firstTicketAt = 0;

    test(
      'ordinary traffic rings nothing',
      async () => {
        for (const host of [STRANGER, BILLING, STRANGER]) {
          expect(await ask(whole, host, { 'X-MSISDN': NUMBER, 'X-IMSI': '001010000000042' })).toBe(200);
        }
        const counted = async (): Promise<boolean> =>
          (await watch.query('sum(headgate_requests_total{verdict="released"}) >= 1')).length > 0;
        await eventually('Prometheus to have seen it', counted, PATIENCE_MS);
        expect((await watch.query('ALERTS{severity="page"}')).map(({ metric }) => metric['alertname'])).toEqual([]);
      },
      PATIENCE_MS,
    );

    test(
      'the first head that the second look ever stops wakes somebody, and says where and since when',
      async () => {
        origin.mark();
        firstTicketAt = performance.now();
        expect(await ask(whole, STRANGER, { 'X-MSISDN': NUMBER, 'X-Odd': NUMBER })).toBe(200);
        const since = performance.now();
        expect(await ask(broken, STRANGER, { 'X-MSISDN': NUMBER })).toBe(502);
        const { at, to, labels, annotations } = await rings('HeadgateEgressHit', { site: 'man-1' });
        sayHowSoon('a page of the first leak that was counted', at, since);

        expect(to).toBe('page');
        expect(labels).toMatchObject({ listener: 'internet', instance: `127.0.0.1:${broken.metricsPort}` });
        const digest = String(broken.find('ready')?.['digest']).slice(0, 7);
        expect(annotations['description']?.slice(0, 400)).toMatch(
          new RegExp(
            `^Leaving now: no, .* Where: listener internet, site man-1, gateway 127\\.0\\.0\\.1:\\d+\\. Since: 20.* UTC\\. ` +
              `Last change: policy ${digest} \\(admitted\\) 20.* UTC\\. Type, there: systemctl stop headgate`,
          ),
        );
        expect(origin.since().filter(({ bytes }) => bytes.includes(NUMBER))).toEqual([]);
        expect((at - since) / 1000).toBeLessThan(SCRAPE === '30s' ? 60 : 45);
      },
      PATIENCE_MS,
    );

    test(
      'the other gateway’s contained leak is a ticket, and no page',
      async () => {
        const { at, to, annotations } = await rings('HeadgateLeakContained', { site: 'lon-1', detector: 'exact' });
        sayHowSoon('a ticket of a contained leak', at, firstTicketAt);
        expect(to).toBe('ticket');
        expect(annotations['description']).toMatch(/^Leaving now: no, withheld\./);
        expect(pager.notices.filter((notice) => notice.to === 'page' && notice.labels['site'] === 'lon-1')).toEqual([]);
      },
      PATIENCE_MS,
    );

    test(
      'a gateway that is gone wakes somebody',
      async () => {
        const since = performance.now();
        await whole.stop();
        const { at, to, annotations } = await rings('HeadgateDown', { site: 'lon-1' });
        sayHowSoon('a page of a gateway that is gone', at, since);
        expect(to).toBe('page');
        expect(annotations['description']).toMatch(
          /^Leaving now: no; but never route around it while enrichment is on\./,
        );
      },
      PATIENCE_MS,
    );

    test('nothing that rang holds a subscriber’s value', () => {
      expect(pager.heard).not.toContain(NUMBER.slice(2));
    });
  },
);
