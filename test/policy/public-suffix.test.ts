// Which names hold the sites of many owners: asked of the list, and, for what lies below a name, of the data made from the same list.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { getPublicSuffix } from 'tldts';
import { coveredSuffixOf, isRegistrable, suffixWithin } from '../../src/policy/public-suffix.js';
import { SUFFIX_LIST, SUFFIXES_WITHIN } from '../../src/policy/suffixes-within-data.js';

const ROOT = resolve(__dirname, '../..');

/** What a wildcard over the host meets, as it is judged: over a suffix first, then what lies below. */
const met = (host: string, kind: 'one' | 'any'): string | undefined =>
  coveredSuffixOf(host) ?? suffixWithin(host, kind);

test.each<[string, string | undefined, string | undefined]>([
  // base, met by `*.`, met by `**.`
  ['bank.co.uk', undefined, undefined],
  ['bank.example', undefined, undefined],
  ['co.uk', 'co.uk', 'co.uk'],
  ['github.io', 'github.io', 'github.io'],
  ['bank.github.io', undefined, undefined],
  ['s3.amazonaws.com', 's3.amazonaws.com', 's3.amazonaws.com'],
  ['bank.s3.amazonaws.com', undefined, undefined],
  ['compute.amazonaws.com', 'compute.amazonaws.com', 'compute.amazonaws.com'],
  ['us-east-1.compute.amazonaws.com', 'us-east-1.compute.amazonaws.com', 'us-east-1.compute.amazonaws.com'],
  ['bank.us-east-1.compute.amazonaws.com', undefined, undefined],
  ['amazonaws.com', 's3.amazonaws.com', 's3.amazonaws.com'],
  ['core.windows.net', 'web.core.windows.net', 'web.core.windows.net'],
  // More than one label below it: `*.` does not reach them.
  ['platform.salesforce.com', undefined, '001.test.code-builder-stg.platform.salesforce.com'],
  ['salesforce.com', undefined, '001.test.code-builder-stg.platform.salesforce.com'],
  ['city.kobe.jp', undefined, undefined],
  ['kobe.jp', 'kobe.jp', 'kobe.jp'],
])('a wildcard over %s meets: one label %s, any number %s', (host, one, any) => {
  expect([met(host, 'one'), met(host, 'any')]).toEqual([one, any]);
});

test('each suffix of the data is one of the list, and some name above it is none', () => {
  const options = { allowPrivateDomains: true } as const;
  const suffixes = SUFFIXES_WITHIN.trim().split(/\s+/);
  expect(suffixes.length).toBeGreaterThan(300);
  for (const suffix of suffixes) {
    expect(getPublicSuffix(suffix, options)).toBe(suffix);
    const above = suffix.split('.').flatMap((_, index, labels) => labels.slice(index + 1).join('.') || []);
    expect([suffix, above.some((host) => getPublicSuffix(host, options) !== host)]).toEqual([suffix, true]);
  }
});

test('the data is what `make suffixes` writes from the installed list, whose version package.json has', () => {
  const { stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'test/policy/suffixes-within.mjs')], {
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(readFileSync(join(ROOT, 'src/policy/suffixes-within-data.ts'), 'utf8')).toBe(stdout);
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    dependencies: { tldts: string };
  };
  expect(SUFFIX_LIST).toBe(`tldts-${manifest.dependencies.tldts}`);
});

test.each([
  ['bank.co.uk', true],
  ['pay.bank.co.uk', false],
  ['co.uk', false],
  // Somebody registered it, and lends names below it.
  ['amazonaws.com', true],
  ['s3.amazonaws.com', false],
  ['bank.s3.amazonaws.com', true],
  ['us-east-1.compute.amazonaws.com', false],
])('%s is registered by somebody: %s', (host, expected) => {
  expect(isRegistrable(host)).toBe(expected);
});
