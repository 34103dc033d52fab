// The arithmetic of the benchmark: quartiles, ratios pair by pair, quantiles of histograms, and when a row is void. Its files are
// ES modules, so a program asks them.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

/** What a piece of ES module text prints as JSON. */
const evaluate = (text: string): unknown => {
  const words = ['--input-type=module', '-e', text];
  const { stdout, stderr } = spawnSync(process.execPath, words, { cwd: resolve(__dirname, '../..'), encoding: 'utf8' });
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
};
const statistics = (names: string, expression: string): unknown =>
  evaluate(`import { ${names} } from './test/bench/statistics.mjs'; console.log(JSON.stringify(${expression}))`);

test('a spread is median and quartiles, between two values where none stands there', () => {
  expect(statistics('spreadOf', '[spreadOf([4, 1, 3, 2]), spreadOf([7]), spreadOf([])]')).toEqual([
    { median: 2.5, lower: 1.75, upper: 3.25 },
    { median: 7, lower: 7, upper: 7 },
    null,
  ]);
});

test('ratios are of the same round, not of medians; a round that one of them lacks does not count', () => {
  const ours = '[{ round: 1, cost: 10 }, { round: 2, cost: 30 }, { round: 3, cost: 500 }, { round: 4, cost: 8 }]';
  const theirs = '[{ round: 4, cost: 16 }, { round: 2, cost: 20 }, { round: 1, cost: 10 }]';
  // Medians would give 20 / 16.
  expect(statistics('ratioOf', `ratioOf(${ours}, ${theirs})`)).toMatchObject({ median: 1 });
  expect(statistics('ratioOf', `ratioOf(${ours}, [{ round: 9, cost: 1 }])`)).toBeNull();
});

test('a bucket is read within 3 % of what was put into it', () => {
  const worst = statistics(
    'microsecondsOf',
    `(() => {
      // As load.c does it.
      const bucketOf = (us) => {
        if (us < 64) return us;
        const e = 31 - Math.clz32(us);
        return 64 + (e - 6) * 32 + ((us >> (e - 5)) & 31);
      };
      let worst = 0;
      for (let us = 1; us < 3_000_000; us += 1 + (us >> 9)) {
        worst = Math.max(worst, Math.abs(microsecondsOf(bucketOf(us)) / us - 1));
      }
      return worst;
    })()`,
  );
  expect(worst).toBeGreaterThan(0);
  expect(worst).toBeLessThan(0.03);
});

test('a quantile is of the requests of all segments together', () => {
  const segments = '[[[10, 98], [50, 1]], [[10, 97], [40, 3], [60, 1]]]';
  const merged = `mergedOf(${segments})`;
  expect(statistics('latencyOf, mergedOf', `[0.5, 0.97, 0.99, 1].map((share) => latencyOf(${merged}, share))`)).toEqual(
    [10, 10, 40, 60],
  );
  expect(statistics('latencyOf, mergedOf', `latencyOf(mergedOf([]), 0.99)`)).toBeNull();
});

const SEGMENT = {
  cost: 16,
  requestsPerSecond: 60_000,
  p99: 900,
  histogram: [[10, 1]],
  idle: 0.25,
  others: 0,
  written: [1000],
};
const SLOW = { ...SEGMENT, requestsPerSecond: 8_000 };

test.each([
  ['nothing is wrong', {}, { segments: [SEGMENT] }, undefined],
  [
    'a request failed',
    {},
    { segments: [SEGMENT], void: '1 of 9 requests failed: status 502' },
    /^1 of 9 .*status 502$/,
  ],
  ['load and origin had no idle time', {}, { segments: [{ ...SEGMENT, idle: 0.19 }] }, /19 % of their core idle/],
  ['an open loop was not kept', { perSecond: 10_000 }, { segments: [SLOW] }, /^it answered 8,000 requests a second$/],
  ['a closed loop is as slow as it is', {}, { segments: [SLOW] }, undefined],
  ['nothing was timed', {}, { segments: [] }, /not timed/],
] as const)('a row is void or not: %s', (_, scenario, result, why) => {
  const segments = result.segments.map((segment, round) => ({ round, ...segment }));
  const wanted = { scenario: { against: ['a'], ...scenario }, results: { a: { most: 0, ...result, segments } } };
  const report = evaluate(
    `import { reportOf } from './test/bench/verdict.mjs';
     const { scenario, results } = ${JSON.stringify(wanted)};
     console.log(JSON.stringify(reportOf(scenario, results)))`,
  ) as { proxies: { void?: string }[] };
  const [proxy] = report.proxies;
  if (why === undefined) expect(proxy?.void).toBeUndefined();
  else expect(proxy?.void).toMatch(why);
});

test('the least share of a worker is of all rounds between two openings of the connections', () => {
  const rounds = [
    [90, 10],
    [10, 90],
    [30, 70],
    [30, 70],
  ];
  const segments = rounds.map((written, i) => ({ ...SEGMENT, round: i + 1, written }));
  const results = { a: { most: 0, segments } };
  const least = (scenario: object): unknown =>
    evaluate(
      `import { reportOf } from './test/bench/verdict.mjs';
       const { scenario, results } = ${JSON.stringify({ scenario: { against: ['a'], ...scenario }, results })};
       console.log(JSON.stringify(reportOf(scenario, results).proxies[0].leastShare))`,
    );
  expect(least({})).toMatchObject({ median: 0.4 });
  expect(least({ freshEvery: 2 })).toMatchObject({ median: 0.4, lower: 0.35, upper: 0.45 });
  expect(least({ freshEvery: 1 })).toMatchObject({ median: 0.2 });
});

test('a thread that ends between two readings takes nothing off what the program spent', () => {
  const spent = evaluate(`
    import { once } from 'node:events';
    import { Worker } from 'node:worker_threads';
    import { threadNanosecondsOf, spentNanoseconds } from './test/bench/cpu.mjs';
    const burn = (ms) => { for (const end = performance.now() + ms; performance.now() < end; ) continue; };
    const worker = new Worker(
      "import { parentPort } from 'node:worker_threads';" +
        'for (const end = performance.now() + 400; performance.now() < end; ) continue;' +
        "parentPort.postMessage(''); setInterval(() => {}, 1e6);",
      { eval: true },
    );
    await once(worker, 'message');
    const before = threadNanosecondsOf([process.pid]);
    await worker.terminate();
    burn(50);
    const after = threadNanosecondsOf([process.pid]);
    console.log(JSON.stringify([before.size - after.size, spentNanoseconds(before, after) / 1e6]));
  `) as [number, number];
  expect(spent[0]).toBeGreaterThan(0);
  expect(spent[1]).toBeGreaterThan(0);
});
