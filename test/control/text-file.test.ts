// A file that a person wrote is read whole or not at all, in bounded memory.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pathFrom, readSource } from '../../src/control/text-file.js';
import { buildProduct, removeProduct } from '../cli/product.js';

const folder = mkdtempSync(join(tmpdir(), 'headgate-text-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  removeProduct();
});
const at = (name: string): string => join(folder, name);

test.each<[string, string | Buffer]>([
  ['nothing', ''],
  ['a line', 'version: 1\n'],
  ['more than a piece', 'größer\n'.repeat(200_000)],
])('%s is read whole', (name, text) => {
  writeFileSync(at(name), text);
  expect(readSource(at(name), 'policy.yaml')).toEqual({
    ok: true,
    value: { file: 'policy.yaml', text },
    problems: [],
  });
});

const messageFor = (file: string): string | undefined => readSource(file, 'policy.yaml').problems[0]?.message;

test('what cannot be read says why, by the name that a person wrote', () => {
  mkdirSync(at('folder'));
  expect(messageFor(at('folder'))).toBe('cannot read `policy.yaml`: it is a folder');
  expect(messageFor(at('absent'))).toBe('cannot read `policy.yaml`: no such file');
});

test('a file of 100 GB is refused by its size', () => {
  writeFileSync(at('large'), '');
  truncateSync(at('large'), 100e9);
  expect(messageFor(at('large'))).toBe('cannot read `policy.yaml`: 100000000000 bytes, at most 67108864');
});

test('what has no end is not read to it: the process stays small', () => {
  const module = pathToFileURL(join(buildProduct(), '../../control/text-file.js')).href;
  const script = `const { readSource } = await import(${JSON.stringify(module)});
    const { message } = readSource('/dev/zero').problems[0];
    console.log(JSON.stringify([message, process.resourceUsage().maxRSS / 1024 < 400]));`;
  const said = execFileSync(process.execPath, ['--input-type=module', '--eval', script], { encoding: 'utf8' });
  expect(JSON.parse(said)).toEqual([
    expect.stringMatching(/^cannot read `\/dev\/zero`: \d{8} bytes, at most 67108864$/),
    true,
  ]);
});

test.each([
  ['/etc/headgate', '/etc/headgate/policy.yaml', 'policy.yaml'],
  ['/etc/headgate', '/srv/policy.yaml', '/srv/policy.yaml'],
])('a person in %s writes %s as %s', (from, file, expected) => {
  expect(pathFrom(from, file)).toBe(expected);
});
