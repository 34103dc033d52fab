// The O2 day, end to end with real parts: what reaches strangers and how soon somebody is woken, when the network changes what it sends, when
// the filter is broken, when the gateway is bypassed, when a policy too wide is dropped onto the host. HEADGATE_O2_DAY=5s,15s,30s plays it
// under watches of these scrape intervals at once, waits for the ticket too, and prints the table.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LeaksAnswer } from '../../src/control/admin-actions.js';
import { asSent, PANELS } from '../alerts/shipped.js';
import { describeWith } from '../programs.js';
import { eventually } from '../wire/harness/deadline.js';
import { dayFromNow, MSISDN_UNCHANGED, partner } from '../wire/harness/policy-text.js';
import { total } from '../wire/harness/scrape.js';
import { NEWS, startO2World, SUBSCRIBERS_NUMBER, type O2World, type Watched } from './o2-world.js';
import type { Marks } from './o2-expected.js';
import { approveWhatLies, lockDown, verb } from './o2-people.js';
import { faultsOfReport, unseenAlterations } from './o2-report.js';
import { factsOf, faultsOfLeaks, faultsOfRecipients, reportedDay, type Reported } from './o2-reported.js';
import { ALONE_NAME } from './switched-enricher.js';
import type { Notice } from './watchers.js';

const ASKED = process.env['HEADGATE_O2_DAY'] ?? '';
/** With the table: the long run. */
const IS_WHOLE = ASKED !== '';
const INTERVALS = IS_WHOLE ? ASKED.split(',') : ['5s'];
const longest = Math.max(...INTERVALS.map((interval) => Number.parseInt(interval, 10)));
/** Longer than any wait of the rules but the ticket's, so that a test fails with a sentence. */
const PATIENCE_MS = 150_000 + 2000 * longest;
/** A refused policy is a ticket after five minutes, which wait for company. */
const TICKET_MS = 480_000 + 2000 * longest;
const ENOUGH_REQUESTS = 150;

interface Row {
  readonly act: string;
  readonly interval: string;
  readonly alert: string;
  readonly seconds: number;
  /** Numbers that strangers had received by then. */
  readonly numbers: number;
}

