// What a reply proves: every row is a sighting and what the canary must say of it.
import { Judge, type Finding } from '../../src/canary/judging.js';
import type { Asked } from '../../src/canary/questions.js';
import type { Reply } from '../../src/canary/question.js';
import { rulesOf } from '../../src/canary/rules.js';
import { compilePolicy } from '../../src/policy/compile.js';
import { partner, policyText } from '../wire/harness/policy-text.js';

const NUMBER = '447700900990';
const IMSI = '001010000000990';
const FORGED = '447700900991';
const PARTNER = 'canary.operator.example';
const PSEUDONYM = `test.${'A'.repeat(43)}`;
const nowMs = Date.now();
const compiled = compilePolicy(
  {
    file: 'policy.yaml',
    text: policyText([
      partner({
        id: 'canary',
        hosts: [PARTNER],
        release: [
          { header: 'X-MSISDN', as: 'unchanged' },
          { header: 'X-IMSI', as: 'pseudonym', key: 'test' },
        ],
      }),
    ]),
  },
  { now: nowMs },
);
if (!compiled.ok) throw new Error('the policy does not compile');
const judge = new Judge({
  agreed: rulesOf(compiled.value.policy, compiled.value.digest),
  listener: 'internet',
  nowMs,
  carries: [
    { header: 'X-MSISDN', value: NUMBER },
    { header: 'X-IMSI', value: IMSI },
  ],
  forged: FORGED,
});
const asked = (expects: Asked['expects'], host = PARTNER): Asked => ({
  ...{ probe: 'negative', what: 'a test', entry: { proxy: { host: '127.0.0.1', port: 1 } }, restsOnPositive: false },
  ...{ url: `http://${host}/?canary=abc`, nonce: 'abc', fields: [], host, expects },
});
const reply = (
  lines: readonly string[],
  {
    target = '/?canary=abc',
    answered = [],
    answer = [],
  }: { target?: string; answered?: string[]; answer?: string[] } = {},
): Reply => {
  const fields = (texts: readonly string[]): { name: string; value: string }[] =>
    texts.map((line) => ({ name: line.slice(0, line.indexOf(':')), value: line.slice(line.indexOf(':') + 2) }));
  const body = JSON.stringify({ host: PARTNER, target, fields: fields(lines), answered });
  return { failure: null, status: 200, fields: fields(answer), body };
};
const said = (finding: Finding): string =>
  finding.kind === 'leak'
    ? `leak ${finding.names.join(' ')}`
    : finding.kind === 'broken'
      ? `broken ${finding.why}`
      : 'fine';

const HOST = 'Host: a.example';
test.each<[string, Asked['expects'], readonly string[], string]>([
  ['a stranger that receives nothing', 'nothing', [HOST, 'Accept: */*'], 'fine'],
  ['a stranger that receives the number', 'nothing', [HOST, `X-MSISDN: ${NUMBER}`], 'leak X-MSISDN'],
  ['in another spelling of the name', 'nothing', [HOST, `http_x_msisdn: ${NUMBER}`], 'leak http_x_msisdn'],
  ['under a name that nobody knows', 'nothing', [HOST, `X-Ref: ${NUMBER}`], 'leak X-Ref'],
  ['in base64', 'nothing', [HOST, `X-Ref: ${Buffer.from(NUMBER).toString('base64')}`], 'leak X-Ref'],
  ['somebody else’s number', 'nothing', [HOST, 'X-MSISDN: 447700900123'], 'leak X-MSISDN'],
  ['a token that the canary does not carry', 'nothing', [HOST, 'X-UIDH: abcdefghijklmnop'], 'leak X-UIDH'],
  ['the number in a name', 'nothing', [HOST, `X-${NUMBER}: 1`], 'leak a name'],
  [
    'a partner that receives what is promised',
    'promised',
    [HOST, `X-MSISDN: ${NUMBER}`, `X-IMSI: ${PSEUDONYM}`],
    'fine',
  ],
  ['two keys of an overlap', 'promised', [HOST, `X-MSISDN: ${NUMBER}`, `X-IMSI: ${PSEUDONYM}, ${PSEUDONYM}`], 'fine'],
  ['a pseudonym that comes as the value', 'promised', [HOST, `X-MSISDN: ${NUMBER}`, `X-IMSI: ${IMSI}`], 'leak X-IMSI'],
  [
    'more than is promised',
    'promised',
    [HOST, `X-MSISDN: ${NUMBER}`, `X-IMSI: ${PSEUDONYM}`, `X-Ref: ${NUMBER}`],
    'leak X-Ref',
  ],
  ['less than is promised', 'promised', [HOST, `X-MSISDN: ${NUMBER}`], 'broken promised and not there: X-IMSI'],
  ['nothing that is promised', 'promised', [HOST], 'broken promised and not there: X-MSISDN, X-IMSI'],
  [
    'another number than the canary’s',
    'promised',
    [HOST, 'X-MSISDN: 447700900123', `X-IMSI: ${PSEUDONYM}`],
    'broken promised and otherwise there: X-MSISDN',
  ],
  ['a forged number that did not arrive', 'not-forged', [HOST, `X-MSISDN: ${NUMBER}`], 'fine'],
  ['a forged number that did', 'not-forged', [HOST, `X-MSISDN: ${FORGED}`], 'leak X-MSISDN'],
])('%s', (_what, expects, lines, finding) => {
  expect(said(judge.judge(asked(expects), reply(lines)))).toBe(finding);
});

test('the number in the target that reached the mirror is a leak', () => {
  const target = `/${NUMBER}?canary=abc`;
  expect(said(judge.judge(asked('nothing'), reply([HOST], { target })))).toBe('leak the target');
});

test('a host to which nothing is promised proves nothing', () => {
  const why = 'the policy releases nothing of what the canary carries to `a.example`';
  expect(said(judge.judge(asked('promised', 'a.example'), reply([HOST])))).toBe(`broken ${why}`);
});

test.each<[string, Reply, string]>([
  ['nobody', { failure: 'nobody listens there' }, 'broken nobody listens there'],
  [
    'a site that is no mirror',
    { failure: null, status: 403, fields: [], body: 'no' },
    'broken what answered is no mirror: status 403',
  ],
  [
    'JSON of somebody else',
    { failure: null, status: 200, fields: [], body: '{"ok":true}' },
    'broken what answered is no mirror: status 200',
  ],
  [
    'a cache',
    reply([HOST], { target: '/?canary=xyz' }),
    'broken the answer is to another request: something keeps answers',
  ],
])('%s that answers is never well', (_who, answer, finding) => {
  for (const expects of ['nothing', 'promised', 'not-forged', 'clean'] as const)
    expect(said(judge.judge(asked(expects), answer))).toBe(finding);
});

test.each([
  ['cleaned', ['Date: now'], ['X-MSISDN'], 'fine'],
  ['not cleaned', ['X-MSISDN: 447700900998'], ['X-MSISDN'], 'leak X-MSISDN'],
  ['in which the value stands elsewhere', ['Set-Cookie: a=447700900998'], ['X-MSISDN'], 'leak Set-Cookie'],
  ['into which the mirror put nothing', ['Date: now'], [], 'broken the mirror put no identity into its answer'],
])('an answer %s', (_what, answer, answered, finding) => {
  expect(said(judge.judge(asked('clean'), reply([HOST], { answer, answered })))).toBe(finding);
});
