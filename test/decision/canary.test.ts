// What is found in a canary's request is counted as `canary`, and nothing leaves otherwise than it would for a subscriber.
import { canaryMarkOf } from '../../src/decision/canary.js';
import type { Circumstances, Forward } from '../../src/decision/plan-types.js';
import { plan } from '../../src/decision/plan.js';
import { circumstancesWith, headOf, RULESET } from './ruleset-fixture.js';

const NUMBER = '447700900990';
const IMSI = '001010000000990';
const HOST = 'Host: stranger.example';
const CANARIES: Partial<Circumstances> = { canaries: new Set([canaryMarkOf(NUMBER), canaryMarkOf(IMSI)]) };

const forward = (lines: readonly string[], changes: Partial<Circumstances>): Forward => {
  const planned = plan(RULESET, headOf('GET / HTTP/1.1', HOST, ...lines), circumstancesWith(changes));
  if (planned.kind !== 'forward') throw new Error(JSON.stringify(planned));
  return planned;
};
const detectors = ({ counts }: Forward): readonly string[] =>
  [...counts.leaked, ...counts.seen].map(({ detector }) => detector);

test.each([
  ['the number beside its header', [`X-MSISDN: ${NUMBER}`, `X-Ref: ${NUMBER}`], 'exact'],
  ['another spelling of it', [`X-MSISDN: +${NUMBER}`, 'X-Ref: 07700900990'], 'exact'],
  ['an IMSI', [`X-IMSI: ${IMSI}`, `X-Ref: a=${IMSI}`], 'exact'],
  ['the number in a cookie', [`X-MSISDN: ${NUMBER}`, `Cookie: m=${NUMBER}`], 'exact'],
  ['the number alone, under a name that nobody knows', [`X-Ref: ${NUMBER}`], 'number'],
  ['the same with 00', [`X-Ref: 00${NUMBER}`], 'number'],
])('%s is found as a subscriber’s would be, and counted as `canary`', (_what, lines, detector) => {
  const [as, usual] = [forward(lines, CANARIES), forward(lines, {})];
  expect(detectors(usual)).toEqual([detector]);
  expect(detectors(as)).toEqual(['canary']);
  const { counts: _counts, ...left } = as;
  const { counts: _usual, ...leftUsually } = usual;
  expect(left).toEqual(leftUsually);
  expect(as.counts.leaked.map(({ outcome }) => outcome)).toEqual(usual.counts.leaked.map(({ outcome }) => outcome));
});

test.each([
  ['another number', ['X-MSISDN: 447700900991', 'X-Ref: 447700900991']],
  ['a longer run that holds the canary’s', ['X-MSISDN: 447700900991', 'X-Ref: 447700900991', `X-Id: 9${NUMBER}9`]],
])('%s is nobody’s canary', (_what, lines) => {
  expect(detectors(forward(lines, CANARIES))).toEqual(['exact']);
});

test('a mark does not give the number away, nor is it its digest', () => {
  expect(canaryMarkOf(NUMBER)).toMatch(/^[0-9a-f]{32}$/);
  expect(canaryMarkOf(NUMBER)).not.toBe(canaryMarkOf(IMSI));
});
