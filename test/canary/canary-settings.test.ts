// canary.yaml: what is read, what is refused and where; and that no number which somebody may have is planted by mistake.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCanarySettings, renderCanaryJsonSchema } from '../../src/canary/canary-settings.js';

const ROOT = join(import.meta.dirname, '../..');
const MINIMAL = `network: { proxy: "10.20.0.1:8080" }
carries:
  - { header: X-MSISDN, value: "447700900990" }
strangers: ["http://mirror.operator.example/"]
partner: "http://canary.operator.example/"
policy: policy.yaml
`;
const read = (text: string) => readCanarySettings({ file: '/etc/headgate/canary.yaml', text });
const codes = (text: string): readonly string[] =>
  read(text).problems.map(({ code, span }) => `${code} at ${span?.line ?? 0}`);

test('what a file that says the least means', () => {
  const outcome = read(MINIMAL);
  expect(outcome.ok && outcome.value).toEqual({
    every: 30_000,
    within: 10_000,
    network: { proxy: { host: '10.20.0.1', port: 8080 }, adds: false },
    carries: [{ header: 'X-MSISDN', value: '447700900990' }],
    ownTestSims: false,
    strangers: ['http://mirror.operator.example/'],
    partner: 'http://canary.operator.example/',
    policy: '/etc/headgate/policy.yaml',
    metrics: { host: '127.0.0.1', port: 9467 },
  });
});

test.each(['447700900000', '+447700900999', '07700900123', '001010000000990', '00101123456789', 'canary-abcdefghi'])(
  '%s is planted without further words',
  (value) => {
    expect(codes(MINIMAL.replace('447700900990', value))).toEqual([]);
  },
);

/** One number more than nobody has. */
const NEXT = String(447_700_900_999 + 1);

test.each([NEXT, '4477009009990', '7700900990', '001020000000990', 'c29tZWJvZHkncw'])(
  '%s may be somebody’s: it is planted only where the file says that it is a test SIM',
  (value) => {
    const text = MINIMAL.replace('447700900990', value);
    expect(codes(text)).toEqual(['canary-number at 3']);
    expect(codes(`${text}ownTestSims: true\n`)).toEqual([]);
    expect(
      read(text)
        .problems.map(({ message, help }) => `${message} ${help ?? ''}`)
        .join(),
    ).not.toContain(value);
  },
);

test.each([
  [
    'a forged number that is the canary’s own',
    `${MINIMAL}spoof: { proxy: "10.20.0.1:8080", value: "447700900990" }\n`,
    'canary-number at 7',
  ],
  ['no rules at all', MINIMAL.replace('policy: policy.yaml\n', ''), 'canary-rules at 1'],
  ['a proxy by name', MINIMAL.replace('10.20.0.1', 'proxy.example'), 'wrong-value at 1'],
  ['a place over TLS', MINIMAL.replace('http://mirror', 'https://mirror'), 'wrong-value at 4'],
  [
    'a place with a query',
    MINIMAL.replace('mirror.operator.example/', 'mirror.operator.example/?a'),
    'wrong-value at 4',
  ],
  ['a header with a space', MINIMAL.replace('X-MSISDN', 'X MSISDN'), 'wrong-value at 3'],
  ['a value with a line end', MINIMAL.replace('447700900990"', '447700900990\\n"'), 'wrong-value at 3'],
  ['a number that is not quoted', MINIMAL.replace('"447700900990"', '447700900990'), 'not-quoted at 3'],
  ['a key that is none', `${MINIMAL}evry: 5s\n`, 'unknown-key at 7'],
])('refused: %s', (_what, text, code) => {
  expect(codes(text)).toEqual([code]);
});

test('config/canary.yaml as shipped is read', () => {
  const file = join(ROOT, 'config/canary.yaml');
  expect(readCanarySettings({ file, text: readFileSync(file, 'utf8') }).problems).toEqual([]);
});

test('config/canary.schema.json is what the schema says: `make schemas` writes it anew', () => {
  expect(readFileSync(join(ROOT, 'config/canary.schema.json'), 'utf8')).toBe(renderCanaryJsonSchema());
});
