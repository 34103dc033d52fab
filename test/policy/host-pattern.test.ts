// A host of a policy is read in one way or refused; the refusals with their words stand in test/cases/policy/host-*.
import { readHostPattern, renderHostPattern } from '../../src/policy/host-pattern.js';

test.each([
  ['pay.bank.example', 'exact', 'pay.bank.example'],
  ['PAY.Bank.Example.', 'exact', 'pay.bank.example'],
  ['*.bank.example', 'one', 'bank.example'],
  ['**.Bank.example.', 'any', 'bank.example'],
  ['mms', 'exact', 'mms'],
  ['bücher.example', 'exact', 'xn--bcher-kva.example'],
  ['*.straße.example', 'one', 'xn--strae-oqa.example'],
  ['xn--bcher-kva.example', 'exact', 'xn--bcher-kva.example'],
  ['192.0.2.7', 'exact', '192.0.2.7'],
  ['2001:DB8:0::7', 'exact', '2001:db8::7'],
  ['[2001:db8::7]', 'exact', '2001:db8::7'],
  ['123.bank.example', 'exact', '123.bank.example'],
] as const)('%s is %s %s', (text, kind, host) => {
  const reading = readHostPattern(text);
  expect(reading).toMatchObject({ ok: true, pattern: { kind, host } });
  if (!reading.ok) return;
  expect(readHostPattern(renderHostPattern(reading.pattern))).toEqual(reading);
});

test.each([
  ['*', 'host-everyone'],
  ['**', 'host-everyone'],
  ['*.', 'host-everyone'],
  ['**.', 'host-everyone'],
  ['*.example', 'host-wildcard-labels'],
  ['a.*.example', 'host-wildcard'],
  ['*.*.example', 'host-wildcard'],
  ['***.bank.example', 'host-wildcard'],
  ['*bank.example', 'host-wildcard'],
  ['*.192.0.2.7', 'host-wildcard'],
  ['*.[2001:db8::7]', 'host-wildcard'],
  ['*.\nbank.example', 'host-syntax'],
  ['*..bank.example', 'host-syntax'],
  ['pay.bank.example\n', 'host-syntax'],
  ['.', 'host-syntax'],
  ['pay.bank.example..', 'host-syntax'],
  ['0x7f.1', 'host-syntax'],
  ['0x7f000001', 'host-syntax'],
  ['2130706433', 'host-syntax'],
  ['pay_bank.example', 'host-syntax'],
  ['pay%2ebank.example', 'host-syntax'],
  ['xn--a.example', 'host-syntax'],
  ['pay\u00ad.example', 'host-syntax'],
  ['pay\u200d.example', 'host-syntax'],
  ['ｐay.example', 'host-syntax'],
  ['\u212aiosk.example', 'host-syntax'],
  ['pay。bank.example', 'host-syntax'],
  ['BÜCHER.example', 'host-syntax'],
  ['bu\u0308cher.example', 'host-syntax'],
  ['☃.example', 'host-syntax'],
  ['1.2', 'host-syntax'],
  [`${'a'.repeat(64)}.example`, 'host-syntax'],
  [`${'a.'.repeat(127)}`.slice(0, -1) + '.example', 'host-syntax'],
])('%j is refused: %s', (text, code) => {
  expect(readHostPattern(text)).toMatchObject({ ok: false, code });
});
