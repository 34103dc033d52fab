// The search for values is itself tried: a value planted in any spelling is found, and what only looks like one is not.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IMSI, NUMBER } from './harness/values.js';

const NATIONAL = `0${NUMBER.slice(2)}`;
const hex = (text: string): string => Buffer.from(text).toString('hex');
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const tbcd = (digits: string): string => (digits.length % 2 === 0 ? digits : `${digits}f`).replace(/(.)(.)/g, '$2$1');
const digest = (algorithm: string, text: string): string => createHash(algorithm).update(text).digest('hex');

describe('the search for values', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'headgate-written-'));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const search = (text: string, name = 'stdout.log'): { readonly code: number | null; readonly said: string } => {
    writeFileSync(join(folder, name), text);
    const { status, stdout, stderr } = spawnSync(process.execPath, ['test/written/main.mjs', folder], {
      encoding: 'utf8',
    });
    return { code: status, said: stdout + stderr };
  };

  const planted: readonly (readonly [string, string])[] = [
    ['as it is', `{"message":"${NUMBER}"}`],
    ['the first of the range', 'x=447700900000'],
    ['the last of the range', 'x=447700900999'],
    ['with a plus', `+${NUMBER}`],
    ['with 00', `00${NUMBER}`],
    ['in the national form', NATIONAL],
    ['without any prefix', NUMBER.slice(2)],
    ['an IMSI', `"imsi":${IMSI}`],
    ['in hexadecimal', `a${hex(NUMBER)}`],
    ['an IMSI in hexadecimal', hex(IMSI)],
    ['in TBCD', tbcd(NUMBER)],
    ['in TBCD in the national form', tbcd(NATIONAL).toUpperCase()],
    ['an IMSI in TBCD', tbcd(IMSI)],
    ['in base64', base64(NUMBER)],
    ['in base64, second alignment', base64(`x${NUMBER}yz`)],
    ['in base64, third alignment', base64(`xy${NUMBER}z`)],
    ['in base64 behind other letters', `token${base64(`{"m":"${NUMBER}"}`)}`],
    ['in base64url', Buffer.from(`\xff\xfe?>${NUMBER}`, 'latin1').toString('base64url')],
    ['percent-encoded in part', `m=%2B44%37700900123`],
    ['percent-encoded throughout', [...NUMBER].map((digit) => `%3${digit}`).join('')],
    ...['md5', 'sha1', 'sha256'].flatMap((algorithm): (readonly [string, string])[] => [
      [`the ${algorithm} of it`, `id ${digest(algorithm, NUMBER)} `],
      [`the ${algorithm} of the form with a plus`, digest(algorithm, `+${NUMBER}`)],
      [`the ${algorithm} of the national form, in capitals`, digest(algorithm, NATIONAL).toUpperCase()],
      [`the ${algorithm} of an IMSI`, digest(algorithm, IMSI)],
      [`the ${algorithm} in base64`, ` ${Buffer.from(digest(algorithm, NUMBER), 'hex').toString('base64')} `],
    ]),
  ];
  it.each(planted)('finds a value %s', (_, text) => {
    const { code, said } = search(`2026-11-22 a line before\n${text}\na line behind\n`);
    expect([code, said]).toEqual([1, expect.stringMatching(/[1-9]\d* test values/) as string]);
  });

  it('finds a value in the name of a file', () => {
    expect(search('nothing', `sub-${NUMBER}.json`).code).toBe(1);
  });

  it.each([
    ['a longer run of digits', `1${NUMBER}1`],
    ['a number that is not one of ours', '999700800123'],
    ['an IMSI of another network', '234100900000123'],
    ['a digest of something else', digest('sha256', 'something else')],
    ['the prefix that a policy names', '{"prefix":"447700900","digits":12}'],
    ['metrics and times', 'headgate_requests_total{listener="internet"} 1763848800123\n2026-11-22T22:00:00.123Z'],
  ])('does not mistake %s for one', (_, text) => {
    expect(search(text)).toEqual({ code: 0, said: expect.stringContaining('no test value') as string });
  });

  it('does not pass where nothing was written', () => {
    const { status } = spawnSync(process.execPath, ['test/written/main.mjs', join(folder, 'nowhere')]);
    expect(status).toBe(1);
    expect(search('').code).toBe(1);
  });
});