describeWith(['haproxy', 'nginx', 'prometheus', 'prometheus-alertmanager', 'ssh-keygen'], 'the O2 day', () => {
  let world: O2World;
  const rows: Row[] = [];
  let droppedAt = 0;
  const marks: { -readonly [K in keyof Marks]?: Marks[K] } = {};

  beforeAll(async () => {
    const from = Date.now();
    world = await startO2World(INTERVALS);
    marks.started = [from, Date.now()];
    // What comes later is the first that anybody ever sees of it.
    for (const { watch } of world.watches) {
      const isBorn = async (): Promise<boolean> =>
        (await watch.query('count(count_over_time(headgate_leaked_headers_total{detector="egress"}[5m]) >= 2) >= 2'))
          .length > 0 &&
        (await watch.query('min(headgate_canary_last_success_timestamp_seconds{probe="negative"}) > 0')).length > 0 &&
        (await watch.query('count_over_time(headgate_mirror_requests_total[5m]) >= 2')).length > 0 &&
        (await watch.query('sum(headgate_released_headers_total{partner="pay"}) > 0')).length > 0;
      await eventually('two looks at every part', isBorn, PATIENCE_MS);
    }
  }, PATIENCE_MS + 120_000);

  afterAll(async () => {
    await world?.stop();
    const acts = [...new Set(rows.map(({ act }) => act))];
    const ordered = acts.flatMap((act) =>
      INTERVALS.flatMap((interval) => rows.filter((row) => row.act === act && row.interval === interval)),
    );
    for (const { act, interval, alert, seconds, numbers } of ordered) {
      const rang = Number.isNaN(seconds) ? 'not waited for' : `${seconds.toFixed(1)} s, ${alert}`;
      process.stderr.write(`${act} | ${interval} | ${String(numbers)} numbers out | ${rang}\n`);
    }
  }, 60_000);

  const ringsOf = ({ pager }: Watched, alerts: readonly string[], since: number): Notice | undefined =>
    pager.notices.find(
      ({ status, at, labels }) => status === 'firing' && at >= since && alerts.includes(labels['alertname'] ?? ''),
    );

  /** How many numbers of subscribers strangers received since the last time. */
  const numbersOut = (): number => {
    const { numbers } = world.websites.arrived('strangers', SUBSCRIBERS_NUMBER);
    return [...numbers.values()].reduce((sum, count) => sum + count, 0);
  };

  const requests = async (count: number): Promise<void> => {
    const from = world.crowd.sent;
    await eventually('requests', () => world.crowd.sent >= from + count, PATIENCE_MS);
  };

  /** Waits until every pager rang; what had reached strangers when each did. */
  const untilAllRang = async (act: string, alerts: readonly string[], since: number, ms: number): Promise<Row[]> => {
    const own: Row[] = [];
    let numbers = 0;
    await eventually(
      `${alerts.join(' or ')} at every pager`,
      () => {
        numbers += numbersOut();
        for (const watched of world.watches) {
          const { interval } = watched;
          const notice = ringsOf(watched, alerts, since);
          if (notice === undefined || own.some((row) => row.interval === interval)) continue;
          const seconds = (notice.at - since) / 1000;
          own.push({ act, interval, alert: notice.labels['alertname'] ?? '', seconds, numbers });
        }
        return own.length === world.watches.length;
      },
      ms,
    );
    rows.push(...own);
    return own;
  };

  /** Plays one day until every pager rang, and back to the usual one. */
  const play = async (
    act: string,
    day: Parameters<O2World['enricher']['turn']>[0],
    alerts: readonly string[],
  ): Promise<Row[]> => {
    numbersOut();
    const since = performance.now();
    await world.enricher.turn(day);
    const own = await untilAllRang(act, alerts, since, PATIENCE_MS);
    await world.enricher.turn('usual');
    return own;
  };

  test('an ordinary morning: no number reaches a stranger, and nobody is woken', async () => {
    await requests(ENOUGH_REQUESTS);
    expect(numbersOut()).toBe(0);
    expect(world.crowd.answers.get(200)).toBeGreaterThan(ENOUGH_REQUESTS);
    for (const { pager } of world.watches) expect(pager.notices.filter(({ to }) => to === 'page')).toEqual([]);
  }, 60_000);

  test(
    '(d) a policy that releases more, dropped onto the host: it is refused, and nothing more leaves',
    async () => {
      const wider = JSON.parse(world.policy) as { partners: object[] };
      wider.partners.push(partner({ id: 'news', hosts: NEWS, release: [MSISDN_UNCHANGED], until: dayFromNow(30) }));
      numbersOut();
      droppedAt = performance.now();
      const dropped = Date.now();
      writeFileSync(join(world.gateway.folder, 'policy.yaml'), JSON.stringify(wider));
      await eventually(
        'the gateway to refuse it',
        () => world.gateway.find('policy-not-replaced') !== undefined,
        60_000,
      );
      marks.refused = [dropped, Date.now()];
      expect(world.gateway.find('policy-not-replaced')).toMatchObject({ cause: 'not-approved' });
      await requests(ENOUGH_REQUESTS);
      expect(numbersOut()).toBe(0);
    },
    PATIENCE_MS,
  );

  test(
    '(c) the gateway is bypassed by routing: the mirror and the canary see it',
    async () => {
      const own = await play('c, bypassed', 'bypassed', ['HeadgateMirrorSawIdentity', 'HeadgateCanaryLeak']);
      // There is nothing between the network and the sites: numbers do leave until somebody acts.
      for (const { numbers } of own) expect(numbers).toBeGreaterThan(0);
      expect(own.find(({ interval }) => interval === '5s')?.seconds ?? 0).toBeLessThan(60);
      await requests(20);
      numbersOut();
    },
    PATIENCE_MS,
  );

  test(
    '(b) the filter is broken: the second look lets no number out, and says so',
    async () => {
      const own = await play('b, filter broken', 'broken', ['HeadgateEgressHit']);
      expect(own.map(({ numbers }) => numbers)).toEqual(own.map(() => 0));
      expect(world.crowd.answers.get(502)).toBeGreaterThan(10);
      await requests(20);
      expect(numbersOut()).toBe(0);
    },
    PATIENCE_MS,
  );

  test(
    '(a, alone) the number under a new name and no known one: quarantined within 90 seconds, then none leaves',
    async () => {
      numbersOut();
      const since = performance.now();
      await world.enricher.turn('alone');
      const isQuarantined = async (): Promise<boolean> =>
        total(await world.gateway.metrics(), 'headgate_novel_headers', 'state="quarantined"') > 0;
      await eventually('the quarantine', isQuarantined, PATIENCE_MS);
      const seconds = (performance.now() - since) / 1000;
      await eventually('the log to say so', () => world.gateway.find('name-quarantined') !== undefined, 60_000);
      expect(world.gateway.find('name-quarantined')).toMatchObject({ field: 'xbearerref', listener: 'internet' });
      await requests(20);
      const numbers = numbersOut();
      await requests(ENOUGH_REQUESTS);
      expect(numbersOut()).toBe(0);
      process.stderr.write(
        `a, alone: quarantined after ${seconds.toFixed(1)} s; ${String(numbers)} numbers out by then\n`,
      );
      expect(numbers).toBeGreaterThan(0);
      expect(seconds).toBeLessThan(90);
      const own = await untilAllRang('a, alone', ['HeadgateNoveltyFollows'], since, PATIENCE_MS);
      rows.splice(rows.length - own.length, own.length, ...own.map((row) => ({ ...row, numbers })));
      await world.enricher.turn('usual');
    },
    2 * PATIENCE_MS,
  );

  test(
    '(a, beside) the number under a new name beside the known one: none leaves from the first request on',
    async () => {
      const own = await play('a, beside', 'beside', ['HeadgateNetworkLeak']);
      expect(own.map(({ numbers }) => numbers)).toEqual(own.map(() => 0));
      await requests(20);
      expect(numbersOut()).toBe(0);
    },
    PATIENCE_MS,
  );

  test(
    'each panel of the dashboard has data, and each metric in it is exported',
    async () => {
      const rateSeconds = Math.max(60, 4 * Number.parseInt(INTERVALS[0] ?? '', 10));
      const expressions = PANELS.flatMap(({ targets }) => targets.map(({ expr }) => expr));
      const names = new Set(expressions.flatMap((expr) => expr.match(/\b(?:headgate|process)_\w+/g) ?? []));
      expect([expressions.length > 30, names.size > 30]).toEqual([true, true]);
      const watch = world.watches[0]?.watch;
      let empty: string[] = [];
      const isFilled = async (): Promise<boolean> => {
        empty = [];
        for (const expr of [...expressions, ...[...names].map((name) => `count({__name__="${name}"})`)]) {
          const samples = (await watch?.query(asSent(expr, `${String(rateSeconds)}s`))) ?? [];
          if (!samples.some(({ value }) => Number.isFinite(value))) empty.push(expr);
        }
        return empty.length === 0;
      };
      await eventually('data', isFilled, 60_000).catch(() => undefined);
      expect(empty).toEqual([]);
    },
    PATIENCE_MS,
  );

  test(
    '(d) the policy that was refused is a ticket in the end',
    async () => {
      const act = 'd, policy dropped';
      if (IS_WHOLE) {
        const own = await untilAllRang(act, ['HeadgatePolicyRefused'], droppedAt, TICKET_MS);
        expect(own.map(({ numbers }) => numbers)).toEqual(own.map(() => 0));
        return;
      }
      // It waits five minutes before it rings: that it waits is seen here, that it rings in the long run.
      const pending = 'ALERTS{alertname="HeadgatePolicyRefused", code="not-approved"}';
      const isWaiting = async (): Promise<boolean> => (await world.watches[0]?.watch.query(pending))?.length === 1;
      await eventually('the ticket to wait', isWaiting, PATIENCE_MS);
      expect(numbersOut()).toBe(0);
      rows.push({ act, interval: INTERVALS[0] ?? '', alert: '', seconds: NaN, numbers: 0 });
    },
    TICKET_MS + 60_000,
  );

  test(
    '(e) the same policy with the signatures it needs: numbers go to the sites it names, until somebody locks it down',
    async () => {
      marks.approved = await approveWhatLies(world);
      await eventually('the gateway to admit it', () => world.gateway.find('policy-admitted') !== undefined, 60_000);
      await eventually('numbers at a site', () => numbersOut() > 0, 60_000);
      await requests(ENOUGH_REQUESTS);
      marks.locked = await lockDown(world);
      await requests(20);
      numbersOut();
      await requests(ENOUGH_REQUESTS);
      expect(numbersOut()).toBe(0);
    },
    PATIENCE_MS,
  );

  test('headgate leaks says of every site and name what the enricher sent and the site did or did not receive', async () => {
    for (const [gateway, kind] of [
      [world.gateway, 'whole'],
      [world.broken, 'broken'],
    ] as const) {
      const config = join(gateway.folder, 'headgate.yaml');
      const said = await verb('leaks', '--since', '1h', '--config', config, '--format', 'json');
      const facts = factsOf(world)[kind];
      expect(facts.leaks.length).toBeGreaterThan(20);
      expect(faultsOfLeaks(JSON.parse(said) as LeaksAnswer, facts)).toEqual([]);
    }
  }, 200_000);

  describe('when the day is over', () => {
    let days: readonly Reported[];

    beforeAll(async () => {
      const from = Date.now();
      await world.quiet();
      marks.ended = [from, Date.now()];
      const page = world.watches[0]?.pager.notices.find(({ to, status }) => to === 'page' && status === 'firing');
      marks.rang = performance.timeOrigin + (page?.at ?? NaN);
      days = await reportedDay(world, marks as Marks);
    }, 400_000);

    test('each request arrived or was refused, and none came past the logs', () => {
      const { whole, broken, strays } = factsOf(world);
      expect([whole.lost, broken.lost, strays]).toEqual([[], [], []]);
      expect([whole.releases.length > 50, whole.leaks.length > 200, broken.leaks.length > 20]).toEqual([
        true,
        true,
        true,
      ]);
      expect([broken.releases, whole.releases.filter(({ partner }) => partner === 'nobody')]).toEqual([[], []]);
    });

    test('every leaf of the incident report is the truth, of one gateway, of the other and of both', () => {
      const faults = days.map(({ of, report, expected }) => ({ of, faults: faultsOfReport(report, expected) }));
      expect(faults).toEqual(days.map(({ of }) => ({ of, faults: [] })));
      const [whole] = days;
      expect(whole?.report.basis).toBe('added');
      expect(whole?.report.recipients.length).toBe(NEWS.length);
      expect(whole?.report.left?.releases.value).toBeGreaterThan(100);
    }, 60_000);

    test('a report that says anything else is caught, whichever leaf it is', () => {
      const [whole] = days;
      const unseen = whole === undefined ? ['all'] : unseenAlterations(whole.report, whole.expected);
      expect(unseen).toEqual([]);
    }, 300_000);

    test('the pages say what the values say, and no subscriber’s number', () => {
      for (const { report, pages } of days) {
        const told = [
          report.people,
          report.releases,
          ...report.recipients.map(({ people }) => people),
          report.left?.people,
        ];
        for (const page of pages) {
          for (const count of told) expect(page).toContain(count?.text ?? '');
          expect(page).toContain('routes around them');
        }
        expect([JSON.stringify(report), ...pages].join()).not.toMatch(/7700900\d{3}|00101\d{10}/);
      }
    });

    test('headgate recipients says of every site what it received, and from when to when', async () => {
      expect(await faultsOfRecipients(world, marks as Marks)).toEqual([]);
    }, 200_000);
  });

  test('the partner received pseudonyms, and a number only under the name that nobody knew: strangers alone are quarantined from', () => {
    const { requests: received, numbers } = world.websites.arrived('partners', SUBSCRIBERS_NUMBER);
    expect([received > 0, [...numbers.keys()]]).toEqual([true, [ALONE_NAME.toLowerCase()]]);
  });

  test('nothing that rang holds a subscriber’s value', () => {
    for (const { pager } of world.watches) expect(pager.heard).not.toMatch(/7700900\d{3}/);
  });
});
