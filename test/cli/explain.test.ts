// Every file pair of test/cases/explain: a policy whose first line is the command, and exactly what it prints.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { run } from './run.js';

const FOLDER = resolve(__dirname, '../cases/explain');
const NAMES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => name.replace(/\.yaml$/, ''));

const wordsOf = (name: string): readonly string[] => {
  const [line = ''] = readFileSync(join(FOLDER, `${name}.yaml`), 'utf8').split('\n', 1);
  return [...line.replace('# headgate ', '').split(' '), '--policy', join(FOLDER, `${name}.yaml`)];
};

test.each(NAMES)('%s', async (name) => {
  const { code, out, err } = await run(...wordsOf(name));
  expect([code, err]).toEqual([0, '']);
  expect(out.replaceAll(`${FOLDER}/`, '')).toBe(readFileSync(join(FOLDER, `${name}.txt`), 'utf8'));
});

test('as JSON it says the same, for programs', async () => {
  const { out } = await run(...wordsOf('the-apex-of-a-wildcard-is-not-covered'), '--format', 'json');
  expect(JSON.parse(out)).toMatchObject({
    verdict: 'stripped',
    partner: null,
    route: { transport: 'http', host: 'checkout.bank.example', port: 80 },
    headers: [{ header: 'X-MSISDN', fate: 'withheld', leavesAs: null }],
    misses: [{ kind: 'apex', partner: 'bank', pattern: '*.checkout.bank.example', span: { line: 14 } }, {}],
  });
});

test('no value that was given is ever printed', async () => {
  const words = [
    'explain',
    'http://pay.bank.example/',
    '--policy',
    join(FOLDER, 'denied.yaml'),
    '--listener',
    'internet',
  ];
  for (const format of ['text', 'json']) {
    const { code, out, err } = await run(
      ...words,
      '--format',
      format,
      '--header',
      'X-MSISDN=447700900777',
      '--header',
      'X-Other=447700900777',
    );
    expect(code).toBe(0);
    expect(out + err).not.toContain('447700900777');
  }
});

test.each([
  ['a host without a scheme', 'pay.bank.example'],
  ['another scheme', 'ftp://pay.bank.example/'],
])('%s is wrong usage', async (_, url) => {
  const { code, out, err } = await run('explain', url, '--policy', join(FOLDER, 'denied.yaml'));
  expect([code, out]).toEqual([64, '']);
  expect(err).toBe(
    `error: \`${url}\` is no URL of http: it takes the scheme too, for example http://pay.bank.example/\n`,
  );
});

test('a time that is none is wrong usage', async () => {
  const { code, err } = await run(
    'explain',
    'http://a.example/',
    '--policy',
    join(FOLDER, 'denied.yaml'),
    '--at',
    '2026-02-30',
  );
  expect([code, err]).toEqual([
    64,
    'error: `--at 2026-02-30` is no time: it takes a day like 2026-12-31 or an instant like 2026-12-31T18:00:00Z\n',
  ]);
});

test('a policy that does not compile is refused as `check` refuses it', async () => {
  const policy = resolve(__dirname, '../cases/policy/an-empty-policy.yaml');
  const { code, out, err } = await run('explain', 'http://a.example/', '--policy', policy);
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain('an-empty-policy.yaml:');
});
