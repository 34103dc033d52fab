// How a host that is not covered stands to a pattern, and that what is far away is not spoken of.
import { readHostPattern } from '../../src/policy/host-pattern.js';
import { nearnessOf } from '../../src/policy/near-hosts.js';

const kindOf = (host: string, text: string): string | undefined => {
  const reading = readHostPattern(text);
  if (!reading.ok) throw new Error(reading.message);
  return nearnessOf(host, reading.pattern)?.kind;
};

test.each([
  ['the apex of a wildcard', 'bank.example', '*.bank.example', 'apex'],
  ['the apex of a deep wildcard', 'bank.example', '**.bank.example', 'apex'],
  ['one label too many', 'a.b.bank.example', '*.bank.example', 'labels'],
  ['below an exact host', 'www.pay.bank.example', 'pay.bank.example', 'below'],
  ['above an exact host', 'bank.example', 'pay.bank.example', 'above'],
  ['above a wildcard', 'bank.example', '*.pay.bank.example', 'above'],
  ['letters swapped in the first label', 'verfiy.bank.example', 'verify.bank.example', 'spelling'],
  ['letters swapped in the domain', 'pay.bnak.example', 'pay.bank.example', 'spelling'],
  ['letters swapped under a wildcard', 'shop.bnak.example', '*.bank.example', 'spelling'],
  ['a sibling', 'api.bank.example', 'pay.bank.example', 'beside'],
  ['a sibling under a public suffix', 'other.co.uk', 'bank.co.uk', undefined],
  ['a name that only ends alike', 'notbank.example', '*.bank.example', undefined],
  ['the top alone', 'example', 'pay.bank.example', undefined],
  ['another domain', 'news.example', 'pay.bank.example', undefined],
  ['an address beside an address', '192.0.2.8', '192.0.2.7', undefined],
  ['an address and a name', '192.0.2.8', 'pay.bank.example', undefined],
])('%s', (_, host, pattern, kind) => {
  expect(kindOf(host, pattern)).toBe(kind);
});
