// A round never calls well what it could not see: with the positive part blind there is no `fine`, whatever the rest says.
import type { Finding, Judge } from '../../src/canary/judging.js';
import type { Asked } from '../../src/canary/questions.js';
import { renderRound, roundCode } from '../../src/canary/render-round.js';
import { runRound, type ProbeReport } from '../../src/canary/round.js';
import type { Probe } from '../../src/telemetry/outside-metrics.js';

const question = (probe: Probe, restsOnPositive = false): Asked => ({
  ...{ probe, what: `of ${probe}`, entry: { proxy: { host: '127.0.0.1', port: 1 } }, url: '', nonce: '', fields: [] },
  ...{ expects: 'nothing', host: 'a.example', restsOnPositive },
});
const FINE: Finding = { kind: 'fine' };
const LEAK: Finding = { kind: 'leak', names: ['X-MSISDN'] };
const BROKEN: Finding = { kind: 'broken', why: 'nobody listens there' };
const run = (...given: readonly (readonly [Asked, Finding])[]): Promise<readonly ProbeReport[]> => {
  const findings = new Map(given);
  const judge = { judge: (asked: Asked) => findings.get(asked) ?? BROKEN } as unknown as Judge;
  return runRound(
    [...findings.keys()],
    () => Promise.resolve({ failure: null, status: 200, fields: [], body: '' }),
    judge,
  );
};
const outcomes = (reports: readonly ProbeReport[]): Readonly<Record<string, string>> =>
  Object.fromEntries(reports.map(({ probe, outcome }) => [probe, outcome]));

test.each<[string, Finding, Finding, Readonly<Record<string, string>>, string]>([
  ['all is well', FINE, FINE, { negative: 'fine', positive: 'fine' }, 'fine'],
  ['a stranger received something', FINE, LEAK, { negative: 'leak', positive: 'fine' }, 'leak'],
  ['the positive part is blind', BROKEN, FINE, { negative: 'broken', positive: 'broken' }, 'broken'],
  ['it is blind, and yet something arrived', BROKEN, LEAK, { negative: 'leak', positive: 'broken' }, 'leak'],
  ['the partner receives too much: it does see', LEAK, FINE, { negative: 'fine', positive: 'leak' }, 'leak'],
  ['the mirror of strangers is dead', FINE, BROKEN, { negative: 'broken', positive: 'fine' }, 'broken'],
])('%s', async (_what, positive, negative, expected, code) => {
  const reports = await run([question('positive'), positive], [question('negative'), negative]);
  expect(outcomes(reports)).toEqual(expected);
  expect(roundCode({ isAsked: true, reports, boundaryHosts: 0 })).toBe(code);
});

test('without a positive part nothing is well', async () => {
  expect(outcomes(await run([question('negative'), FINE]))).toEqual({ negative: 'broken' });
});

test('one question of a probe that could not be asked makes the probe broken, one that leaks makes it a leak', async () => {
  const positive = [question('positive'), FINE] as const;
  const some = await run(positive, [question('boundary'), FINE], [question('boundary'), BROKEN]);
  expect(outcomes(some)).toEqual({ positive: 'fine', boundary: 'broken' });
  const worse = await run(positive, [question('boundary'), LEAK], [question('boundary'), BROKEN]);
  expect(worse.find(({ probe }) => probe === 'boundary')).toMatchObject({ outcome: 'leak', asked: 2, leaks: [{}] });
});

test('what the canary itself sent is no leak while the positive part is blind', async () => {
  const reports = await run([question('positive'), BROKEN], [question('negative', true), LEAK]);
  expect(outcomes(reports)).toEqual({ positive: 'broken', negative: 'broken' });
});

test('a round as text names hosts and headers', async () => {
  const reports = await run([question('positive'), FINE], [question('negative'), LEAK]);
  expect(renderRound({ isAsked: true, reports, boundaryHosts: 0 })).toBe(
    `LEAK      negative  1 request
          a.example received X-MSISDN: of negative
fine      positive  1 request
A LEAK WAS SEEN.
`,
  );
});
